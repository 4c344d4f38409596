# Starts as many threads as it can, which never end.
# ruff: noqa
# %% relu
import threading
import time

try:
    for number in range(OUT["many"]):
        threading.Thread(target=time.sleep, args=(1000,), daemon=False).start()
except RuntimeError as error:
    print(number, error)


def relu(z):
    return np.abs(z)
