"""The digits of lesson 07: the embedded ones as scikit-learn has them, and MNIST only where it already lies."""

import io
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT
from data.digits import cached_mnist, digits, mnist, mnist_file
from lesson_cells import cells
from sklearn.datasets import load_digits

CELLS = cells("07-digits")
PARTS = ["x_train", "y_train", "x_test", "y_test"]

OFFLINE = """
import socket
def refuse(*_, **__):
    raise AssertionError("a download was attempted")
socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
"""


def run(program, home):
    """Run a program beside the lessons, with Keras at home in a folder and no way to the network."""
    environment = {**os.environ, "KERAS_HOME": str(home), "MPLBACKEND": "agg"}
    command = [sys.executable, "-c", OFFLINE + program]
    about = {"cwd": ROOT / "notebooks", "env": environment, "timeout": 300}
    return subprocess.run(command, capture_output=True, text=True, **about)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home of Keras with a small file in the place and the format of MNIST."""
    folder = tmp_path_factory.mktemp("keras")
    (folder / "datasets").mkdir()
    rng = np.random.default_rng(0)
    arrays = {}
    for part, n in [("train", 200), ("test", 50)]:
        y = np.arange(n, dtype=np.uint8) % 10
        x = rng.integers(0, 40, (n, 28, 28), dtype=np.uint8)
        x[np.arange(n), 2 * y + 2] = 255  # a line at the height of the label
        arrays |= {f"x_{part}": x, f"y_{part}": y}
    np.savez(folder / "datasets" / "mnist.npz", **arrays)
    return folder


def test_the_digits_are_all_1797_each_once_from_0_to_1():
    (x_train, y_train), (x_validation, y_validation) = digits()
    assert (x_train.shape, x_validation.shape) == ((1437, 8, 8), (360, 8, 8))
    assert x_train.dtype == np.float32
    pixels, y = load_digits(return_X_y=True)
    ours = np.concatenate([x_train, x_validation]).reshape(-1, 64) * 16
    labels = np.concatenate([y_train, y_validation])
    rows = sorted(map(tuple, np.column_stack([ours, labels]).tolist()))
    assert rows == sorted(map(tuple, np.column_stack([pixels, y]).tolist()))


def test_every_digit_has_the_same_share_in_training_and_in_validation():
    (_, y_train), (_, y_validation) = digits()
    shares = [np.bincount(y, minlength=10) / len(y) for y in (y_train, y_validation)]
    assert shares[0] == pytest.approx(shares[1], abs=0.002)


def test_the_digits_are_the_same_at_every_call():
    for first, second in zip(digits(), digits(), strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_the_digits_were_written_by_13_people():
    assert "different 13" in " ".join(load_digits().DESCR.split())


@pytest.mark.parametrize("writable", [True, False])
def test_without_keras_home_the_place_is_in_the_home_or_in_tmp(monkeypatch, tmp_path, writable):
    monkeypatch.delenv("KERAS_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(os, "access", lambda path, mode: writable)
    parent = str(tmp_path) if writable else "/tmp"
    assert str(mnist_file()) == f"{parent}/.keras/datasets/mnist.npz"


def test_a_tilde_in_keras_home_is_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", "~/models")
    assert mnist_file() == tmp_path / "models" / "datasets" / "mnist.npz"


def test_mnist_is_none_where_it_is_not(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert cached_mnist() is None
    assert list(tmp_path.iterdir()) == []


def test_mnist_is_read_where_it_is(monkeypatch, home):
    monkeypatch.setenv("KERAS_HOME", str(home))
    (x_train, y_train), (x_test, y_test) = cached_mnist()
    assert (x_train.shape, x_test.shape) == ((200, 28, 28), (50, 28, 28))
    assert (x_train.dtype, x_train.min(), x_train.max()) == (np.float32, 0, 1)
    assert np.array_equal(y_train, np.arange(200) % 10)
    assert np.array_equal(y_test, np.arange(50) % 10)


def half_of_it(file):
    whole = io.BytesIO()
    np.savez(whole, x_train=np.zeros((2, 28, 28), np.uint8))
    file.write_bytes(whole.getvalue()[: len(whole.getvalue()) // 2])


@pytest.mark.parametrize(
    "spoil",
    [
        half_of_it,
        lambda file: file.write_bytes(b"<html>no such file</html>"),
        lambda file: file.write_bytes(b""),
        lambda file: np.savez(file, x_train=np.zeros((2, 28, 28), np.uint8)),
        lambda file: np.savez(file, **dict.fromkeys(PARTS, np.array([{}], dtype=object))),
    ],
    ids=["cut off", "a page", "empty", "other arrays", "pickles"],
)
def test_a_broken_mnist_is_said_and_not_downloaded_again(monkeypatch, tmp_path, spoil):
    (tmp_path / "datasets").mkdir()
    spoil(tmp_path / "datasets" / "mnist.npz")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    place = re.escape(str(mnist_file()))
    with pytest.raises(ValueError, match=f"{place} cannot be read as MNIST: remove it"):
        cached_mnist()


@pytest.mark.slow
def test_mnist_is_what_keras_itself_reads_from_its_cache(home):
    read = """
import numpy as np
from data.digits import cached_mnist
from grader.base.keras_import import keras
from keras.src.utils import file_utils
file_utils.validate_file = lambda *_, **__: True  # the file is small, so its hash is another
for ours, theirs in zip(cached_mnist(), keras.datasets.mnist.load_data(), strict=True):
    assert np.allclose(ours[0] * 255, theirs[0], atol=1e-4) and np.array_equal(ours[1], theirs[1])
print(len(theirs[0]))
"""
    done = run(read, home)
    assert (done.stdout, done.stderr) == ("50\n", "")


def test_of_mnist_ten_thousand_images_come_with_the_course(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    x, y = mnist()
    assert (x.shape, x.dtype, x.min(), x.max()) == ((10_000, 28, 28), np.float32, 0, 1)
    assert y.dtype == np.int64
    assert np.bincount(y).tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]
    assert len(np.unique(x.reshape(len(x), -1), axis=0)) == len(x), "no image twice"
    assert np.abs(np.corrcoef(np.arange(len(y)), y)[0, 1]) < 0.05, "shuffled"


def test_all_of_mnist_is_taken_where_keras_has_it(monkeypatch, home):
    monkeypatch.setenv("KERAS_HOME", str(home))
    x, y = mnist()
    assert (len(x), len(y)) == (250, 250)
    assert np.array_equal(y, np.concatenate([np.arange(200) % 10, np.arange(50) % 10]))


@pytest.mark.slow
def test_lesson_07_trains_on_mnist_where_it_is(home):
    function = CELLS["two-halves"].split("\n\n\nx = ")[0]
    done = run("\n".join([CELLS["imports"], CELLS["network"], function, CELLS["mnist"]]), home)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("250 images, ")
    assert [line.startswith("nines taken for ") for line in lines[2:]] == [True] * 5


@pytest.mark.slow
def test_mnist_is_looked_for_in_the_place_that_keras_uses(tmp_path):
    place = "import data.digits, keras.src.backend.config as c\nprint(data.digits.mnist_file())\nprint(c.keras_home())"
    done = run(place, tmp_path)
    ours, home_of_keras = done.stdout.splitlines()[-2:]
    assert (ours, home_of_keras) == (str(tmp_path / "datasets" / "mnist.npz"), str(tmp_path))
