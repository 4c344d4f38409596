"""Why a model is not judged or read, and how large one may be."""

from dataclasses import dataclass


class Refused(Exception):
    """A model cannot be judged or read; the message says why in one sentence."""


class OwnCode(Refused):
    """A model holds code of its own.

    Attributes:
        what: the code, as a sentence may name it, such as "the function 'swish2'".
        is_function: whether it is a function, and not a class.
    """

    def __init__(self, what: str, message: str, is_function: bool = False) -> None:
        super().__init__(message)
        self.what, self.is_function = what, is_function


@dataclass(frozen=True)
class Bounds:
    """How much a model's configuration may hold for whoever builds the model.

    Attributes:
        characters: the length of the configuration.
        layers: how many layers, those of models within it included.
        calls: how many calls of layers while it is built.
        largest: the largest number that is a size.
        inputs: how many numbers one input may have: 2**22 is a picture of 1,000 x 1,000 in colour.
        outputs: how many numbers a layer may put out for one input.
        whole: how many numbers all layers together may put out for one input: Keras keeps them until the last.
        more: whether what is in the second lists of model_names.py may be in it, and objects without a module.
    """

    characters: int
    layers: int
    calls: int
    largest: int
    inputs: int
    outputs: int
    whole: int
    more: bool


JUDGED = Bounds(2_000_000, 600, 10_000, 2**24, 2**22, 2**24, 2**25, more=False)
SAVED = Bounds(10_000_000, 5_000, 100_000, 2**31, 2**26, 2**28, 2**29, more=True)  # in a process with limits of its own
