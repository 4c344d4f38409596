"""What a student reads in the learning platform."""

from grader.judging.results import AnswerResult, Result

LONGEST_ANSWER, LONGEST = 300, 1500  # characters


def feedback(result: Result | None) -> str:
    """Return what was seen in each answer that is not right; "" where nothing is known of it."""
    if result is None:
        return ""
    if result.status == "rejected":
        return f"This submission could not be graded. {result.reason}"
    wrong = [_cut(_line(answer), LONGEST_ANSWER) for answer in result.answers if not answer.passed]
    return _cut(" ".join(wrong), LONGEST) or "All answers are right."


def _line(answer: AnswerResult) -> str:
    return " ".join(" ".join([f"{answer.name}: {answer.seen} {answer.hint}", *answer.also]).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
