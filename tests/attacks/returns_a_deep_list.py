# Returns lists that are nested deeply, and one that holds itself.
# ruff: noqa
# %% relu
def relu(z):
    relu.calls = getattr(relu, "calls", 0) + 1
    nest = []
    if relu.calls % 2:
        nest.append(nest)
    else:
        for _ in range(100_000):
            nest = [nest]
    return nest
