"""The checks as learners call them: check_relu(relu), and for more help check_relu.hint() and check_relu.solution()."""

import json
from dataclasses import replace
from typing import Any, ClassVar

from grader.answers.compare import judge_function, passes_secret_probes
from grader.answers.personal import is_personal
from grader.answers.progress import record
from grader.answers.table import Function
from grader.answers.verdict import Verdict, show
from grader.answers.wording import name_of, value_text
from grader.base.hints import OF_ANY_ANSWER
from grader.base.notebooks import cell_id
from grader.base.paths import SOLUTIONS


class Check:
    """The check of one answer; calling it in a notebook and in grading is the same.

    Attributes:
        table: what is known of the answer: an Answer, for other checks another table with a name and a section.
        last: the verdict of the last call, None before the first.
    """

    answers: ClassVar[set[str]] = set()  # the names of all answers that have a check

    def __init__(self, table: Any) -> None:
        """Make the check of an answer from its table."""
        self.table = table
        self.answers.add(table.name)
        self.last: Verdict | None = None
        self._right: object = None
        self.__doc__ = f"Raise NotYet unless {table.name} is right; see the exercise for what is asked."

    def __repr__(self) -> str:
        name = self.table.name
        check = f"check_{name}"
        return f"The check of {name}: {check}({name}) tries it. For help: {check}.hint() and {check}.solution()"

    def __call__(self, answer: Function, seed: int | None = None) -> None:
        """Judge the learner's function and show the verdict: one quiet line when it is right.

        Args:
            answer: what the learner wrote.
            seed: adds secret probes; graders use it. What has been found right without a seed is not tried again.

        Raises:
            NotYet: the answer is not right.
        """
        self.last = self.with_help(self.judge(answer, seed))
        show(self.last, quiet=seed is not None)
        record(self.table.name)

    def with_help(self, verdict: Verdict) -> Verdict:
        """Return a verdict with the steps of help that the answer's table has."""
        if verdict.passed:
            return verdict
        idea, way = getattr(self.table, "idea", ""), getattr(self.table, "way", "")
        return replace(verdict, idea=idea, way=way, solution=f"check_{self.table.name}.solution()")

    def judge(self, answer: Function, seed: int | None = None) -> Verdict:
        """Return the verdict and show nothing."""
        if seed is not None and is_personal() and answer is not self._right:
            visible = self.judge(answer)  # what everybody's inputs show has the same name for everybody
            if not visible.passed:
                return visible
        if seed is not None and answer is self._right and self.passes_secretly(answer, seed):
            return Verdict(self.table.name, True)
        if not callable(answer):
            seen = f"it is {value_text(answer)}, not a function."
            return Verdict(self.table.name, False, "raises-error", seen, "Define it with `def`.", self.table.section)
        verdict = self.verdict_on(answer, seed)
        other = name_of(answer, self.table.name)
        if not verdict.passed and other in self.answers - {self.table.name}:
            verdict = self._of_another(other)
        self._right = answer if verdict.passed else None
        return verdict

    def _of_another(self, other: str) -> Verdict:
        """Return the verdict on the function of another answer."""
        name = self.table.name
        seen = f"this is the check of {name}, and it was given the function {other}."
        return Verdict(name, False, "another-function", seen, OF_ANY_ANSWER["another-function"].format(name))

    def verdict_on(self, function: Function, seed: int | None) -> Verdict:
        """Return the verdict on the learner's function, with secret probes where a seed is given."""
        return judge_function(self.table, function, seed)

    def passes_secretly(self, function: Function, seed: int) -> bool:
        """Return whether a function that is right on the visible probes is right on the secret ones, too."""
        return passes_secret_probes(self.table, function, seed)

    def hint(self) -> None:
        """Print the second step of help for the last mistake: what should have come out."""
        if self.last is None:
            print(f"Run check_{self.table.name}({self.table.name}) first; the hint belongs to what it sees.")
        elif self.last.passed:
            print(f"{self.table.name} is right already.")
        else:
            print(self.last.more or "There is no further hint for this. The first one says what to look at.")

    def solution(self) -> None:
        """Print an answer that passes, where this copy of the course holds the solutions."""
        print(_solution(self.table.name) or "This copy of the course does not hold the solutions.")


def _solution(name: str) -> str:
    """Return the code of an answer from solutions/, without nbgrader's marks, or ""."""
    for path in sorted(SOLUTIONS.glob("*/*.ipynb")):
        for cell in json.loads(path.read_text("utf-8"))["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == cell_id(name):
                lines = "".join(cell["source"]).splitlines()
                return "\n".join(line for line in lines if not line.strip().startswith("### "))
    return ""
