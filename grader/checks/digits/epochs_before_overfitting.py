"""The epoch of the lowest validation loss, and what is taken for it."""

from typing import Any

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Way, probes
from grader.checks.fits import number_from


def stopped_early(patience: int, best: bool = True) -> Function:
    """Return what gives up after `patience` epochs without a lower loss: the best place, or the one it stops at."""

    def epoch(losses: list[float]) -> int:
        lowest = 0
        for place, loss in enumerate(losses):
            if loss < losses[lowest]:
                lowest = place
            elif place - lowest >= patience:
                return lowest if best else place
        return lowest if best else len(losses) - 1

    return epoch


def patience_of(answer: Function) -> Way | None:
    """Return the search that gives up as the answer does: after how many worse epochs it misses a lower loss."""
    for patience in range(1, LONGEST_PATIENCE + 1):
        losses = [0.9, 0.5, *[0.6] * patience, 0.4]
        epoch = number_from(answer, losses)
        if epoch != len(losses):
            return {"pick": stopped_early(patience, best=epoch == 2)}
    return None


LONGEST_PATIENCE = 30

WORSE_FOR_LONG = [0.9, 0.5, *[round(0.9 - 0.01 * k, 2) for k in range(LONGEST_PATIENCE)], 0.4, 0.6]


def epoch_done(losses: list[float], pick: Function = np.argmin, first: int = 1) -> Any:
    """Return the number of the epoch that `pick` chooses by its place, where the first has the number `first`."""
    return pick(losses) + first


def improved_by(least: float, share: float = 0.0) -> Function:
    """Return what takes a loss for lower only where it is lower by more than `least`, and `share` of the lowest."""

    def place(losses: list[float]) -> int:
        lowest = 0
        for k, loss in enumerate(losses):
            lowest = k if loss < losses[lowest] * (1 - share) - least else lowest
        return lowest

    return place


def started_at(start: float, otherwise: float) -> Function:
    """Return what looks for losses below a number to start with, and gives epoch `otherwise` where there is none."""

    def place(losses: list[float]) -> float:
        lowest, found = start, otherwise - 1
        for k, loss in enumerate(losses):
            if loss < lowest:
                lowest, found = loss, k
        return found

    return place


def start_of(answer: Function) -> Way | None:
    """Return the search that begins where the answer's does: above it, two losses that fall are not seen to fall."""
    high, low = 1e5, 0.0
    otherwise = number_from(answer, [1.1 * high, high])
    if not otherwise < 2:  # it sees the fall, or gives no number
        return None
    if number_from(answer, [0.11, 0.1]) == 2:  # else it starts at 0
        low = 0.1
        while high > 1.01 * low:
            middle = float(np.sqrt(low * high))
            low, high = (middle, high) if number_from(answer, [1.1 * middle, middle]) == 2 else (low, middle)
    return {"pick": started_at(low, otherwise)}


def least_improvement_of(answer: Function) -> Way | None:
    """Return the search that overlooks improvements as the answer does: how small may one be that it still sees."""
    low, high = 0.0, 0.4
    if number_from(answer, [0.5, 0.5 - high]) != 2 or number_from(answer, [0.5, 0.5 - 1e-5]) == 2:
        return None
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (low, middle) if number_from(answer, [0.5, 0.5 - middle]) == 2 else (middle, high)
    of_the_size = number_from(answer, [5.0, 5.0 - 2 * low]) != 2  # ten times as large, it needs ten times as much
    return {"pick": improved_by(0, 2 * low) if of_the_size else improved_by(low)}


def smoothed(width: int) -> Function:
    """Return the place of the lowest mean of so many losses side by side; of all losses where there are fewer."""

    def place(losses: list[float]) -> int:
        if len(losses) < width:
            return int(np.argmin(losses))
        return int(np.argmin(np.convolve(losses, np.ones(width) / width, mode="valid"))) + width // 2

    return place


def first_rise(losses: list[float]) -> int:
    """Return the place before the first rise, the last one where there is none."""
    return next((k for k in range(len(losses) - 1) if losses[k + 1] > losses[k]), len(losses) - 1)


def last_rise(losses: list[float]) -> int:
    """Return the place before the last rise, the last one where there is none."""
    return max((k for k in range(len(losses) - 1) if losses[k + 1] > losses[k]), default=len(losses) - 1)


