"""What is wrong with a model, as data; and what diagnose() found, as text and as HTML."""

import html
from dataclasses import dataclass, field

from grader.base.hints import HINTS

MARK = "border-left:4px solid #D55E00;padding:.2em .8em;margin:.4em 0"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a model.

    Attributes:
        id: the misconception.
        seen: what was observed, in words without a full stop.
        change: what to change; what HINTS has for the id, when left out.
        output: the output that it belongs to, for a model of several.
    """

    id: str
    seen: str
    change: str = ""
    output: str = ""

    def __post_init__(self) -> None:
        """Look the change up; raises KeyError for an id without words."""
        if not self.change:
            object.__setattr__(self, "change", HINTS[self.id])


@dataclass
class Diagnosis:
    """The findings of one model, none for a sound one, and what could not be seen of it."""

    findings: list[Finding] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """The ids of the findings, in order."""
        return [finding.id for finding in self.findings]

    def __str__(self) -> str:
        lines = [f"{_place(f)}{f.seen}.\n  {f.change} ({f.id})" for f in self.findings]
        lines = lines or ["Nothing wrong was found." if not self.unseen else "Nothing wrong was found in what is seen."]
        return "\n".join([*lines, *(f"Not seen: {words}." for words in self.unseen)])

    def _repr_html_(self) -> str:
        """Return the same for a notebook: escaped, without colours of its own but one that both themes show."""
        items = "".join(
            f'<li style="{MARK}">{html.escape(_place(f) + f.seen)}.'
            f"<br><strong>Change:</strong> {html.escape(f.change)} <code>{html.escape(f.id)}</code></li>"
            for f in self.findings
        )
        listed = f'<ul style="list-style:none;padding:0">{items}</ul>' if items else "<p>Nothing wrong was found.</p>"
        unseen = "".join(f"<p><em>Not seen:</em> {html.escape(words)}.</p>" for words in self.unseen)
        return f'<div role="status">{listed}{unseen}</div>'

    def __repr__(self) -> str:
        return str(self)


def _place(finding: Finding) -> str:
    return f"output {finding.output}: " if finding.output else ""
