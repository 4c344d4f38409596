"""A verdict, and how a learner reads it: as text, as HTML in the notebook, as data for the gradebook."""

import html
from dataclasses import asdict, dataclass
from typing import Any

from grader.base.lessons import address, section_at
from grader.base.settings import nbgrader_grades
from grader.base.text import as_html

MIME = "application/vnd.logit-lab.verdict+json"  # rides along in a cell's output, shown by nobody

FOLDED = ("more", "idea", "way", "solution")  # the steps of help, which a learner opens one by one


@dataclass(frozen=True)
class Verdict:
    """What a check found out about one answer.

    Attributes:
        answer: the learner's name for what was checked.
        passed: whether the answer is right.
        misconception: the id of the wrong idea; `unrecognised` when none fits, None when right.
        seen: what was observed, in the learner's own numbers.
        hint: one thing to look at; for a right answer a remark, often empty.
        more: what should have come out; shown when asked for, as are the next three.
        idea: what the answer is about.
        way: how it can be written.
        solution: the call that shows a solution.
        also: what else was seen to be wrong, in sentences, the most telling first left out.
        further: the ids of what else has a name.
        section: the cell of a lesson that begins to explain it, as `lesson.ipynb#cell-id`.

    """

    answer: str
    passed: bool
    misconception: str | None = None
    seen: str = ""
    hint: str = ""
    section: str = ""
    more: str = ""
    also: tuple[str, ...] = ()
    further: tuple[str, ...] = ()
    idea: str = ""
    way: str = ""
    solution: str = ""

    def as_text(self) -> str:
        """Return what was seen, and on the next line what to look at."""
        if self.passed:
            return f"{self.answer}: right. {self.hint}".rstrip()
        return "\n".join(filter(None, [f"{self.answer}: {self.seen}", self.hint, " ".join(self.also)]))

    def as_html(self) -> str:
        """Return the same as an HTML fragment: escaped, readable on light and dark, announced to screen readers."""
        return self._html(f'<a href="{html.escape(address(self.section))}">Read about it</a>', self._help())

    def as_graded_html(self) -> str:
        """Return the same for work that is handed back: without the steps of help, and where to read as words.

        A page of feedback is read in other folders than the exercise's, or comes by mail: no relative address would do.
        """
        return self._html(html.escape(f"Read about it in {section_at(self.section)}."))

    def _html(self, read: str, folded: str = "") -> str:
        seen, hint = as_html(self.seen), as_html(self.hint)
        also = "".join(f"<div><strong>And:</strong> {as_html(each)}</div>" for each in self.also)
        return (
            '<div role="status" style="border-left:4px solid #D55E00;padding:.3em .8em;max-width:60em">'
            f"<div><code>{html.escape(self.answer)}</code>: {seen}</div>"
            f"<div><strong>Look at:</strong> {hint}{f' {read}' if self.section else ''}</div>{also}{folded}</div>"
        )

    def _help(self) -> str:
        """Return the next steps of help as HTML, each folded: the browser opens them, with or without a kernel."""
        steps = {"The idea": self.idea, "A way": self.way, "What should come out": self.more}
        call = (
            f"<code>{html.escape(self.solution)}</code> in a cell of its own shows a solution." if self.solution else ""
        )
        shown = {name: as_html(text) for name, text in steps.items() if text} | ({"A solution": call} if call else {})
        return "".join(f"<details><summary>{name}</summary>{text}</details>" for name, text in shown.items())

    def as_data(self) -> dict[str, Any]:
        """Return the verdict as plain data, ready for JSON; what is shown only when asked for is left out."""
        return {key: value for key, value in asdict(self).items() if key not in FOLDED}


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
        page = verdict.as_graded_html() if nbgrader_grades() else verdict.as_html()
        text = {} if verdict.passed else {"text/plain": verdict.as_text(), "text/html": page}
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
