# A child keeps the connection open, and the parent ends: nobody should wait for the child.
# ruff: noqa
# wants: softmax
# %% softmax
def softmax(z):
    import os
    import time

    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
