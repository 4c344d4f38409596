"""Two submissions that are much alike, as a record: a place to look, and no verdict."""

from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True)
class Common:
    """What a pair has in common in one answer.

    Attributes:
        answer: its name.
        likeness: of the two forms, from 0 to 1.
        count: how many students wrote it so, or as nearly so, the pair included.
        answered: of how many who wrote something there.
    """

    answer: str
    likeness: float
    count: int
    answered: int

    @property
    def told(self) -> str:
        """The counts in words: 2 of 58 wrote it so."""
        return f"{self.count} of {self.answered} wrote it {'so' if self.likeness == 1 else 'nearly so'}"


@dataclass(frozen=True)
class Pair:
    """Two submissions that are much alike.

    Attributes:
        first, second: the students.
        answers: the names of the answers that are alike.
        likeness: from 0, nothing in common, to 1, the same.
        common: what they have in common, answer by answer; the same answers as in `answers`.
        notebooks: where to look, the first's and the second's; none where names are left out.
        expected: how many pairs of a class like this would be as much alike by chance.
    """

    first: str
    second: str
    answers: tuple[str, ...]
    likeness: float
    common: tuple[Common, ...] = ()
    notebooks: tuple[str, ...] = ()
    expected: float = 0.0

    def named(self, first: str, second: str) -> Self:
        """Return the pair with labels in place of the names, and without the paths, which hold the names."""
        first, second = sorted((first, second))  # the order of the names would tell something of them
        return replace(self, first=first, second=second, notebooks=())

    @property
    def details(self) -> list[tuple[str, str]]:
        """Each answer's name, and how many wrote it so, or "" where that is not known."""
        return [(each.answer, each.told) for each in self.common] or [(name, "") for name in self.answers]
