"""Which wrong idea explains an answer: the one whose wrong function does what the answer does, on all probes.

Two ideas at once explain it where each of them is a part of the answer's recipe and the two parts together do the same.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from grader.answers.observe import OVERFLOWS, Observation, Remembered, as_arrays
from grader.answers.run import Likeness, Run, telling
from grader.answers.table import Answer, Both, Function, Named, Way

Values = tuple[np.ndarray, ...]
FEWEST = 3  # probes that must be left before a part of them may name a misconception


@dataclass(frozen=True)
class Explanation:
    """What is wrong with an answer.

    Attributes:
        ids: the mistakes, the most telling first.
        run: the one that shows it best.
        complete: whether they explain all that was seen.
        wrong: the wrong function that does what the answer does; None where no numbers were compared.
    """

    ids: tuple[str, ...]
    run: Run
    complete: bool = False
    wrong: Function | None = None


def explain(answer: Answer, function: Function, runs: list[Run]) -> Explanation:
    """Return what is wrong with an answer that does not pass all of its runs."""
    if endless := next((run for run in runs if run.seen.endless), None):
        return Explanation(("does-not-end",), endless)
    if shown := _said_by_itself(answer, function, runs):
        return shown
    runs = sorted(runs, key=lambda run: run.agrees)  # where it fails a wrong function soon turns out to be another
    ids: tuple[str, ...] = ()
    wrong: Function | None = None
    ways: list[tuple[str, Way]] = []
    stages: list[list[Named]] = []
    asked = Remembered(function)  # those that are fitted call the answer again: only where no known way is its own
    for more in (lambda: answer.known, lambda: answer.fitted(asked), lambda: answer.in_general(asked)):
        found = more()
        ways, stages = [*ways, *found], [*stages, answer.single(found)]
        (closer, other), whole = _like(stages[-1], runs)
        if whole:
            return Explanation(closer, telling(runs), True, other)
        ids, wrong = (ids, wrong) if ids else (closer, other)
    if all(run.agrees or (run.agrees_but_for_shape and not run.broke) for run in runs):
        return Explanation(("wrong-shape",), telling(runs))
    paired = list(answer.paired(ways))
    if ids := ids or _in_another_form([each for stage in (*stages, paired) for each in stage], runs):
        return Explanation(ids, telling(runs), wrong=wrong)
    (ids, wrong), whole = _like(paired, runs)
    if ids:
        return Explanation(ids, _showing(ids[0], stages, runs), whole, wrong)
    stopped = [run for run in runs if not run.passes and run.seen.raised]
    if stopped and _takes_numbers_alone(runs):
        return Explanation(("scalar-only",), next(run for run in stopped if run.size > 1))
    if lasting := _like_while_they_last(answer, [*stages, paired], runs):
        return lasting
    if counted := _another_count(runs):
        return counted
    if stopped:
        return Explanation(("raises-error",), stopped[0])
    last = answer.fitted(asked, otherwise=True)
    (ids, wrong), whole = _like([*answer.single(last), *answer.paired(ways, last)], runs)
    return Explanation(ids or ("unrecognised",), telling(runs), whole, wrong)


def _said_by_itself(answer: Answer, function: Function, runs: list[Run]) -> Explanation | None:
    """Return what shows without comparing numbers with a wrong idea's."""
    failing = [run for run in runs if not run.passes]
    if all(_is_stub(run.seen, answer) for run in failing):
        return Explanation(("not-attempted",), failing[0])
    ending = [run for run in failing if not run.seen.raised]
    if ending and all(run.seen.returned is None for run in ending):
        return Explanation(("returns-nothing",), ending[0])
    unsteady = next((run for run in failing if not run.repeats(function)), None) if answer.unsteady else None
    if unsteady:
        return Explanation((answer.unsteady,), unsteady)
    if all(_holds_no_numbers(run) for run in failing):
        return Explanation(("another-type",), failing[0])
    changed = _right_but_in_place(runs)
    return Explanation(("changes-its-input",), changed) if changed else None


