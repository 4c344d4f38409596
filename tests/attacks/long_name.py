# Gives its function a name of ten million letters.
# ruff: noqa
# %% relu
def relu(z):
    return np.abs(z)


relu.__name__ = "x" * 10_000_000
