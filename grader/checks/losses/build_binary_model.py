"""A binary classifier that puts out one logit."""

from grader.answers.asked import Asked
from grader.answers.model_answer import ModelAnswer, takes_features
from grader.checks.crafted import rows


def binary_asked(n_features: int) -> Asked:
    """Return what build_binary_model must build."""
    return Asked([("Dense", {"units": 1})], any_hidden=True)


BUILD_BINARY_MODEL = ModelAnswer(
    name="build_binary_model",
    section="04-losses.ipynb#unwinding-heading",
    calls=lambda: [(5,), (2,)],
    asked=binary_asked,
    inputs=rows,
    draws=lambda rng: [(int(rng.integers(6, 64)),)],
    fits=lambda model, arguments: takes_features(model, arguments[0]),
)
