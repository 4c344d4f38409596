# Never returns; its own timer stands for the minute that the learner's process would give it.
# ruff: noqa
# %% relu
import signal


def relu(z):
    signal.setitimer(signal.ITIMER_PROF, 0.05)
    while True:
        pass
