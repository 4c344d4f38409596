"""Operations that are written out one by one, such as 1 / (1 + exp(-z)) in call(), taken together as one function."""

from collections.abc import Callable
from typing import Any

import numpy as np


def sources_of(tensor: Any) -> list[Any]:
    """Return the symbolic tensors that a symbolic tensor is computed from, each once; none for an input.

    How operations are connected has no public name; every functional model of Keras is read through it.
    """
    history = getattr(tensor, "_keras_history", None)
    if history is None or history.operation is None:
        return []
    nodes = history.operation._inbound_nodes
    found = nodes[history.node_index].arguments.keras_tensors if nodes else []
    return list({id(source): source for source in found}.values())


def computed_from(tensor: Any, passes: Callable[[Any], bool]) -> tuple[Any, Callable[[Any], Any]] | None:
    """Return the one tensor from which a tensor is computed without weights, and the function from it to the tensor.

    Args:
        tensor: a symbolic tensor behind a written-out operation, or behind a layer where branches meet.
        passes: whether an operation only moves numbers about, so that it is a step of its own.

    Returns:
        None where several tensors enter, or where weights stand between them and the tensor.
    """
    from grader.base.keras_import import keras

    order = _order(tensor)
    open_ = {id(tensor): tensor}
    while True:
        latest = max(open_.values(), key=lambda t: order[id(t)])
        operation = latest._keras_history.operation
        whole = isinstance(operation, keras.layers.Layer) or passes(operation)
        if len(open_) == 1 and latest is not tensor and (whole or not sources_of(latest)):
            break
        if getattr(operation, "weights", None) or not sources_of(latest):
            return None
        del open_[id(latest)]
        open_.update({id(source): source for source in sources_of(latest)})
    graph = keras.Function([latest], [tensor])
    width = latest.shape[-1]
    return latest, lambda values: _run_anywhere(graph, values, width)


def _run_anywhere(graph: Any, values: Any, width: int | None) -> Any:
    """Run a function of operations on numbers of another width than it was made for, else on rows of its own width.

    keras.Function takes its own width alone: what runs it has no public name.
    """
    from grader.base.keras_import import keras

    def run(given: Any) -> Any:
        return _in_shape_of(given, graph._run_through_graph([given], operation_fn=lambda operation: operation)[0])

    try:
        return run(values)
    except Exception:  # an operation that asks for one shape, in the words of any backend
        rows = keras.ops.reshape(values, (-1, *keras.ops.shape(values)[1:-1], width))
        return keras.ops.reshape(run(rows), keras.ops.shape(values))


def _order(tensor: Any) -> dict[int, int]:
    """Return a number for every tensor on the way to this one: those that it is computed from have smaller ones."""
    order: dict[int, int] = {}
    waiting = [(tensor, False)]
    while waiting:
        one, done = waiting.pop()
        if done:
            order.setdefault(id(one), len(order))
        elif id(one) not in order:
            waiting += [(one, True), *((source, False) for source in sources_of(one))]
    return order


def _in_shape_of(values: Any, result: Any) -> Any:
    """Return a result in the shape of what it was computed from, where only axes of size 1 came or went."""
    from grader.base.keras_import import keras

    before, after = (tuple(keras.ops.shape(a)) for a in (values, result))
    squeezed = [tuple(size for size in shape if size != 1) for shape in (before, after)]
    same = before != after and squeezed[0] == squeezed[1] and np.prod(before) == np.prod(after)
    return keras.ops.reshape(result, before) if same else result
