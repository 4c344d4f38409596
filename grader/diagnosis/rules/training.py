"""What keeps a model from training: seen in its weights, its optimizer and what it was compiled with."""

from collections.abc import Iterator
from typing import Any

from grader.diagnosis.compiled import compiled_with
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import DROPS, all_parts
from grader.diagnosis.outputs import Output
from grader.diagnosis.slope import ROWS, Slope

THAWED = (
    "model.trainable = False\nmodel.trainable = True  # both, so that it reaches layers that were frozen by themselves"
)
KEPT = "model.get_layer({0!r}).rate = 0.5"
STEPS = (0, 1, 10, 100, 1_000, 10_000, 1_000_000)  # a schedule may begin or end at 0
RANDOM = "kernel = model.get_layer({0!r}).kernel\nkernel.assign(keras.initializers.GlorotUniform()(kernel.shape))"


def find_in_training(model: Any, outputs: list[Output]) -> Iterator[Finding]:
    """Yield what is wrong with the weights and with what a model was compiled with."""
    if not model.compiled or model.optimizer is None:
        return
    if _is_frozen(model):
        words = "no weight of the model is trainable, so fit() changes none of them"
        yield Finding("nothing-trains", words, code=THAWED)
    rate = learning_rate(model)
    if rate is not None and rate <= 0:
        yield Finding("learning-rate-not-positive", f"the learning rate is {rate:g}: no step goes downhill")
    yield from _losses_misfit(model, outputs)
    if (weights := _flat(compiled_with(model).get("loss_weights"))) and not any(weights):
        yield Finding("nothing-counts", "all loss_weights are 0, so no output counts")
    yield from _equal_weights(model, outputs)
    for layer in all_parts(model):
        if type(layer).__name__ in DROPS and layer.rate >= 1:
            words = f"{layer.name} drops a share of {layer.rate:g}, which is all that comes in"
            yield Finding("drops-everything", words, code=KEPT.format(layer.name) if layer in model.layers else "")


def find_in_slope(slope: Slope | None) -> Iterator[Finding]:
    """Yield how no step of a training leads anywhere. A ReLU that is dead by chance is no mistake of the model's."""
    if slope is None or slope.by_chance or not slope.is_cut_off:
        return
    if slope.is_flat:
        words = f"the loss of {ROWS} rows at most is {slope.loss:.3g}, and its gradient is 0 for every weight"
    else:
        words = "the gradient of the loss is 0 for all weights but biases: nothing of x reaches what comes out"
    yield Finding("gradient-is-zero", words)


def _is_frozen(model: Any) -> bool:
    """Return whether no weight is to be trained; before they exist, the layers are asked."""
    if model.built:
        return bool(model.weights) and not model.trainable_weights
    return not model.trainable or (bool(model.layers) and not any(layer.trainable for layer in model.layers))


def learning_rate(model: Any) -> float | None:
    """Return the learning rate of the optimizer; None for a schedule, unless it is never above 0."""
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)  # of one that scales the loss
    try:
        rate = optimizer.get_config()["learning_rate"]
        if isinstance(rate, dict) or callable(rate):
            most = max(float(optimizer._learning_rate(step)) for step in STEPS)  # it has no public name
            return most if most <= 0 else None
        return float(rate)
    except Exception:  # an optimizer, or a schedule, of a stranger's may stop in any way
        return None


def _flat(weights: Any) -> list[Any]:
    """Return weights that are one number, or a list or dict of numbers, as a list."""
    if isinstance(weights, dict):
        weights = list(weights.values())
    return list(weights) if isinstance(weights, list | tuple) else [] if weights is None else [weights]


def _losses_misfit(model: Any, outputs: list[Output]) -> Iterator[Finding]:
    """Yield how compile() was given losses by names that are none of the outputs', or not for all of them."""
    given = compiled_with(model).get("loss")
    if not isinstance(given, dict) or "class_name" in given or not hasattr(model, "operations"):
        return
    names, some = [output.name for output in outputs], isinstance(model.output, dict)
    if not set(given) <= {*names, *(name.split("/")[0] for name in names)} or (not some and set(given) != set(names)):
        words = f"compile() was given losses for {', '.join(map(str, given))}, and the outputs are {', '.join(names)}"
        yield Finding("losses-do-not-fit-outputs", words)


def _equal_weights(model: Any, outputs: list[Output]) -> Iterator[Finding]:
    """Yield the hidden layers whose units all begin with the same weights: they stay equal, and are one unit."""
    ends = {id(output.end.layer) for output in outputs if output.end is not None}
    equal = [layer for layer in all_parts(model) if id(layer) not in ends and _begins_equal(layer)]
    if equal:
        names = " and ".join(layer.name for layer in equal)
        seen = f"all weights of a hidden layer are the same, so its units stay alike: {names}"
        yield Finding("equal-weights", seen, code="\n".join(RANDOM.format(layer.name) for layer in equal))


def _begins_equal(layer: Any) -> bool:
    """Return whether a layer of several units is to be trained, and all its weights are one number."""
    if not getattr(layer, "built", False) or not getattr(layer, "trainable", False):
        return False
    kernel = getattr(layer, "kernel", None)
    shape: tuple[int, ...] = getattr(kernel, "shape", ())
    return len(shape) > 1 and shape[-1] > 1 and _is_constant(kernel)


def _is_constant(kernel: Any) -> bool:
    from grader.base.keras_import import keras

    return bool(keras.ops.convert_to_numpy(keras.ops.max(kernel) == keras.ops.min(kernel)))
