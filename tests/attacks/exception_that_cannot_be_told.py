# Raises exceptions whose text raises, exits, is no text or does not end.
# ruff: noqa
# %% relu
import signal


class Untold(Exception):
    def __str__(self):
        relu.told = getattr(relu, "told", -1) + 1
        if relu.told % 5 == 0:
            raise KeyboardInterrupt
        if relu.told % 5 == 1:
            raise SystemExit(0)
        if relu.told % 5 == 2:
            return 5
        if relu.told % 5 == 3:
            raise self
        signal.setitimer(signal.ITIMER_PROF, 0.05)
        while True:
            pass

    __repr__ = __str__


def relu(z):
    raise Untold
