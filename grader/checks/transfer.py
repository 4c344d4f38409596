"""Exercise 08: a frozen base with one logit on top, unfreezing, and names for classes."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations.formulas import sigmoid
from grader.checks.crafted import LEARNING_RATE, STEPS, images, picture_model, pictures, raw, small_base, transfer_model
from grader.diagnosis.findings import Finding

LESSON = "08-transfer.ipynb"
ON_TOP = Asked([("GlobalAveragePooling2D", {}), ("Dense", {"units": 1})], tail=True)


THE_BASE_ALONE = "Set trainable to False on the base alone: the layer behind it has everything to learn."


def base_trains(model: Any, arguments: tuple[Any, ...]) -> Finding | None:
    """Return that the base is trained along, or that it is not in the model."""
    base = arguments[0]
    own = {id(weight) for weight in model.weights}
    if not all(id(weight) in own for weight in base.weights):
        return Finding("wrong-architecture", "the base is not in the model")
    moving = {id(weight) for weight in model.trainable_weights}
    count = sum(id(weight) in moving for weight in base.weights)
    if count:
        return Finding("base-not-frozen", f"{count} weight arrays of the base would train")
    return None if moving else Finding("nothing-trains", "the last layer is frozen along with the base", THE_BASE_ALONE)


BUILD_TRANSFER_MODEL = ModelAnswer(
    name="build_transfer_model",
    section=f"{LESSON}#frozen-heading",
    calls=lambda: [(small_base(),)],
    asked=lambda base: ON_TOP,
    inputs=lambda base: images(),
    more=base_trains,
)

COMPILE_AGAIN = (
    "Once a model has been trained, Keras goes on with the weights that were trainable then. Compile it again, with a "
    "new optimizer and a smaller learning rate."
)


def unfrozen_wrongly(model: Any, arguments: tuple[Any, ...]) -> Finding | None:
    """Return how a model differs from one whose base trains in its last layers, compiled again."""
    _, base, n_layers = arguments
    early, late = base.layers[:-n_layers], base.layers[-n_layers:]
    moving = {id(weight) for weight in model.trainable_weights}
    thawed = [all(id(weight) in moving for weight in layer.weights) for layer in late]
    if any(id(weight) in moving for layer in early for weight in layer.weights):
        if not any(thawed):
            return Finding("other-layers-unfrozen", f"the last {n_layers} layers of the base are frozen, others train")
        return Finding(
            "base-not-frozen",
            f"more than the last {n_layers} layers of the base would train",
            "Setting trainable on the base sets it on all of its layers: freeze the early ones again.",
        )
    if not all(thawed):
        return Finding(
            "nothing-unfrozen",
            f"not all of the last {n_layers} layers of the base would train",
            "A layer trains only when it and the base around it are trainable.",
        )
    steps = int(np.asarray(model.optimizer.iterations))
    if steps >= STEPS:
        return Finding("frozen-after-compile", f"the optimizer is the old one: it counts {steps} steps", COMPILE_AGAIN)
    rate = float(np.asarray(model.optimizer.learning_rate))
    if rate >= LEARNING_RATE * 0.999:
        return Finding(
            "learning-rate-not-lowered", f"the learning rate is {rate:g}, and it was {LEARNING_RATE:g} before"
        )
    return None


def to_unfreeze() -> list[tuple[Any, ...]]:
    """Return (model, base, n_layers) to try, each new."""
    return [(*transfer_model(), 2), (*transfer_model(), 1)]


UNFREEZE_LAST = ModelAnswer(
    name="unfreeze_last",
    section=f"{LESSON}#unfreezing-heading",
    calls=to_unfreeze,
    asked=lambda model, base, n_layers: ON_TOP,
    inputs=lambda model, base, n_layers: images(),
    more=unfrozen_wrongly,
)
NAMES = ["cat", "dog"]
# in float32 the sigmoid of the last two is 1 and 0; that of -50 is not 0, and its own sigmoid is 0.5
SCORES = np.array([-1.2, 0.3, 1.2, -0.4, 0.45, -50.0, 60.0, -200.0])


def label_done(
    model: Any,
    images: Any,
    names: list[str],
    choose: Function = lambda z: z > 0,
    order: Function = lambda names: names,
    then: Function = lambda labels: labels,
) -> Any:
    """Return the names of the classes with each part done as the keywords say.

    Args:
        model: puts out one logit.
        images: its inputs.
        names: of class 0 and of class 1.
        choose: makes (N,) classes from (N,) logits.
        order: makes of the names those that are chosen from.
        then: what is done with the list.
    """
    known = list(order(names))
    return then([known[int(chosen)] for chosen in np.asarray(choose(raw(model, images)[:, 0]))])


PREDICT_LABEL = Answer(
    name="predict_label",
    section=f"{LESSON}#names-heading",
    idea="A model with one logit says by its sign which of the two classes is more likely.",
    way="Let the model predict, compare each logit with that of one half, and take the name at the place of the class.",
    oracle=label_done,
    recipe=label_done,
    tries=lambda: [
        Probe((picture_model(), pictures(scores), names))
        for scores, names in [
            (SCORES, NAMES),
            (SCORES[::-1], ["seven", "nine"]),
            (SCORES[1:2], ["zebra", "ant"]),
            (SCORES[:5], NAMES[::-1]),  # a set of two has one order, whatever it was made of
        ]
    ],
    misconceptions=[
        Misconception(
            "threshold-half-on-logits",
            "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
            ({"choose": lambda z: z > 0.5},),
        ),
        Misconception(
            "threshold-flipped",
            "The names are exchanged: a positive logit speaks for class 1, the second name.",
            ({"choose": lambda z: z < 0}, {"choose": lambda z: z < 0.5}),
        ),
        Misconception(
            "argmax-on-one-column",
            "Every image gets the first name: argmax over one column is always 0. Compare with a threshold.",
            ({"choose": lambda z: z * 0},),
        ),
        Misconception(
            "probability-cut-to-integer",
            "int() cuts off what stands behind the point, and leaves 0 of every probability below 1. Compare with a "
            "threshold.",
            ({"choose": lambda z: z > 30},),
        ),
        Misconception(
            "threshold-zero-on-probabilities",
            "Nearly every image gets the second name: a probability is not below 0. Where is it cut?",
            ({"choose": lambda z: z > -110},),
        ),
        Misconception(
            "everything-class-one",
            "Every image gets the second name. Each number but 0 counts as true, and a probability is not below 0: "
            "compare with a threshold.",
            ({"choose": np.ones_like},),
        ),
        Misconception(
            "logit-rounded",
            "The logit itself was rounded, or cut to an integer, and taken for a place in the list of names. Compare "
            "it with a threshold.",
            (
                {"choose": np.round},
                {"choose": np.trunc},
            ),
        ),
        Misconception(
            "argmax-of-the-size",
            "The sign of the logit was lost. It says which class is more likely.",
            ({"choose": lambda z: np.abs(z) > 0.5}, {"choose": lambda z: np.abs(z) > 1}),
        ),
        Misconception(
            "sigmoid-twice",
            "Nearly every image gets the second name: the sigmoid of a probability is not below one half.",
            ({"choose": lambda z: z > -25},),
        ),
        Misconception(
            "border-from-the-batch",
            "Where it is cut depends on the other images, as with their mean. Each image is judged by itself.",
            (
                {"choose": lambda z: z > np.mean(z)},
                {"choose": lambda z: z > np.median(z)},
                {"choose": lambda z: np.arange(len(z)) == np.argmax(z)},
            ),
        ),
        Misconception(
            "names-sorted",
            "The names were put in another order. The first one belongs to class 0, whatever its letters.",
            ({"order": sorted}, {"order": set}),
        ),
        Misconception(
            "first-example-alone",
            "Only one image has got a name. Each of the N images needs one.",
            (
                {"then": lambda labels: labels[0]},
                {"then": lambda labels: labels[:1]},
                {"then": lambda labels: labels[-1]},
                {"then": lambda labels: labels[-1:]},
            ),
        ),
        Misconception(
            "classes-not-names",
            "These are class numbers. The exercise asks for the names.",
            (
                lambda model, images, names: (raw(model, images)[:, 0] > 0).astype(int),
                lambda model, images, names: (raw(model, images) > 0).astype(int),
            ),
        ),
        Misconception(
            "probabilities-not-classes",
            "These are scores. The exercise asks for the names.",
            (
                lambda model, images, names: raw(model, images)[:, 0],
                lambda model, images, names: sigmoid(raw(model, images)[:, 0]),
            ),
        ),
        Misconception(
            "names-not-chosen",
            "These are all the names, and no choice was made. Each image gets the name of its class.",
            (lambda model, images, names: names, lambda model, images, names: [names] * len(images)),
        ),
    ],
    more=lambda rng: [Probe((picture_model(), pictures(rng.normal(0, 1, 6)), NAMES), secret=True)],
    rounds=2,  # a guess is right once in 4,096 times
)
check_build_transfer_model = ModelCheck(BUILD_TRANSFER_MODEL)
check_unfreeze_last = ModelCheck(UNFREEZE_LAST)
check_predict_label = Check(PREDICT_LABEL)
