"""Hints that answers of several exercises share."""

HINT_ROUNDED = (
    "The result is rounded. Give every digit back: what is small would become 0, and its logarithm minus infinity."
)
HINT_CUT = "The result holds whole numbers, and the digits after the decimal point are lost. Which dtype does it get?"
HINT_ONE = "There is one number for all. Each number that goes in gets a result of its own."
HINT_FACTOR = "Every result is the right one times the same number. Which factor is there too much, or is missing?"
HINT_ADDED = (
    "Every result is the right one plus the same number. What is added, or taken off, that does not belong there?"
)
HINT_PRECEDENCE = (
    "Division comes before addition: without brackets only the first term is divided. Put the whole sum into brackets."
)
