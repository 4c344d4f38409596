"""Lesson 03: the numbers of a small float, and the roundoff of six ways to one loss."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import cache

import ml_dtypes
import numpy as np
from ipywidgets import Dropdown
from matplotlib.artist import Artist

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREEN, GREY, VERMILION, legend_above, slider

LOWEST, HIGHEST = 0.25, 8.0  # the part of the number line that is shown


def numbers(digits: int) -> np.ndarray:
    """Return all floats from 0.25 to 8 with so many binary digits after the leading 1."""
    from_1_to_2 = 1 + np.arange(2**digits) / 2**digits
    powers = 2.0 ** np.arange(np.log2(LOWEST), np.log2(HIGHEST))
    return np.append(np.outer(powers, from_1_to_2), HIGHEST)


class NumbersExplorer(LiveFigure):
    """The numbers of a float with few digits, and the one that x is rounded to."""

    def __init__(self) -> None:
        """Start with three digits, and x = 4.7."""
        digits = slider("digits after the 1", 1, 5, 3, step=1)
        digits.readout_format = ".0f"
        super().__init__(digits=digits, x=slider("x", 0.3, 7.9, 4.7))

    def scene(self, values: Values) -> object:
        """The marks stand still as long as the number of digits is the same."""
        return values["digits"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw the marks; x, the gap it lies in and its rounded value move."""
        axes, here = self.axes, numbers(int(values["digits"]))
        self.marks = axes.vlines(here, -0.25, 0.25, color=GREY, lw=1, label="numbers")
        self.gap = axes.plot([], [], color=GREEN, lw=8, alpha=0.6, label="the gap", solid_capstyle="butt")[0]
        self.point = axes.plot([], [], "v", color=VERMILION, ms=11, label="x")[0]
        self.rounded = axes.plot([], [], "o", color=BLUE, ms=10, label="x rounded")[0]
        axes.set(xlim=(0, HIGHEST + 0.1), ylim=(-0.4, 0.7), yticks=[], xticks=[0.25, 0.5, 1, 2, 4, 8])
        axes.set_xticklabels(["¼", "½", "1", "2", "4", "8"])
        axes.grid(visible=False)
        axes.spines["left"].set_visible(False)
        legend_above(axes)
        return [self.gap, self.point, self.rounded]

    def move(self, values: Values) -> str:
        """Bring x to its place, and the dot to the nearest number; of two equally near ones the even one."""
        digits, x = int(values["digits"]), float(values["x"])
        spacing = 2.0 ** (np.floor(np.log2(x)) - digits)
        rounded = float(np.round(x / spacing) * spacing)
        low = np.floor(x / spacing) * spacing
        self.gap.set_data([low, low + spacing], [0, 0])
        self.point.set_data([x], [0.45])
        self.rounded.set_data([rounded], [0])
        return (
            f"{digits} binary digit{'s' * (digits > 1)} after the leading 1: {x:.1f} is rounded to {rounded:g}; "
            f"spacing {spacing:g} here; error {abs(rounded - x):.3f}, or {abs(rounded - x) / x:.2%}"
        )


Function = Callable[[np.ndarray], np.ndarray]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _log_sum_exp(z: np.ndarray) -> np.ndarray:
    m = np.maximum(z, 0)
    return m + np.log(np.exp(z - m) + np.exp(-m))


# six ways to log(1 + e^z), each computed in the dtype of z
WAYS: dict[str, Function] = {
    "−log(1 − sigmoid(z))": lambda z: -np.log(1 - _sigmoid(z)),
    "−log(sigmoid(−z))": lambda z: -np.log(_sigmoid(-z)),
    "−log(softmax of (z, 0))": lambda z: -np.log(np.exp(z - z) / (np.exp(z) + np.exp(z - z))),
    "log(1 + eᶻ)": lambda z: np.log(1 + np.exp(z)),
    "log-sum-exp of (z, 0)": _log_sum_exp,
    "softplus: max(z, 0) + log1p(e^−|z|)": lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
}
# each dtype: how it is drawn
DTYPES = {
    np.float64: (BLUE, "-"),
    np.float32: (VERMILION, "-"),
    np.float16: (GREEN, "-"),
    ml_dtypes.bfloat16: (GREY, "--"),
}
FLOOR, CEILING = 1e-18, 1e2  # the picture's range; what is infinite or nan is drawn at the ceiling
RANGE = (-60.0, 100.0)  # of the logit


