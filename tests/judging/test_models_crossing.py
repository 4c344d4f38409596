"""A model that is sent as data is the same model; a forged one is refused before Keras builds it, and never run."""

import base64
import copy
import functools
import json
import marshal
import math
import re
import time
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, losses, metrics, optimizers
from learner_answers import BLOCKS, IMPORTS
from learner_answers import MODELS as MODEL_ANSWERS
from page_models import PAGES

from grader.checks.crafted import small_base
from grader.checks.transfer import base_trains
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.refusals import JUDGED
from grader.judging.crossing.channel import decode, encode
from grader.judging.crossing.models import Refused, rebuild, serialise
from grader.judging.crossing.values import as_part, places_of


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)


def sent(model):
    """Return a model as it arrives at the other end of the wire."""
    return rebuild(decode(encode(serialise(model))))


def random_input(model):
    rng = np.random.default_rng(0)
    if not model.built or not model.inputs:
        return rng.integers(0, 5, (3, 12)).astype("int32")
    arrays = []
    for tensor in model.inputs:
        shape = (3, *[size or 12 for size in tensor.shape[1:]])
        whole = "embedding" in json.dumps(model.get_config()).lower()
        arrays.append(rng.integers(0, 5, shape) if whole else rng.normal(size=shape).astype("float32"))
    return arrays if len(arrays) > 1 else arrays[0]


def numbers(model, x):
    out = model(x, training=False)
    return [np.asarray(each) for each in (out if isinstance(out, list | tuple) else [out])]


def places(weights, model):
    return [next(k for k, other in enumerate(model.weights) if other is weight) for weight in weights]


def assert_same(model, came, *, also_outputs=True):
    """The oracle is the model itself, asked again for everything that the course asks of one."""
    assert type(came) is type(model)
    assert [layer.name for layer in came.layers] == [layer.name for layer in model.layers]
    assert [layer.trainable for layer in came.layers] == [layer.trainable for layer in model.layers]
    for mine, theirs in zip(model.get_weights(), came.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    assert [(w.name, w.trainable) for w in came.weights] == [(w.name, w.trainable) for w in model.weights]
    assert places(came.trainable_weights, came) == places(model.trainable_weights, model)
    assert came.compiled == model.compiled
    found, original = diagnose(came), diagnose(model)
    assert found.findings == original.findings
    assert found.unseen == original.unseen
    if model.compiled:
        assert type(came.optimizer) is type(model.optimizer)
        assert came.optimizer.get_config() == model.optimizer.get_config()
        assert int(came.optimizer.iterations) == int(model.optimizer.iterations)
        mine, theirs = came.get_compile_config(), model.get_compile_config()
        assert {k: mine[k] for k in ("loss", "metrics", "loss_weights")} == {
            k: theirs[k] for k in ("loss", "metrics", "loss_weights")
        }
    if model.built and also_outputs:
        x = random_input(model)
        for mine, theirs in zip(numbers(model, x), numbers(came, x), strict=True):
            np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("build", [build for build, _ in PAGES.values()], ids=PAGES)
def test_the_models_that_the_course_grew_from_arrive_as_they_were(build):
    model = build()
    assert_same(model, sent(model))


def stack(*parts, inputs=(4,), **settings):
    model = keras.Sequential([keras.Input(inputs), *parts])
    if settings:
        model.compile(**settings)
    return model


def functional():
    a = keras.Input((4,), name="a")
    x = layers.Dense(3, "relu")(a)
    return keras.Model(a, layers.Dense(1)(x))


def with_operations():
    a = keras.Input((4,))
    x = keras.ops.relu(layers.Dense(4)(a)) * 2.0 + a
    x = keras.ops.concatenate([x[:, :2], keras.ops.tanh(x)], axis=-1)
    return keras.Model(a, keras.ops.sigmoid(layers.Dense(1)(x)))


def several_outputs():
    a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
    x = layers.Concatenate()([layers.Dense(3, "relu")(a), b])
    first, second = layers.Dense(1, name="logit")(x), layers.Dense(5, "softmax", name="classes")(x)
    model = keras.Model([a, b], [first, second])
    loss = {"logit": losses.BinaryCrossentropy(from_logits=True), "classes": "sparse_categorical_crossentropy"}
    model.compile("sgd", loss, metrics={"logit": [metrics.BinaryAccuracy(threshold=0.0)], "classes": ["accuracy"]})
    return model


def shared_layer():
    a, b = keras.Input((4,)), keras.Input((4,))
    dense = layers.Dense(3, "relu")
    return keras.Model([a, b], layers.Dense(1)(layers.Add()([dense(a), dense(b)])))


def nested():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(3, "relu"), keras.Sequential([layers.Dense(2, "relu")])])
    return stack(inner, functional_of(2), layers.Dense(1), loss="mse")


