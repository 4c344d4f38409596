# Prints half a character, which no file in UTF-8 can hold.
# ruff: noqa
# %% relu
def relu(z):
    return np.abs(z)


print("\ud800 \x00 \udfff")
