# Calls itself for ever, in Python.
# ruff: noqa
# %% relu
def relu(z):
    return relu(z)
