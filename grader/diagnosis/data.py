"""Some rows of the data that a model is given, whatever holds them: arrays, data sets, generators, data frames."""

import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

ROWS = 256  # are looked at
BATCHES = 16  # at most, of what hands out batches
WHOLE = 1_000_000  # numbers in labels that are all looked at
DENSE = 50_000_000  # numbers of a sparse matrix, zeros included
UNEVEN = "its rows have different lengths: make them even by keras.utils.pad_sequences(x)"
MISSING = ("NoneType", "NAType", "NaTType")


@dataclass(frozen=True)
class Data:
    """What was handed in.

    Attributes:
        x: rows of the inputs, in the structure in which the model takes them; None where none were given.
        y: the labels of these rows, in the structure of the outputs; None where none were given.
        all_y: all labels where they are arrays of at most WHOLE numbers, else y.
        counts: how many rows x and y have, where that is known.
        lists: whether x or y is a list where fit() takes an array.
        batches: whether x was something that hands out batches of (x, y).
        once: whether a batch was taken from something that cannot hand it out again.
        weights: of the examples, where batches brought them.
    """

    x: Any = None
    y: Any = None
    all_y: Any = None
    counts: tuple[int, ...] = ()
    lists: bool = False
    batches: bool = False
    once: bool = False
    weights: np.ndarray | None = None


def rows_of(x: Any, y: Any, inputs: int = 1) -> Data:
    """Return some rows of the data as NumPy arrays.

    Args:
        x: inputs as fit() takes them: arrays, lists, data frames, a dict or list of these for several inputs, or a
            tf.data.Dataset, a keras.utils.PyDataset or an iterator of (x, y) batches. Of an iterator one batch is
            taken, which cannot be put back.
        y: labels, where x does not bring them.
        inputs: how many inputs the model has.

    Raises:
        ValueError: something in them is no array.
    """
    if _hands_out_batches(x):
        return _first_rows(x)
    if _hands_out_batches(y):
        labels = _first_rows(y).x
        return Data(None if x is None else _map(_array, x), labels, labels)
    lists = (inputs == 1 and _is_rows(x)) or _is_rows(y)
    x = _listed(x) if inputs == 1 else x
    inputs_, labels = _map(_array, x), _map(_array, y)
    if alone := next((a for a in leaves(inputs_) + leaves(labels) if not a.ndim), None):
        raise ValueError(f"'{str(alone)[:40]}' is no array of rows")
    counts = tuple(len(a) for a in leaves(inputs_) + leaves(labels) if a.ndim)
    chosen = _spread(min(counts, default=0))
    small = sum(a.size for a in leaves(labels)) <= WHOLE
    few = _map(lambda a: a[chosen] if a.ndim else a, labels)
    return Data(_map(lambda a: a[chosen], inputs_), few, labels if small else few, counts, lists)


def _is_rows(given: Any) -> bool:
    """Whether this is a list of rows, and not one of arrays."""
    return isinstance(given, list) and not all(_is_part(part) for part in given)


def _listed(x: Any) -> Any:
    """Return a list of rows as an array; a list of one array stays the list that a single input may stand in."""
    if isinstance(x, list | tuple) and not (len(x) == 1 and hasattr(x[0], "shape")):
        return _array(x)
    return x[0] if isinstance(x, list | tuple) else x


def _hands_out_batches(x: Any) -> bool:
    if any(hasattr(x, name) for name in ("ragged_rank", "dense_shape", "toarray")):
        return False
    if x is None or hasattr(x, "__array__") or isinstance(x, list | tuple | dict | str) or hasattr(x, "to_numpy"):
        return False
    return hasattr(x, "element_spec") or hasattr(x, "__getitem__") or isinstance(x, Iterable)


def _first_rows(batches: Any) -> Data:
    """Return the rows of the first batches; of an iterator, which cannot be read twice, those of one batch."""
    once = iter(batches) is batches if hasattr(batches, "__iter__") else False
    taken: list[Any] = []
    source = batches if hasattr(batches, "__iter__") else (batches[i] for i in range(len(batches)))
    for batch in itertools.islice(source, 1 if once else BATCHES):
        taken.append(batch if isinstance(batch, tuple | list) and len(batch) in (1, 2, 3) else (batch,))
        if once or sum(len(leaves(_map(_array, part[0]))[0]) for part in taken) >= ROWS:
            break
    x, y, weights = (_joined([part[i] for part in taken if len(part) > i]) for i in (0, 1, 2))
    weights = weights if isinstance(weights, np.ndarray) else None  # of several outputs each has its own
    return Data(x, y, y, () if taken else (0,), batches=True, once=once, weights=weights)


def _joined(parts: list[Any]) -> Any:
    from grader.base.keras_import import keras

    if not parts or parts[0] is None:
        return None
    arrays = [_map(_array, part) for part in parts]
    try:
        return keras.tree.map_structure(lambda *rows: np.concatenate(rows)[:ROWS], *arrays)
    except ValueError:  # batches of other lengths in time
        return arrays[0]


def _array(values: Any) -> np.ndarray:
    """Return values as a NumPy array, whatever holds them."""
    if hasattr(values, "ragged_rank"):
        raise ValueError(UNEVEN)
    if hasattr(values, "dense_shape") or hasattr(values, "toarray"):
        return _dense(values)
    if hasattr(values, "to_numpy"):
        values = values.to_numpy()
    elif hasattr(values, "detach"):
        values = values.detach().cpu()
    try:
        array = np.asarray(values)
    except ValueError as error:  # a list of lists
        raise ValueError(UNEVEN) from error
    if array.dtype == object:
        missing = [type(value).__name__ in MISSING for value in array.ravel()]
        array = np.where(np.reshape(missing, array.shape), np.nan, array)
        try:
            array = array.astype("float64")
        except (TypeError, ValueError):
            array = np.asarray([str(value) for value in array.ravel()]).reshape(array.shape)
    return array


def _dense(values: Any) -> np.ndarray:
    """Return a sparse matrix of SciPy, or a sparse tensor of TensorFlow, with all its zeros."""
    from grader.base.keras_import import keras

    if np.prod([int(size) for size in values.shape]) > DENSE:
        raise ValueError(f"it is sparse and has more than {DENSE:,} numbers: give some of its rows")
    return np.asarray(values.toarray() if hasattr(values, "toarray") else keras.ops.convert_to_numpy(values))


def _map(function: Callable[[Any], Any], tree: Any) -> Any:
    """Apply a function to every array in a dict, list or tuple of them; None stays None."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return {name: _map(function, part) for name, part in tree.items()}
    if isinstance(tree, list | tuple) and tree and all(_is_part(part) for part in tree):
        return [_map(function, part) for part in tree]
    return function(tree)


def _is_part(given: Any) -> bool:
    """Whether this is the data of one input or output of several, of which some have none."""
    return given is None or hasattr(given, "shape") or isinstance(given, dict)


def leaves(tree: Any) -> list[np.ndarray]:
    """Return the arrays in a dict or list of them; none for None."""
    if tree is None:
        return []
    parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list | tuple) else None
    return [tree] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def has_shape(have: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    """Return whether a shape is the one that is wanted, in which None stands for any size."""
    return len(have) == len(wanted) and all(b in (None, a) for a, b in zip(have, wanted, strict=True))


def _spread(count: int) -> np.ndarray:
    """Return the numbers of at most ROWS rows, spread evenly: data are often sorted by class."""
    return np.unique(np.linspace(0, count - 1, min(count, ROWS)).astype(int)) if count else np.arange(0)