def _another_count(runs: list[Run]) -> Explanation | None:
    """Return that fewer, or more, results came back than were asked for, where the exercise asks for several."""
    failing = [run for run in runs if not run.passes and not run.seen.raised]
    asked = len(runs[0].right.values or ())
    counts = {len(run.seen.returned) if isinstance(run.seen.returned, tuple | list) else 1 for run in failing}
    if asked < 2 or not failing or any(run.seen.values for run in failing):
        return None
    return Explanation(("returns-less-than-asked" if max(counts) < asked else "another-number-of-results",), failing[0])


def _holds_no_numbers(run: Run) -> bool:
    """Return whether a result is neither numbers nor text with a number in it, where numbers are asked for."""
    seen, right = run.seen, run.right.values or ()
    if seen.raised or any(value.dtype.kind == "U" for value in right):
        return False
    if seen.values is None:
        return not isinstance(seen.returned, tuple | list | np.ndarray)
    return all(value.dtype.kind == "U" and not re.search(r"\d", " ".join(value.ravel())) for value in seen.values)


def _is_stub(seen: Observation, answer: Answer) -> bool:
    """Return whether the call ended in the stub's own NotImplementedError, not in that of another answer."""
    raised = seen.raised
    return raised is not None and raised.type == "NotImplementedError" and raised.function in ("", answer.name)


def _right_but_in_place(runs: list[Run]) -> Run | None:
    """Return a run that changed its argument, if every result is right; a plain number cannot be changed and stops."""
    if not all(run.agrees or run.seen.raised for run in runs):
        return None
    return next((run for run in runs if run.agrees and run.seen.changed), None)


def _like(named: Iterable[Named], runs: list[Run]) -> tuple[tuple[tuple[str, ...], Function | None], bool]:
    """Return the wrong function that gives what the answer gives on every probe, with its ids, and if shapes agree.

    Where none does, ids are (); one in whose shape the numbers come as well is preferred.
    """
    found: tuple[tuple[str, ...], Function | None] = (), None
    ruling = [run for run in runs if run.may_rule_out]
    for ids, wrong in named:
        if _is_ruled_out(wrong, ruling):
            continue
        likeness = _likeness(wrong, runs)
        if likeness == Likeness.ALL:
            return (ids, wrong), True
        if likeness == Likeness.NUMBERS and not found[0]:
            found = ids, wrong
    return found, False


def _is_ruled_out(wrong: Function, ruling: list[Run]) -> bool:
    """Return whether the two mistakes of a wrong function cannot be both in the answer; most go without being tried."""
    return isinstance(wrong, Both) and any(run.rules_out(wrong) for run in ruling)


def _likeness(wrong: Function, runs: list[Run]) -> Likeness:
    """Return how far a wrong function does what the answer does on every probe; that both always fail says nothing."""
    found = set()
    for run in runs:
        found.add(run.alike(wrong))
        if Likeness.NONE in found:
            return Likeness.NONE
    numbers = found - {Likeness.FAILURE}
    return min(numbers) if numbers else Likeness.NONE


def _showing(id_: str, stages: list[list[Named]], runs: list[Run]) -> Run:
    """Return a failing run, if there is one, that shows this mistake alone."""
    alone = [wrong for stage in stages for ids, wrong in stage if ids == (id_,)]
    failing = [run for run in runs if not run.agrees] or runs
    return telling([run for run in failing if any(run.alike(wrong) >= Likeness.NUMBERS for wrong in alone)] or failing)


def _in_another_form(named: list[Named], runs: list[Run]) -> tuple[str, ...]:
    """Return the id of a form that the exercise does not ask for, behind those of what is wrong in it, or ()."""
    for id_, read in FORMS.items():
        other = [Run(run.probe, replace(run.seen, values=read(run)), run.right) for run in runs]
        if any(run.seen.values for run in other):
            if all(run.agrees or run.seen.raised for run in other):
                return (id_,)
            if ids := _like(named, other)[0][0]:
                return (*ids, id_)
    return ()


