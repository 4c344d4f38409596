# Leaves a process behind that nobody waits for, that ignores signals and keeps the connection open.
# ruff: noqa
# %% relu
import os
import signal
import time

if os.fork() == 0:
    os.setpgid(0, 0)
    if os.fork():
        os._exit(0)
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    time.sleep(1000)
    os._exit(0)
os.wait()


def relu(z):
    return np.abs(z)
