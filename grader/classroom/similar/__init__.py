"""Pairs of submissions that are more alike than the class and the released text explain: places to look."""

from grader.classroom.similar.pair import Common, Pair
from grader.classroom.similar.pairs import finder, similar_pairs

__all__ = ["Common", "Pair", "finder", "similar_pairs"]
