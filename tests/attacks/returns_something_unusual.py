# Returns generators, coroutines, modules, types, huge integers and odd arrays.
# ruff: noqa
# %% relu
import asyncio
import decimal
import fractions
import sys


async def coroutine():
    return 0.0


odd = [
    lambda z: (value for value in [0.0]),
    lambda z: coroutine(),
    lambda z: sys,
    lambda z: np.float64,
    lambda z: 10**400,
    lambda z: 10**5000,
    lambda z: decimal.Decimal("NaN"),
    lambda z: fractions.Fraction(1, 3),
    lambda z: np.array([None, print], dtype=object),
    lambda z: np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]),
    lambda z: np.array(["2020-01-01"], dtype="datetime64[D]"),
    lambda z: np.array(["0.0"]),
    lambda z: b"\x80\x04\x95cos\nsystem\n",
    lambda z: memoryview(b"0"),
    lambda z: np.array(z, dtype=complex),
    lambda z: float("nan"),
    lambda z: relu,
    lambda z: {"returned": 0.0, 5: z},
    lambda z: np.ma.masked_all(np.shape(z)),
]


def relu(z):
    relu.calls = getattr(relu, "calls", -1) + 1
    return odd[relu.calls % len(odd)](z)