@cache
def exact(z: float) -> Decimal:
    """Return log(1 + e^z) to 80 digits."""
    with localcontext() as context:
        context.prec = 80
        return (1 + Decimal(z).exp()).ln()


def relative_error(value: float, z: float) -> float:
    """Return how far a value is from log(1 + e^z), as a share of it; infinite for what is not a finite number."""
    with localcontext() as context:
        context.prec = 80
        return float(abs(Decimal(value) / exact(z) - 1)) if np.isfinite(value) else np.inf


def computed(way: str, z: np.ndarray, dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """Return the loss by one of the ways, at the logits z rounded to a dtype, and its relative errors."""
    rounded = z.astype(dtype)
    with np.errstate(all="ignore"):
        values = WAYS[way](rounded).astype(float)
    pairs = zip(values.tolist(), rounded.astype(float).tolist(), strict=True)
    return values, np.array([relative_error(*pair) for pair in pairs])


class RoundoffExplorer(LiveFigure):
    """The relative error of a loss over the logit, in four dtypes, with a logit that moves."""

    def __init__(self) -> None:
        """Start where the plain way is wrong in float32 and right in float64."""
        choice = Dropdown(description="way", options=list(WAYS), value=next(iter(WAYS)))
        choice.style.description_width = "11em"
        choice.layout.width = "32em"
        super().__init__(way=choice, z=slider("logit z", *RANGE, 15.0, step=0.5))

    def scene(self, values: Values) -> object:
        """The lines stand still as long as the way is the same."""
        return values["way"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw a line for each dtype; the guide and a point on each line move."""
        z, axes = np.linspace(*RANGE, 641), self.axes
        self.lines, self.points = {}, {}
        for dtype, (color, style) in DTYPES.items():
            errors = computed(str(values["way"]), z, dtype)[1].clip(FLOOR, CEILING)
            self.lines[dtype] = axes.semilogy(z, errors, style, color=color, lw=1.5, label=dtype.__name__)[0]
            self.points[dtype] = axes.plot([], [], "o", color=color, ms=8)[0]
        axes.set(
            xlim=(RANGE[0] - 1, RANGE[1] + 1),
            ylim=(FLOOR / 10, CEILING * 10),
            yticks=[1e-16, 1e-12, 1e-8, 1e-4, 1, CEILING],
        )
        axes.set_yticklabels(["1e−16", "1e−12", "1e−8", "0.01 %", "100 %", "∞, nan"])
        axes.minorticks_off()
        axes.set_xlabel("logit z", color=GREY)
        axes.set_ylabel("relative error", color=GREY)
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, labelcolor=GREY)
        self.guide = axes.axvline(0, color=GREY, lw=1, ls=":")
        return [self.guide, *self.points.values()]

    def move(self, values: Values) -> str:
        """Put a point on each line over z; say what each dtype makes of it."""
        way, z = str(values["way"]), float(values["z"])
        self.guide.set_xdata([z, z])
        said = []
        for dtype, point in self.points.items():
            (value,), (error,) = computed(way, np.array([z]), dtype)
            point.set_data([z], [np.clip(error, FLOOR, CEILING)])
            said.append(f"{dtype.__name__} {value + 0.0:.6g} ({share(error)})")
        return f"{way} at z = {z:.1f}: true value {float(exact(z)):.6g}; computed (relative error): {', '.join(said)}"


def share(error: float) -> str:
    """Return a relative error as it is read: what is no number has none, and one below the last digit is 0."""
    if not np.isfinite(error):
        return "no number"
    return f"{error:.0%}" if error >= 0.01 else f"{error:.1g}" if error >= FLOOR else "0"


def numbers_explorer() -> NumbersExplorer:
    """Return the live figure of the numbers of a small float, and x rounded to one of them."""
    return NumbersExplorer()


def roundoff_explorer() -> RoundoffExplorer:
    """Return the live figure of six ways to one loss, with their errors in four dtypes."""
    return RoundoffExplorer()
