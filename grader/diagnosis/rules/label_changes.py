"""What to change where labels do not fit the loss: a sentence for each kind of mistake."""

import numpy as np

from grader.diagnosis.compiled import HINGES, SPARSE
from grader.diagnosis.outputs import Output
from grader.diagnosis.rules.rule import is_binary, is_categorical

TEXT = "Number the classes: names, y = numpy.unique(y, return_inverse=True) makes 0 to K-1 of them."
ONE_HOT = (
    "The labels are one-hot rows. Use CategoricalCrossentropy, or make class numbers of them with y.argmax(axis=-1)."
)
INTEGERS = "The labels are one class number for each example. Use SparseCategoricalCrossentropy."
INTEGERS_FOR_SEVERAL = (
    "The labels are one class number for each example, and the binary loss asks each unit alone. Use "
    "SparseCategoricalCrossentropy."
)
FROM_ONE = "The classes are counted from 1. Use y - 1, so that they are 0 to K-1."
MINUS_ONE = "The labels are -1 and 1, which the hinge losses take. Use (y + 1) / 2, which makes 0 and 1 of them."
MINUS_ONE_OF_CLASSES = "The labels are -1 and 1. Use (y + 1) // 2, which makes the class numbers 0 and 1 of them."
BYTES = "The labels go to 255, as the numbers of a picture do. Use y / 255."
ONE_AND_TWO = "The two classes are counted from 1. Use y - 1, which makes 0 and 1 of them."
TWO_NUMBERS = "There are two classes. Use y == {high:g}, which makes 0 and 1 of them."
MORE_CLASSES = "There are {classes} classes and one unit. Use {classes} units and SparseCategoricalCrossentropy."
PAIRS = "The labels are one-hot rows of {width}, and there is one unit. Use {width} units and CategoricalCrossentropy."
ONE_UNIT = "For yes or no, use BinaryCrossentropy with the one unit; for K classes, give the last layer K units."
GAPS = "Number the classes 0 to K-1 with numpy.unique(y, return_inverse=True)[1], or give the last layer more units."
FRACTIONS = (
    "This loss takes class numbers. If the labels are classes, number them with "
    "numpy.unique(y, return_inverse=True)[1]. If they are amounts, use the loss 'mse'."
)
SEVERAL_AT_ONCE = "A row has several classes. Use a sigmoid for each class, or no activation, and BinaryCrossentropy."
OTHER_WIDTH = "A row of labels has {width} numbers. Give the last layer {width} units."
ONE_ANSWER = (
    "The model answers for each step, word or pixel, and the labels are for each example. Put Flatten, a pooling layer "
    "or return_sequences=False in front of the last Dense layer."
)
HINGE = "A hinge loss takes -1 and 1. Use 2 * y - 1 for labels 0 and 1."


def change_of_labels(output: Output) -> str:
    """Return what to change in a sentence, "" where the labels show none of the usual mistakes."""
    y, loss, shape = output.y, output.loss, output.shape
    if loss is None:
        return ""
    if output.units == 1 and is_categorical(output):
        return _on_one_unit(y)
    if y is None or not y.size:
        return ""
    if y.dtype.kind not in "biuf":
        return TEXT
    if shape is not None and len(shape) > 1 and y.ndim < len(shape):
        return ONE_ANSWER
    if y.ndim > 1 and y.shape[-1] > 1:
        return _of_rows(output, y)
    return _of_numbers(output, np.unique(y))


def _on_one_unit(y: np.ndarray | None) -> str:
    if y is not None and y.size and y.dtype.kind in "biu" and y.ndim < 3 and np.unique(y).size > 2:
        return MORE_CLASSES.format(classes=np.unique(y).size)
    return ONE_UNIT


def _of_rows(output: Output, y: np.ndarray) -> str:
    units, width = output.units or 0, y.shape[-1]
    low, high, sums = y.min(), y.max(), y.sum(axis=-1)
    if output.loss is not None and output.loss.name == SPARSE:
        return ONE_HOT if width == units and low >= 0 and high <= 1 else ""
    if low == -1 and high == 1:
        return MINUS_ONE
    if low >= 0 and 1 < high <= 255 and is_binary(output):
        return BYTES
    if low < 0 or high > 1:
        return ""
    if width == units:
        return SEVERAL_AT_ONCE if (sums > 1).any() else ""
    return (PAIRS if units == 1 and (sums == 1).all() else OTHER_WIDTH).format(width=width)


def _of_numbers(output: Output, values: np.ndarray) -> str:
    """Return the same for one number for each example, of which `values` are those that occur."""
    units, loss = output.units or 0, output.loss
    if loss is not None and loss.name in HINGES:
        return HINGE
    if (values != np.round(values)).any():
        return FRACTIONS if loss is not None and loss.name == SPARSE else ""
    if loss is not None and loss.name == SPARSE:
        return _of_class_numbers(values, units)
    if units > 1:
        return INTEGERS_FOR_SEVERAL if is_binary(output) else INTEGERS
    return _of_one_column(values)


def _of_class_numbers(values: np.ndarray, units: int) -> str:
    if set(values) == {-1, 1}:
        return MINUS_ONE_OF_CLASSES
    return FROM_ONE if values[0] >= 1 and values[-1] == units else GAPS


def _of_one_column(values: np.ndarray) -> str:
    low, high = values[0], values[-1]
    if set(values) <= {-1, 1}:
        return MINUS_ONE
    if set(values) == {1, 2}:
        return ONE_AND_TWO
    if low >= 0 and high == 255:
        return BYTES
    if values.size == 2:
        return TWO_NUMBERS.format(high=high)
    return MORE_CLASSES.format(classes=values.size) if low >= 0 and values.size <= 100 else ""
