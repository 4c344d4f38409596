"""An end for other people's code that does not come to one."""

import contextlib
import signal
import threading
import time
import types
from collections.abc import Callable, Iterator

_SHORT = 1.0  # seconds


class TookTooLong(BaseException):
    """Raised in code that has had its time; no `except Exception` in it goes on after that."""


@contextlib.contextmanager
def limit_time(processor: float, wall: float, clock: Callable[[], float] = time.monotonic) -> Iterator[list[int]]:
    """Interrupt what takes too much processor time or too long, by an exception; yield a list of the interruptions.

    Only a main thread can be interrupted, and not on Windows, which has no such timers: elsewhere there is no limit.

    Args:
        processor: seconds of processor time.
        wall: seconds by the clock.
        clock: one that stands still while others have the processors does not count that as waiting.
    """
    interrupted: list[int] = []
    looks: list[float] = []  # at the clock: a first one when a short time is over, which most code does not need
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def set_timers(processor: float, wall: float) -> None:
        signal.setitimer(signal.ITIMER_PROF, processor)
        signal.setitimer(signal.ITIMER_REAL, wall)

    def stop(number: int, frame: types.FrameType | None) -> None:
        __tracebackhide__ = True
        if number == signal.SIGALRM:
            looks.append(clock())
        left = wall - (looks[-1] - looks[0]) if number == signal.SIGALRM else 0
        if left > 0:
            signal.setitimer(signal.ITIMER_REAL, left + 0.01)
            return
        set_timers(0, 0)  # or the other one would interrupt whoever handles this
        interrupted.append(number)
        what, seconds = ("waited for", wall) if number == signal.SIGALRM else ("computed for", processor)
        raise TookTooLong(f"it {what} more than {seconds:.0f} seconds")

    before = {number: signal.signal(number, stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    set_timers(processor, min(wall, _SHORT))
    try:
        yield interrupted
    finally:
        set_timers(0, 0)
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # None: it was set in C
