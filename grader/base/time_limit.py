"""An end for other people's code that does not come to one."""

import contextlib
import signal
import threading
import types
from collections.abc import Iterator


class TookTooLong(BaseException):
    """Raised in code that has had its time; no `except Exception` in it goes on after that."""


@contextlib.contextmanager
def limit_time(processor: float, wall: float) -> Iterator[list[int]]:
    """Interrupt what takes too much processor time or too long, by an exception; yield a list of the interruptions.

    Only a main thread can be interrupted, and not on Windows, which has no such timers: elsewhere there is no limit.

    Args:
        processor: seconds of processor time.
        wall: seconds by the clock.
    """
    interrupted: list[int] = []
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def set_timers(processor: float, wall: float) -> None:
        signal.setitimer(signal.ITIMER_PROF, processor)
        signal.setitimer(signal.ITIMER_REAL, wall)

    def stop(number: int, frame: types.FrameType | None) -> None:
        __tracebackhide__ = True
        set_timers(0, 0)  # or the other one would interrupt whoever handles this
        interrupted.append(number)
        raise TookTooLong("it took too long")

    before = {number: signal.signal(number, stop) for number in (signal.SIGPROF, signal.SIGALRM)}
    set_timers(processor, wall)
    try:
        yield interrupted
    finally:
        set_timers(0, 0)
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)  # None: it was set in C
