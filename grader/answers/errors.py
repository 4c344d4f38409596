"""What to look at when an answer, or its cell, stopped with one of Python's errors."""

import re

import numpy as np

from grader.answers.observe import Raised
from grader.base.hints import KEEP_AN_AXIS, OF_ANY_ANSWER

IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "math": "import math",
    "scipy": "import scipy",
    "sp": "import scipy as sp",
    "expit": "from scipy.special import expit",
    "tf": "import tensorflow as tf",
    "tensorflow": "import tensorflow",
    "keras": "import keras",
    "layers": "from keras import layers",
    "losses": "from keras import losses",
    "metrics": "from keras import metrics",
    "Sequential": "from keras import Sequential",
    "Dense": "from keras.layers import Dense",
    "plt": "import matplotlib.pyplot as plt",
}

A_NAME_OF_NUMPY = "NumPy has this name: write np.{0} in place of {0}."
A_NAME_THAT_IS_IMPORTED = (
    "This name comes from the line `{0}`. Run the cell that holds it first; where no cell does, write it at the top."
)
A_NAME = (
    "Python knows no {0} here. Look for a spelling mistake. If another cell defines it, that cell must stand before "
    "this one, and it must be run again after a restart."
)
A_FUNCTION_OF_NUMPY = (
    "A value of this type does not have .{0}. NumPy's function takes numbers, lists and arrays "
    "alike: write np.{0}(...)."
)
A_METHOD_OF_LISTS = "This is an array, and only lists have .{0}. NumPy has functions for arrays, such as np.argmax."
A_METHOD_OF_ARRAYS = (
    "A value of this type does not have .{0}, and an array has: np.asarray(...) makes an array of "
    "a number or of a list."
)
OWN_ARGUMENTS = (
    "The exercise calls the function with the arguments that are shown here. Compare them with those in your def line."
)
UNWRITTEN = "The answer calls {0}, which is not written yet. Write that one first."
A_NUMBER_HAS_NO_ITEMS = (
    "One number has no items to go through, and no length. NumPy's functions take numbers and arrays alike, without a "
    "loop."
)
THE_LARGEST_OR_THE_LARGER = (
    "np.max takes the largest number of one array, and its second argument is an axis. np.maximum takes the larger of "
    "two numbers, also of each number in an array. np.min and np.minimum differ in the same way."
)
TYPING = "input() waits until somebody types something. Use the function's arguments in its place."
A_VARIABLE_NAMED_NP = "`np` is the name of a variable here, and no longer NumPy. Give the variable another name."
NONE = "A value in this line is None. A function without a `return` gives None."
A_FUNCTION_AS_A_VALUE = (
    "A function is used here as if it were its result. Call it, with round brackets and its arguments behind its name."
)
INDENTED = "The lines of one block begin at the same place, and those below def, if or for four spaces further right."

