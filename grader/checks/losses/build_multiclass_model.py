"""A classifier of many classes that puts out logits."""

from grader.answers.asked import Asked
from grader.answers.model_answer import ModelAnswer, takes_features
from grader.checks.crafted import rows


def multiclass_asked(n_features: int, n_classes: int) -> Asked:
    """Return what build_multiclass_model must build."""
    layers: list[tuple[str, dict[str, object]]] = [("Dense", {"units": 25, "activation": "relu"})]
    layers += [("Dense", {"units": 15, "activation": "relu"}), ("Dense", {"units": n_classes})]
    return Asked(layers, labels="integers")


BUILD_MULTICLASS_MODEL = ModelAnswer(
    name="build_multiclass_model",
    section="04-losses.ipynb#unwinding-heading",
    calls=lambda: [(6, 4), (3, 10)],
    asked=multiclass_asked,
    inputs=lambda n_features, n_classes: rows(n_features),
    draws=lambda rng: [(int(rng.integers(7, 64)), int(rng.integers(3, 32)))],
    fits=lambda model, arguments: takes_features(model, arguments[0]),
)
