"""The rules, in the order in which they are told: the end, the labels, the loss, the metrics, the layers."""

from grader.diagnosis.rules.counting import COUNTING
from grader.diagnosis.rules.ends import ENDS, ENDS_AND_LOSSES
from grader.diagnosis.rules.labels import LABELS
from grader.diagnosis.rules.layers import DROPOUT, LAYERS
from grader.diagnosis.rules.names import NAMES
from grader.diagnosis.rules.rule import Rule

RULES: list[Rule] = [*NAMES, *ENDS, *LABELS, *ENDS_AND_LOSSES, *COUNTING, *LAYERS]

__all__ = ["DROPOUT", "RULES", "Rule"]
