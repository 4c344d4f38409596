"""Two linear layers that are one, and what is taken for their weights and their bias."""

from collections.abc import Callable

import numpy as np

from grader.answers.table import Answer, Function, Misconception, Probe
from grader.checks.activations.formulas import sigmoid


def layers(inputs: int, hidden: int, outputs: int, seed: int) -> tuple[object, ...]:
    """Return (w1, b1, w2, b2) of two layers with small whole numbers, easy to follow on paper."""
    rng = np.random.default_rng(seed)
    sizes = [(inputs, hidden), (hidden,), (hidden, outputs), (outputs,)]
    return tuple(rng.integers(-3, 4, size).astype(float) for size in sizes)


Bias = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]  # of one bias and the two matrices


def collapse_done(
    w1: np.ndarray,
    b1: np.ndarray,
    w2: np.ndarray,
    b2: np.ndarray,
    weights: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda w1, w2: w1 @ w2,
    first: Bias = lambda b1, w1, w2: b1 @ w2,
    second: Bias = lambda b2, w1, w2: b2,
    join: Function = np.add,
    order: int = 1,
    layout: Function = lambda w: w,
) -> tuple[np.ndarray, ...]:
    """Return the weights and the bias of the two layers' one layer, with each part done as the keywords say.

    Args:
        w1: the first layer's matrix.
        b1: its bias.
        w2: the second layer's matrix.
        b2: its bias.
        weights: makes the weights.
        first: what becomes of the first layer's bias.
        second: what becomes of the second layer's bias.
        join: puts these two together.
        order: -1 for the bias before the weights.
        layout: what is done with the weights last.
    """
    bias = join(first(b1, w1, w2), second(b2, w1, w2))
    return (layout(weights(w1, w2)), bias)[::order]


