# Asks for input, which nobody gives.
# ruff: noqa
# %% relu
def relu(z):
    return np.abs(z) if input("? ") else getattr(__import__("getpass"), "getpass")()