def functional_of(size):
    a = keras.Input((size,))
    return keras.Model(a, layers.Dense(2, "relu")(a))


def unbuilt():
    model = keras.Sequential([layers.Embedding(9, 3), layers.GlobalAveragePooling1D(), layers.Dense(1)])
    model.compile("adam", losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model


def built_by_use():
    model = unbuilt()
    model(np.zeros((2, 12), "int32"))
    return model


def frozen_in_part():
    base = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(3), layers.BatchNormalization()])
    base.trainable = False
    base.trainable = True
    base.layers[0].trainable = False
    return stack(base, layers.Dense(1), loss="mse")


def frozen_outside_only():
    base = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    base.trainable = False
    base.layers[0].trainable = True
    return stack(base, layers.Dense(1), loss="mse")


def trained(optimizer):
    model = stack(layers.Dense(3, "relu"), layers.Dense(1), optimizer=optimizer, loss="mse")
    model.fit(np.ones((12, 4)), np.ones((12, 1)), batch_size=3, epochs=2, verbose=0)
    return model


def picture():
    convolution = [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(), layers.DepthwiseConv2D(3)]
    return stack(layers.RandomFlip("horizontal"), *convolution, layers.GlobalAveragePooling2D(), inputs=(12, 12, 3))


def sequence():
    return stack(layers.Embedding(9, 3), layers.Bidirectional(layers.LSTM(4)), layers.Dense(1), inputs=(None,))


DECAY = optimizers.schedules.ExponentialDecay
MODELS = {
    "functional": functional,
    "operations of keras.ops": with_operations,
    "two inputs and two outputs": several_outputs,
    "a layer that is used twice": shared_layer,
    "models within a model": nested,
    "not built yet": unbuilt,
    "built by its first use": built_by_use,
    "a base that is frozen in part": frozen_in_part,
    "a base that is frozen from outside only": frozen_outside_only,
    "trained by adam": lambda: trained("adam"),
    "trained with a schedule": lambda: trained(optimizers.SGD(DECAY(0.1, 10, 0.9), momentum=0.5)),
    "pictures": picture,
    "a recurrent one": sequence,
    "frozen as a whole": lambda: frozen(functional()),
    "TensorFlow's sigmoid": lambda: stack(layers.Dense(1, activation=tf.nn.sigmoid), loss="mse"),
    "TensorFlow's softmax": lambda: stack(layers.Dense(3, activation=tf.nn.softmax), loss="mse"),
    "a layer as activation": lambda: stack(layers.Dense(3, activation=layers.LeakyReLU(0.3)), loss="mse"),
    "settings of all kinds": lambda: stack(
        layers.Dense(3, kernel_regularizer="l2", kernel_initializer=keras.initializers.HeNormal(seed=2**31)),
        optimizer=optimizers.RMSprop(1e-4),
        loss=losses.categorical_crossentropy,
        metrics=["acc", metrics.AUC(), metrics.categorical_accuracy, metrics.Precision(thresholds=0.3)],
    ),
    "numbers of 64 bits": lambda: stack(layers.Dense(2, dtype="float64")),
    "no layer with weights": lambda: stack(layers.Flatten(), layers.Softmax()),
}


def frozen(model):
    model.trainable = False
    return model


@pytest.mark.parametrize("build", MODELS.values(), ids=MODELS)
def test_a_model_of_any_make_arrives_as_it_was(build):
    model = build()
    assert_same(model, sent(model))


