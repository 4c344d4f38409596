"""Keras and TensorFlow without the messages of their start; a cell's output is then the cell's own.

TF_CPP_MIN_LOG_LEVEL=3 still leaves lines with the time and the number of the process, and an exercise's test cell in
which one of them appears gets no mark from nbgrader. So both the import and the first tensor are done here.
"""

import contextlib
import os
from collections.abc import Iterator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Send what is written to descriptor 2 nowhere: C++ does not ask sys.stderr."""
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


with silent():
    import keras
    import tensorflow as tf

    if "LOGIT_LAB_WARM" not in os.environ:  # set in a process that is to be forked: a tensor would start threads
        tf.zeros(1)

tf.get_logger().setLevel("ERROR")  # a notebook builds many models, and is told of "retracing" for each

__all__ = ["keras", "tf"]
