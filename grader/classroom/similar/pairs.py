"""The pairs of a class that are worth a look.

A right answer to a small question is what half of the class writes, so being alike is no news here. A pair is listed
when it is alike beyond what its class explains:

- Answers are compared as forms (`forms`), so that renaming, reformatting, comments and moved statements change little.
- RapidFuzz compares them (`likeness`): normalised Indel similarity of sequences of tokens. It is maintained, works in
  C++, and nbgrader brings it along. Winnowing, as in MOSS (Schleimer, Wilkerson, Aiken, SIGMOD 2003) and copydetect,
  and the greedy tiling of JPlag (Prechelt, Malpohl, Philippsen, J.UCS 8, 2002) look for passages of some dozen tokens
  in long programs, and most answers here are shorter than their shortest passage.
- What many have says nothing: a form counts by the share of the class that has one as near, in bits. That is MOSS's
  rule that a passage in too many programs is ignored, made gradual, as inverse document frequency is (Sparck Jones,
  J. Documentation 28, 1972). What the course shows, its lesson or its own answers, counts as what everybody has.
- What is listed is what the class cannot explain by chance (`surprise`): of such pairs, ALLOWED are expected.

It shows that two notebooks have something in common and never why.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from grader.base.errors import CannotGoOn
from grader.base.paths import BUILD
from grader.classroom.report.text import make_readable
from grader.classroom.similar.pair import Common, Pair

if TYPE_CHECKING:
    from grader.classroom.similar.likeness import Likeness
    from grader.classroom.similar.reading import Slot

ALLOWED = 0.3  # pairs that chance would bring: one in three classes


MOST_STUDENTS = 5_000  # two numbers for each pair of them are half a gigabyte


def finder(name: str) -> Callable[[], list[Pair]]:
    """Return what finds the pairs in the class's own folder, where grading has put every submission."""
    return lambda: similar_pairs(name, BUILD / "submitted")


def similar_pairs(name: str, folder: Path) -> list[Pair]:
    """Return the pairs of submissions that are alike beyond what the class explains, the least expected first.

    Nothing that was submitted is run. Files that cannot be read are left out.

    Args:
        name: the exercise.
        folder: holds STUDENT/NAME/NAME.ipynb.

    Raises:
        CannotGoOn: there is no such exercise or folder, or there are too many submissions.
    """
    from grader.classroom.similar.reading import read_answers

    slots = read_answers(name, folder)
    students = sorted({student for slot in slots.values() for student in slot.forms})
    if len(students) > MOST_STUDENTS:
        raise CannotGoOn(
            f"Up to {MOST_STUDENTS:,} submissions can be compared, and here are {len(students):,}; leave out --similar."
        )
    return _Found(name, folder, students, slots).pairs() if len(students) > 1 else []


class _Found:
    """The class compared; numpy and RapidFuzz are loaded here, so that `grader --help` need not wait."""

    def __init__(self, name: str, folder: Path, students: list[str], slots: dict[str, "Slot"]) -> None:
        from grader.classroom.similar.likeness import compare
        from grader.classroom.similar.surprise import expected

        self._name, self._folder, self._students = name, folder, students
        self._slots = [compare(slot, students) for slot in slots.values()]
        self._expected = expected(self._slots, ALLOWED)

    def pairs(self) -> list[Pair]:
        """Return the pairs, the least expected first."""
        import numpy as np

        found = [self._pair(int(one), int(two)) for one, two in np.argwhere(np.triu(self._expected <= ALLOWED, 1))]
        return sorted(found, key=lambda pair: (pair.expected, -pair.likeness, pair.first, pair.second))

    def _pair(self, one: int, two: int) -> Pair:
        from grader.classroom.similar.reading import notebook

        common = [_common(slot, *forms) for slot in self._slots if (forms := slot.shared(one, two))]
        names = [self._students[number] for number in (one, two)]
        return Pair(
            first=make_readable(names[0]),
            second=make_readable(names[1]),
            answers=tuple(each.answer for each in common),
            likeness=round(sum(each.likeness for each in common) / len(common), 3),
            common=tuple(common),
            notebooks=tuple(make_readable(str(notebook(self._folder, name, self._name))) for name in names),
            expected=float(self._expected[one, two]),
        )


def _common(slot: "Likeness", first: int, second: int) -> Common:
    near, count = slot.near[first, second], slot.count[first, second]
    return Common(slot.slot.name, round(float(near), 3), int(count), slot.answered)
