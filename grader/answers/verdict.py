"""A verdict, and how a learner reads it: as text, as HTML in the notebook, as data for the gradebook."""

import html
from dataclasses import asdict, dataclass
from typing import Any

MIME = "application/vnd.logit-lab.verdict+json"  # rides along in a cell's output, shown by nobody


@dataclass(frozen=True)
class Verdict:
    """What a check found out about one answer.

    Attributes:
        answer: the learner's name for what was checked.
        passed: whether the answer is right.
        misconception: the id of the wrong idea; `unrecognised` when none fits, None when right.
        seen: what was observed, in the learner's own numbers.
        hint: one thing to look at; for a right answer a remark, often empty.
        more: the second step of help, shown when asked for.
        also: what else was seen to be wrong, the most telling first left out.
        section: the lesson's section that explains it, as `lesson.ipynb#Heading`.

    """

    answer: str
    passed: bool
    misconception: str | None = None
    seen: str = ""
    hint: str = ""
    section: str = ""
    more: str = ""
    also: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Return what was seen, and on the next line what to look at."""
        if self.passed:
            return f"{self.answer}: right. {self.hint}".rstrip()
        also = f"\nAlso: {'; '.join(self.also)}." if self.also else ""
        return f"{self.answer}: {self.seen}\n{self.hint}{also}".rstrip()

    def as_html(self) -> str:
        """Return the same as an HTML fragment: escaped, readable on light and dark, announced to screen readers."""
        seen, hint = html.escape(self.seen), html.escape(self.hint)
        link = f' <a href="../../notebooks/{html.escape(self.section)}">Read about it</a>' if self.section else ""
        also = f"<div><strong>Also:</strong> {html.escape('; '.join(self.also))}.</div>" if self.also else ""
        return (
            '<div role="status" style="border-left:4px solid #D55E00;padding:.3em .8em;max-width:60em">'
            f"<div><code>{html.escape(self.answer)}</code>: {seen}</div>"
            f"<div><strong>Look at:</strong> {hint}{link}</div>{also}</div>"
        )

    def as_data(self) -> dict[str, Any]:
        """Return the verdict as plain data, ready for JSON; what is shown only when asked for is left out."""
        return {key: value for key, value in asdict(self).items() if key != "more"}


class NotYet(AssertionError):
    """Raised by a check when the answer is not right yet; its text is the whole feedback."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.as_text())
        self.verdict = verdict

    def _render_traceback_(self) -> list[str]:
        """Return what IPython prints instead of a traceback; the HTML above it says what to look at."""
        return [f"{self.verdict.answer} is not right yet: {self.verdict.seen}"]


def show(verdict: Verdict, quiet: bool = False) -> None:
    """Tell the learner: one line when right, or none when quiet.

    Raises:
        NotYet: the answer is not right; in a notebook the feedback is displayed first.

    """
    display = _display()
    if display:
        text = {} if verdict.passed else {"text/plain": verdict.as_text(), "text/html": verdict.as_html()}
        display({**text, MIME: verdict.as_data()}, raw=True)
    if not verdict.passed:
        raise NotYet(verdict)
    if not quiet:
        print(verdict.as_text())


def _display() -> Any:
    """Return IPython's display function when this code runs in a notebook's kernel, else None."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return None
    shell = get_ipython()
    return display if shell is not None and hasattr(shell, "kernel") else None
