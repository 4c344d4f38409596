"""Pieces of two real photographs that ship with scikit-learn, for a base that was trained on photographs."""

import numpy as np
from sklearn.datasets import load_sample_images

NAMES = ["temple", "flower"]  # china.jpg and flower.jpg, in the order in which scikit-learn gives them
SIDE = 96  # pixels
PIECES = 24  # of each photograph, to train with; as many for the test

Pieces = tuple[np.ndarray, np.ndarray]  # (N, SIDE, SIDE, 3) float32 from 0 to 255, and (N,) labels 0 or 1


def photo_pieces() -> tuple[Pieces, Pieces]:
    """Return pieces to train with, from the left halves, and pieces for the test, from the right halves; shuffled.

    Pieces of one half overlap; the two halves have no pixel in common.
    """
    rng = np.random.default_rng(0)
    photos = load_sample_images().images
    return _cut([photo[:, : photo.shape[1] // 2] for photo in photos], rng), _cut(
        [photo[:, photo.shape[1] // 2 :] for photo in photos], rng
    )


def _cut(photos: list[np.ndarray], rng: np.random.Generator) -> Pieces:
    """Return PIECES pieces of each photograph from random places, in random order, with its number as the label."""
    y = rng.permutation(np.repeat(np.arange(len(photos)), PIECES))
    corners = rng.random((len(y), 2))
    x = np.zeros((len(y), SIDE, SIDE, 3), "float32")
    for piece, label, corner in zip(x, y, corners, strict=True):
        top, left = (corner * (np.array(photos[label].shape[:2]) - SIDE)).astype(int)
        piece[:] = photos[label][top : top + SIDE, left : left + SIDE]
    return x, y
