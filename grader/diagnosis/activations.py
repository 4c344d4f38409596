"""Which activation a function is, known by its numbers: whatever it is called and however it is written."""

from collections.abc import Callable
from typing import Any

import numpy as np

WIDTH = 8
RANKS = (2, 3, 4, 5)
NARROW = 0.3
WIDE = 30.0  # beyond the ceiling of a ReLU6, and where float32 is still exact enough to compare
BEYOND = (1e-3, 1e4)  # times the grid: where a line is still a line, and what is cut anywhere is not


def _grid(rank: int) -> np.ndarray:
    """Return scores of a rank, small and large ones, in no order and without 0, where a step may be either."""
    shape = (1, *(3 for _ in range(rank - 2)), WIDTH)
    sizes = np.geomspace(NARROW, WIDE, int(np.prod(shape)) // 2)
    numbers = np.concatenate([sizes, -sizes]).astype("float32")
    return np.random.default_rng(0).permutation(numbers).reshape(shape)


GRIDS = {rank: _grid(rank) for rank in RANKS}


def _softmax(z: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(z - z.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "softmax": _softmax,
    "relu": lambda z: np.maximum(0, z),
    "tanh": np.tanh,
    "step": lambda z: np.where(z > 0, 1.0, 0.0),
    "log-softmax": lambda z: (
        z - z.max(-1, keepdims=True) - np.log(np.exp(z - z.max(-1, keepdims=True)).sum(-1, keepdims=True))
    ),
}
MISPLACED = "softmax over another axis"


def values_of(function: Callable[[Any], Any], rank: int = 2, times: float = 1.0) -> np.ndarray | None:
    """Return what a function makes of the scores of a rank, times a number; None where it cannot be run on them."""
    from grader.base.keras_import import keras

    grid = np.float32(times) * GRIDS.get(rank, GRIDS[2])
    try:
        values = np.asarray(keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(grid))), "float64")
    except Exception:  # whatever keeps a stranger's function from running on a few numbers
        return None
    return values if values.shape == grid.shape else None


def kind_of(function: Callable[[Any], Any], rank: int = 2) -> str:
    """Return the name of the activation that gives the same numbers, `other`, or `unknown` if it cannot be run."""
    values = values_of(function, rank)
    if values is None:
        return "unknown"
    grid = GRIDS.get(rank, GRIDS[2])
    if found := next((name for name, known in KINDS.items() if np.allclose(values, known(grid), atol=1e-5)), None):
        return found if found not in ("linear", "relu") or _goes_on(function, KINDS[found](grid), rank) else "other"
    if _is_straight(grid, values):
        return "linear"
    axes = range(grid.ndim - 1)
    return MISPLACED if any(np.allclose(values, _softmax(grid, axis), atol=1e-5) for axis in axes) else "other"


def _is_straight(grid: np.ndarray, values: np.ndarray) -> bool:
    """Return whether every number was multiplied by one number and another added, as by a temperature."""
    slope, offset = np.polyfit(grid.ravel(), values.ravel(), 1)
    return bool(abs(slope) > 1e-6 and np.allclose(values, slope * grid + offset, rtol=1e-4, atol=1e-5 * abs(slope)))


def chained(functions: list[Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """Return one function that applies several, one after another."""

    def run(values: Any) -> Any:
        for function in functions:
            values = function(values)
        return values

    return run


def _goes_on(function: Callable[[Any], Any], values: np.ndarray, rank: int) -> bool:
    """Return whether a function gives so many times the values for so many times the scores, beyond the grid, too."""
    beyond = ((times, values_of(function, rank, times)) for times in BEYOND)
    return all(found is not None and np.allclose(found, times * values) for times, found in beyond)


def range_of(function: Callable[[Any], Any], rank: int = 2) -> tuple[float, float]:
    """Return the least and the largest number that an activation gives from -30 to 30, rounded outwards by 1e-3."""
    values = values_of(function, rank)
    return (-np.inf, np.inf) if values is None else (float(values.min()) - 1e-3, float(values.max()) + 1e-3)


def is_unwound(function: Callable[[Any], Any], loss: Callable[..., Any], kind: str, dtype: str, sparse: bool) -> bool:
    """Return whether this loss finds the logits behind an activation: Keras itself is asked, as fit() would run it.

    The same logits go into the loss three ways: bare, through the activation, and through it with every trace of where
    the numbers come from taken away. The logits are found when the second is the first and not the third.

    Args:
        function: the activation.
        loss: takes labels and scores.
        kind: `sigmoid` or `softmax`; anything else is not unwound.
        dtype: in which the activation is computed, such as `float16` under a mixed policy.
        sparse: whether the loss takes integers for labels.
    """
    from grader.base.keras_import import keras

    if kind not in ("sigmoid", "softmax"):
        return False
    z = np.array([[8.0, -2.0]] if kind == "softmax" else [[8.0]], dtype)
    y = np.array([1] if sparse else [[0.0, 1.0]] if kind == "softmax" else [[0.0]], "int64" if sparse else "float32")

    def ways() -> list[Any]:
        logits = keras.ops.convert_to_tensor(z)
        through = function(logits)
        scores = (logits, through, keras.ops.convert_to_tensor(bare))
        # compile() wraps every loss in an object that casts the scores first, and a cast hides where they come from
        return [loss(y, keras.ops.convert_to_tensor(s, dtype=keras.config.floatx())) for s in scores]

    bare = keras.ops.convert_to_numpy(function(keras.ops.convert_to_tensor(z)))
    try:
        numbers = [float(np.mean(keras.ops.convert_to_numpy(value))) for value in _as_fit_runs(ways)]
    except Exception:  # a loss of one's own that takes other shapes
        return False
    straight, through, stripped = numbers
    return bool(np.isclose(through, straight, rtol=1e-3) and not np.isclose(straight, stripped, rtol=1e-3))


def _as_fit_runs(function: Callable[[], list[Any]]) -> list[Any]:
    """Call a function as fit() would: on TensorFlow in a graph, in which Keras looks further back."""
    from grader.base.keras_import import keras

    if keras.config.backend() != "tensorflow":
        return function()
    import tensorflow as tf

    return list(tf.function(function)())
