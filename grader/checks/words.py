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
HINT_LINE = (
    "Every result is the right one times a number plus another one. What is done last that does not belong there?"
)
HINT_INPUT_FACTOR = (
    "The numbers that go in are multiplied with something first, or divided by it, or another number than e is raised "
    "to their power."
)
HINT_INPUT_ADDED = "Something is added to the numbers that go in, or taken off, before the rest is computed."
HINT_CLIPPED_RESULT = "Beyond a certain size all results are the same: they were cut off. The right ones go further on."
HINT_PRECEDENCE = (
    "Division comes before addition: without brackets only the first term is divided. Put the whole sum into brackets."
)
HINT_COLUMN_SHIFT = (
    "The largest logit of each column was taken off, so that the logits of one row lose different numbers. Take off "
    "the row's own largest."
)
