"""An answer against its oracle: right, or what was seen and which misconception gives the same numbers.

An answer is run on probes. It is right when it agrees with the oracle on all of them. Otherwise each wrong
function of the answer's table is run on the same probes, and the one that does what the answer does names it.
"""

from grader.answers.explain import Explanation, explain
from grader.answers.one_example import on_one_example
from grader.answers.personal import secret_probes
from grader.answers.run import Run, runs_of
from grader.answers.table import Answer, Function
from grader.answers.verdict import Verdict
from grader.answers.wording import expected_text, name_of, promise_text, seen_text
from grader.base.capture import captured_output, silenced_descriptors
from grader.base.hints import BESIDE, OF_ANY_ANSWER


def judge_function(answer: Answer, function: Function, seed: int | None = None) -> Verdict:
    """Run a learner's function on the answer's probes and return the verdict.

    Args:
        answer: the table of the answer.
        function: what the learner wrote.
        seed: when given, secret probes that are drawn from it are added.

    """
    name = name_of(function, answer.name)
    more = secret_probes(answer, seed) if seed is not None else []
    with silenced_descriptors(1, 2), captured_output():
        runs = runs_of(answer, function, [*answer.probes, *more])
        if all(run.passes for run in runs):
            return Verdict(name, True)
        found = on_one_example(answer, function, explain(answer, function, runs))
    return _verdict(answer, name, found, runs)


def passes_secret_probes(answer: Answer, function: Function, seed: int) -> bool:
    """Return whether a function is right on the probes that are drawn from a seed."""
    with silenced_descriptors(1, 2), captured_output():
        return all(run.passes for run in runs_of(answer, function, secret_probes(answer, seed)))


def _verdict(answer: Answer, name: str, found: Explanation, runs: list[Run]) -> Verdict:
    """Return what is wrong in words: the first mistake, and beside it what else was seen."""
    (id_, *further), run = found.ids, found.run
    return Verdict(
        name,
        passed=False,
        misconception=id_,
        seen=seen_text(name, id_, run.probe, run.seen, run.right),
        hint=f"{answer.hint(id_)} {promise_text(run) if id_ == 'raises-error' else ''}".strip(),
        section=answer.section,
        more=expected_text(name, run.probe, run.seen, run.right),
        also=(*(answer.hint(each) for each in further), *_beside(answer, found, runs)),
        further=tuple(further),
    )


def _beside(answer: Answer, found: Explanation, runs: list[Run]) -> tuple[str, ...]:
    """Return what is wrong beside the misconception that was named, in sentences."""
    id_ = found.ids[0]
    if id_ == "wrong-shape" and any(run.seen.changed for run in runs):
        return (BESIDE["changes-its-input"],)
    if id_ in OF_ANY_ANSWER:  # the rest follows from it, or is the same thing seen again
        return ()
    there = {"changes-its-input": any(run.seen.changed for run in runs)}
    if not found.complete:  # the misconception alone does not explain everything
        there |= {
            "wrong-shape": any(run.seen.values and not run.has_its_shape for run in runs),
            "out-of-range": id_ != answer.breaks and any(run.broke for run in runs),
            "stops": any(run.seen.raised and not run.probe.optional for run in runs),
        }
    return tuple(BESIDE[each] for each, seen in there.items() if seen)
