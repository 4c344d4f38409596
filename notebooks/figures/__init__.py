"""The figures that the lessons show: live ones, and still pictures with their words."""

from figures.activations import activation_explorer, softmax_explorer
from figures.still import picture

__all__ = ["activation_explorer", "picture", "softmax_explorer"]
