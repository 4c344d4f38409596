"""Submissions that are much alike, as lines of text: places to look, and no verdict."""

from collections.abc import Iterator, Sequence

from grader.classroom.similar.pair import Pair

MOST = 20  # pairs; the page lists more, the JSON file all

WARNING = (
    "Being alike is no proof of copying: short answers to one question often look alike, people learn together, and "
    "two may have read the same page. Read both notebooks side by side, and hear both students before you decide "
    "anything."
)


def list_pairs(pairs: Sequence[Pair]) -> Iterator[str]:
    """Yield the lines that list pairs, in the order in which they are given."""
    if not pairs:
        yield "Places to look: none. No two submissions are so much alike that it would be worth a look."
        return
    yield f"Places to look: {len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'}, the least expected first."
    yield WARNING
    for pair in pairs[:MOST]:
        yield f"  {pair.first} and {pair.second}"
        yield "    alike in " + ", ".join(f"{name} ({told})" if told else name for name, told in pair.details)
        yield from (f"    {word:7} {path}" for word, path in zip(("compare", "with"), pair.notebooks, strict=False))
    if len(pairs) > MOST:
        yield f"  And {len(pairs) - MOST} more; the page lists them, too."
