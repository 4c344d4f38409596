"""The playground's network, run in Node.js, beside the same network in Keras, from the same start and batches."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import playwright
import pytest
from conftest import ROOT
from figures.playground import CHOICES, examples, playground
from figures.playground_words import SENTENCES

USUAL = playground().about["usual"]
STEPS = 8  # an epoch, and the first batch of the next


@pytest.fixture(scope="module")
def train(tmp_path_factory):
    """Train networks of the playground, all in one process, and return what became of each."""
    folder = tmp_path_factory.mktemp("network")
    module = shutil.copyfile(ROOT / "notebooks/figures/network.js", folder / "network.mjs")
    node = next(Path(playwright.__file__).parent.glob("driver/node*"))  # Playwright brings its own
    script = ROOT / "tests/helpers/playground_runs.mjs"

    def run(settings, steps=STEPS):
        steps = [steps] * len(settings) if isinstance(steps, int) else steps
        cases = [
            {"points": examples()[setting["data"]], "setting": setting, "steps": many}
            for setting, many in zip(({**USUAL, **each} for each in settings), steps, strict=True)
        ]
        done = subprocess.run(
            [node, script, module.as_uri()], input=json.dumps(cases), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)  # NaN and infinity are null in it

    return run


def by_hand(end):
    from grader import keras

    def own_sigmoid(z):
        return 1 / (1 + keras.ops.exp(-z))

    def own_softmax(z):
        e = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
        return e / keras.ops.sum(e, axis=-1, keepdims=True)

    return {"own sigmoid": own_sigmoid, "own softmax": own_softmax, "none": None}.get(end, end)


def in_keras(setting, run, eagerly):
    """Return what Keras measures at the start and at the end, and how far its weights are from the page's."""
    from grader import keras

    points = np.array(examples()[setting["data"]])
    x, labels = points[:, :2].astype("float32"), points[:, 2].astype(int)
    path = [[np.array(part, float) for part in parts] for parts in run["path"]]  # null becomes nan
    units, last = path[0][1].size, path[0][3].size
    activation = {"step": lambda h: keras.ops.cast(h > 0, "float32"), "none": None}
    layers = [
        keras.layers.Dense(units, activation.get(setting["activation"], setting["activation"])),
        keras.layers.Dense(last, by_hand(setting["end"])),
    ]
    model = keras.Sequential([keras.Input((2,)), *layers])
    told = {} if setting["loss"] == "mean_squared_error" else {"from_logits": setting["from_logits"]}
    kind = "".join(word.capitalize() for word in setting["loss"].split("_"))
    metric = keras.metrics.BinaryAccuracy(threshold=setting["threshold"]) if last == 1 else "accuracy"
    optimizer = keras.optimizers.SGD(setting["learning_rate"])
    model.compile(optimizer, getattr(keras.losses, kind)(**told), metrics=[metric], run_eagerly=eagerly)
    y = labels if setting["loss"].startswith("sparse") else labels[:, None] if last == 1 else np.eye(last)[labels]

    def put(parts):
        model.set_weights([part.reshape(now.shape) for part, now in zip(parts, model.weights, strict=True)])

    put(path[0])
    measured = [model.test_on_batch(x, y)]
    away = 0.0
    for k, batch in enumerate(run["batches"]):
        if not_told(setting):
            put(path[k])  # a slope of up to 1e7 carries the last digit of a weight over the whole run
        model.train_on_batch(x[batch], y[batch])
        for ours, theirs in zip(path[k + 1], model.get_weights(), strict=True):
            off = np.abs(ours - theirs.ravel()) - 1e-3 * np.abs(ours)
            away = max(away, 0.0 if np.isnan(off).all() else off.max())
    put(path[-1])
    measured.append(model.test_on_batch(x, y))
    return np.array(measured, float), away, layers[0](x).numpy(), model.predict_on_batch(x)


