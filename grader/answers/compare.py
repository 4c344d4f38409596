"""An answer against its oracle: right, or what was seen and which misconception gives the same numbers.

An answer is run on probes. It is right when it agrees with the oracle on all of them. Otherwise each wrong
function of the answer's table is run on the same probes, and the one that does what the answer does names it.
"""

from dataclasses import replace

from grader.answers.advice import beside_text, hint_text
from grader.answers.explain import Explanation, explain
from grader.answers.observe import Limited
from grader.answers.one_example import on_one_example
from grader.answers.personal import secret_probes
from grader.answers.run import Run, runs_of
from grader.answers.table import Answer, Function, Probe
from grader.answers.verdict import Verdict
from grader.answers.wording import expected_text, name_of, seen_text
from grader.base.capture import captured_output, silenced_descriptors

SECONDS = 20  # of processor time for all calls of an answer, which take some milliseconds; models take longer to build


def judge_function(answer: Answer, function: Function, seed: int | None = None) -> Verdict:
    """Run a learner's function on the answer's probes and return the verdict.

    Args:
        answer: the table of the answer.
        function: what the learner wrote.
        seed: when given, secret probes that are drawn from it are added.

    """
    name = name_of(function, answer.name)
    function = Limited(function, SECONDS)
    more = secret_probes(answer, seed) if seed is not None else []
    with silenced_descriptors(1, 2), captured_output():
        runs = runs_of(answer, function, [*answer.probes, *more])
        if all(run.passes for run in runs):
            return Verdict(name, True, hint=_remark(answer, function) if seed is None else "")
        found = on_one_example(answer, function, explain(answer, function, runs))
    return _verdict(answer, name, function, found, runs)


def passes_secret_probes(answer: Answer, function: Function, seed: int) -> bool:
    """Return whether a function is right on the probes that are drawn from a seed."""
    function = Limited(function, SECONDS)
    with silenced_descriptors(1, 2), captured_output():
        return all(run.passes for run in runs_of(answer, function, secret_probes(answer, seed)))


def _remark(answer: Answer, function: Function) -> str:
    """Return how a right answer could keep more digits, or ""."""
    if not answer.finer:
        return ""
    probe, words = answer.finer
    (run,) = runs_of(answer, function, [probe])
    roughly = replace(run, probe=replace(probe, rtol=Probe.rtol))  # float32 is rougher whichever way it is written
    return words if roughly.agrees and not run.agrees else ""


def _verdict(answer: Answer, name: str, function: Function, found: Explanation, runs: list[Run]) -> Verdict:
    """Return what is wrong in words: the first mistake, and beside it what else was seen."""
    (id_, *further), run = found.ids, found.run
    return Verdict(
        name,
        passed=False,
        misconception=id_,
        seen=seen_text(name, id_, run.probe, run.seen, run.right),
        hint=hint_text(answer, function, found, runs),
        section=answer.section,
        more=expected_text(name, run.probe, run.seen, run.right),
        also=(*(answer.hint(each) for each in further), *beside_text(answer, name, found, runs)),
        further=tuple(further),
    )
