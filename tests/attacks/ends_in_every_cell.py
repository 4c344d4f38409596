# Ends the process in one cell after the other, more often than it is started again.
# ruff: noqa
# loses: others
# %%
import os

os._exit(0)
# %%
os.kill(os.getpid(), 9)
# %%
os.abort()
# %%
import ctypes

ctypes.string_at(0)
# %%
import os

os._exit(0)
# %%
import os

os.closerange(0, 100)


# %% relu
def relu(z):
    return np.abs(z)
