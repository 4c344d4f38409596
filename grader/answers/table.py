"""What is known of an answer: its oracle, the probes to try it on, the wrong ideas that it may show."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import combinations, product
from typing import Any

import numpy as np

from grader.answers.observe import Remembered
from grader.base.hints import HINTS

Function = Callable[..., Any]
Way = Function | dict[str, Any]
Named = tuple[tuple[str, ...], Function]  # the ids of the mistakes in a wrong function, and the function


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
        any_shape: the numbers count, whatever their shape: of one example a plain number is as good as an array.
        rtol, atol: how far a result may be from the oracle's. The defaults leave room for float32, whose
            step at 1 is 1.2e-7, through a few dozen operations.

    """

    arguments: tuple[object, ...]
    keywords: dict[str, object] = field(default_factory=dict)
    extreme: bool = False
    optional: bool = False
    warning_free: bool = False
    secret: bool = False
    any_shape: bool = False
    rtol: float = 1e-5
    atol: float = 5e-7


@dataclass(frozen=True, eq=False)
class Both:
    """The wrong function of two mistakes, made when it is called, and that of each of them alone."""

    make: Callable[[], Function]
    one: Function
    other: Function

    def __call__(self, *arguments: object, **keywords: object) -> object:
        """Call it."""
        return self.make()(*arguments, **keywords)


@dataclass(frozen=True)
class Misconception:
    """A wrong idea: its id, the one thing to look at, and the wrong ways it leads to.

    A way is a function, or the part of the answer's recipe that is done wrongly, as keywords: such parts can be put
    together, so that an answer with two mistakes has a name for both. Two keywords every recipe has: what is done with
    the first argument `before`, and with the result `after`. Each of `fitted` makes a way from the answer
    itself (a leaky ReLU with the learner's own slope), or returns None when the answer shows nothing of the kind.
    `otherwise` is fitted, too, where nothing else explains the answer: it says in which step the fault lies.
    One that is `alone` is not looked for beside another.
    """

    id: str
    hint: str
    wrong: tuple[Way, ...]
    fitted: tuple[Callable[[Function], Way | None], ...] = ()
    otherwise: tuple[Callable[[Function], Way | None], ...] = ()
    alone: bool = False


def _unchanged(value: Any) -> Any:
    return value


def _no_more(rng: np.random.Generator) -> list[Probe]:
    return []


