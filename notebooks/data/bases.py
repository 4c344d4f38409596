"""Bases for lesson 08: a small one that ships with the course, and MobileNetV2 where its weights are at hand."""

import json
from pathlib import Path

import numpy as np

from data.cache import keras_home
from grader.base.keras_import import keras

DIGIT_BASE = Path(__file__).with_name("digit_base.npz")
TRANSFER_ARMS = Path(__file__).with_name("transfer_arms.json")
MOBILENET = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{}_no_top.h5"  # as keras.applications names it,
SIZES = (96, 128, 160, 192, 224)  # with the size of the photographs that it learned from


def new_digit_base() -> keras.Model:
    """Return four convolutions with random weights: (N, 8, 8, 1) grey images in, (N, 4, 4, 32) features out."""
    layers = keras.layers
    about = {"padding": "same", "activation": "relu"}
    x = inputs = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, name="conv1", **about)(x)
    x = layers.Conv2D(32, 3, name="conv2", **about)(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Conv2D(32, 3, name="conv3", **about)(x)
    x = layers.Conv2D(32, 3, name="conv4", **about)(x)
    return keras.Model(inputs, x, name="digit_base")


def digit_base() -> keras.Model:
    """Return the same base with the weights that train_digit_base.py found on the digits 0 to 4."""
    base = new_digit_base()
    with np.load(DIGIT_BASE) as arrays:  # allow_pickle is False unless asked for
        base.set_weights([arrays[weight.path] for weight in base.weights])
    return base


def mobilenet_file() -> Path | None:
    """Return Keras's file of ImageNet weights of MobileNetV2, for the smallest size that is there, or None."""
    files = (keras_home() / "models" / MOBILENET.format(size) for size in SIZES)
    return next((file for file in files if file.is_file()), None)


def mobilenet() -> keras.Model | None:
    """Return MobileNetV2 with ImageNet weights if they are on this machine, else None; nothing is downloaded.

    The file is given by its path, so the downloader is not called at all. Convolutions take photographs of any size,
    so weights of each size fit.
    """
    file = mobilenet_file()
    if file is None:
        return None
    return keras.applications.MobileNetV2((96, 96, 3), include_top=False, weights=str(file))


def transfer_arms() -> dict[str, dict[str, dict[str, list[float]]]]:
    """Return what measure_transfer.py measured: task -> number of images -> arm -> accuracy of each start."""
    return json.loads(TRANSFER_ARMS.read_text("utf-8"))
