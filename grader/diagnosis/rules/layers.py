"""What is wrong inside a model, on the way to an output."""

from grader.diagnosis.layers import LINEAR, Step
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.rule import Rule


def _without_slope(output: Output) -> str:
    if not any(step.activation == "step" for step in output.steps):
        return ""
    return "an activation is a step, whose slope is 0 everywhere: no layer before it learns anything"


def _missing_nonlinearity(output: Output) -> str:
    """Return which linear layers could be one. A narrow layer between wide ones says something: it is let alone."""
    weighing = [step for step in output.steps if step.weighs]
    for number, (step, bent) in enumerate(output.hidden):
        before = weighing[number - 1] if number else None
        if not bent and _are_one(step, weighing[number + 1]) and not _is_bottleneck(step, weighing[number + 1], before):
            kind = step.name
            return f"a hidden {kind} layer has no activation before the next layer, so the two are one linear layer"
    return ""


def _are_one(step: Step, following: Step) -> bool:
    """Whether two layers in a row multiply by weights and nothing else; convolutions over a point mix channels."""
    if not step.is_linear:
        return False
    if "Conv" in step.name and "Conv" in following.name:
        return _is_wide(step, following)
    return following.name in LINEAR


def _is_wide(step: Step, following: Step) -> bool:
    """Whether both are convolutions over more than a point: those over a point mix channels, often on purpose."""
    sizes = [getattr(layer.layer, "kernel_size", (1,)) for layer in (step, following)]
    return all(min(size) > 1 for size in sizes) and not any("Depthwise" in s.name for s in (step, following))


def _is_bottleneck(step: Step, following: Step, before: Step | None) -> bool:
    units = step.units
    if units is None or following.units is None:
        return False
    kernel = getattr(step.layer, "kernel", None)
    enters = int(kernel.shape[-2]) if kernel is not None and len(kernel.shape) > 1 else before.units if before else None
    return enters is not None and units < enters and units < following.units


DROPOUT = Rule(
    "dropout-at-prediction",
    lambda o: "two predictions for the same input differ, so dropout is at work while predicting" if o.unsteady else "",
)
LAYERS = [
    Rule("activation-without-slope", _without_slope),
    Rule("missing-nonlinearity", _missing_nonlinearity),
    DROPOUT,
]
