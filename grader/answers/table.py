"""What is known of an answer: its oracle, the probes to try it on, the wrong ideas that it may show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from grader.base.hints import HINTS

Function = Callable[..., object]


@dataclass(frozen=True)
class Probe:
    """Arguments to try an answer on.

    Attributes:
        arguments: what the answer is called with.
        keywords: arguments that are given by name.
        extreme: the numbers are so large that a careless formula runs out of range.
        optional: an exception here is no fault (a list, where the answer was written for arrays).
        warning_free: a numerical warning counts as a failure here.
        secret: never shown to the learner.
        rtol, atol: how far a result may be from the oracle's. The defaults leave room for float32, whose
            step at 1 is 1.2e-7, through a few dozen operations.

    """

    arguments: tuple[object, ...]
    keywords: dict[str, object] = field(default_factory=dict)
    extreme: bool = False
    optional: bool = False
    warning_free: bool = False
    secret: bool = False
    rtol: float = 1e-5
    atol: float = 5e-7


@dataclass(frozen=True)
class Misconception:
    """A wrong idea: its id, the one thing to look at, and the wrong functions it leads to.

    `fitted`, where given, makes the wrong function from the answer itself (a leaky ReLU with the learner's
    own slope), or returns None when the answer shows nothing of the kind.
    """

    id: str
    hint: str
    wrong: tuple[Function, ...]
    fitted: Callable[[Function], Function | None] | None = None


def _no_more(rng: np.random.Generator) -> list[Probe]:
    return []


@dataclass(frozen=True)
class Answer:
    """One answer of an exercise.

    Attributes:
        name: as the learner must call it.
        section: where the lesson explains it, as `lesson.ipynb#Heading`.
        oracle: the right function.
        tries: the probes, or a function that makes them (where a probe is a Keras model, which takes a while);
            every two misconceptions differ on at least one of them.
        misconceptions: the wrong ideas.
        breaks: the id for an answer that is right until the numbers run out of range; "" when there is none.
        unsteady: the id for an answer that gives something else for the same input when called again.
        items: how many arrays the answer returns.
        more: draws secret probes from a random generator.
        rounds: how often they are drawn for a student with inputs of their own: so often that no guess hits them all,
            and less often where a probe takes long.

    """

    name: str
    section: str
    oracle: Function
    tries: Sequence[Probe] | Callable[[], Sequence[Probe]]
    misconceptions: Sequence[Misconception]
    breaks: str = ""
    unsteady: str = ""
    items: int = 1
    more: Callable[[np.random.Generator], list[Probe]] = _no_more
    rounds: int = 3

    @cached_property
    def probes(self) -> Sequence[Probe]:
        """The probes, made when they are first asked for."""
        return self.tries() if callable(self.tries) else self.tries

    def hint(self, id_: str) -> str:
        """Return what to look at for a misconception of this answer, or for an id that any answer or model may show.

        Raises:
            KeyError: nobody has written words for it.
        """
        return next((m.hint for m in self.misconceptions if m.id == id_), None) or HINTS[id_]

    def wrong_functions(self, function: Function) -> Iterable[tuple[str, Function]]:
        """Yield each misconception's id with a wrong function; `function` is the answer that some are fitted to."""
        for misconception in self.misconceptions:
            for wrong in misconception.wrong:
                yield misconception.id, wrong
            fitted = misconception.fitted and misconception.fitted(function)
            if fitted:
                yield misconception.id, fitted


def probes(*values: object, **about: object) -> list[Probe]:
    """Return a probe of one argument for each value, all with the same attributes."""
    return [Probe((value,), **about) for value in values]  # type: ignore[arg-type]  # the attributes of Probe
