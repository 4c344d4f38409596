"""A loss that a Keras model was compiled with, whether given as string, function, object or class."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

SPARSE = "sparse_categorical_crossentropy"
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
CATEGORICAL = ("categorical_crossentropy", "categorical_focal_crossentropy", SPARSE)
CROSSENTROPIES = BINARY + CATEGORICAL
OF_PROBABILITIES = ("kl_divergence",)  # takes probabilities and knows no logits
OVERLAPS = ("dice", "tversky")  # so do these, in which each unit may be asked alone
CTC = "ctc"  # takes logits and has no setting for it
HINGES = ("hinge", "squared_hinge")
REGRESSIONS = ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "mean_absolute_percentage_error")


@dataclass(frozen=True)
class Loss:
    """A compiled loss: its name in snake case, or `unknown`; from_logits is None where it has no meaning.

    `call` takes labels and scores and returns the loss; `settings` are the loss's other settings; `missing` is a name
    under which Keras has no loss.
    """

    name: str
    from_logits: bool | None = None
    call: Callable[..., Any] | None = field(default=None, compare=False)
    settings: dict[str, Any] = field(default_factory=dict, compare=False)
    missing: str = ""

    @property
    def takes_probabilities(self) -> bool:
        """Whether the loss is one of probabilities."""
        return self.name in OF_PROBABILITIES + OVERLAPS or (self.name in CROSSENTROPIES and self.from_logits is False)

    @property
    def text(self) -> str:
        """The loss as a finding names it."""
        return (
            self.name
            if self.from_logits is None or self.name == CTC
            else f"{self.name} with from_logits={self.from_logits}"
        )


def compiled_with(model: Any) -> dict[str, Any]:
    """Return the arguments of compile() as they were given; an empty dict before it was called.

    Keras has no public name for them: get_compile_config() turns them into text, which fails for a lambda.
    """
    return dict(getattr(getattr(model, "_compile_config", None), "config", None) or {})


def loss_of(given: Any, units: int | None = None, labels: str = "") -> Loss | None:
    """Return a loss as it was given to compile(); None when there is none.

    Args:
        given: string, function, object or class.
        units: the size of the output's last axis, which tells what 'crossentropy' means.
        labels: `integers`, `one-hot` or "", for the same.
    """
    from grader.base.keras_import import keras

    if given is None:
        return None
    if isinstance(given, str) and given.lower() in ("crossentropy", "ce"):
        given = "binary_crossentropy" if units == 1 else SPARSE if labels == "integers" else "categorical_crossentropy"
    try:
        resolved = keras.losses.get(given) if isinstance(given, str | dict) else given
    except (ValueError, TypeError):  # fit() will say so
        return Loss("unknown", missing=given if isinstance(given, str) else "")
    if inspect.isclass(resolved):
        resolved = resolved()  # as Keras does
    if isinstance(resolved, functools.partial):
        settings = dict(resolved.keywords)
        return Loss(_name(resolved.func), bool(settings.get("from_logits", False)), resolved, settings)
    if isinstance(resolved, keras.losses.Loss):
        if not type(resolved).__module__.startswith("keras."):
            return _by_numbers(resolved)
        settings = {**resolved.get_config(), **getattr(resolved, "_fn_kwargs", {})}  # the axis is in the latter alone
        name = snake(type(resolved).__name__)
        if name == "loss_function_wrapper":  # a function that Keras has wrapped, as in a loaded model
            return loss_of(resolved.fn)
        return Loss(name, True if name == CTC else settings.get("from_logits"), resolved, settings)
    name = _name(resolved)
    if (getattr(resolved, "__module__", None) or "").startswith("keras."):
        return Loss(name, True if name == CTC else False if name in CROSSENTROPIES else None, resolved)
    return _by_numbers(resolved)


def _by_numbers(function: Any) -> Loss:
    """Return which of Keras's losses gives the same numbers, on scores that only a loss of logits takes apart."""
    from grader.base.keras_import import keras

    several = np.array([[2.0, -1.0, 0.3], [-0.5, 0.7, 3.0]], dtype="float32")
    tries = {
        "binary_crossentropy": (np.array([[1.0], [0.0]], "float32"), np.array([[0.3], [0.8]], "float32")),
        "categorical_crossentropy": (np.eye(3, dtype="float32")[[0, 2]], several),
        SPARSE: (np.array([0, 2]), several),
        "mean_squared_error": (np.array([[1.0], [0.0]], "float32"), np.array([[0.3], [0.8]], "float32")),
    }
    for name, (y, scores) in tries.items():
        known = getattr(keras.losses, name)
        for settings in ({"from_logits": True}, {"from_logits": False}) if name in CROSSENTROPIES else ({},):
            try:
                same = np.allclose(_mean(function(y, scores)), _mean(known(y, scores, **settings)), rtol=1e-4)
            except Exception:  # a loss of other shapes
                same = False
            if same:
                return Loss(name, settings.get("from_logits"), function)
    return Loss("unknown", None, function)


def _mean(values: Any) -> float:
    return float(np.mean(np.asarray(values)))


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def snake(name: str) -> str:
    """Return a class's name as Keras names its function: `KLDivergence` as `kl_divergence`."""
    words = "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))
    return words.replace("k_l_", "kl_").replace("c_t_c", CTC)