def test_a_model_that_arrived_trains_on_from_where_it_was():
    model = trained(optimizers.SGD(0.1))
    came = sent(model)
    x, y = np.ones((3, 4), "float32"), np.ones((3, 1), "float32")
    model.fit(x, y, verbose=0)
    came.fit(x, y, verbose=0)
    for mine, theirs in zip(model.get_weights(), came.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)
    assert int(came.optimizer.iterations) == int(model.optimizer.iterations) == 9


def test_an_unbuilt_model_that_arrived_can_be_built():
    came = sent(unbuilt())
    assert not came.built
    assert came(np.zeros((2, 12), "int32")).shape == (2, 1)


def test_dropout_of_a_model_that_arrived_still_drops():
    came = sent(stack(layers.Dropout(0.5), inputs=(1000,)))
    x = np.ones((1, 1000), "float32")
    first, second = np.asarray(came(x, training=True)), np.asarray(came(x, training=True))
    assert 0.4 < (first == 0).mean() < 0.6
    assert (first != second).any()


def test_dropout_that_was_turned_on_for_good_stays_on():
    inputs = keras.Input((50,))
    model = keras.Model(inputs, layers.Dense(1)(layers.Dropout(0.5)(inputs, training=True)))
    x = np.ones((2, 50), "float32")
    for each in (model, sent(model)):  # predict() turns it off all the same: Keras passes training=False on
        assert (np.asarray(each(x)) != np.asarray(each(x))).all()
        np.testing.assert_array_equal(each.predict(x, verbose=0), each.predict(x, verbose=0))


WEIGHTS = st.integers(1, 5)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    sizes=st.lists(WEIGHTS, min_size=1, max_size=3),
    activation=st.sampled_from(["relu", "sigmoid", "softmax", "tanh", None]),
    functional=st.booleans(),
    trainable=st.lists(st.booleans(), min_size=3, max_size=3),
    loss=st.sampled_from([None, "mse", losses.BinaryCrossentropy(from_logits=True), losses.binary_crossentropy]),
)
def test_any_stack_of_layers_arrives_as_it_was(sizes, activation, functional, trainable, loss):
    parts = [layers.Dense(size, activation, trainable=flag) for size, flag in zip(sizes, trainable, strict=False)]
    if functional:
        inputs = keras.Input((4,))
        model = keras.Model(inputs, functools.reduce(lambda x, layer: layer(x), parts, inputs))
    else:
        model = stack(*parts)
    if loss:
        model.compile("adam", loss)
    assert_same(model, sent(model))


# What learners wrote

TABLES = {table.name: table for table in MODEL_ANSWERS}
RIGHT = [param for param in BLOCKS if param.values[0] in TABLES and param.values[1] is None]
OWN_CODE = [param for param in BLOCKS if param.values[0] in TABLES and re.search(r"lambda|\n +def ", param.values[2])]
OWN_CODE = [param for param in OWN_CODE if param.values[1] == "raises-error"]  # a loss or an activation of their own


@pytest.fixture(scope="module")
def names():
    found = {}
    exec(IMPORTS, found)
    return found


def built(param, names):
    name, _, code = param.values
    namespace = dict(names)
    exec(code, namespace)
    return namespace[name](*TABLES[name].calls()[0])


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(RIGHT)), ids=[param.id for param in RIGHT])
def test_the_models_of_right_answers_arrive_as_they_were(number, names):
    model = built(RIGHT[number], names)
    assert_same(model, sent(model), also_outputs=False)


@pytest.mark.parametrize("number", range(len(OWN_CODE)), ids=[param.id for param in OWN_CODE])
def test_a_model_that_holds_code_is_refused_and_the_check_says_so_too(number, names):
    with pytest.raises(Refused, match=r"code of its own and cannot be judged; use Keras's own"):
        serialise(built(OWN_CODE[number], names))


def test_most_right_answers_can_be_judged():
    assert len(OWN_CODE) == 6
    assert len(RIGHT) >= 10 * len(OWN_CODE)


# What the sender says before it sends


class OwnModel(keras.Model):
    def call(self, x):
        return x


class OwnLayer(layers.Dense):
    pass


class OwnLoss(losses.Loss):
    def call(self, y, z):
        return z


