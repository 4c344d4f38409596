"""A mistake shown on a smaller input: on one example of those that the answer was tried on, where it fails alike."""

from dataclasses import replace
from typing import Any

import numpy as np

from grader.answers.explain import Explanation
from grader.answers.run import Likeness, Run, runs_of
from grader.answers.table import Answer, Function, Probe

FEW = 3  # examples that are tried


def on_one_example(answer: Answer, function: Function, found: Explanation) -> Explanation:
    """Return what is wrong with an answer, shown on one example where it fails there in the same way."""
    # an array of one would be read as the one number for which it works; what did not end is not called again
    many = found.ids[0] in ("scalar-only", "does-not-end")
    parts = [] if many else _parts(answer, found.run.probe)
    runs = runs_of(answer, function, parts) if parts else []
    return replace(found, run=next((run for run in runs if _fails_alike(run, found)), found.run))


def _parts(answer: Answer, probe: Probe) -> list[Probe]:
    """Return a probe for each of the first examples of one that may be shown and holds several; their shape is free."""
    count = len(answer.examples)
    given: tuple[Any, ...] = probe.arguments[:count]
    whole = any(np.ndim(each) <= axes for each, axes in zip(given, answer.examples, strict=True))
    if probe.secret or not given or whole or len(given[0]) == 1:
        return []
    ones = ([each[k : k + 1] for each in given] for k in range(min(len(given[0]), FEW)))
    return [replace(probe, arguments=(*one, *probe.arguments[count:]), any_shape=True) for one in ones]


def _fails_alike(run: Run, found: Explanation) -> bool:
    """Return whether a run fails as the one that was found: with the same exception, wrong idea or overflow."""
    if run.agrees:
        return False
    before = found.run.seen.raised
    if before or run.seen.raised:
        after = run.seen.raised
        return bool(before and after and (before.type, before.line) == (after.type, after.line))
    if found.wrong:
        return run.alike(found.wrong) != Likeness.NONE
    return found.run.broke and run.broke