COLLAPSE = Answer(
    name="collapse",
    section="01-activations.ipynb#linear-heading",
    idea="A linear layer after a linear layer is one linear layer: that is why an activation stands between them.",
    way="Multiply (x @ w1 + b1) @ w2 + b2 out. What stands behind x is w, and what is left is b.",
    oracle=collapse_done,
    recipe=collapse_done,
    tries=[
        Probe(layers(2, 2, 2, seed=1)),
        Probe(layers(2, 3, 4, seed=2)),
        Probe(layers(3, 2, 2, seed=3)),
        Probe(layers(1, 4, 1, seed=4)),
        Probe(layers(3, 3, 3, seed=5)),
    ],
    misconceptions=[
        Misconception(
            "collapse-order",
            "x meets w1 first, and what comes out, bias included, meets w2. Write (x @ w1 + b1) @ w2 + b2 out and "
            "collect what multiplies x and what does not.",
            (
                {"weights": lambda w1, w2: w2 @ w1},
                {"first": lambda b1, w1, w2: b1},
                {"weights": lambda w1, w2: w2 @ w1, "first": lambda b1, w1, w2: b1},
                {"weights": lambda w1, w2: w2 @ w1, "first": lambda b1, w1, w2: w2 @ b1},
                {"first": lambda b1, w1, w2: w2 @ b1},
                {"first": lambda b1, w1, w2: b1, "second": lambda b2, w1, w2: b2 @ w1},
                {"first": lambda b1, w1, w2: b1, "second": lambda b2, w1, w2: b2 @ w2},
                {"first": lambda b1, w1, w2: b1 @ w1},
                {"first": lambda b1, w1, w2: w1 @ b1},
                {"first": lambda b1, w1, w2: w1 @ (w2 @ b1)},
                {"second": lambda b2, w1, w2: b2 @ w2},
                {"second": lambda b2, w1, w2: w2 @ b2},
                {"second": lambda b2, w1, w2: b2 @ w1},
                lambda w1, b1, w2, b2: (w1 @ w2, (b1 + b2) @ w2),
            ),
        ),
        Misconception(
            "collapse-forgets-a-bias",
            "With x = 0 the two layers still put something out, and both biases have a part in it.",
            (
                {"first": lambda b1, w1, w2: 0.0},
                {"second": lambda b2, w1, w2: 0.0},
                {"first": lambda b1, w1, w2: b1, "second": lambda b2, w1, w2: 0.0},
                {"first": lambda b1, w1, w2: 0.0, "second": lambda b2, w1, w2: 0 * b2},
                {"first": lambda b1, w1, w2: 0.0, "second": lambda b2, w1, w2: 0.0},
            ),
        ),
        Misconception(
            "collapse-bias-twice",
            "A bias has the wrong weight: b1 goes through w2 once, and b2 is added once.",
            (
                {"second": lambda b2, w1, w2: len(w2) * b2},
                {"second": lambda b2, w1, w2: len(w1) * b2},
                {"second": lambda b2, w1, w2: 2 * b2},
                {"first": lambda b1, w1, w2: 2 * (b1 @ w2)},
                {"first": lambda b1, w1, w2: b1 @ w2 @ w2},
                {"first": lambda b1, w1, w2: b1 @ w2 + b1},
                {"first": lambda b1, w1, w2: b1 @ w1 @ w2},
            ),
        ),
        Misconception(
            "collapse-bias-summed",
            "b1 became one number, which is added everywhere. Each of its numbers passes through w2 by itself.",
            (
                {"first": lambda b1, w1, w2: b1.sum()},
                {"first": lambda b1, w1, w2: b1.mean()},
                {"first": lambda b1, w1, w2: b1.max()},
                {"first": lambda b1, w1, w2: np.sum(b1 @ w2)},
                {"first": lambda b1, w1, w2: np.mean(b1 @ w2)},
                {"first": lambda b1, w1, w2: b1 @ w2 + b1.sum()},
                {"first": lambda b1, w1, w2: np.sum(b1) * np.sum(w2, axis=0)},
                {"first": lambda b1, w1, w2: np.sum(w2, axis=0)},
            ),
        ),
        Misconception(
            "element-wise-product",
            "* multiplies number by number. The layers multiply matrices: write @.",
            (
                {"weights": lambda w1, w2: w1 * w2},
                {"weights": lambda w1, w2: w1 * w2, "first": lambda b1, w1, w2: b1 * w2},
                {"first": lambda b1, w1, w2: b1 * w2},
            ),
        ),
        Misconception(
            "sum-for-product",
            "The two matrices were added, or taken from each other. One layer after the other multiplies them.",
            (
                {"weights": lambda w1, w2: w1 + w2},
                {"weights": lambda w1, w2: w2 - w1},
                {"weights": lambda w1, w2: w1 - w2},
            ),
        ),
        Misconception(
            "collapse-weights-incomplete",
            "The weights hold one of the matrices alone. x passes through both.",
            ({"weights": lambda w1, w2: w1}, {"weights": lambda w1, w2: w2}),
        ),
        Misconception(
            "collapse-bias-multiplied",
            "A bias was multiplied with the other one. b2 is added to what comes out of the second layer.",
            (
                {"join": np.multiply},
                {"join": np.multiply, "first": lambda b1, w1, w2: b1},
                {"join": lambda first, second: first @ second},
                {"join": lambda first, second: first @ second, "first": lambda b1, w1, w2: b1},
            ),
        ),
        Misconception(
            "collapse-bias-sign",
            "A bias was taken off. Both layers add theirs.",
            ({"join": np.subtract}, {"join": lambda first, second: second - first}, {"join": lambda f, s: -f - s}),
        ),
        Misconception(
            "collapse-biases-joined",
            "The two biases are added before they meet a matrix, or stand side by side. Only b1 passes through w2.",
            (
                {"first": lambda b1, w1, w2: b1, "join": lambda b1, b2: np.concatenate([b1, b2])},
                {"join": lambda first, second: np.concatenate([first, second])},
                {"join": lambda first, second: np.stack([first, second])},
                {"join": np.maximum},
            ),
        ),
        Misconception(
            "collapse-relu-between",
            "A ReLU, or another activation, was applied on the way. There is none between these two layers: that is "
            "why they are one.",
            (
                *(
                    way
                    for bent in (np.tanh, sigmoid)
                    for way in (
                        {"first": lambda b1, w1, w2, bent=bent: bent(b1) @ w2},
                        {"weights": lambda w1, w2, bent=bent: bent(w1) @ w2},
                        {
                            "weights": lambda w1, w2, bent=bent: bent(w1) @ w2,
                            "first": lambda b1, w1, w2, bent=bent: bent(b1) @ w2,
                        },
                        {"weights": lambda w1, w2, bent=bent: bent(w1 @ w2)},
                    )
                ),
                {"first": lambda b1, w1, w2: np.maximum(0, b1) @ w2},
                {"weights": lambda w1, w2: np.maximum(0, w1) @ w2},
                {
                    "weights": lambda w1, w2: np.maximum(0, w1) @ w2,
                    "first": lambda b1, w1, w2: np.maximum(0, b1) @ w2,
                },
                {"weights": lambda w1, w2: np.maximum(0, w1 @ w2)},
                {"join": lambda first, second: np.maximum(0, first + second)},
                {
                    "weights": lambda w1, w2: np.maximum(0, w1 @ w2),
                    "join": lambda first, second: np.maximum(0, first + second),
                },
            ),
        ),
        Misconception(
            "product-changed",
            "The weights are the product of the two matrices as it is. Here something more was done with it.",
            (
                {"layout": lambda w: 2 * w},
                {"layout": lambda w: w / 2},
                {"layout": np.negative},
                {"layout": np.abs},
                {"layout": np.square},
                {"layout": lambda w: w / np.max(np.abs(w))},
            ),
        ),
        Misconception(
            "collapse-transposed",
            "A matrix is transposed. Keras computes x @ w: w has a row for each input and a column for each output.",
            (
                {"layout": np.transpose},
                {"weights": lambda w1, w2: w1.T @ w2.T},
                {"weights": lambda w1, w2: w1.T @ w2},
                {"weights": lambda w1, w2: w1 @ w2.T},
                {"weights": lambda w1, w2: w1 @ w2.T, "first": lambda b1, w1, w2: b1 @ w2.T},
                {"weights": lambda w1, w2: w1.T @ w2.T, "first": lambda b1, w1, w2: b1 @ w2.T},
            ),
        ),
        Misconception(
            "items-exchanged",
            "The two results are there in the wrong order: the exercise asks for the weights first, then the bias.",
            ({"order": -1},),
        ),
    ],
    items=2,
    more=lambda rng: [Probe(layers(4, 3, 2, seed=int(rng.integers(1 << 30))), secret=True)],
)
