"""Models as people write them, right and good for nothing, by the answer that builds them: one line of layers each.

A right one must pass. A wrong one is laid out as asked, or nearly, and must get one of the ids beside it.
"""

from grader.base.keras_import import keras

L, O, R, C, I = keras.layers, keras.optimizers, keras.regularizers, keras.constraints, keras.initializers  # noqa: E741
BINARY = keras.losses.BinaryCrossentropy
SPARSE = keras.losses.SparseCategoricalCrossentropy


def stacked(inputs, *stack):
    return keras.Sequential([*([keras.Input(inputs)] if inputs else []), *stack])


def functional(inputs, *stack):
    x = start = keras.Input(inputs)
    for layer in stack:
        x = layer(x)
    return keras.Model(start, x)


def one_logit(model, optimizer="adam", loss=None, metrics=None, **more):
    """Compile a model for one logit and return it."""
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.0)] if metrics is None else metrics
    model.compile(optimizer, loss or BINARY(from_logits=True), metrics=metrics, **more)
    return model


def one_probability(model, optimizer="adam", loss="binary_crossentropy", metrics=("accuracy",), **more):
    model.compile(optimizer, loss, metrics=list(metrics), **more)
    return model


def many(model, optimizer="adam", loss=None, metrics=("accuracy",), **more):
    """Compile a model for several logits and integer labels, and return it."""
    model.compile(optimizer, loss or SPARSE(from_logits=True), metrics=list(metrics), **more)
    return model


def binary(*hidden, build=stacked, after=(), **compiled):
    """Return a build_binary_model with these hidden layers, made anew for each call."""
    return lambda n: one_logit(
        build((n,), *(fresh() for fresh in hidden), L.Dense(1), *(f() for f in after)), **_new(compiled)
    )


def multiclass(*, first=dict, second=dict, last=dict, between=(), after=(), build=stacked, **compiled):
    """Return a build_multiclass_model whose layers have further settings."""

    def made(n, k):
        stack = [L.Dense(25, **{"activation": "relu", **first()}), *(f() for f in between)]
        stack += [L.Dense(15, **{"activation": "relu", **second()}), L.Dense(k, **last()), *(f() for f in after)]
        return many(build((n,), *stack), **_new(compiled))

    return made


def _new(compiled):
    """Return settings of compile() in which each optimizer, loss and metric is made anew."""
    return {key: value() if callable(value) else value for key, value in compiled.items()}


def relu(units=16, **more):
    return lambda: L.Dense(units, activation="relu", **more)


def text(embedding=dict, last=dict, inputs=None, after=(), compiled=one_logit, **more):
    def made(v, d):
        stack = [L.Embedding(v, d, **embedding()), L.Dropout(0.2), L.GlobalAveragePooling1D(), L.Dropout(0.2)]
        return compiled(stacked(inputs, *stack, L.Dense(1, **last()), *(f() for f in after)), **_new(more))

    return made


def digits(last=dict, after=(), build=stacked, **more):
    return lambda d: many(
        build((64,), L.Dense(128, "relu"), L.Dropout(d), L.Dense(10, **last()), *(f() for f in after)), **_new(more)
    )


def on_top(*between, freeze=True, last=dict, **more):
    def made(base):
        base.trainable = not freeze
        stack = [L.GlobalAveragePooling2D(), *(f() for f in between), L.Dense(1, **last())]
        return one_logit(stacked((8, 8, 3), base, *stack), **_new(more))

    return made


def two_features(optimizer=lambda: O.SGD(0.1), last=dict, **more):
    stack = [relu(124), lambda: L.Dropout(0.5), relu(124), lambda: L.Dropout(0.1)]
    metrics = [keras.metrics.BinaryAccuracy(threshold=0.5)]
    return lambda: one_probability(
        stacked((2,), *(f() for f in stack), L.Dense(1, "sigmoid", **last())),
        optimizer(),
        metrics=metrics,
        **_new(more),
    )


def compiled_anew(change=lambda model: model, **more):
    return lambda model: one_logit(change(model), **_new(more))


def fitted(model, x, y, **more):
    model.fit(x, y, verbose=0, **more)
    return model


