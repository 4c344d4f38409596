"""How alike the forms of one slot are, and how rare that is in the class."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from grader.classroom.similar.forms import Form
from grader.classroom.similar.reading import Slot

Array = np.ndarray

NEAR = 0.8  # likeness from which two forms are compared at all; below, they share signs and common words
COMMON = 4  # a form that every fourth student has, or more, says nothing
GRAM = 5  # tokens in a row; shorter runs are idioms


@dataclass(frozen=True)
class Likeness:
    """The forms of one slot side by side; M different ones.

    Attributes:
        slot: the slot.
        students: all students of the class, in order.
        near: (M, M) how alike two forms are, from 0 to 1; 0 where it is less than NEAR.
        count: (M, M) how many students have a form as near to one of the two as they are to each other, themselves
            included; all who answered where the released text is as near. It is 0 where it would be large.
        answered: how many students wrote something here.
    """

    slot: Slot
    students: Sequence[str]
    forms: list[Form]
    near: Array
    count: Array
    answered: int

    @cached_property
    def bits(self) -> Array:
        """(M, M) bits of surprise that somebody else's form is as near: log2(answered / count)."""
        with np.errstate(divide="ignore"):
            return np.where(self.count > 0, np.log2(self.answered / self.count), 0).astype(np.float32)

    @cached_property
    def places(self) -> Array:
        """(K, N) which form each student has; -1 for none. K is more than 1 where a student can have several."""
        place = {form: number for number, form in enumerate(self.forms)}
        most = max(map(len, self.slot.forms.values()), default=1)
        found = np.full((most, len(self.students)), -1)
        for column, student in enumerate(self.students):
            for row, form in enumerate(self.slot.forms.get(student, [])):
                found[row, column] = place[form]
        return found

    def of_students(self, of_forms: Array) -> Array:
        """Return an (N, N) matrix of students for an (M, M) one of forms: the largest value that their forms have."""
        padded = np.pad(of_forms, (0, 1))  # the last row and column are for place -1
        found = np.zeros((len(self.students),) * 2, of_forms.dtype)
        for one in self.places:
            for other in self.places:
                np.maximum(found, padded[np.ix_(one, other)], out=found)
        return found

    def shared(self, first: int, second: int) -> tuple[int, int] | None:
        """Return the two forms, the rarest, in which two students are alike; None when all is common or different."""
        pairs = [(a, b) for a in self.places[:, first] for b in self.places[:, second] if a >= 0 and b >= 0]
        rare = [pair for pair in pairs if self.bits[pair] > 0]
        return max(rare, key=lambda pair: (self.bits[pair], self.near[pair]), default=None)

    def news(self, shortest: int) -> Array:
        """Return (M, M) how many tokens two forms have in common that are news, for each one else who has them.

        News is in no released text, and in nobody's form but theirs and those as near. What three have in common is
        thought of more easily than what two have, so the tokens are divided by the number of the others.

        Args:
            shortest: how many there must be; 0 stands for less.
        """
        found = np.zeros(self.near.shape, np.float32)
        lengths = np.array([len(form) for form in self.forms])
        shorter = np.minimum.outer(lengths, lengths)
        for a, b in np.argwhere(np.triu((self.bits > 0) & (shorter >= shortest * (self.count - 1)))):
            count = int(self.count[a, b])
            news = self._news(self.forms[a], self.forms[b], count) / (count - 1)
            found[a, b] = found[b, a] = news if news >= shortest else 0
        return found

    def _news(self, one: Form, other: Form, count: int) -> int:
        total = 0
        for block in Indel.opcodes(one, other):
            if block.tag == "equal" and block.src_end - block.src_start >= GRAM:
                run = one[block.src_start : block.src_end]
                known = [k for k, gram in enumerate(_grams(run)) if self._had[gram] > count]
                total += len(run) - len({k + j for k in known for j in range(GRAM)})
        return total

    @cached_property
    def _had(self) -> Counter[Form]:
        """How many students wrote each run of GRAM tokens; all of them where the course shows it."""
        had = Counter(
            gram for forms in self.slot.forms.values() for gram in {g for form in forms for g in _grams(form)}
        )
        return had + Counter({gram: self.answered for form in self.slot.explained for gram in _grams(form)})


def _grams(form: Form) -> Iterator[Form]:
    return (form[k : k + GRAM] for k in range(len(form) - GRAM + 1))


def compare(slot: Slot, students: Sequence[str]) -> Likeness:
    """Return how alike the forms of one slot are.

    Equal forms are compared once. The likeness is RapidFuzz's normalised Indel similarity of the sequences of tokens,
    2 x (longest common subsequence) / (length of both): its C++ computes it for 64 tokens at a time.
    """
    forms = sorted({form for each in slot.forms.values() for form in each})
    texts = _letters([*forms, *slot.explained])
    mine, explained = texts[: len(forms)], texts[len(forms) :]
    near = _similarities(mine, mine)
    shown = _similarities(mine, explained).max(axis=1, initial=0)
    holders = Counter(form for each in slot.forms.values() for form in set(each))
    held = np.array([holders[form] for form in forms], np.float32)
    return Likeness(slot, students, forms, near, _counts(near, shown, held, len(slot.forms)), len(slot.forms))


def _similarities(these: Sequence[str], those: Sequence[str]) -> Array:
    if not these or not those:
        return np.zeros((len(these), len(those)), np.float32)
    return cdist(these, those, scorer=Indel.normalized_similarity, score_cutoff=NEAR, dtype=np.float32)


def _letters(forms: Sequence[Form]) -> list[str]:
    """Return forms as strings of one character for each token, which RapidFuzz compares fastest.

    Of more different tokens than there are characters, the last ones, the rarest, share one.
    """
    had = Counter(token for form in forms for token in form)
    letters = {token: chr(min(1 + k, 0xD7FF)) for k, (token, _) in enumerate(had.most_common())}
    return ["".join(letters[token] for token in form) for form in forms]


def _counts(near: Array, shown: Array, held: Array, answered: int) -> Array:
    """Return the counts of Likeness; 0 for those that are too many to say anything.

    Args:
        near: (M, M) likeness of the forms.
        shown: (M,) likeness of each form to what is nearest to it in the released text.
        held: (M,) how many students have each form.
        answered: how many students there are.
    """
    limit = max(2, answered // COMMON)
    around = _around(near, held)
    worth = (near > 0) & (np.maximum(around, around.T) <= limit) & (np.maximum.outer(shown, shown) < near)
    np.fill_diagonal(worth, worth.diagonal() & (held > 1))
    counts = np.zeros_like(near)
    for a in range(len(near)):
        others = np.flatnonzero(worth[a, a:]) + a
        level = near[a, others][:, None]
        within = (near[a][None, :] >= level) | (near[others] >= level)
        counts[a, others] = counts[others, a] = within.astype(np.float32) @ held
    return np.where(counts <= limit, counts, 0)


def _around(near: Array, held: Array) -> Array:
    """Return (M, M) how many students have a form as near to form a as form b is, b's own included."""
    order = np.argsort(-near, axis=1, kind="stable")
    sorted_ = np.take_along_axis(near, order, axis=1)
    total = np.cumsum(held[order], axis=1)
    found = np.empty_like(near)
    for a, row in enumerate(sorted_):
        last = np.searchsorted(-row, -near[a], side="right") - 1  # of those that are equally near
        found[a] = total[a][last]
    return found