# the error's type, what its words hold, and what to look at
KINDS = [
    (
        "UnboundLocalError",
        "",
        "The function gives this name a value somewhere, so it is a name of the function's own, and at this line it "
        "has none yet. Give it a first value before this line. What is outside the function comes in as an argument.",
    ),
    (
        "RecursionError",
        "",
        "The function calls itself again and again. It needs a case in which it returns without calling itself. If it "
        "should call another function, look at that function's name.",
    ),
    ("IndexError", "invalid index to scalar", A_NUMBER_HAS_NO_ITEMS),
    (
        "IndexError",
        "too many indices",
        "There are more indices in the square brackets than the array has axes. Print the array's shape.",
    ),
    (
        "IndexError",
        "boolean index",
        "The mask has another shape than the array that it stands behind. Print both shapes.",
    ),
    (
        "IndexError",
        "only integers|of integer",
        "An index must be a whole number or a mask. Print the index, and look at its dtype.",
    ),
    (
        "IndexError",
        "",
        "Python counts from 0, so the last place is the length minus 1. Print the index and the length.",
    ),
    (
        "AxisError",
        "",
        "The array has fewer axes than this axis asks for. axis=-1 is the last axis of every array.",
    ),
    ("KeyError", "", "The dictionary has no such key. Print its keys."),
    ("ZeroDivisionError", "", "Something is divided by 0 in this line. Print what stands behind the fraction line."),
    ("OverflowError", "", "A number in this line is too large for a float. Print what is computed with."),
    ("MemoryError", "", "There is no room for so many numbers. Does a list grow without an end?"),
    ("EOFError", "", TYPING),
    ("StdinNotImplementedError", "", TYPING),
    ("SystemExit", "", "exit() and quit() end the whole notebook. A function ends with `return`."),
    ("AssertionError", "", "An assert in the code does not hold for this input."),
    (
        "ModuleNotFoundError",
        "",
        "This package is not installed here. NumPy, SciPy, TensorFlow and Keras are.",
    ),
    ("ImportError", "", "The package has no such name. Look for a spelling mistake."),
    (
        "_UFuncOutputCastingError",
        "",
        "An array of whole numbers has no room for fractions, and -=, += and /= write into the array that came in. "
        "Make a new array, as in z = z - 0.5.",
    ),
    (
        "TypeError",
        r"positional argument|keyword argument|required argument|multiple values|takes no arguments|takes exactly",
        "A function in this line is called with other arguments than it takes. Compare the call with its def line, or "
        "with what help(...) says of it.",
    ),
    (
        "TypeError",
        "as a data type|data type not understood",
        "A shape is one argument, with brackets of its own, as in np.zeros((3, 4)).",
    ),
    (
        "TypeError",
        "not callable",
        "Round brackets behind a value call it like a function. Is a * missing, or does a variable have a function's "
        "name?",
    ),
    (
        "AttributeError",
        "^module",
        "The module has no such name. Look for a spelling mistake, or for the module that the function belongs to.",
    ),
    ("AttributeError", r"'(?:\w*function\w*|method|numpy\.ufunc)'", A_FUNCTION_AS_A_VALUE),
    ("AttributeError", "", "A value of this type has no such name behind the dot. Look for a spelling mistake."),
    ("TypeError", r"'(?:\w*function\w*|method|type|numpy\.ufunc)'", A_FUNCTION_AS_A_VALUE),
    (
        "TypeError",
        r"'list'|to list\b",
        "Python does not calculate with a whole list. np.asarray(...) makes an array of it.",
    ),
    (
        "TypeError",
        r"can be converted to Python scalar|only length-1",
        "This function takes one number, and here it is given an array. NumPy's functions take both, such as np.exp in "
        "place of math.exp.",
    ),
    (
        "TypeError",
        "item assignment",
        "One number has no places to write to. np.array(z) makes an array of it, and a copy of the caller's.",
    ),
    ("TypeError", r"not subscriptable|not iterable|no len\(\)|unsized object|0-d array", A_NUMBER_HAS_NO_ITEMS),
    (
        "TypeError",
        r"'str'|to str\b|\bstr\b",
        "A value in this line is text, and text is not calculated with. Compute with the numbers that come in.",
    ),
    (
        "ValueError",
        "truth value of an array",
        "An array of several numbers is neither true nor false as a whole, and if, and, or, max() and min() need to "
        "know. np.where, np.maximum, np.max and masks work with arrays.",
    ),
    (
        "ValueError",
        "either both or neither",
        "np.where takes three arguments: the condition, what stands where it holds, and what stands where it does not.",
    ),
    (
        "ValueError",
        "cannot reshape",
        "A shape that is written out fits one size of input alone. Take it from np.shape, or use -1 for the axis that "
        "may vary.",
    ),
    ("ValueError", "broadcast", f"Two shapes in this line do not fit each other. Print both. {KEEP_AN_AXIS}"),
    (
        "ValueError",
        r"matmul|not aligned",
        "In a matrix product the first array needs as many columns as the second one has rows. Print both shapes.",
    ),
    (
        "ValueError",
        r"values to unpack",
        "There are not as many names on the left side as values on the right side.",
    ),
    (
        "ValueError",
        r"inhomogeneous|with a sequence",
        "An array needs rows of one length. Print what it is made of.",
    ),
    ("ValueError", "read-only", "This array must not be changed. Make a copy of it with np.array(...)."),
    (
        "ValueError",
        "math domain|positive input|nonnegative input",
        "This function of math has no result for this number. Print the number.",
    ),
    ("SyntaxError", "expected ':'", "A line with def, if, elif, else, for or while ends with a colon."),
    (
        "SyntaxError",
        "never closed|incomplete input|unmatched|does not match",
        "Count the brackets: each one that opens must close.",
    ),
    ("SyntaxError", "Maybe you meant '=='", "One = gives a name a value. Two of them, ==, compare."),
    ("SyntaxError", "unterminated", "A text that begins with a quotation mark needs one at its end."),
    (
        "SyntaxError",
        "outside function",
        "This line does not belong to a function. Move it to the right, below its def line.",
    ),
    ("SyntaxError", "", "Python cannot read this line. The mistake may also be at the end of the line above it."),
    ("TabError", "", "Some lines begin with tabs and others with spaces. Use spaces alone."),
    ("IndentationError", "", INDENTED),
    (
        "CannotBeJudged",
        "no plain data",
        "Give back numbers, text, arrays, or lists and tuples of them.",
    ),
]


def error_hint(raised: Raised) -> str:
    """Return what to look at for an error that left a learner's code; the general hint where nothing fits."""
    if raised.type == "NotImplementedError" and raised.function:
        return UNWRITTEN.format(raised.function)
    if raised.type in ("TypeError", "AxisError") and re.search(r"\bnp\.a?(max|min)\([^()]*,[^=()]*\)", raised.line):
        return THE_LARGEST_OR_THE_LARGER
    if "NoneType" in raised.message:
        return NONE
    if named := re.search(r"name '(\w+)' is not defined", raised.message):
        return _of_a_name(named[1])
    if lacking := re.search(r"object has no attribute '(\w+)'", raised.message):
        if f"np.{lacking[1]}" in raised.line:
            return A_VARIABLE_NAMED_NP
        return _of_an_attribute(lacking[1], "ndarray" in raised.message) or _of_a_kind(raised)
    if raised.type == "TypeError" and not raised.line and re.search(r"argument", raised.message):
        return OWN_ARGUMENTS  # the call itself failed, and no line of the function was reached
    return _of_a_kind(raised)


def _of_a_kind(raised: Raised) -> str:
    fitting = (hint for type_, words, hint in KINDS if type_ == raised.type and re.search(words, raised.message))
    return next(fitting, OF_ANY_ANSWER["raises-error"])


def _of_a_name(name: str) -> str:
    if name in IMPORTS:
        return A_NAME_THAT_IS_IMPORTED.format(IMPORTS[name])
    return (A_NAME_OF_NUMPY if hasattr(np, name) else A_NAME).format(name)


def _of_an_attribute(name: str, of_an_array: bool) -> str:
    if name.startswith("_"):
        return ""
    if of_an_array and hasattr(list, name):
        return A_METHOD_OF_LISTS.format(name)
    if hasattr(np, name) and name != "astype":
        return A_FUNCTION_OF_NUMPY.format(name)
    return A_METHOD_OF_ARRAYS.format(name) if hasattr(np.ndarray, name) else ""
