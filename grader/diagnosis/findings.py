"""What is wrong with a model, as data; and what diagnose() found, as text, HTML and JSON, which say the same."""

import html
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from grader.base.hints import HINTS
from grader.base.lessons import section_at
from grader.base.text import clean
from grader.diagnosis.reasons import REASONS

MARK = "border-left:4px solid #D55E00;padding:.2em .8em;margin:.4em 0"
NOTHING = "Nothing wrong was found."
NOTHING_SEEN = "Nothing wrong was found in what is seen."


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a model.

    Attributes:
        id: the misconception.
        seen: what was observed, in words without a full stop.
        change: what to change; what HINTS has for the id, when left out.
        output: the output that it belongs to, for a model of several.
        code: the change as Python code, for the findings that have code of their own.
    """

    id: str
    seen: str
    change: str = ""
    output: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        """Look the change up; raises KeyError for an id without words. A stranger's names may be in the rest."""
        object.__setattr__(self, "seen", clean(self.seen))
        object.__setattr__(self, "output", clean(self.output))
        if not self.change:
            object.__setattr__(self, "change", HINTS[self.id])

    @property
    def why(self) -> str:
        """Why it matters, in a sentence; "" for what only an exercise asks."""
        return REASONS.get(self.id, ("", ""))[0]

    @property
    def section(self) -> str:
        """Where the lessons show it, as `lesson.ipynb#cell-id`."""
        return REASONS.get(self.id, ("", ""))[1]

    @property
    def sentence(self) -> str:
        """What was observed, with the output that it belongs to."""
        return f"output {self.output}: {self.seen}." if self.output else f"{self.seen}."


@dataclass
class Diagnosis:
    """What diagnose() found.

    Attributes:
        findings: what is wrong, none for a sound model.
        unseen: what could not be looked at, and why.
        remarks: what may be meant, in whole sentences.
        code: the changes of all findings as Python code for `model`, `x` and `y`; "" where words must do.
    """

    findings: list[Finding] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    code: str = ""

    @property
    def ids(self) -> list[str]:
        """The ids of the findings, in order."""
        return [finding.id for finding in self.findings]

    def as_dict(self) -> dict[str, Any]:
        """Return all of it as data that JSON takes, with the reasons."""
        reasons = [{**asdict(f), "why": f.why, "section": f.section} for f in self.findings]
        return {"findings": reasons, "unseen": self.unseen, "remarks": self.remarks, "code": self.code}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Diagnosis":
        """Return the diagnosis that as_dict() was called on."""
        known = ("id", "seen", "change", "output", "code")
        findings = [Finding(**{name: str(found[name]) for name in known}) for found in data["findings"]]
        return cls(findings, list(data["unseen"]), list(data["remarks"]), str(data["code"]))

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for finding in self.findings:
            yield f"{finding.sentence} ({finding.id})"
            yield f"  Change: {finding.change}"
            if finding.why:
                yield f"  Why: {finding.why} See {section_at(finding.section)}."
        if not self.findings:
            yield NOTHING_SEEN if self.unseen else NOTHING
        if self.code:
            yield "The changes as code, to be run below your model:"
            yield from ("    " + line for line in self.code.splitlines())
        yield from (f"Worth a look: {remark}" for remark in self.remarks)
        yield from (f"Not seen: {words}." for words in self.unseen)

    def _repr_html_(self) -> str:
        """Return the same for a notebook: escaped, without colours of its own but one that both themes show."""
        items = "".join(f'<li style="{MARK}">{_item(finding)}</li>' for finding in self.findings)
        nothing = f"<p>{NOTHING_SEEN if self.unseen else NOTHING}</p>"
        parts = [f'<ul style="list-style:none;padding:0">{items}</ul>' if items else nothing]
        if self.code:
            parts.append(f"<p>The changes as code, to be run below your model:</p><pre>{html.escape(self.code)}</pre>")
        parts += [f"<p><strong>Worth a look:</strong> {html.escape(remark)}</p>" for remark in self.remarks]
        parts += [f"<p><em>Not seen:</em> {html.escape(words)}.</p>" for words in self.unseen]
        return f'<div role="status">{"".join(parts)}</div>'

    def __repr__(self) -> str:
        return str(self)


def _item(finding: Finding) -> str:
    escape = html.escape
    lines = [
        f"{escape(finding.sentence)} <code>{escape(finding.id)}</code>",
        f"<strong>Change:</strong> {escape(finding.change)}",
    ]
    if finding.why:
        lines.append(f"<strong>Why:</strong> {escape(finding.why)} See {escape(str(section_at(finding.section)))}.")
    return "<br>".join(lines)
