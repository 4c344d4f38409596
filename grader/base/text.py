"""Numbers and strangers' words, made fit to be shown."""


def clean(words: str, instead: str = " ") -> str:
    """Return words without the characters that a terminal would act on."""
    return "".join(letter if letter.isprintable() else instead for letter in words)


def points_text(points: float) -> str:
    """Return points with at most two decimals: 8, 7.5, 3.33; never -0."""
    return f"{round(points, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
