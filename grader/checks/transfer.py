"""Exercise 08: a frozen base with one logit on top, unfreezing, and names for classes."""

from typing import Any

import numpy as np

from grader.answers.asked import Asked
from grader.answers.check import Check
from grader.answers.model_answer import ModelAnswer, ModelCheck
from grader.answers.table import Answer, Function, Misconception, Probe
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
SCORES = np.array([-2.0, 0.3, 1.5, -0.4, 0.45])


def named(choose: Function) -> Function:
    """Return the function that names the class which is chosen from the logits."""

    def label(model: Any, images: np.ndarray, names: list[str]) -> list[str]:
        return [names[int(chosen)] for chosen in np.asarray(choose(raw(model, images)[:, 0]))]

    return label


PREDICT_LABEL = Answer(
    name="predict_label",
    section=f"{LESSON}#names-heading",
    idea="A model with one logit says by its sign which of the two classes is more likely.",
    way="Let the model predict, compare each logit with that of one half, and take the name at the place of the class.",
    oracle=named(lambda z: z > 0),
    tries=lambda: [
        Probe((picture_model(), pictures(scores), names))
        for scores, names in [
            (SCORES, NAMES),
            (SCORES[::-1], ["seven", "nine"]),
            (SCORES[1:2], NAMES),
        ]
    ],
    misconceptions=[
        Misconception(
            "threshold-half-on-logits",
            "The logits were cut at 0.5, which is a probability of 0.622. Which logit belongs to one half?",
            (named(lambda z: z > 0.5),),
        ),
        Misconception(
            "threshold-flipped",
            "The names are exchanged: a positive logit speaks for class 1, the second name.",
            (named(lambda z: z < 0),),
        ),
        Misconception(
            "argmax-on-one-column",
            "Every image gets the first name: argmax over one column is always 0. Compare with a threshold.",
            (named(lambda z: z * 0),),
        ),
        Misconception(
            "threshold-zero-on-probabilities",
            "Every image gets the second name: probabilities are never below 0.",
            (named(lambda z: z * 0 + 1),),
        ),
        Misconception(
            "classes-not-names",
            "These are class numbers. The exercise asks for the names.",
            (lambda model, images, names: (raw(model, images)[:, 0] > 0).astype(int),),
        ),
    ],
    more=lambda rng: [Probe((picture_model(), pictures(rng.normal(0, 1, 6)), NAMES), secret=True)],
    rounds=2,  # a guess is right once in 4,096 times
)
check_build_transfer_model = ModelCheck(BUILD_TRANSFER_MODEL)
check_unfreeze_last = ModelCheck(UNFREEZE_LAST)
check_predict_label = Check(PREDICT_LABEL)