def sigmoid(z):
    return z


def binary_crossentropy(y, z):
    return z


OWN = {
    "a subclassed model": lambda: OwnModel(),
    "a layer of its own": lambda: stack(OwnLayer(1)),
    "a Lambda layer": lambda: stack(layers.Lambda(lambda x: x)),
    "a lambda as activation": lambda: stack(layers.Dense(1, activation=lambda z: z)),
    "an activation with the name of Keras's": lambda: stack(layers.Dense(1, activation=sigmoid)),
    "an activation of its own deep within": lambda: stack(stack(layers.Dense(1, activation=sigmoid))),
    "a lambda as loss": lambda: stack(layers.Dense(1), loss=lambda y, z: z),
    "a loss with the name of Keras's": lambda: stack(layers.Dense(1), loss=binary_crossentropy),
    "a loss class of its own": lambda: stack(layers.Dense(1), loss=OwnLoss()),
    "a metric with the name of Keras's": lambda: stack(layers.Dense(1), loss="mse", metrics=[binary_crossentropy]),
}


@pytest.mark.parametrize("build", OWN.values(), ids=OWN)
def test_the_sender_refuses_code_in_one_sentence(build):
    with pytest.raises(Refused, match=r"^The model [^.]*code of its own.*\.$") as refusal:
        serialise(build())
    assert "\n" not in str(refusal.value)


def test_the_sender_refuses_what_is_no_model():
    with pytest.raises(Refused, match="no Keras model"):
        serialise(layers.Dense(1))


def test_the_sender_refuses_weights_that_fit_into_no_message():
    with pytest.raises(Refused, match="larger than 60,000,000 bytes"):
        serialise(stack(layers.Dense(4000), inputs=(4000,)))


# Forged data


@pytest.fixture(scope="module")
def honest():
    """Return the data of a compiled model with an Input and two Dense layers."""
    keras.utils.set_random_seed(0)
    model = stack(layers.Dense(3, "relu"), layers.Dense(1), loss="mse", optimizer="adam", metrics=["accuracy"])
    return serialise(model)


def forged(honest, change):
    """Return honest data after a change to its configuration, as it is with json."""
    data = copy.deepcopy(honest)
    config = json.loads(data["config"])
    config = change(config) or config
    data["config"] = json.dumps(config)
    return data


def dense(config, number=1):
    return config["config"]["layers"][number]


def set_in(path, value):
    """Return a change that sets one entry of the first Dense layer, or of the whole with a leading /."""

    def change(config):
        tree = config if path.startswith("/") else dense(config)
        *way, last = path.strip("/").split("/")
        for step in way:
            tree = tree[int(step) if isinstance(tree, list) else step]
        tree[last] = value

    return change


def put_layer(class_name, module="keras.layers", config=None, **more):
    """Return a change that puts another layer in the place of the first Dense layer."""
    layer = {"module": module, "class_name": class_name, "config": config or {}, "registered_name": None, **more}
    return lambda whole: whole["config"]["layers"].__setitem__(1, layer)


MARKER = "/tmp/logit-lab-marker-that-must-not-exist"


def code_that_leaves_a_mark():
    def leave(x):
        open("/tmp/logit-lab-marker-that-must-not-exist", "w").close()  # noqa: PTH123
        return x

    return base64.b64encode(marshal.dumps(leave.__code__)).decode()


LAMBDA = {"class_name": "__lambda__", "config": {"value": [code_that_leaves_a_mark(), None, None]}}
FUNCTION = {"module": "builtins", "class_name": "function", "registered_name": "function"}
DENSE_CONFIG = {"name": "d", "units": 3}


def deep(depth, inner="x"):
    tree = inner
    for _ in range(depth):
        tree = [tree]
    return tree


