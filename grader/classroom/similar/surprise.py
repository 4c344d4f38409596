"""How many pairs of a class would be as much alike if nobody knew of anybody: the number that a pair is listed by."""

from collections.abc import Sequence

import numpy as np

from grader.classroom.similar.likeness import Array, Likeness

STEPS = 10  # of a bit: sums are counted in tenths
TOGETHER = 1  # bits for an answer that is near at all: who copies, copies most
CODE_RATE = 0.2  # bits that a token of a shared passage counts for
PROSE_RATE = 0.5  # bits that a word does


def expected(slots: Sequence[Likeness], allowed: float) -> Array:
    """Return (N, N) how many pairs of the class would by chance be as much alike as each pair is.

    The smaller of two numbers, for the two ways in which a pair can be odd: a combination of rare forms, or one long
    passage. Where there is no pair, on the diagonal, it is infinite.

    Args:
        slots: of all students of the class.
        allowed: the number from which nobody asks; short passages need not be looked for.
    """
    count = len(slots[0].students)
    pairs = count * (count - 1) / 2
    found = np.minimum(_by_combination(slots, pairs), _by_passage(slots, pairs, allowed))
    np.fill_diagonal(found, np.inf)
    return found


def _by_combination(slots: Sequence[Likeness], pairs: float) -> Array:
    """Return the number for the rare forms that a pair shares, all slots together.

    The class itself says how often two students share so rare a form in one slot: the distribution of the bits over
    all pairs who both answered. If the slots had nothing to do with one another, the sum would be distributed as the
    convolution of these distributions; its tail, times the number of pairs, is how many pairs would reach the sum by
    chance. Somebody who shares with somebody in every slot, but with others each time, adds nothing.
    """
    size = len(slots[0].students)
    total, both = np.zeros((size, size), np.int32), np.zeros((size, size), np.int32)
    rare = np.zeros((size, size), bool)
    chances = []
    for place, slot in enumerate(slots):
        bits = slot.of_students(slot.bits)
        steps = np.rint((bits + TOGETHER * (slot.of_students(slot.near) > 0)) * STEPS).astype(np.int32)
        answered = (slot.places >= 0).any(axis=0)
        pair = np.outer(answered, answered)
        total += steps
        rare |= bits > 0
        both |= pair.astype(np.int32) << place
        counted = np.bincount(steps[np.triu(pair, 1)], minlength=1)
        chances.append(counted / max(1, int(counted.sum())))
    found = np.full((size, size), np.inf, np.float32)
    for pattern in np.unique(both[rare]):
        here = (both == pattern) & rare
        found[here] = pairs * _tail([c for k, c in enumerate(chances) if pattern >> k & 1])[total[here]]
    return found


def _tail(chances: Sequence[Array]) -> Array:
    """Return for each sum the chance that independent numbers of these distributions add up to it or to more."""
    together = np.ones(1)
    for each in chances:
        together = np.convolve(together, each)
    return np.cumsum(together[::-1])[::-1]


def _by_passage(slots: Sequence[Likeness], pairs: float, allowed: float) -> Array:
    """Return the number for the longest passage that a pair shares in one slot, and few others have.

    Independent programmers' tokens surprise by 3 to 4 bits each, given what is usual (A. Hindle and others, On the
    naturalness of software, ICSE 2012), English words by more. Students of one course are much more alike than that,
    so a token counts for a fraction of it. A hundred tokens are what PMD's copy-paste detector asks for by default.
    """
    size = len(slots[0].students)
    most = np.zeros((size, size), np.float32)
    for slot in slots:
        rate = PROSE_RATE if slot.slot.prose else CODE_RATE
        shortest = int(np.log2(max(1, pairs) / allowed) / rate)
        most = np.maximum(most, rate * slot.of_students(slot.news(shortest)))
    return pairs * 2.0**-most
