"""The figures that the lessons show: live ones, and still pictures with their words."""

from figures.activations import activation_explorer, softmax_explorer
from figures.debugging import range_explorer
from figures.descent import descent_explorer
from figures.digits import confusion_explorer
from figures.logits import logit_explorer
from figures.losses import loss_explorer
from figures.roundoff import numbers_explorer, roundoff_explorer
from figures.still import picture
from figures.text import word_score_explorer
from figures.thresholds import threshold_explorer
from figures.training import training_explorer
from figures.transfer import head_explorer, transfer_explorer

__all__ = [
    "activation_explorer",
    "confusion_explorer",
    "descent_explorer",
    "head_explorer",
    "logit_explorer",
    "loss_explorer",
    "numbers_explorer",
    "picture",
    "range_explorer",
    "roundoff_explorer",
    "softmax_explorer",
    "threshold_explorer",
    "training_explorer",
    "transfer_explorer",
    "word_score_explorer",
]