def repaired(*hidden, units=1, end=None, epochs=2, change=lambda model: None, fit=None, compiled=None, **more):
    """Return a fix_...() with these hidden layers and this end."""

    def made(x, y):
        model = stacked((x.shape[1],), *(f() for f in hidden), L.Dense(units, end))
        logits = end is None
        if compiled:
            compiled(model)
        elif units == 1:
            (one_logit if logits else one_probability)(model, **_new(more))
        else:
            many(model, loss=SPARSE(from_logits=logits), **_new(more))
        model.fit(x, y, epochs=epochs, verbose=0, **(fit or {}))
        change(model)
        return model

    return made


def unfrozen(rate=1e-5, thaw=None, change=lambda model: model, optimizer=None):
    def made(model, base, n):
        base.trainable = True
        for layer in (thaw or (lambda layers, n: layers[:-n]))(base.layers, n):
            layer.trainable = False
        return one_logit(change(model), optimizer() if optimizer else O.RMSprop(rate))

    return made


def counted(model):
    """Say that a model has been trained for five steps."""
    model.optimizer.iterations.assign(5)


def begun_again(model):
    model.set_weights(keras.models.clone_model(model).get_weights())


def cloned(model):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy


def zeroed(model):
    model.set_weights([0 * w for w in model.get_weights()])
    return model


def filled(model, value):
    model.set_weights([0 * w + value for w in model.get_weights()])
    return model


def frozen(model):
    model.trainable = False
    return model


def bn():
    return L.BatchNormalization()


def ema():
    return O.Adam(use_ema=True)


