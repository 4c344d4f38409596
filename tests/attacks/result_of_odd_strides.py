# Returns arrays that own no memory: strides of 0 and below 0, a read-only view, a structured dtype, an object, a date.
# ruff: noqa
# %% relu
import numpy as np

calls = 0


def relu(z):
    global calls
    calls += 1
    shape = np.shape(z)
    odd = [
        lambda: np.lib.stride_tricks.as_strided(np.zeros(1), shape or (1,), (0,) * max(1, len(shape))),
        lambda: np.abs(np.asarray(z))[::-1] if shape else np.abs(z),
        lambda: np.zeros(shape, [("a", "f4"), ("b", "O")]),
        lambda: np.full(shape, None, object),
        lambda: np.zeros(shape, "M8[s]"),
        lambda: np.ma.masked_all(shape),
        lambda: np.broadcast_to(np.float32(0), (2**14, 2**6)),
        lambda: memoryview(np.zeros(3)),
    ]
    return odd[calls % len(odd)]()
