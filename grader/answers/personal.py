"""A student's own number while a submission is judged: it is mixed into every seed, so that nobody shares inputs.

The judge's process alone is told it (see grader.gradebook.seed), and nothing that a check shows follows from it.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # the learner's process, which is forked where this is imported, needs to know of no answer
    from grader.answers.table import Answer, Probe

_number: ContextVar[str] = ContextVar("number", default="")


@contextlib.contextmanager
def personal(number: str) -> Iterator[None]:
    """Have the checks use a student's number meanwhile.

    Args:
        number: in hexadecimal digits, a multiple of eight; "" for none: everybody gets the same inputs.
    """
    token = _number.set(number)
    try:
        yield
    finally:
        _number.reset(token)


def is_personal() -> bool:
    """Return whether there is a number."""
    return bool(_number.get())


def generator(seed: int) -> np.random.Generator:
    """Return the random generator of a hidden test: of its seed, and of the student's number where there is one."""
    number = _number.get()
    if not number:
        return np.random.default_rng(seed)
    return np.random.default_rng([seed, *(int(number[at : at + 8], 16) for at in range(0, len(number), 8))])


def secret_probes(answer: "Answer", seed: int) -> list["Probe"]:
    """Return the probes of a hidden test."""
    rng = generator(seed)
    return [probe for _ in range(answer.rounds if is_personal() else 1) for probe in answer.more(rng)]
