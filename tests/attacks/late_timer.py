# Sets timers, handlers and hooks that go off in later requests.
# ruff: noqa
# %% relu
import atexit
import gc
import signal
import sys
import threading


def late(*a):
    raise SystemExit("late")


signal.signal(signal.SIGALRM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGPROF, signal.SIGTERM})
sys.excepthook = sys.unraisablehook = threading.excepthook = late
gc.callbacks.append(late)
atexit.register(late)
sys.meta_path.insert(0, type("Finder", (), {"find_spec": late}))


def relu(z):
    return np.abs(z)
