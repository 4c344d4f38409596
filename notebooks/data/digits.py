"""Handwritten digits: 1,797 small ones that ship with scikit-learn, and MNIST: all of it where Keras has kept it.

Of MNIST 10,000 images come with the course; README.md beside this file says where they are from.

The small ones are the test part of "Optical Recognition of Handwritten Digits" (Alpaydin and Kaynak, 1998; UCI Machine
Learning Repository): 13 people wrote them, and each was reduced from 32 by 32 dots to 8 by 8 counts from 0 to 16.
"""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from data.cache import keras_home

Images = tuple[np.ndarray, np.ndarray]  # (N, height, width) float32 from 0 to 1, and (N,) int64 labels from 0 to 9

VALIDATION = 360  # of the 1,797
EMBEDDED = Path(__file__).with_name("mnist_10000.npz")


def digits() -> tuple[Images, Images]:
    """Return 1,437 images to train with and 360 to validate with, shuffled, every digit in both in the same share."""
    pixels, y = load_digits(return_X_y=True)
    x = (pixels / 16).astype(np.float32).reshape(-1, 8, 8)
    x_train, x_validation, y_train, y_validation = train_test_split(
        x, y, test_size=VALIDATION, random_state=0, stratify=y
    )
    return (x_train, y_train), (x_validation, y_validation)


def mnist() -> Images:
    """Return MNIST's 70,000 images if they are on this machine, else the 10,000 that come with the course.

    Raises:
        ValueError: a file lies in MNIST's place that is not MNIST's.
    """
    found = cached_mnist()
    if found:
        (x_train, y_train), (x_test, y_test) = found
        return np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    with np.load(EMBEDDED) as arrays:  # allow_pickle is False unless asked for
        return (arrays["x"] / 255).astype(np.float32), arrays["y"].astype(np.int64)


def mnist_file() -> Path:
    """Return where keras.datasets.mnist keeps its file, be it there or not."""
    return keras_home() / "datasets" / "mnist.npz"


def cached_mnist() -> tuple[Images, Images] | None:
    """Return MNIST's 60,000 and 10,000 images if they are on this machine, else None; nothing is downloaded.

    The file is read here and not by Keras, which would download it again if it found it changed.

    Raises:
        ValueError: the file is there and is not MNIST's; a download that was cut off leaves such a one.
    """
    file = mnist_file()
    if not file.is_file():
        return None
    try:
        with np.load(file) as arrays:  # allow_pickle is False unless asked for
            return tuple(  # type: ignore[return-value]  # two pairs, as the for says
                ((arrays[f"x_{part}"] / 255).astype(np.float32), arrays[f"y_{part}"].astype(np.int64))
                for part in ("train", "test")
            )
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise ValueError(f"{file} cannot be read as MNIST: remove it, then load MNIST again.") from error
