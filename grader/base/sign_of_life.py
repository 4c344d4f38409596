"""A line now and then, on standard error, from a command that takes long."""

import contextlib
import os
import signal
import threading
import time
import types
from collections.abc import Callable, Iterator

ERRORS = 2  # the descriptor of standard error
ON_A_TERMINAL, IN_A_LOG = 10.0, 30.0  # seconds between two lines


@contextlib.contextmanager
def sign_of_life(words: Callable[[], str], every: float = 0.0) -> Iterator[None]:
    """Write how far the work is and how long it has taken, again and again meanwhile.

    By a timer, and not by a thread: a process that has two of them is not to be forked. Windows has no such timer.

    Args:
        words: how far the work is, asked for at each line.
        every: seconds between two lines; 0 for what fits a terminal, or a log.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    began = time.monotonic()

    def tell(number: int, frame: types.FrameType | None) -> None:
        line = f"{words()}, {time.monotonic() - began:.0f} seconds so far.\n"
        os.write(ERRORS, line.encode("utf-8", "backslashreplace"))  # whatever is being written to sys.stderr just now

    pause = every or (ON_A_TERMINAL if os.isatty(ERRORS) else IN_A_LOG)
    before = signal.signal(signal.SIGALRM, tell)
    signal.setitimer(signal.ITIMER_REAL, pause, pause)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
