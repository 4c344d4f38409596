"""The classifier of handwritten digits."""

from grader.answers.asked import Asked
from grader.answers.model_answer import ModelAnswer
from grader.checks.crafted import rows


def digits_asked(dropout: float) -> Asked:
    """Return what build_digit_classifier must build."""
    layers: list[tuple[str, dict[str, object]]] = [("Dense", {"units": 128, "activation": "relu"})]
    return Asked([*layers, ("Dropout", {"rate": dropout}), ("Dense", {"units": 10})], labels="integers")


BUILD_DIGIT_CLASSIFIER = ModelAnswer(
    name="build_digit_classifier",
    section="07-digits.ipynb#network-heading",
    calls=lambda: [(0.2,), (0.35,)],
    asked=digits_asked,
    inputs=lambda dropout: rows(64),
    draws=lambda rng: [(round(float(rng.uniform(0.05, 0.75)), 3),)],
)