FORGED = {
    "a Lambda layer": put_layer("Lambda", config={"name": "l", "function": LAMBDA}),
    "a Lambda layer under a module of Keras's inside": put_layer("Lambda", "keras.src.layers.core.lambda_layer"),
    "a Lambda layer without a module": lambda c: c["config"]["layers"].__setitem__(
        1, {"class_name": "Lambda", "config": {"name": "l", "function": LAMBDA}}
    ),
    "a lambda as activation": set_in("config/activation", LAMBDA),
    "a lambda as activation without its class": set_in("config/activation", LAMBDA["config"]),
    "a lambda as loss": set_in("/compile_config/loss", LAMBDA),
    "a lambda as metric": set_in("/compile_config/metrics", [LAMBDA]),
    "a lambda as initializer": set_in("config/kernel_initializer", LAMBDA),
    "a lambda in what builds a layer": set_in("build_config", {"input_shape": LAMBDA}),
    "a class of os": put_layer("system", "os", {"name": "x", "command": f"touch {MARKER}"}),
    "a function of os": set_in("config/activation", {**FUNCTION, "module": "os", "config": "system"}),
    "a function of builtins": set_in("config/activation", {**FUNCTION, "config": "exec"}),
    "a function of subprocess": set_in("/compile_config/loss", {**FUNCTION, "module": "subprocess", "config": "run"}),
    "a function of Keras that is none of a model": set_in(
        "/compile_config/loss", {**FUNCTION, "module": "keras.utils", "config": "get_file"}
    ),
    "Keras's switch for unsafe loading": set_in(
        "/compile_config/loss", {**FUNCTION, "module": "keras.config", "config": "enable_unsafe_deserialization"}
    ),
    "Keras's deserialize as loss": set_in("/compile_config/loss", {**FUNCTION, "config": "deserialize"}),
    "a function with another registered name": set_in(
        "/compile_config/loss", {**FUNCTION, "config": "mean_squared_error", "registered_name": "os>system"}
    ),
    "a function whose name is a list": set_in("/compile_config/loss", {**FUNCTION, "config": ["system"]}),
    "a class with another registered name": set_in("registered_name", "package>Own"),
    "a class whose registered name is a dict": set_in("registered_name", {"a": 1}),
    "a class of Keras's inside": put_layer("Dense", "keras.src.layers.core.dense", DENSE_CONFIG),
    "a class of another package of Keras's makers": put_layer("Dense", "keras_hub.layers", DENSE_CONFIG),
    "a module that only looks like Keras": put_layer("Dense", "keras.layers.evil", DENSE_CONFIG),
    "a module that is a number": put_layer("Dense", 3, DENSE_CONFIG),
    "a class name that is a list": put_layer(["Dense"], config=DENSE_CONFIG),
    "a layer that reads a vocabulary from a file": put_layer(
        "StringLookup", config={"name": "s", "vocabulary": "/etc/passwd"}
    ),
    "a layer that reads a text's vocabulary": put_layer(
        "TextVectorization", config={"name": "s", "vocabulary": "/etc/passwd"}
    ),
    "a layer that loads a saved model": put_layer("TFSMLayer", config={"name": "s", "filepath": "/tmp"}),
    "a layer of torch": put_layer("TorchModuleWrapper", config={"name": "s", "module": "x"}),
    "a feature space": put_layer("FeatureSpace", "keras.utils", {}),
    "a type's description": set_in(
        "config/activation",
        {"class_name": "__typespec__", "spec_name": "x", "module": "os", "config": [], "registered_name": None},
    ),
    "a tensor": set_in("config/activation", {"class_name": "__tensor__", "config": {"value": [1], "dtype": "float32"}}),
    "a constant of huge elements": set_in(
        "config/activation", {"class_name": "__numpy__", "config": {"value": [1], "dtype": "V1000000000"}}
    ),
    "a constant of objects": set_in(
        "config/activation", {"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}}
    ),
    "a constant whose dtype is a list": set_in(
        "config/activation", {"class_name": "__numpy__", "config": {"value": [1], "dtype": ["float32"]}}
    ),
    "a shared object": set_in("shared_object_id", 5),
    "huge units": set_in("config/units", 10**12),
    "units of more digits than Python writes": lambda c: None,  # set below: json cannot write it
    "units that are too many for the weights that came": set_in("config/units", 10_000_000),
    "units below zero": set_in("config/units", -10_000_000),
    "units that are true": set_in("config/units", True),
    "units that are a word": set_in("config/units", "three"),
    "units that are a list": set_in("config/units", [1000, 1000, 1000]),
    "units that are infinite": set_in("config/units", math.inf),
    "a huge input": set_in("/config/layers/0/config/batch_shape", [None, 4000, 4000]),
    "a layer built for a huge input": set_in("build_config", {"input_shape": [None, 16_000_000]}),
    "a metric with a huge list": set_in(
        "/compile_config/metrics",
        [
            {
                "module": "keras.metrics",
                "class_name": "AUC",
                "config": {"num_thresholds": 10**7},
                "registered_name": None,
            }
        ],
    ),
    "a metric with a huge table": set_in(
        "/compile_config/metrics",
        [
            {
                "module": "keras.metrics",
                "class_name": "MeanIoU",
                "config": {"num_classes": 10_000},
                "registered_name": None,
            }
        ],
    ),
    "a layer that repeats its input endlessly": put_layer("RepeatVector", config={"name": "r", "n": 2**24}),
    "a loop that is written out": put_layer("LSTM", config={"name": "r", "units": 3, "unroll": True}),
    "an unknown dtype": set_in("config/dtype", "int4"),
    "a policy for mixed numbers": set_in("config/dtype/config/name", "mixed_float16"),
    "a policy whose name is a dict": set_in("config/dtype/config/name", {}),
    "a policy without a config": set_in("config/dtype/config", None),
    "LoRA weights": set_in("config/lora_rank", 4),
    "a name of a megabyte": set_in("config/name", "x" * 1_000_000),
    "a name that writes on the terminal": set_in("config/name", "\x1b[2J"),
    "deep nesting": set_in("config/activation", deep(500)),
    "models within models without end": lambda c: functools.reduce(
        lambda inner, n: {**copy.deepcopy(c), "config": {"name": f"m{n}", "layers": [inner]}}, range(150), c
    ),
    "thousands of layers": lambda c: c["config"].update(layers=[dense(c)] * 5000),
    "no layers": lambda c: c["config"].pop("layers"),
    "layers that are words": lambda c: c["config"].update(layers=["Dense"]),
    "no configuration": lambda c: c.pop("config"),
    "a configuration that is a list": lambda c: c.update(config=[]),
    "a layer in the place of the model": lambda c: copy.deepcopy(dense(c)),
    "a list in the place of the model": lambda c: [c],
    "an optimizer of its own": set_in("/compile_config/optimizer/class_name", "Muon"),
    "an optimizer that is a layer": lambda c: c["compile_config"].update(optimizer=copy.deepcopy(dense(c))),
}


@pytest.mark.parametrize("change", FORGED.values(), ids=FORGED)
def test_a_forged_configuration_is_refused_in_one_sentence_and_nothing_of_it_is_run(honest, change, tmp_path):
    from pathlib import Path

    data = forged(honest, change)
    if data["config"] == json.dumps(json.loads(honest["config"])):
        data["config"] = data["config"].replace('"units": 3', '"units": 1' + "0" * 6000)
    keras.config.is_traceback_filtering_enabled()
    started = time.process_time()
    with pytest.raises(Refused) as refusal:
        rebuild(decode(encode(data)))
    assert time.process_time() - started < 30
    assert re.fullmatch(r"[^\n\x1b]{10,300}\.", str(refusal.value))
    assert not Path(MARKER).exists()
    assert rebuild(honest).compiled  # Keras itself is as it was


def test_what_is_too_large_is_refused_before_memory_is_asked_for(honest):
    rebuild(honest)
    for units in (2**24, 10_000_000, 3_000_000):
        data = forged(honest, set_in("config/units", units))
        before = resident()
        tracemalloc.start()
        try:
            with pytest.raises(Refused, match="larger than the weights"):
                rebuild(data)
            assert tracemalloc.get_traced_memory()[1] < 50_000_000
        finally:
            tracemalloc.stop()
        assert resident() - before < 50_000_000


def resident():
    """Return the most memory that this process has had, in bytes."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_layers_that_are_small_alone_and_huge_together_are_refused():
    """Nine branches of 2**20 inputs' worth each, averaged at once: the weights are a few bytes."""
    x = keras.Input((4,))
    many = [keras.ops.mean(keras.layers.RepeatVector(2**24 // 4 - 1)(x), axis=1) for _ in range(9)]
    model = keras.Model(x, keras.layers.Dense(1)(keras.layers.add(many)))
    with pytest.raises(Refused, match=r"layers together put out more than 33,554,432 numbers"):
        rebuild(serialise(model))


def functional_data():
    return serialise(functional())


def test_a_graph_that_leads_back_to_itself_is_refused():
    def loop(config):
        first = config["config"]["layers"][1]
        first["inbound_nodes"][0]["args"][0]["config"]["keras_history"] = ["dense_late", 0, 0]
        config["config"]["layers"][2]["name"] = config["config"]["layers"][2]["config"]["name"] = "dense_late"
        config["config"]["output_layers"] = ["dense_late", 0, 0]

    with pytest.raises(Refused):
        rebuild(forged(functional_data(), loop))


def test_a_graph_with_a_layer_that_does_not_exist_is_refused():
    with pytest.raises(Refused):
        rebuild(forged(functional_data(), lambda c: c["config"].update(output_layers=["nowhere", 0, 0])))


def test_a_model_that_calls_itself_twice_at_every_level_is_refused():
    """Twenty levels of two calls are a million calls, from a short configuration."""
    model = functional_of(2)
    config = json.loads(serialise(model)["config"])
    inside, twice = config, config["config"]["layers"][1]["inbound_nodes"] * 2
    for level in range(20):
        inner = {**inside, "name": f"m{level}", "inbound_nodes": twice}
        inner["config"] = {**inside["config"], "name": f"m{level}"}
        inside = {**config, "config": {**config["config"], "layers": [config["config"]["layers"][0], inner]}}
    config = inside
    text = json.dumps(config)
    assert len(text) < JUDGED.characters
    with pytest.raises(Refused, match="too many layers"):
        rebuild({**serialise(model), "config": text})


def change_weights(change):
    def forge(data):
        data["weights"] = change(data["weights"])

    return forge


BAD_DATA = {
    "no dict": lambda data: [],
    "a key is missing": lambda data: data.pop("built"),
    "a key too many": lambda data: data.update(more=1),
    "a configuration that is no text": lambda data: data.update(config=json.loads(data["config"])),
    "a configuration that is no JSON": lambda data: data.update(config="{"),
    "a configuration that is too long": lambda data: data.update(config=data["config"] + " " * JUDGED.characters),
    "a configuration of brackets": lambda data: data.update(config="[" * 1_000_000),
    "a weight of another shape": change_weights(lambda weights: [weights[0].T, *weights[1:]]),
    "a weight too few": change_weights(lambda weights: weights[:-1]),
    "a weight too many": change_weights(lambda weights: [*weights, weights[0]]),
    "weights in another order": change_weights(lambda weights: weights[::-1]),
    "a weight that would be spread": change_weights(lambda weights: [np.float32(1), *weights[1:]]),
    "a weight of words": change_weights(lambda weights: [weights[0].astype("U9"), *weights[1:]]),
    "a weight that is a list": change_weights(lambda weights: [weights[0].tolist(), *weights[1:]]),
    "weights that are a tuple": change_weights(tuple),
    "too many weights": change_weights(lambda weights: [np.zeros(1)] * 5000),
    "weights that are too large": change_weights(lambda weights: [np.zeros(20_000_000)] * 2),
    "flags that are words": lambda data: data.update(trainable=["yes"] * len(data["trainable"])),
    "a flag too few": lambda data: data.update(trainable=data["trainable"][1:]),
    "other weights move than the flags say": lambda data: data.update(moving=[False] * len(data["moving"])),
    "negative training": lambda data: data.update(iterations=-1),
    "more training than Keras counts": lambda data: data.update(iterations=2**63),
    "training that is true": lambda data: data.update(iterations=True),
    "training that is half": lambda data: data.update(iterations=0.5),
    "an optimizer that is perhaps built": lambda data: data.update(built=1),
}


@pytest.mark.parametrize("change", BAD_DATA.values(), ids=BAD_DATA)
def test_forged_data_around_the_configuration_is_refused(honest, change):
    data = copy.deepcopy(honest)
    data = change(data) if change(copy.deepcopy(data)) == [] else (change(data), data)[1]
    with pytest.raises(Refused) as refusal:
        rebuild(data)
    assert re.fullmatch(r"[^\n]{10,300}\.", str(refusal.value))


def test_weights_that_are_no_numbers_are_a_models_own_affair(honest):
    weights = [np.full_like(array, np.nan) for array in honest["weights"]]
    came = rebuild({**honest, "weights": weights})
    assert all(np.isnan(array).all() for array in came.get_weights())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_configuration_with_anything_anywhere_is_built_or_refused(honest, data):
    config = json.loads(honest["config"])
    tree = config
    while True:
        keys = sorted(tree) if isinstance(tree, dict) else list(range(len(tree)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(tree[key], dict | list) or not tree[key] or data.draw(st.integers(0, 4)) == 0:
            break
        tree = tree[key]
    odd = [None, True, -1, 0, 10**7, 2.5, "x", "relu", [], [1], {}, {"class_name": "Dense"}, LAMBDA, {"config": {}}]
    tree[key] = data.draw(st.sampled_from(odd))
    try:
        came = rebuild({**honest, "config": json.dumps(config)})
    except Refused:
        return
    assert isinstance(came, keras.Model)


# A model and its base


def on_top(base):
    return keras.Sequential([base, layers.GlobalAveragePooling2D(), layers.Dense(1)])


def called(base):
    inputs = keras.Input(base.input_shape[1:])
    return keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling2D()(base(inputs, training=False))))


def grown(base):
    return keras.Model(base.input, layers.Dense(1)(layers.GlobalAveragePooling2D()(base.output)))


def deeper(base):
    return keras.Sequential([keras.Sequential([base, layers.GlobalAveragePooling2D()]), layers.Dense(1)])


WAYS = [on_top, called, grown, deeper]


def with_base(way, trainable=False):
    base = small_base()
    base.trainable = trainable
    model = way(base)
    model.compile("rmsprop", losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
    return model, base


@pytest.mark.parametrize("way", WAYS)
def test_it_is_told_where_the_weights_of_the_base_are(way):
    model, base = with_base(way)
    assert places_of(model, base)["weights"] == places(base.weights, model)
    assert set(places_of(model, small_base())["weights"]) == {-1}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trainable", [True, False])
def test_a_base_that_arrived_apart_from_its_model_is_known_in_it(way, trainable):
    model, base = with_base(way, trainable)
    own = sent(base)
    own.trainable = not trainable  # the judge's base, before it hears what became of it
    came = sent(model)
    part = as_part(came, own, places_of(model, base))
    assert [id(weight) for weight in part.weights] == [id(came.weights[k]) for k in places(base.weights, model)]
    assert (base_trains(came, (part,)) is None) is (base_trains(model, (base,)) is None) is (not trainable)


def test_a_weight_stands_at_its_place_only_where_its_numbers_are_there_too():
    model, base = with_base(on_top)
    (bias,) = [weight for weight in base.weights if len(weight.shape) == 1][:1]
    bias.assign(np.arange(1, 1 + bias.shape[0]))
    told = places_of(model, base)
    k = next(k for k, weight in enumerate(base.weights) if weight is bias)
    came = sent(model)
    assert as_part(came, sent(base), told).weights[k] is came.weights[told["weights"][k]]
    other = next(k for k, weight in enumerate(model.weights) if weight is not bias)
    told["weights"][k] = other
    assert not any(as_part(came, sent(base), told).weights[k] is weight for weight in came.weights)


@pytest.mark.parametrize(
    "forge",
    [
        lambda places: None,
        lambda places: places[1:],
        lambda places: [10**9] * len(places),
        lambda places: [-2] * len(places),
        lambda places: [places[1]] * len(places),
        lambda places: places[::-1],
        lambda places: [float(place) for place in places],
    ],
)
def test_forged_places_never_freeze_a_base_that_trains(forge):
    model, base = with_base(on_top, trainable=True)
    told = places_of(model, base)
    part = as_part(sent(model), sent(base), {"weights": forge(told["weights"]), "layers": told["layers"]})
    assert base_trains(sent(model), (part,)) is not None