EPOCHS_BEFORE_OVERFITTING = Answer(
    name="epochs_before_overfitting",
    section="07-digits.ipynb#stop-heading",
    idea=("The validation loss falls and then rises again. Where it is lowest the model is at its best for new data."),
    way=("Find the place of the lowest loss in the whole list, and remember from which number epochs are counted."),
    oracle=epoch_done,
    recipe=epoch_done,
    tries=probes(
        [0.9, 0.6, 0.5, 0.55, 0.7],
        [0.9, 0.8, 0.7],
        [0.3, 0.4, 0.5, 0.6],
        [0.9, 0.5, 0.6, 0.45, 0.7, 0.8],
        [0.5],
        [0.9, 0.4, 0.7, 0.6, 0.8, 0.45],
        [0.7, 0.500001, 0.5, 0.6],
        WORSE_FOR_LONG,
        [25000.0, 18000.0, 21000.0],
        [0.3, -0.1, -0.4, 0.2],
    ),
    misconceptions=[
        Misconception(
            "off-by-one-epoch",
            "The number is one too small or one too large. Python counts places from 0, and the exercise counts "
            "epochs from 1.",
            ({"first": 0}, {"first": 2}, {"first": -1}),
        ),
        Misconception(
            "highest-loss-taken",
            "This is the epoch with the highest validation loss. A loss is better when it is lower.",
            ({"pick": np.argmax},),
        ),
        Misconception(
            "last-epoch-taken",
            "This is the number of epochs. The exercise asks for the one after which the validation loss was lowest.",
            ({"pick": lambda losses: len(losses) - 1},),
        ),
        Misconception(
            "absolute-value-taken",
            "This is the loss that is nearest to 0. A loss may be negative, and -0.4 is lower than -0.1.",
            ({"pick": lambda losses: np.argmin(np.abs(losses))},),
        ),
        Misconception(
            "loss-not-epoch",
            "This is the lowest loss itself. The exercise asks for its epoch.",
            ({"pick": np.min, "first": 0},),
        ),
        Misconception(
            "first-rise-taken",
            "This stops at the first rise. The loss may fall again afterwards: look at all epochs.",
            ({"pick": first_rise}, {"pick": lambda losses: min(first_rise(losses) + 1, len(losses) - 1)}),
        ),
        Misconception(
            "search-given-up",
            "The search ends after some epochs without a lower loss, and a lower one comes later: look at all epochs.",
            ({"pick": stopped_early(2)}, {"pick": stopped_early(3)}, {"pick": stopped_early(2, best=False)}),
            fitted=(patience_of,),
        ),
        Misconception(
            "search-starts-too-low",
            "The search begins with a number for the lowest loss, and where no loss is below it none is ever taken. "
            "Begin with the first loss, or with infinity.",
            ({"pick": started_at(1.0, 0)}, {"pick": started_at(0.0, 1)}),
            fitted=(start_of,),
        ),
        Misconception(
            "small-improvement-missed",
            "A loss that is only a little lower counts, too. What is taken off, or rounded, before the comparison?",
            (
                {"pick": improved_by(0.01)},
                {"pick": improved_by(0.001)},
                {"pick": improved_by(0.1)},
                {"pick": lambda losses: np.argmin(np.round(losses, 1))},
                {"pick": lambda losses: np.argmin(np.round(losses, 2))},
            ),
            fitted=(least_improvement_of,),
        ),
        Misconception(
            "last-epoch-left-out",
            "The loop ends too early: a lowest loss in the last epoch is not seen.",
            ({"pick": lambda losses: np.argmin(losses[: max(1, len(losses) - 1)])},),
        ),
        Misconception(
            "first-epoch-left-out",
            "The search begins too late: a lowest loss in the first epoch is not seen.",
            ({"pick": lambda losses: 1 + np.argmin(losses[1:]) if len(losses) > 1 else 0},),
        ),
        Misconception(
            "counted-from-the-end",
            "The epochs are counted from the last one backwards. The first epoch has the number 1.",
            (
                {"pick": lambda losses: len(losses) - 1 - np.argmin(losses)},
                {"pick": lambda losses: np.argmin(losses[::-1])},
            ),
        ),
        Misconception(
            "steepest-fall-taken",
            "This is where the loss falls most from one epoch to the next. The exercise asks where it is lowest.",
            ({"pick": lambda losses: np.argmin(np.diff(losses)) + 1 if len(losses) > 1 else 0},),
        ),
        Misconception(
            "losses-smoothed",
            "The losses were averaged with their neighbours first. The exercise asks for the lowest as they are.",
            (
                {"pick": smoothed(3)},
                {"pick": smoothed(5)},
                {"pick": lambda losses: np.argmin(np.convolve(losses, np.ones(3) / 3, mode="same"))},
            ),
        ),
        Misconception(
            "last-rise-taken",
            "This is the last epoch at which the loss fell or rose, or the largest step. The exercise asks where the "
            "loss itself is lowest.",
            (
                {"pick": last_rise},
                {
                    "pick": lambda losses: max(
                        (k for k in range(1, len(losses)) if losses[k] < losses[k - 1]), default=0
                    )
                },
                {"pick": lambda losses: np.argmin(np.diff(losses)) + 1},
                {"pick": lambda losses: np.argmin(np.diff(losses))},
                {"pick": lambda losses: np.argmax(np.diff(losses))},
                {"pick": lambda losses: np.argmax(np.diff(losses)) + 1},
            ),
        ),
        Misconception(
            "losses-sorted",
            "The losses were sorted, so that the lowest stands at the beginning whenever it came.",
            ({"pick": lambda losses: 0},),
        ),
    ],
    more=lambda rng: probes(*(rng.uniform(0.1, 1, n).tolist() for n in (8, 12)), secret=True),
)
