"""Train the base of lesson 08 on the digits 0 to 4 and save it: cd notebooks; python -m data.train_digit_base [FILE].

The digits 5 to 9 take no part, neither in training nor in any choice. A quarter of the images of 0 to 4 are held out,
and only their share of right answers is printed. Seeded: two runs on one machine make the same arrays.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from data.bases import DIGIT_BASE, new_digit_base
from grader.base.keras_import import keras

EPOCHS = 30
MEAN_FEATURE = 0.5  # the features are brought to this mean; a ReLU passes a positive factor on as it is


def split() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return x and y to train on, x and y held out: digits 0 to 4, images (N, 8, 8, 1) from 0 to 1."""
    digits = load_digits()
    early = np.random.default_rng(0).permutation(np.flatnonzero(digits.target < 5))
    held_out = len(early) // 4
    x, y = (digits.images / 16).astype("float32")[early, ..., None], digits.target[early]
    return x[held_out:], y[held_out:], x[:held_out], y[:held_out]


def train() -> tuple[keras.Model, float]:
    """Return the trained base, and its accuracy on the held-out images with the head it was trained with."""
    keras.utils.set_random_seed(0)
    x, y, x_held_out, y_held_out = split()
    base = new_digit_base()
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(5)]
    model = keras.Sequential([keras.Input((8, 8, 1)), base, *head])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.003), loss=loss, metrics=["accuracy"])
    model.fit(x, y, epochs=EPOCHS, verbose=0)
    factor = MEAN_FEATURE / float(np.mean(base(x)))
    last, dense = base.get_layer("conv4"), model.layers[-1]
    last.set_weights([weight * factor for weight in last.get_weights()])
    dense.kernel.assign(dense.kernel / factor)  # and the head takes it back
    return base, model.evaluate(x_held_out, y_held_out, verbose=0)[1]


def main() -> None:
    """Train, save as plain float32 arrays, and say how well the base does on images that it has not seen."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else DIGIT_BASE
    base, accuracy = train()
    np.savez_compressed(file, **{weight.path: weight.numpy() for weight in base.weights})
    print(f"{file.name}: {file.stat().st_size} bytes, accuracy {accuracy:.3f} on held-out images of 0 to 4")


if __name__ == "__main__":
    main()
