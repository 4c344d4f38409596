"""Keras and TensorFlow without the messages of their start; a cell's output is then the cell's own.

`tf` is there where Keras runs on TensorFlow, which is not imported for another backend (KERAS_BACKEND).
TF_CPP_MIN_LOG_LEVEL=3 still leaves lines with the time and the number of the process, and an exercise's test cell in
which one of them appears gets no mark from nbgrader. So both the import and the first tensor are done here.
"""

import os

from grader.base.capture import silenced_descriptors
from grader.base.settings import WARM, setting

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


with silenced_descriptors(2):
    import keras

    if keras.config.backend() == "tensorflow":
        import tensorflow as tf

        if not setting(WARM):  # a tensor would start threads
            tf.zeros(1)
        tf.get_logger().setLevel("ERROR")  # a notebook builds many models, and is told of "retracing" for each

__all__ = ["keras", "tf"]
