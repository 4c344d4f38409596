"""The changes that findings ask for, as code that can be pasted below the model."""

import re
from dataclasses import replace
from typing import Any

import numpy as np

from grader.diagnosis.carried import others_of
from grader.diagnosis.compiled import loss_of
from grader.diagnosis.data import Data
from grader.diagnosis.findings import Finding
from grader.diagnosis.layers import DROPS, Step
from grader.diagnosis.outputs import Output
from grader.diagnosis.plan import Plan, plan_for
from grader.diagnosis.rules.ends import softmaxes_on_one_unit
from grader.diagnosis.rules.labels import LABELS
from grader.diagnosis.rules.training import learning_rate
from grader.diagnosis.swapped import CHECKED, Order

OF_THE_END = {
    "softmax-on-one-unit",
    "relu-on-logits",
    "end-of-another-range",
    "softmax-over-wrong-axis",
    "logits-with-probability-loss",
    "probabilities-with-logits-loss",
    "sigmoid-with-categorical-loss",
    "softmax-with-binary-loss",
    "dropout-behind-the-end",
    "half-precision-end",
    "regression-loss",
}
UNREACHED = "?"  # no expression reaches a layer, as in a model that is connected by code
IN_WORDS = {  # what to change only the user can say
    "data-do-not-fit-model",
    "dropout-at-prediction",
    "gradient-is-zero",
    "ids-outside-embedding",
    "inputs-all-equal",
    "labels-do-not-count",
    "losses-do-not-fit-outputs",
    "no-examples",
    "nothing-counts",
}


def changes(model: Any, data: Data, outputs: list[Output], findings: list[Finding], order: Order | None = None) -> str:
    """Return Python code that makes the changes, for names `model`, `x` and `y`; "" where words must do.

    All that belongs together is changed together: a loss that fits labels and end, and a metric that fits both.
    """
    ids = {finding.id for finding in findings}
    if order is not None:
        ids -= {rule.id for rule in CHECKED}
        if order.code:
            return "" if ids or data.batches else order.code
        outputs = order.outputs
    plans = {output.name: plan for output in outputs if (plan := _plan(output, ids))}
    labels = any(plan.labels for plan in plans.values())
    if len(plans) < len(outputs) or ids & IN_WORDS or (labels and data.batches):
        return ""
    if any(step is not output.end for output in outputs for step in softmaxes_on_one_unit(output)):
        return ""  # over which axis a softmax inside the model was meant to run, only the user can say
    if "not-finite" in ids and not isinstance(data.x, np.ndarray):
        return ""
    lines = [finding.code for finding in findings if finding.code] + _on_layers(model, outputs, ids)
    for output in outputs:
        lines += _on_labels(output, plans[output.name], data.y)
        lines += _on_end(model, output, plans[output.name])
    if any(UNREACHED in line for line in lines):
        return ""
    if not lines and any(_still_misfits(output, plans[output.name]) for output in outputs):
        return ""
    return "\n".join([*lines, _compile(model, plans)])


def _plan(output: Output, ids: set[str]) -> Plan | None:
    read = output.activations[:1] == [output.activation]  # else it was seen in numbers, and cannot be taken away
    kept = not ids & (OF_THE_END - {"logits-with-probability-loss", "regression-loss"})
    return plan_for(output, keep_end=kept or not read)


def _on_layers(model: Any, outputs: list[Output], ids: set[str]) -> list[str]:
    """Return the changes inside the model."""
    lines = []
    for output in outputs:
        if "missing-nonlinearity" in ids:
            flat = [step for step, bent in output.hidden if not bent and step.is_linear]
            lines += [f"{_reach(model, step)}.activation = keras.activations.relu" for step in flat]
        if "activation-without-slope" in ids:
            steps = [step for step in output.steps if step.activation == "step"]
            lines += [f"{_reach(model, step)}.activation = keras.activations.relu" for step in steps]
    return lines


def _on_labels(output: Output, plan: Plan, y: Any) -> list[str]:
    """Return the change of the labels; `y` is their structure, which may be a dict by the names of the outputs."""
    if not plan.labels or isinstance(y, list | tuple):
        return []
    name = f"y[{output.name!r}]" if isinstance(y, dict) else "y"
    expression = re.sub(r"\by\b", name, plan.labels)
    return [f"{name} = {expression}"]


def _on_end(model: Any, output: Output, plan: Plan) -> list[str]:
    """Return the change of the last layers: without an activation where logits are to come out, and with all units."""
    end = output.end
    if end is None:
        return []
    behind = output.steps[output.steps.index(end) + 1 :]
    dropping = [step for step in behind if step.name in DROPS and step.layer.rate]
    lines = [f"{_reach(model, step)}.rate = 0" for step in dropping]
    if output.normalized and output.activation != "linear":
        last = behind[-1].owner is model.layers[-1] and not _puts_out_several(model)
        lines.append(_without_last(model) if last else UNREACHED)
    units = plan.units or output.units
    if units and output.units and (plan.flat or units != output.units):
        return [*lines, _other_last_layer(model, units, plan.flat)]
    weighing = max((i for i, step in enumerate(output.steps) if step.weighs), default=0)
    bending = [step for step in output.steps[weighing:] if step.activation not in ("linear", "unknown")]
    for step in bending if plan.logits else bending[1:]:  # of a sigmoid that is applied twice the first one stays
        if "activation" in vars(step.layer):  # a recurrent layer's cannot be set
            lines.append(f"{_reach(model, step)}.activation = keras.activations.linear")
        else:
            lines.append(_without_activation(model, output, step))
    return lines