def not_told(setting):
    return setting["end"] == "none" and not setting["from_logits"] and setting["loss"] != "mean_squared_error"


def right_share(setting, outputs):
    """Return the share of right classes, as the owner of the model should read its outputs."""
    labels = np.array(examples()[setting["data"]])[:, 2]
    if outputs.shape[1] > 1:
        return (outputs.argmax(axis=1) == labels).mean()
    logits = setting["end"] == "none" and setting["from_logits"] and setting["loss"] != "mean_squared_error"
    return ((outputs[:, 0] > (0 if logits else 0.5)) == labels).mean()


def hold_to_keras(settings, runs, eagerly):
    """Compare each training with Keras's; name all that differ at once."""
    found = []
    for setting, run in zip(settings, runs, strict=True):
        setting = {**USUAL, **setting}
        measured, away, hidden, outputs = in_keras(setting, run, eagerly)
        first, last = run["seen"][0], run["seen"][-1]
        ours = np.array([[seen["loss"], seen["reported"]] for seen in (first, last)], float)
        same = np.allclose(ours, measured, rtol=1e-4, atol=1e-4, equal_nan=True)
        same &= away < 1e-4 and np.isclose(last["right"], right_share(setting, outputs))
        if setting["activation"] == "relu":
            same &= last["dead"] == (hidden <= 0).all(axis=0).sum()
        if not same:
            found.append((setting, ours.tolist(), measured.tolist(), away, last["dead"]))
    assert not found, found


TOLD = [(loss, told) for loss in CHOICES["loss"] for told in (True, False)]
ENDS = [
    {"data": data, "end": end, "loss": loss, "from_logits": told, "activation": "tanh", "learning_rate": 0.1}
    for data in ("moons", "three classes")
    for end in CHOICES["end"]
    for loss, told in TOLD
    if loss != "mean_squared_error" or told
]
ACTIVATIONS = [
    {"data": data, "activation": activation, "units": units, "from_logits": told, "threshold": 0.5, "seed": units}
    for data, units in (("circles", 1), ("line", 16))
    for activation in CHOICES["activation"]
    for told in (True, False)
]
# One dead unit: all outputs are 0, and Keras divides them by their sum.
ZERO = {"data": "three classes", "loss": "categorical_crossentropy", "from_logits": False, "units": 1}
SEVERAL = [
    {"end": "sigmoid", "from_logits": True},
    {"end": "own sigmoid", "from_logits": True, "activation": "tanh", "threshold": 0.3},
    {"from_logits": False, "learning_rate": 0.05, "seed": 5},
    {"end": "sigmoid", "data": "three classes", "loss": "categorical_crossentropy"},
]


def test_the_network_in_the_page_trains_as_keras_does(train):
    hold_to_keras(SEVERAL, train(SEVERAL), eagerly=True)


@pytest.mark.slow
@pytest.mark.parametrize("eagerly", [True, False])
def test_every_end_with_every_loss_trains_as_in_keras(train, eagerly):
    chosen = ENDS if eagerly else ENDS[::5]  # to trace a graph costs more than to train
    hold_to_keras(chosen, train(chosen), eagerly)


@pytest.mark.slow
def test_every_activation_and_every_sum_of_zero_train_as_in_keras(train):
    chosen = [*ACTIVATIONS, ZERO]
    hold_to_keras(chosen, train(chosen), eagerly=True)


FAST = {"learning_rate": 10}

