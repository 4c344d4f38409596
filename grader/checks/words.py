"""Hints that answers of several exercises share."""

HINT_ROUNDED = (
    "The result is rounded. Give every digit back: what is small would become 0, and its logarithm minus infinity."
)
HINT_CUT = "The result holds whole numbers, and what stood behind the point is lost. Which dtype does it get?"
HINT_ONE = "There is one number for all. Each number that goes in gets a result of its own."
HINT_PRECEDENCE = (
    "Division comes before addition: without brackets only the first term is divided. Put the whole sum into brackets."
)
