"""Measure what a pretrained base is worth, for lesson 08: cd notebooks; python -m data.measure_transfer [FILE].

Two tasks, three numbers of images, four arms, five starts. Where the base trains: Adam(0.003), 60 epochs. Where it is
frozen, only a head of 33 weights is left, which wants larger steps: Adam(0.05), 300 epochs. That was decided after a
first try of 7 against 9 with 10 images, in which Adam(0.003) and 60 epochs left the pretrained frozen arm near chance
on the test images in four of five starts. No other rate was tried, and no start is left out.
"""

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from data.bases import TRANSFER_ARMS, digit_base, new_digit_base
from grader.base.keras_import import keras

POOL = 200  # training images are drawn from the first of a task's images, all others are for the test
TASKS = {"7 against 9": ([7, 9], lambda digit: digit == 9), "odd against even, 5 to 9": (range(5, 10), lambda d: d % 2)}
IMAGES = [10, 25, 100]
STARTS = range(5)
# each arm: the base it starts from, and whether the base trains
ARMS = {
    "pretrained, frozen": (digit_base, False),
    "random, frozen": (new_digit_base, False),
    "pretrained, fine-tuned": (digit_base, True),
    "random, trained (from scratch)": (new_digit_base, True),
}


def task(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the images (N, 8, 8, 1) and the labels 0 or 1 of a task, in an order that is always the same."""
    digits = load_digits()
    members, label = TASKS[name]
    chosen = np.random.default_rng(0).permutation(np.flatnonzero(np.isin(digits.target, list(members))))
    return (digits.images / 16).astype("float32")[chosen, ..., None], label(digits.target[chosen]).astype(int)


def accuracy(name: str, images: int, arm: str, start: int) -> float:
    """Return the accuracy on the test images of one arm, trained on so many images from one start."""
    keras.utils.set_random_seed(start)
    x, y = task(name)
    drawn = np.random.default_rng(start).choice(POOL, images, replace=False)
    make, trains = ARMS[arm]
    base = make()
    head = [keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1)]
    if not trains:  # then the features stay the same in every epoch: compute them once
        x = np.asarray(base(x))
    model = keras.Sequential([base, *head] if trains else head)
    rate, epochs = (0.003, 60) if trains else (0.05, 300)
    model.compile(keras.optimizers.Adam(rate), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    order = np.concatenate([np.random.default_rng([start, epoch]).permutation(drawn) for epoch in range(epochs)])
    model.fit(x[order], y[order], batch_size=min(images, 25), shuffle=False, verbose=0)  # all epochs in one, for speed
    return float(((np.asarray(model(x[POOL:]))[:, 0] > 0) == y[POOL:]).mean())


def main() -> None:
    """Measure everything and save it as {task: {number of images: {arm: [accuracy of each start]}}}."""
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else TRANSFER_ARMS
    measured: dict[str, dict[int, dict[str, list[float]]]] = {}
    for name in TASKS:
        measured[name] = {}
        for images in IMAGES:
            measured[name][images] = {
                arm: [round(accuracy(name, images, arm, start), 4) for start in STARTS] for arm in ARMS
            }
            print(name, images, measured[name][images], flush=True)
    file.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