def _reach(model: Any, step: Step) -> str:
    """Return an expression for a layer, also for one within a model within the model."""
    path, inner = _path(model, step.owner), ".layer" if step.owner is not step.layer else ""
    return ("model" if path else UNREACHED) + "".join(f".get_layer({layer.name!r})" for layer in path) + inner


def _path(model: Any, layer: Any) -> list[Any]:
    for outer in getattr(model, "layers", None) or []:
        if outer is layer:
            return [outer]
        if inner := _path(outer, layer):
            return [outer, *inner]
    return []


def _without_last(model: Any) -> str:
    if _is_graph(model):
        return "model = keras.Model(model.inputs, model.layers[-1].input)"
    return "model = keras.Sequential(model.layers[:-1])"


def _without_activation(model: Any, output: Output, step: Step) -> str:
    """Return the change that takes away a step without a setting for its activation."""
    if _puts_out_several(model):
        return UNREACHED
    if step.owner is model.layers[-1] and not step.weighs:
        return _without_last(model)
    weighing = next((s for s in reversed(output.steps) if s.weighs), None)
    if step.written is None or weighing is None or weighing.owner not in model.layers or not _is_graph(model):
        return UNREACHED
    return f"model = keras.Model(model.inputs, model.get_layer('{weighing.owner.name}').output)"


def _is_graph(model: Any) -> bool:
    return hasattr(model, "operations")


def _puts_out_several(model: Any) -> bool:
    return len(getattr(model, "outputs", None) or []) > 1


def _other_last_layer(model: Any, units: int, flat: bool) -> str:
    """Return a new last layer; activation layers behind the last weights go with the old one."""
    if _puts_out_several(model):
        return UNREACHED
    layers = model.layers
    last = max((i for i, layer in enumerate(layers) if layer.weights or hasattr(layer, "units")), default=0)
    place = last - len(layers)
    if _is_graph(model):
        enters = f"model.layers[{place}].input"
        enters = f"keras.layers.Flatten()({enters})" if flat else enters
        return f"model = keras.Model(model.inputs, keras.layers.Dense({units})({enters}))"
    added = ["keras.layers.Flatten()"] if flat else []
    return (
        f"model = keras.Sequential([{', '.join([f'*model.layers[:{place}]', *added, f'keras.layers.Dense({units})'])}])"
    )


def _still_misfits(output: Output, plan: Plan) -> bool:
    """Whether the labels, as they are, do not fit the loss of a plan: shapes that only the user can explain."""
    loss = loss_of(plan.loss.strip("'").removeprefix("keras.losses.").split("(")[0])
    if loss is not None and output.loss is not None:
        loss = replace(loss, settings={**loss.settings, **output.loss.settings})
    return any(rule.sees(replace(output, loss=loss)) for rule in LABELS)


def _compile(model: Any, plans: dict[str, Plan]) -> str:
    """Return the call of compile(), with all that it was given and that need not change."""
    loss = _for_outputs({name: plan.loss for name, plan in plans.items()})
    metrics = _for_outputs({name: f"[{', '.join(plan.metrics)}]" for name, plan in plans.items()})
    weighted = _for_outputs({name: f"[{', '.join(plan.weighted)}]" for name, plan in plans.items()})
    said = f", weighted_metrics={weighted}" if any(plan.weighted for plan in plans.values()) else ""
    call = f"model.compile(optimizer={_optimizer(model)}, loss={loss}, metrics={metrics}{said}{others_of(model)})"
    lost = list(dict.fromkeys(name for plan in plans.values() for name in plan.left_out))
    return f"# Left out is {', '.join(lost)}: give it back if it fits these scores.\n{call}" if lost else call


def _for_outputs(given: dict[str, str]) -> str:
    """Return one expression, or a dict of them by the names of the outputs."""
    if len(given) == 1:
        return next(iter(given.values()))
    return "{" + ", ".join(f"{name!r}: {text}" for name, text in given.items()) + "}"


def _optimizer(model: Any) -> str:
    """Return an expression for the optimizer as it was compiled, with a positive learning rate."""
    from grader.base.keras_import import keras

    optimizer, rate = model.optimizer, learning_rate(model)
    if optimizer is None:
        return "'adam'"
    kind = type(optimizer)
    own = getattr(keras.optimizers, kind.__name__, None) is not kind or hasattr(optimizer, "inner_optimizer")
    if rate is not None and not own:
        plain = float(f"{rate:.6g}") if rate > 0 else 0.001  # 0.001, and not the nearest float32
        if rate <= 0 or _same_settings(optimizer, kind(learning_rate=plain)):
            return f"keras.optimizers.{kind.__name__}({plain})"
    return "type(model.optimizer).from_config(model.optimizer.get_config())"


def _same_settings(one: Any, two: Any) -> bool:
    first, second = one.get_config(), two.get_config()
    return all(_alike(first[key], second.get(key)) for key in first if key != "name")


def _alike(one: Any, two: Any) -> bool:
    return bool(np.isclose(one, two, rtol=1e-5)) if isinstance(one, float) and isinstance(two, float) else one == two