RIGHT = {
    "build_binary_model": [
        binary(relu()),
        binary(relu(), build=functional),
        binary(relu(1)),
        binary(relu(128), relu(64), relu(32), relu(16)),
        binary(lambda: L.Dense(32), L.ReLU),
        binary(lambda: L.Dense(32, use_bias=False), bn, L.ReLU),
        binary(relu(), bn, lambda: L.Dropout(0.5)),
        binary(bn, relu()),
        binary(L.LayerNormalization, relu()),
        binary(L.Normalization, relu()),
        binary(relu(), L.LayerNormalization),
        binary(relu(), lambda: L.Dropout(0.9)),
        binary(lambda: L.GaussianNoise(0.1), relu(), build=functional),
        binary(lambda: L.Rescaling(1 / 255), relu()),
        binary(relu(kernel_initializer="he_normal", bias_initializer="ones")),
        binary(relu(kernel_regularizer="l2")),
        binary(relu(kernel_regularizer=R.L1L2(1e-3, 1e-3), bias_regularizer="l2", activity_regularizer=R.L2(1e-4))),
        binary(relu(kernel_constraint=C.MaxNorm(3))),
        binary(relu(), lambda: L.Dense(8, "tanh"), relu(4)),
        binary(relu(), after=[L.Identity]),
        binary(relu(), after=[lambda: L.Activation("linear", dtype="float32")]),
        binary(relu(), optimizer="sgd"),
        binary(relu(), optimizer="adadelta"),
        binary(relu(), optimizer="ftrl"),
        binary(relu(), optimizer="rmsprop", loss=lambda: BINARY(from_logits=True, label_smoothing=0.1)),
        binary(relu(), optimizer=lambda: O.SGD(0.1, momentum=0.9, nesterov=True, clipvalue=0.5)),
        binary(relu(), optimizer=lambda: O.Adam(clipnorm=1.0)),
        binary(relu(), optimizer=lambda: O.AdamW(3e-4, weight_decay=0.01)),
        binary(relu(), optimizer=lambda: O.Adam(O.schedules.ExponentialDecay(1e-3, 100, 0.9))),
        binary(
            relu(), optimizer=lambda: O.Adam(O.schedules.CosineDecay(0.0, 1000, warmup_target=1e-3, warmup_steps=50))
        ),
        binary(relu(), optimizer=lambda: O.Adam(gradient_accumulation_steps=4)),
        binary(relu(), optimizer=ema),
        binary(relu(), loss=lambda: keras.losses.BinaryFocalCrossentropy(from_logits=True)),
        binary(relu(), loss_weights=[0.5]),
        binary(relu(), metrics=[], weighted_metrics=lambda: [keras.metrics.BinaryAccuracy(threshold=0.0)]),
        binary(
            relu(), metrics=lambda: [keras.metrics.AUC(from_logits=True), keras.metrics.BinaryAccuracy(threshold=0.0)]
        ),
        binary(relu(), jit_compile=False, run_eagerly=True),
        binary(relu(), steps_per_execution=4),
    ],
    "build_multiclass_model": [
        multiclass(),
        multiclass(build=functional, between=[bn]),
        multiclass(first=lambda: {"kernel_regularizer": R.L2(1e-4)}, optimizer=lambda: O.Nadam(1e-2)),
        multiclass(last=lambda: {"activation": "linear", "kernel_initializer": "zeros"}),
        multiclass(last=lambda: {"use_bias": False}, metrics=["sparse_categorical_accuracy"]),
        multiclass(optimizer=lambda: O.Lion(1e-4)),
        multiclass(optimizer="adamax", loss=lambda: SPARSE(from_logits=True, ignore_class=-1)),
    ],
    "build_text_classifier": [
        text(),
        text(inputs=(None,)),
        text(inputs=(40,), optimizer="sgd"),
        text(lambda: {"mask_zero": True}),
        text(lambda: {"embeddings_regularizer": "l2", "name": "words"}, optimizer=lambda: O.Adam(0.01)),
    ],
    "build_text_classifier_with_sigmoid": [
        text(last=lambda: {"activation": "sigmoid"}, compiled=one_probability),
        text(after=[lambda: L.Activation("sigmoid")], compiled=one_probability, optimizer="rmsprop"),
    ],
    "build_digit_classifier": [
        digits(),
        digits(build=functional, optimizer=lambda: O.SGD(0.01, momentum=0.9)),
        digits(last=lambda: {"kernel_initializer": I.RandomNormal(stddev=0.01)}),
    ],
    "build_two_feature_classifier": [two_features(), two_features(lambda: O.SGD(0.1, momentum=0.9))],
    "compile_for_logits": [
        compiled_anew(),
        compiled_anew(optimizer="sgd", loss=lambda: BINARY(from_logits=True, label_smoothing=0.1)),
        compiled_anew(cloned),
        compiled_anew(lambda model: keras.Sequential([model])),
    ],
    "build_transfer_model": [on_top(), on_top(optimizer="sgd"), on_top(last=lambda: {"kernel_regularizer": "l2"})],
    "unfreeze_last": [unfrozen(), unfrozen(5e-4), unfrozen(optimizer=lambda: O.SGD(1e-4, momentum=0.9))],
    "fix_1": [
        repaired(relu()),
        repaired(relu(), end="sigmoid", epochs=1),
        repaired(relu(), units=2, epochs=1),
        repaired(relu(), units=2, end="softmax", epochs=1),
        repaired(lambda: L.Dense(16, "tanh"), epochs=1, optimizer="sgd"),
        repaired(lambda: L.Dense(16), bn, L.ReLU, lambda: L.Dropout(0.5), epochs=3),
        repaired(relu(16, kernel_regularizer="l2"), optimizer=lambda: O.Adam(clipnorm=1.0), fit={"batch_size": 8}),
        repaired(relu(), optimizer="adadelta", epochs=1),
        repaired(relu(64), relu(64), optimizer=lambda: O.Adam(0.01), epochs=40),
        repaired(relu(), optimizer=lambda: O.SGD(0.1), epochs=1, fit={"validation_split": 0.2, "shuffle": False}),
    ],
    "fix_5": [
        repaired(relu(32), relu(32), units=10, optimizer=lambda: O.RMSprop(1e-3)),
        repaired(lambda: L.Dense(32, "elu"), units=10, end="softmax", epochs=1),
        repaired(lambda: L.Dense(32, "tanh"), lambda: L.Dense(32, "gelu"), units=10, epochs=20),
    ],
}