# What is said, by a setting and a number of steps that lead there.
SAID = {
    "start": ({}, 0),
    "falls": ({}, 30),
    "no_lower": ({"loss": "mean_squared_error"} | FAST, 1),
    "no_number": ({"loss": "mean_squared_error"} | FAST, 8),
    "no_number_of_sum": (ZERO, 0),
    "straight": ({"activation": "none"}, 5),
    "step": ({"activation": "step", "units": 16}, 5),
    "dead": ({"units": 1, "seed": 2, "learning_rate": 5}, 5),
    "reported": ({"end": "sigmoid", "from_logits": False}, 30),
    "seen_through": ({"end": "sigmoid", "threshold": 0.5}, 30),
    "other_end": ({"end": "sigmoid", "loss": "categorical_crossentropy"}, 3),
    "softmax_of_one": ({"end": "softmax"}, 3),
    "softmax_of_one_still": ({"end": "own softmax"}, 3),
    "probability_as_logit": ({"end": "own sigmoid"}, 30),
    "some_held": ({"from_logits": False, "threshold": 0.5, "seed": 6}, 30),
    "all_held": ({"from_logits": False, "threshold": 0.5}, 200),
    "not_told": (
        {"from_logits": False, "data": "three classes", "loss": "sparse_categorical_crossentropy", "seed": 1}
        | {"activation": "sigmoid", "learning_rate": 0.01},
        1,
    ),
    "flat": ({"end": "own softmax", "loss": "categorical_crossentropy", "from_logits": False, "seed": 1} | FAST, 200),
}


def test_every_sentence_is_said_where_it_is_true(train):
    assert SAID.keys() == SENTENCES.keys()
    runs = train([setting for setting, _ in SAID.values()], [at + 1 for _, at in SAID.values()])
    for (name, (_, at)), run in zip(SAID.items(), runs, strict=True):
        seen, now, then = run["seen"][at], *run["path"][at : at + 2]
        assert seen["reading"] == name
        moved = [a != b for a, b in zip(now, then, strict=True)]
        if name in ("softmax_of_one_still", "all_held", "flat"):
            assert moved == [False] * 4, name
        if name in ("step", "dead"):
            assert moved == [False, False, name == "step", True], name
        first, loss = run["seen"][0]["loss"], seen["loss"]
        assert (loss is None) == (name in ("no_number", "no_number_of_sum"))
        if name in ("falls", "no_lower"):
            assert (loss < first) == (name == "falls")


def test_what_is_not_told_stands_still_for_some_starts_and_learns_for_others(train):
    stuck, learnt = (run["seen"][-1] for run in train([{"from_logits": False, "seed": seed} for seed in (0, 6)], 250))
    assert stuck["held"] == stuck["count"]
    assert stuck["right"] < 0.6
    assert learnt["right"] > 0.9


def test_the_examples_are_the_ones_of_their_names():
    for points in examples().values():
        data = np.array(points)
        assert len(data) == 200
        assert np.abs(data[:, :2]).max() <= 3, "the map shows no more"
    assert {name: len({point[2] for point in points}) for name, points in examples().items()} == dict(
        zip(CHOICES["data"], (2, 2, 2, 3), strict=True)
    )


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"end": "linear"}, "end is 'linear'; choose one of 'none', 'sigmoid'"),
        ({"units": 0}, "units is 0; choose a whole number from 1 to 16."),
        ({"units": 2.5}, "units is 2.5; choose a whole number"),
        ({"seed": True}, "seed is True; choose a whole number"),
        ({"from_logits": 1}, "from_logits is 1; choose True or False."),
        ({"learning_rate": float("nan")}, "learning_rate is nan; choose a number from 0.01 to 10."),
    ],
)
def test_a_setting_that_there_is_not_is_refused_in_a_sentence(wrong, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        playground(**wrong)


def test_where_no_widget_can_run_a_picture_with_its_words_stands():
    shown = playground(data="three classes")
    bundle = shown._repr_mimebundle_()
    still = re.sub("<(style|script).*?</\\1>", "", bundle["text/html"], flags=re.DOTALL)
    assert "three classes, 200 examples in 3 classes" in bundle["text/plain"]
    assert re.search(f'<img alt="{re.escape(bundle["text/plain"])}"', still)
    assert "http" not in re.sub("http://www.w3.org/2000/svg", "", bundle["text/html"]), "no other host is asked"
