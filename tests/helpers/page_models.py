"""The models that the course grew from, with what diagnose() finds in each."""

import keras
from keras import layers, losses, metrics


def model(*stack, inputs=(4,), **settings):
    built = keras.Sequential([keras.Input(inputs), *stack])
    if settings:
        built.compile(**settings)
    return built


def relu(units=8):
    return layers.Dense(units, activation="relu")


def logit_model(loss, metric, last=None):
    return model(relu(), layers.Dense(1, activation=last), loss=loss, metrics=[metric])


FROM_LOGITS = losses.BinaryCrossentropy(from_logits=True)


def text_classifier(last, from_logits, metric):
    """The text classifier whose readers ask which activation it uses."""
    stack = [layers.Embedding(101, 8), layers.Dropout(0.2), layers.GlobalAveragePooling1D(), layers.Dropout(0.2)]
    loss = losses.BinaryCrossentropy(from_logits=from_logits)
    return model(*stack, layers.Dense(1, activation=last), inputs=(12,), loss=loss, optimizer="adam", metrics=[metric])


def transfer(last=None, units=1, loss="binary_crossentropy"):
    base = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3, activation="relu")])
    base.trainable = False
    stack = [base, layers.GlobalAveragePooling2D(), layers.Dense(units, activation=last)]
    return model(*stack, inputs=(8, 8, 3), loss=loss, metrics=["accuracy"])


def two_feature(metric):
    stack = [relu(124), layers.Dropout(0.5), relu(124), layers.Dropout(0.1), layers.Dense(1, activation="sigmoid")]
    return model(*stack, inputs=(2,), loss="binary_crossentropy", metrics=[metric])


PAGES = {
    "a text classifier of logits whose accuracy cuts at one half": (
        lambda: text_classifier(None, True, "accuracy"),
        ["accuracy-cuts-logits-at-half"],
    ),
    "the same with its threshold at zero": (
        lambda: text_classifier(None, True, metrics.BinaryAccuracy(threshold=0.0)),
        [],
    ),
    "the same with a sigmoid": (lambda: text_classifier("sigmoid", False, "accuracy"), []),
    "a transfer model of logits with the loss as a string": (
        transfer,
        ["logits-with-probability-loss", "accuracy-cuts-logits-at-half"],
    ),
    "a transfer model of many classes with the loss as a bare function": (
        lambda: transfer(units=5, loss=losses.sparse_categorical_crossentropy),
        ["logits-with-probability-loss"],
    ),
    "a transfer model with a sigmoid": (lambda: transfer("sigmoid"), []),
    "25-15-10 with softmax": (
        lambda: model(
            relu(25), relu(15), layers.Dense(10, activation="softmax"), loss=losses.SparseCategoricalCrossentropy()
        ),
        [],
    ),
    "25-15-10 of logits": (
        lambda: model(
            relu(25), relu(15), layers.Dense(10), loss=losses.SparseCategoricalCrossentropy(from_logits=True)
        ),
        [],
    ),
    "the beginners' digits": (
        lambda: model(
            layers.Flatten(),
            relu(128),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
            inputs=(8, 8),
            loss="sparse_categorical_crossentropy",
            metrics=["accuracy"],
        ),
        [],
    ),
    "two features, a sigmoid, and a threshold written out": (
        lambda: two_feature(metrics.BinaryAccuracy(threshold=0.5)),
        [],
    ),
    "a squared error on a classifier": (
        lambda: model(relu(), layers.Dense(1, activation="sigmoid"), loss="mse", metrics=[metrics.BinaryAccuracy()]),
        ["regression-loss"],
    ),
    "a softmax over one unit": (
        lambda: logit_model("binary_crossentropy", "accuracy", "softmax"),
        ["softmax-on-one-unit"],
    ),
    "a text classifier exported with a second sigmoid": (
        lambda: model(
            relu(), layers.Dense(1, activation="sigmoid"), layers.Activation("sigmoid"), loss="binary_crossentropy"
        ),
        ["sigmoid-twice"],
    ),
}