ENDS, BLIND, STILL, DEAF = "end-changed", "inputs-not-used", "nothing-trains", "labels-do-not-count"
WRONG = {
    "build_binary_model": [
        (BLIND, binary(lambda: L.Rescaling(0.0), relu())),
        (BLIND, binary(lambda: L.Rescaling(1e-12), relu())),
        (BLIND, binary(lambda: _Op(lambda x: keras.ops.minimum(x, 0) * 0), relu(), build=functional)),
        (BLIND, binary(lambda: _Op(lambda x: x[:, :1]), relu(), build=functional)),
        (BLIND, binary(relu(kernel_initializer="zeros"))),
        (BLIND, binary(relu(), lambda: L.Rescaling(0.0))),
        (ENDS, binary(relu(), after=[lambda: L.Rescaling(-1000.0, 5.0)])),
        (ENDS, binary(relu(), after=[lambda: L.Rescaling(-1.0)])),
        (ENDS, binary(relu(), after=[lambda: L.Rescaling(0.0)])),
        (ENDS, binary(relu(), after=[lambda: _Op(keras.ops.negative)], build=functional)),
        (
            "wrong-architecture",
            binary(relu(), after=[lambda: _Op(lambda z: keras.ops.clip(z, -6.5, 6.5))], build=functional),
        ),
        (
            "wrong-architecture",
            binary(relu(), after=[lambda: _Op(lambda z: keras.ops.clip(z, -40.0, 40.0))], build=functional),
        ),
        (
            "wrong-architecture",
            binary(relu(), after=[lambda: _Op(lambda z: 50 * keras.ops.tanh(z / 50))], build=functional),
        ),
        ("wrong-architecture", binary(lambda: L.Dense(16, "relu6"))),
        ("wrong-architecture", binary(lambda: L.Dense(16), lambda: L.ReLU(max_value=6.5))),
        ("wrong-architecture", binary(lambda: L.Dense(16), lambda: L.ReLU(max_value=100.0))),
        ("wrong-architecture", binary(lambda: L.Dense(16), lambda: L.ReLU(threshold=0.2))),
        ("wrong-architecture", lambda n: one_logit(stacked((n + 1,), relu()(), L.Dense(1)))),
        (STILL, binary(relu(), optimizer=lambda: O.SGD(0.0))),
        (STILL, binary(relu(), optimizer=lambda: O.Adam(clipnorm=1e-30))),
        (STILL, binary(relu(), optimizer=lambda: O.SGD(clipvalue=1e-30))),
        (STILL, binary(relu(), optimizer=lambda: O.Adam(O.schedules.PolynomialDecay(0.0, 10, 0.0)))),
        (STILL, binary(relu(), loss_weights=[0.0])),
        (STILL, binary(relu(trainable=False))),
        (STILL, binary(relu(kernel_constraint=C.MaxNorm(0.0)))),
        (STILL, lambda n: one_logit(frozen(stacked((n,), relu()(), L.Dense(1))))),
        (STILL, lambda n: one_logit(stacked((n,), relu()(), L.Dense(1, trainable=False)))),
        (DEAF, binary(relu(kernel_regularizer=R.L2(1e30)))),
        (DEAF, binary(relu(kernel_regularizer=R.L1(1e4)))),
        (DEAF, binary(relu(), loss=lambda: BINARY(from_logits=True, label_smoothing=1.0))),
        (DEAF, binary(relu(), loss=lambda: BINARY(from_logits=True, label_smoothing=0.9))),
        (DEAF, binary(relu(), loss_weights=[-1.0])),
        (DEAF, binary(relu(), optimizer=lambda: _rate(O.SGD(0.1), -0.1))),
        ("not-finite", lambda n: filled(one_logit(stacked((n,), relu()(), L.Dense(1))), float("inf"))),
        ("not-finite", lambda n: filled(one_logit(stacked((n,), relu()(), L.Dense(1))), float("nan"))),
        ("no-accuracy", lambda n: _third(stacked((n,), relu()(), L.Dense(1)))),
        (BLIND, lambda n: zeroed(one_logit(stacked((n,), relu()(), L.Dense(1))))),
    ],
    "build_multiclass_model": [
        (DEAF, multiclass(loss=lambda: SPARSE(from_logits=True, ignore_class=0))),
        (DEAF, multiclass(loss=lambda: SPARSE(from_logits=True, ignore_class=2))),
        ("wrong-architecture", multiclass(first=lambda: {"activation": "relu6"})),
        ("wrong-architecture", multiclass(between=[lambda: L.ReLU(max_value=6.5)])),
        ("wrong-architecture", multiclass(between=[lambda: L.Activation("tanh")])),
        (ENDS, multiclass(after=[lambda: L.Rescaling(-2.0)])),
        (STILL, multiclass(second=lambda: {"trainable": False})),
        (STILL, multiclass(last=lambda: {"kernel_constraint": C.MaxNorm(0.0)})),
        (BLIND, multiclass(second=lambda: {"kernel_initializer": "zeros"})),
    ],
    "build_text_classifier": [
        (BLIND, text(lambda: {"embeddings_initializer": "zeros"})),
        (STILL, text(lambda: {"trainable": False})),
        (ENDS, text(after=[lambda: L.Rescaling(-1.0)])),
        (STILL, text(loss_weights=[0.0])),
    ],
    "build_text_classifier_with_sigmoid": [
        (
            ENDS,
            text(
                after=[lambda: L.Rescaling(-1.0, 1.0)], last=lambda: {"activation": "sigmoid"}, compiled=one_probability
            ),
        ),
        (ENDS, text(after=[lambda: L.Rescaling(-1.0), lambda: L.Activation("sigmoid")], compiled=one_probability)),
    ],
    "build_digit_classifier": [
        (STILL, digits(optimizer=lambda: O.SGD(0.0))),
        (DEAF, digits(loss=lambda: SPARSE(from_logits=True, ignore_class=9))),
    ],
    "build_two_feature_classifier": [(STILL, two_features(loss_weights=[0.0]))],
    "compile_for_logits": [
        ("another-model", compiled_anew(lambda model: stacked((model.input_shape[1],), relu(8)(), L.Dense(1)))),
        ("another-model", compiled_anew(keras.models.clone_model)),
        ("another-model", compiled_anew(lambda model: filled(model, 0.5))),
        ("another-model", compiled_anew(zeroed)),
        (STILL, compiled_anew(frozen)),
        (STILL, compiled_anew(optimizer=lambda: O.SGD(0.0))),
        (ENDS, compiled_anew(lambda model: keras.Sequential([model, L.Rescaling(-1.0)]))),
    ],
    "build_transfer_model": [
        (STILL, on_top(last=lambda: {"trainable": False})),
        (STILL, on_top(optimizer=lambda: O.SGD(0.0))),
        (BLIND, on_top(lambda: L.Rescaling(0.0))),
        ("another-model", lambda base: on_top()(filled(base, 0.1))),
    ],
    "unfreeze_last": [
        ("learning-rate-not-lowered", unfrozen(1e-3)),
        ("learning-rate-not-lowered", unfrozen(optimizer=O.Adam)),
        ("other-layers-unfrozen", unfrozen(thaw=lambda layers, n: layers[n:])),
        ("another-model", unfrozen(change=lambda model: filled(model, 0.1))),
        (STILL, unfrozen(optimizer=lambda: O.SGD(0.0))),
    ],
    "fix_1": [
        ("not-trained", repaired(relu(), epochs=0, change=counted)),
        (BLIND, repaired(relu(), change=zeroed)),
        (STILL, repaired(relu(), optimizer=lambda: O.SGD(0.0))),
        ("not-trained", repaired(relu(), fit={"class_weight": {0: 0.0, 1: 0.0}})),
        (
            "not-trained",
            repaired(relu(), change=lambda model: model.set_weights(stacked((4,), relu()(), L.Dense(1)).get_weights())),
        ),
        (STILL, repaired(relu(), change=lambda model: one_logit(frozen(model)))),
    ],
    "fix_2": [("not-trained", repaired(relu(), epochs=0, change=counted))],
    "fix_3": [(STILL, repaired(relu(), end="sigmoid", optimizer=lambda: O.SGD(0.0)))],
    "fix_4": [("not-trained", repaired(relu(), end="sigmoid", epochs=0))],
    "fix_5": [
        (
            "not-trained",
            repaired(relu(32), units=10, epochs=0, change=counted),
        ),
        (BLIND, repaired(relu(32), units=10, change=zeroed)),
        (STILL, repaired(relu(32), units=10, optimizer=lambda: O.SGD(0.0))),
    ],
}


class _Op:
    """Something of keras.ops in the place of a layer, in a functional model."""

    def __init__(self, function):
        self.function = function

    def __call__(self, x):
        return self.function(x)


def _third(model):
    model.compile("adam", BINARY(from_logits=True), [keras.metrics.BinaryAccuracy(threshold=0.0)])
    return model


def _rate(optimizer, rate):
    optimizer.learning_rate = rate
    return optimizer
