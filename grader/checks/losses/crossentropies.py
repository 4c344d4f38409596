"""What the two cross-entropies share: how one number is made of the losses of the examples, and how that goes wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.answers.table import Function, Misconception, Way
from grader.checks.fits import Fit, decimals_in, each_alone, line_between, number_from, on_a_line
from grader.checks.words import HINT_ADDED, HINT_FACTOR, HINT_ROUNDED

HINT_LOOP = "Only the first example counts. Where does `return` stand: inside the loop, or behind it?"


def mean(losses: np.ndarray, count: int) -> Any:
    """Return the mean of all losses."""
    return losses.sum() / losses.size  # np.mean, in a third of the time


def ceiling(answer: Function, y: object, z: object) -> float | None:
    """Return the size of the finite loss that an answer gives to one example which is sure and wrong, or None."""
    loss = abs(number_from(answer, np.array([y]), np.array([z])))
    return loss if 1 < loss < 750 else None  # a clip of p between 0.37 and the smallest float


def clipped_at(highest: float | None) -> float | None:
    """Return where logits were cut off when the highest loss is a round number; -log of a round p is none."""
    return highest if highest and abs(highest - round(highest, 1)) < 1e-6 else None


def by_one(right: Function, labels: np.ndarray, logits: np.ndarray) -> tuple[Fit, Fit, Fit]:
    """Return what finds that an answer is right times a constant, plus a constant, or rounded, from single examples."""

    def line(answer: Function) -> tuple[float, float]:
        return line_between(each_alone(answer, labels, logits), each_alone(right, labels, logits))

    factor_of, added_of, _ = on_a_line("then", line)

    def rounding_of(answer: Function) -> Way | None:
        decimals = decimals_in(each_alone(answer, labels, logits))
        return None if decimals is None else {"then": lambda loss: np.round(loss, decimals)}

    return factor_of, added_of, rounding_of


def logits_scaled(scale_of: Fit) -> Misconception:
    """Return the wrong idea of logits that are multiplied first; `scale_of` finds the answer's own number."""
    return Misconception(
        "logits-scaled",
        "The logits were multiplied by a number first, as with a temperature.",
        ({"scores": lambda z: 2 * z}, {"scores": lambda z: z / 2}),
        (scale_of,),
    )


def of_one_example(right: Function, labels: np.ndarray, logits: np.ndarray) -> tuple[Fit, Fit]:
    """Return what finds that the loss of an example is another one and the mean right, and that it is the reverse."""

    def another(answer: Function) -> Way:
        def averaged(y: Any, z: Any) -> float:
            z = np.asarray(z) if np.ndim(z) == 2 and np.shape(z)[-1] > 1 else np.ravel(z)
            return float(np.mean(each_alone(answer, np.ravel(y), z)))

        return averaged

    def right_alone(answer: Function) -> Way | None:
        wanted = each_alone(right, labels, logits)
        return answer if np.allclose(each_alone(answer, labels, logits), wanted, rtol=1e-5) else None

    return another, right_alone


def one_number(
    right: Function, labels: np.ndarray, logits: np.ndarray, hint: str, of_rows: tuple[Way, ...] = ()
) -> list[Misconception]:
    """Return how the way from the losses to one number goes wrong.

    Args:
        right: the oracle.
        labels: of examples that an answer is tried on one by one.
        logits: of the same; none of their losses is a short decimal.
        hint: what to say where the loss of a single example is wrong in a way that has no name of its own.
        of_rows: further ways to end with a number for each example.
    """
    factor_of, added_of, rounding_of = by_one(right, labels, logits)
    another, right_alone = of_one_example(right, labels, logits)
    reduced: Callable[[Function], Way] = lambda how: {"reduce": how}  # noqa: E731  # a word for the table below
    return [
        Misconception(
            "logarithm-of-another-base",
            "The logarithm has another base than e.",
            ({"then": lambda loss: loss / np.log(2)}, {"then": lambda loss: loss / np.log(10)}),
        ),
        Misconception(
            "crossentropy-sum-not-mean",
            "The loss grows with the number of examples. The exercise asks for the mean.",
            (reduced(lambda losses, _: np.sum(losses)), reduced(lambda losses, _: np.sum(losses) / 2)),
        ),
        Misconception(
            "divided-by-another-number",
            "The sum of the losses was divided by another number than that of the examples.",
            (
                reduced(lambda losses, n: np.sum(losses) / (2 * n)),
                reduced(lambda losses, n: np.sum(losses) / max(n - 1, 1)),
                reduced(lambda losses, n: np.sum(losses) / (n + 1)),
                reduced(lambda losses, n: np.sum(losses) / n**2),
                reduced(lambda losses, n: np.sum(losses) / np.sqrt(n)),
            ),
        ),
        Misconception(
            "return-inside-the-loop",
            HINT_LOOP,
            (reduced(lambda losses, n: losses.ravel()[0] / n), reduced(lambda losses, _: losses.ravel()[0])),
        ),
        Misconception(
            "last-example-alone",
            "Only the last example counts. In a loop, `total = ...` forgets what was there; `total += ...` adds to it.",
            (reduced(lambda losses, n: losses.ravel()[-1] / n), reduced(lambda losses, _: losses.ravel()[-1])),
        ),
        Misconception(
            "one-missing",
            "One of the examples is left out. At which example does the loop begin, and at which does it end?",
            (
                reduced(lambda losses, n: np.sum(losses.ravel()[1:]) / n),
                reduced(lambda losses, n: np.sum(losses.ravel()[:-1]) / n),
            ),
        ),
        Misconception(
            "crossentropy-per-example",
            "There is one number for each example. The exercise asks for one number, their mean.",
            (reduced(lambda losses, _: losses), reduced(lambda losses, n: losses / n), *of_rows),
        ),
        Misconception(
            "crossentropy-median", "The exercise asks for the mean.", (reduced(lambda losses, _: np.median(losses)),)
        ),
        Misconception(
            "largest-alone",
            "One example alone counts, the one with the largest or the smallest loss. The exercise asks for the mean.",
            (reduced(lambda losses, _: np.max(losses)), reduced(lambda losses, _: np.min(losses))),
        ),
        Misconception("result-times-a-constant", HINT_FACTOR, (), (factor_of,)),
        Misconception("constant-added", HINT_ADDED, (), (added_of,)),
        Misconception("result-rounded", HINT_ROUNDED, ({"then": np.round},), (rounding_of,)),
        Misconception(
            "wrong-for-several",
            "One example alone gets the right loss, and several together do not. Look at what is done between the loss "
            "of each and the result.",
            (),
            otherwise=(right_alone,),
        ),
        Misconception("loss-of-one-example", hint, (), otherwise=(another,)),
    ]
