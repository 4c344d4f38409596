# Reads address 0.
# ruff: noqa
# %% relu
def relu(z):
    import ctypes

    return ctypes.string_at(0)
