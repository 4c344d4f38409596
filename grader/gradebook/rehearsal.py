"""The source's own answers, handed in and judged: what right work would lose is known before learners do the work."""

from grader.base.errors import CannotGoOn
from grader.base.paths import source_path
from grader.gradebook.execution import execution
from grader.intake.plain import plain_notebook
from grader.judging.batch import Handed, judge_submission
from grader.judging.exercise import load_exercise

HOW_TO_GO_ON = (
    "Write these tests so that only plain data goes to the answers and comes back (docs/own-assignments.md), or, if "
    "you trust everybody who will hand in, grade with --trust-submissions: it runs the tests beside the submitted code."
)


def rehearse(name: str) -> list[str]:
    """Return a sentence for each test that the source's own answers do not pass, and one on how to go on.

    An exercise whose tests are all checks of the course is not tried: the course's own tests do that.
    """
    exercise = load_exercise(name)
    if not exercise.has_own_tests:
        return []
    plain = plain_notebook(source_path(name).read_bytes())
    try:
        with execution(exercise, 1, trust=False) as execute:
            result = judge_submission(Handed("", plain), exercise, execute).result
    except CannotGoOn as reason:
        return [f"{name}: its own answers were not tried. {reason}"]
    failed = [(test, found) for test, found in zip(exercise.tests, result.answers, strict=True) if not found.passed]
    told = [f"{name}: its own answer does not pass {test}: {found.seen}" for test, found in failed]
    return [*told, HOW_TO_GO_ON] if told else []