@dataclass(frozen=True)
class Answer:
    """One answer of an exercise.

    Attributes:
        name: as the learner must call it.
        section: the cell of the lesson with the heading of what explains it, as `lesson.ipynb#cell-id`.
        oracle: the right function.
        tries: the probes, or a function that makes them (where a probe is a Keras model, which takes a while);
            every two misconceptions differ on at least one of them.
        misconceptions: the wrong ideas.
        general: those that answers to many questions show alike; tried where none of its own is there.
        examples: for each of the first arguments, how many axes one example has there; its further axis counts
            examples, and a mistake is shown on a single one where it can be. () where nothing can be taken apart.
        recipe: the oracle with a keyword for each part that may be done wrongly.
        breaks: the id for an answer that is right until the numbers run out of range; "" when there is none.
        unsteady: the id for an answer that gives something else for the same input when called again.
        items: how many arrays the answer returns.
        more: draws secret probes from a random generator.
        idea: what the function is about, in a sentence or two: the first step of help.
        way: how it can be written, without the answer itself: the second.
        finer: a probe on which a right answer may lose digits that it need not lose, and what to say then.
        rounds: how often they are drawn for a student with inputs of their own: so often that no guess hits them all,
            and less often where a probe takes long.

    """

    name: str
    section: str
    oracle: Function
    tries: Sequence[Probe] | Callable[[], Sequence[Probe]]
    misconceptions: Sequence[Misconception]
    examples: tuple[int, ...] = ()
    recipe: Function | None = None
    general: Sequence[Misconception] = ()
    breaks: str = ""
    unsteady: str = ""
    items: int = 1
    more: Callable[[np.random.Generator], list[Probe]] = _no_more
    rounds: int = 3
    idea: str = ""
    way: str = ""
    finer: tuple[Probe, str] | None = None

    @cached_property
    def probes(self) -> Sequence[Probe]:
        """The probes, made when they are first asked for."""
        return self.tries() if callable(self.tries) else self.tries

    def hint(self, id_: str) -> str:
        """Return what to look at for a misconception of this answer, or for an id that any answer or model may show.

        Raises:
            KeyError: nobody has written words for it.
        """
        ideas = (*self.misconceptions, *self.general)
        return next((m.hint for m in ideas if m.id == id_), None) or HINTS[id_]

    @cached_property
    def known(self) -> list[tuple[str, Way]]:
        """Each misconception's id with each of its wrong ways."""
        return [(m.id, way) for m in self.misconceptions for way in m.wrong]

    def fitted(self, function: Function, otherwise: bool = False) -> list[tuple[str, Way]]:
        """Return the same of the ways that are fitted to an answer; it is called once for each question they ask."""
        return _fitted(self.misconceptions, function, otherwise)

    def in_general(self, function: Function) -> list[tuple[str, Way]]:
        """Return the same of the ways that are wrong in every answer of the kind, fitted and not."""
        return [*_fitted(self.general, function), *((m.id, way) for m in self.general for way in m.wrong)]

    def single(self, ways: Iterable[tuple[str, Way]]) -> list[Named]:
        """Return the wrong functions of one mistake."""
        return [((id_,), self.done(way)) for id_, way in ways]

    def paired(self, ways: Iterable[tuple[str, Way]], more: Iterable[tuple[str, Way]] | None = None) -> Iterable[Named]:
        """Yield the wrong functions of two mistakes that are made in different parts of the recipe.

        Numbers that run out of range are the lesser of two mistakes: the other one is there for every input. Of ways
        with `more` of them each pair is one of either.
        """
        apart, general = {m.id for m in self.general if m.alone}, {m.id for m in self.general}
        parts, others = (
            [
                (id_, id_ in general, way, way.keys(), self.done(way))
                for id_, way in each
                if isinstance(way, dict) and id_ not in apart
            ]
            for each in (ways, more or ())
        )
        pairs = combinations(parts, 2) if more is None else product(others, parts)
        for (one, vague, first, keys, alone), (other, also_vague, second, its_keys, also_alone) in pairs:
            if one != other and keys.isdisjoint(its_keys) and not (vague and also_vague):
                ids = (one, other) if one != self.breaks else (other, one)
                yield ids, Both(partial(self._done_together, first, second), alone, also_alone)

    def _done_together(self, first: dict[str, Any], second: dict[str, Any]) -> Function:
        return self.done(first | second)

    def done(self, way: Way) -> Function:
        """Return the wrong function of a way."""
        if not isinstance(way, dict):
            return way
        assert self.recipe is not None, "keywords need a recipe"
        parts = {key: part for key, part in way.items() if key not in ("before", "after")}
        done = partial(self.recipe, **parts)
        if len(parts) == len(way):
            return done
        before, after = (way.get(key, _unchanged) for key in ("before", "after"))
        return lambda first, *further, **named: after(done(before(first), *further, **named))


def _fitted(ideas: Iterable[Misconception], function: Function, otherwise: bool = False) -> list[tuple[str, Way]]:
    asked = function if isinstance(function, Remembered) else Remembered(function)
    found = [(m.id, fit(asked)) for m in ideas for fit in (m.otherwise if otherwise else m.fitted)]
    return [(id_, way) for id_, way in found if way is not None]


def probes(*values: object, **about: object) -> list[Probe]:
    """Return a probe of one argument for each value, all with the same attributes."""
    return [Probe((value,), **about) for value in values]  # type: ignore[arg-type]  # the attributes of Probe
