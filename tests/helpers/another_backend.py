"""What diagnose() says of endings on Keras's backend of this process, beside what their loss does; printed as JSON.

Run with KERAS_BACKEND in the environment. Models are made, evaluated and looked at; the judging is the tests'.
"""

import json
import sys
import warnings

import keras
import numpy as np
from keras import layers, losses, ops

from grader import Diagnose, diagnose
from grader.base.paths import NOTEBOOKS

NEAR = np.array([[-4.0], [-1.0], [0.5], [3.0]], "float32")  # logits at which every form of a loss is exact enough
SURE = np.full((4, 1), 8.0, "float32")  # half precision rounds a probability so near to 1, float32 does not
Y = np.array([0.0, 1.0, 1.0, 0.0])
CRAFTED = [(NEAR, Y), (SURE, np.zeros(4)), (SURE, np.ones(4))]
KEEP = {"use_bias": False, "kernel_initializer": "ones"}


def by_hand(z):
    return 1 / (1 + ops.exp(-z))


def softmax_by_hand(z):
    return ops.exp(z) / ops.sum(ops.exp(z), axis=-1, keepdims=True)


def dense(units, last=None):
    return layers.Dense(units, activation=last, **KEEP)


BINARY = {
    "none": lambda: [dense(1)],
    "sigmoid": lambda: [dense(1, "sigmoid")],
    "by hand": lambda: [dense(1, by_hand)],
    "Activation layer": lambda: [dense(1), layers.Activation("sigmoid", dtype="float32")],
    "Reshape behind it": lambda: [dense(1, "sigmoid"), layers.Reshape((1,))],
}
SEVERAL = {
    "none": lambda: [layers.Dense(2, use_bias=False, kernel_initializer="identity")],
    "softmax": lambda: [layers.Dense(2, use_bias=False, kernel_initializer="identity", activation="softmax")],
    "by hand": lambda: [layers.Dense(2, use_bias=False, kernel_initializer="identity", activation=softmax_by_hand)],
}
KINDS = [(losses.BinaryCrossentropy, BINARY), (losses.SparseCategoricalCrossentropy, SEVERAL)]


def look_at_endings():
    """Return one row for every ending, loss and dtype policy: what is said, and the losses at CRAFTED inputs."""
    rows = []
    for policy in ("float32", "mixed_float16", "mixed_bfloat16"):
        keras.config.set_dtype_policy(policy)
        for kind, endings in KINDS:
            for (name, end), told in ((e, told) for e in endings.items() for told in (True, False)):
                if policy != "float32" and name in ("by hand", "Reshape behind it"):
                    continue
                model = keras.Sequential([keras.Input((1,)), *end()])
                model.compile("sgd", kind(from_logits=told))
                found = diagnose(model, NEAR, Y)
                measured = [float(model.compute_loss(z, y, model(z))) for z, y in CRAFTED]
                rows.append([policy, kind.__name__, name, told, found.ids, str(found), *measured])
    keras.config.set_dtype_policy("float32")
    return rows


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return NEAR, Y


def look_at_data():
    """Return what is said when the data come as fit() takes them, and what the training that is watched leaves."""
    model = keras.Sequential([keras.Input((1,)), dense(4, "relu"), layers.Dropout(0.5), dense(1)])
    model.compile("adam", "binary_crossentropy")
    said = {
        "arrays": diagnose(model, NEAR, Y).ids,
        "a data set": diagnose(model, Batches()).ids,
        "a generator": diagnose(model, iter([(NEAR, Y)])).ids,
        "tensors": diagnose(model, ops.convert_to_tensor(NEAR), ops.convert_to_tensor(Y)).ids,
    }
    callback = Diagnose()
    model.fit(NEAR, Y, epochs=3, batch_size=4, verbose=0, callbacks=[callback])
    return {**said, "in fit()": callback.diagnosis.ids, "steps": int(model.optimizer.iterations)}


def table_of_lesson_04():
    """Return the lesson's table as it comes out here."""
    cells = json.loads((NOTEBOOKS / "04-losses.ipynb").read_text("utf-8"))["cells"]  # nbformat takes long to import
    made = {"np": np, "keras": keras, "warnings": warnings}
    exec("".join(next(cell["source"] for cell in cells if cell["id"] == "what-happens")), made)
    lasts = {"none": None, "sigmoid": "sigmoid", "softmax": "softmax", "by hand": None}
    cases = [(losses.BinaryCrossentropy, 1, 0, by_hand), (losses.SparseCategoricalCrossentropy, 3, 1, stable_softmax)]
    return [
        [made["what_happens"](own if name == "by hand" else last, kind(from_logits=told), units, label)
         for kind, units, label, own in cases for told in (True, False)]
        for name, last in lasts.items()
    ]  # fmt: skip


def stable_softmax(z):
    e = ops.exp(z - ops.max(z, axis=-1, keepdims=True))
    return e / ops.sum(e, axis=-1, keepdims=True)


if __name__ == "__main__":
    seen = {
        "backend": keras.backend.backend(),
        "endings": look_at_endings(),
        "data": look_at_data(),
        "table": table_of_lesson_04(),
    }
    seen["tensorflow"] = "tensorflow" in sys.modules
    print("\n" + json.dumps(seen))
