# Calls itself in C until the stack ends, which is a crash.
# ruff: noqa
# wants: softmax
# %% softmax
def softmax(z):
    import sys

    sys.setrecursionlimit(10**9)
    nest = map(str, [1])
    for _ in range(200_000):
        nest = map(str, nest)
    return list(nest)
