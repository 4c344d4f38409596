"""How much memory Keras may ask for when a stranger's model is built: a few bytes can name gigabytes."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any

from grader.diagnosis.layers import all_parts
from grader.diagnosis.refusals import JUDGED, Bounds, Refused

SLACK = 8_000_000  # bytes for what comes without weights: a metric's thresholds, a seed
COPIES = 4  # the weights, and what an optimizer keeps of each


def bytes_allowed(weight_bytes: int) -> int:
    """Return how many bytes of variables a model may make whose weights have so many bytes."""
    return SLACK + COPIES * weight_bytes


@contextlib.contextmanager
def limit_variables(allowed: int) -> Iterator[None]:
    """Let Keras make variables up to a number of bytes; it is asked for before they exist.

    All that Keras keeps goes through keras.Variable, whatever layer, metric or optimizer asks for it.
    """
    from grader.base.keras_import import keras

    original = keras.Variable.__init__
    left = allowed

    def counted(self: Any, initializer: Any, shape: Any = None, dtype: Any = None, *rest: Any, **more: Any) -> None:
        nonlocal left
        if shape is not None:
            sizes = (shape,) if isinstance(shape, int) else tuple(shape)
            left -= math.prod(abs(int(size or 0)) for size in sizes) * (8 if "64" in str(dtype) else 4)
        if left < 0:
            raise Refused("The model's layers would be larger than the weights that came with it.")
        original(self, initializer, shape, dtype, *rest, **more)

    keras.Variable.__init__ = counted  # Keras has no setting for it
    try:
        yield
    finally:
        keras.Variable.__init__ = original


def refuse_huge_outputs(model: Any, bounds: Bounds = JUDGED) -> None:
    """Refuse a model whose layers make something huge of something small, before it is called on numbers."""
    nodes = [node for part in all_parts(model) for node in getattr(part, "_inbound_nodes", ())]  # no public name
    sizes = [math.prod(size for size in each.shape[1:] if size) for node in nodes for each in node.output_tensors]
    if max(sizes, default=0) > bounds.outputs:
        raise Refused(f"A layer of the model puts out more than {bounds.outputs:,} numbers for one input.")
    if sum(sizes) > bounds.whole:
        raise Refused(f"The model's layers together put out more than {bounds.whole:,} numbers for one input.")