def _first_of_more(run: Run) -> Values | None:
    """Read a tuple, as `return value, cache` makes it, as the item that is right, or as its first one."""
    returned = run.seen.returned
    if not isinstance(returned, tuple) or len(returned) < 2 or len(run.right.values or ()) != 1:
        return None
    items = [as_arrays(item, 1) for item in returned]
    right = (item for item in items if item and Run(run.probe, replace(run.seen, values=item), run.right).agrees)
    return next(right, items[0])


def _first_alone(run: Run) -> Values | None:
    """Read one array, where several are asked for, as the first of them; the others count as right."""
    right = run.right.values or ()
    first = as_arrays(run.seen.returned, 1) if run.seen.values is None and len(right) > 1 else None
    return (*first, *right[1:]) if first else None


def _words_as_numbers(run: Run) -> Values | None:
    """Read "1" as 1, and "accuracy: 0.75" as 0.75; where the digits that are shown agree, it is the right one."""
    values, right = run.seen.values or (), run.right.values or ()
    if len(right) != 1 or len(values) != 1 or values[0].dtype.kind != "U" or right[0].dtype.kind == "U":
        return None
    words = re.findall(r"-?\d+\.?\d*(?:e[-+]?\d+)?", " ".join(values[0].ravel()))
    if len(words) != right[0].size:
        return None
    numbers = np.array([float(word) for word in words]).reshape(right[0].shape)
    parts = [word.partition("e") for word in words]
    places = [len(number.partition(".")[2]) - int(power or 0) for number, _, power in parts]
    error = 0.5 * 10.0 ** -np.array(places, dtype=float).reshape(right[0].shape)
    return (right[0],) if np.all(np.abs(numbers - right[0]) <= error * (error < 0.5) * 1.001) else (numbers,)


FORMS: dict[str, Callable[[Run], Values | None]] = {
    "returns-more-than-asked": _first_of_more,
    "returns-less-than-asked": _first_alone,
    "text-for-numbers": _words_as_numbers,
}


def _like_while_they_last(answer: Answer, stages: Iterable[list[Named]], runs: list[Run]) -> Explanation | None:
    """Return what explains an answer that runs out of range, or stops, on some of the probes.

    All that explain the others must have an idea in common: else it would be a guess.
    """
    broken = [run for run in runs if run.broke]
    lasting = [run for run in runs if not (run.broke or run.seen.raised or run.probe.extreme)]
    if len(lasting) < FEWEST:
        return None
    if all(run.agrees for run in lasting):
        return Explanation((answer.breaks,), broken[0]) if answer.breaks and broken else None

    ruling = [run for run in lasting if run.may_rule_out]

    def explaining(named: list[Named]) -> set[tuple[str, ...]]:
        return {ids for ids, wrong in named if not _is_ruled_out(wrong, ruling) and _likeness(wrong, lasting)}

    found = next(filter(None, map(explaining, stages)), set())
    common = tuple(id_ for id_ in min(found, default=()) if all(id_ in ids for ids in found))
    return Explanation(common, telling(lasting)) if common else None


def _takes_numbers_alone(runs: list[Run]) -> bool:
    """Return whether plain numbers get the right result and every array of several stops the code."""
    numbers = [run for run in runs if run.size == 1 and not run.probe.extreme]
    arrays = [run for run in runs if run.size > 1 and not run.probe.optional]
    stops = ("TypeError", "ValueError")
    return (
        bool(arrays)
        and all(run.agrees or (run.seen.raised and run.seen.raised.type in (*stops, *OVERFLOWS)) for run in numbers)
        and any(run.agrees for run in numbers)
        and all(run.seen.raised and run.seen.raised.type in stops for run in arrays)
    )
