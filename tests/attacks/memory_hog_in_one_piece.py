# Asks for more memory than there is, in one piece.
# ruff: noqa
# %% relu
def relu(z):
    return np.ones(2**37)
