"""A student's own key while a submission is judged: it is mixed into every seed, so that nobody shares inputs.

The judge's process alone is told it (see grader.gradebook.seed), and nothing that a check shows follows from it.
"""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # the learner's process, which is forked where this is imported, needs to know of no answer
    from grader.answers.table import Answer, Probe

_key: ContextVar[str] = ContextVar("personal_key", default="")


@contextlib.contextmanager
def personal(key: str) -> Iterator[None]:
    """Have the checks use a student's own key meanwhile.

    Args:
        key: in hexadecimal digits, a multiple of eight; "" for none: everybody gets the same inputs.
    """
    token = _key.set(key)
    try:
        yield
    finally:
        _key.reset(token)


def is_personal() -> bool:
    """Return whether there is one."""
    return bool(_key.get())


def generator(seed: int) -> np.random.Generator:
    """Return the random generator of a hidden test: of its seed, and of the student's key where there is one."""
    key = _key.get()
    if not key:
        return np.random.default_rng(seed)
    return np.random.default_rng([seed, *(int(key[at : at + 8], 16) for at in range(0, len(key), 8))])


def secret_probes(answer: "Answer", seed: int) -> list["Probe"]:
    """Return the probes of a hidden test."""
    rng = generator(seed)
    return [probe for _ in range(answer.rounds if is_personal() else 1) for probe in answer.more(rng)]
