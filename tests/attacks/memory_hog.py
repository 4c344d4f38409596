# Takes memory until there is none.
# ruff: noqa
# %% relu
def relu(z):
    hog = []
    while OUT["many"]:
        hog.append(np.empty(2**26))
