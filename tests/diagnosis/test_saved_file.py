"""Models from files: what honest people save is read as it was; what a stranger forges ends as one sentence."""

import json
import os
import signal
import subprocess
import sys
import zipfile

import h5py
import keras
import numpy
import pytest
from conftest import ROOT
from keras import layers, losses, metrics
from page_models import FROM_LOGITS, model, transfer, two_feature
from warm_reader import WarmReader

from grader import cli
from grader.base.errors import CannotGoOn
from grader.diagnosis import of_file
from grader.diagnosis.allowed import refuse_unknown_parts
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.file_process import MEMORY
from grader.diagnosis.findings import Diagnosis, Finding
from grader.diagnosis.of_file import diagnose_file
from grader.diagnosis.refusals import SAVED, Refused

ASK = of_file.ask


@pytest.fixture(scope="module")
def reader():
    warm = WarmReader()
    yield warm
    warm.close()


@pytest.fixture(autouse=True)
def _read_by_a_warm_process(request, monkeypatch):
    """Let everything be as it is but for the seconds in which TensorFlow is loaded."""
    monkeypatch.setattr(of_file, "ask", lambda *a: request.getfixturevalue("reader").ask(*a))


def refusal(path):
    """Return the sentence that a person is told."""
    with pytest.raises(CannotGoOn) as told:
        diagnose_file(path)
    words = str(told.value)
    assert words.isprintable()
    assert len(words) < 600
    return words


# What honest people save


def compiled(*parts, **settings):
    return model(*parts, **{"loss": FROM_LOGITS, "metrics": [metrics.BinaryAccuracy(threshold=0.0)], **settings})


def of_words():
    words = layers.TextVectorization(max_tokens=20, output_sequence_length=5)
    words.adapt(["a b c", "d e"])
    stack = [words, layers.Embedding(20, 3), layers.Bidirectional(layers.LSTM(4, unroll=True)), layers.Dense(1)]
    built = keras.Sequential([keras.Input((1,), dtype="string"), *stack])
    built.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return built


def of_operations():
    a = keras.Input((4,), name="a")
    x = keras.ops.relu(layers.Dense(4)(a)) * 2.0 + a
    x = keras.ops.concatenate([x[:, :2], keras.ops.tanh(x), keras.ops.repeat(x, 2, axis=1)], axis=-1)
    x = keras.ops.where(x > 0, x, keras.ops.log1p(keras.ops.abs(x)))
    built = keras.Model(a, {"out": layers.Dense(1)(keras.ops.einsum("ab,ab->ab", x, x))})
    built.compile(keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)), {"out": FROM_LOGITS})
    return built


def of_shared_parts():
    initial, regular, last = keras.initializers.HeNormal(1), keras.regularizers.L2(0.1), layers.Dense(3, "relu")
    a = keras.Input((4,))
    first = layers.Dense(4, kernel_initializer=initial, kernel_regularizer=regular)
    inner = keras.Model(a, layers.Dense(3, "relu")(first(a)))
    b = keras.Input((4,))
    outer = last(layers.Dense(4, "relu", kernel_initializer=initial, kernel_regularizer=regular)(b))
    built = keras.Model([a, b], layers.Dense(2, "softmax")(layers.Add()([inner(a), outer, last(b)])))
    built.compile(keras.optimizers.Muon(), losses.CategoricalCrossentropy(from_logits=True), metrics=["acc"])
    return built


def of_mixed_numbers():
    parts = [layers.Dense(3, layers.LeakyReLU(0.3), dtype="mixed_float16"), layers.Dense(1, dtype="mixed_bfloat16")]
    return compiled(*parts, optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()))


def of_small_numbers():
    built = compiled(layers.Dense(8, "relu"), layers.Dense(1))
    built.quantize("int8")
    return built


def of_low_rank():
    dense = layers.Dense(8, "relu")
    built = compiled(dense, layers.Dense(1, "sigmoid"))
    dense.enable_lora(2)
    return built


def of_cells():
    cells = [layers.GRUCell(3), layers.LSTMCell(2)]
    steps = [layers.Reshape((2, 2)), layers.RNN(layers.StackedRNNCells(cells)), layers.RMSNormalization()]
    return compiled(*steps, layers.Dense(1, "tanh"), metrics=[metrics.AUC(), metrics.F1Score(threshold=0.5)])


HONEST = {
    "a page's transfer": transfer,
    "a page's sound model": lambda: two_feature("accuracy"),
    "words": of_words,
    "operations of keras.ops": of_operations,
    "shared parts": of_shared_parts,
    "mixed numbers": of_mixed_numbers,
    "small numbers": of_small_numbers,
    "low rank": of_low_rank,
    "cells": of_cells,
    "not compiled": lambda: keras.Sequential([keras.Input((4,)), layers.Dense(1)]),
    "not built": lambda: keras.Sequential([layers.Dense(8), layers.Dense(1)]),
}
NOT_AS_H5 = {"operations of keras.ops", "shared parts", "small numbers", "low rank", "mixed numbers", "not built"}


@pytest.mark.parametrize("name", HONEST)
def test_what_honest_people_save_is_diagnosed_as_it_is_in_their_notebook(name, tmp_path):
    built = HONEST[name]()
    expected = diagnose(built)
    for ending in [".keras", ".h5", ".hdf5"][: 1 if name in NOT_AS_H5 else 2 if name != "not compiled" else 3]:
        built.save(tmp_path / f"model{ending}")
        found = diagnose_file(tmp_path / f"model{ending}")
        if not built.compiled or ending == ".keras":
            assert (found.findings, found.unseen) == (expected.findings, expected.unseen)
        assert found.ids == expected.ids


NO_MODEL_HOLDS = {  # code of one's own or from elsewhere, and classes to build others on
    *("FlaxLayer", "InputSpec", "JaxLayer", "Lambda", "Layer", "TFSMLayer", "TorchModuleWrapper", "Wrapper"),
    *("AWQConfig", "GPTQConfig", "QuantizationConfig", "Quantizer", "AWQDTypePolicy", "GPTQDTypePolicy"),
    *("Constraint", "Initializer", "LearningRateSchedule", "Loss", "Metric", "Optimizer", "Regularizer"),
}
NAMESPACES = ["layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers"]
NAMESPACES += ["optimizers.schedules", "quantizers"]


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_class_of_keras_is_on_the_list_or_left_out_by_name(namespace):
    place = keras
    for name in namespace.split("."):
        place = getattr(place, name)
    for found in {value.__name__ for value in vars(place).values() if isinstance(value, type)}:
        config = {"module": f"keras.{namespace}", "class_name": found, "config": {}, "registered_name": None}
        if found in NO_MODEL_HOLDS:
            with pytest.raises(Refused):
                refuse_unknown_parts(config, SAVED)
        else:
            refuse_unknown_parts(config, SAVED)


@pytest.mark.parametrize("namespace", ["activations", "losses", "metrics"])
def test_every_function_of_keras_that_a_model_may_be_given_is_on_the_list(namespace):
    names = [name for name, value in vars(getattr(keras, namespace)).items() if callable(value)]
    for name in {*names} - {"get", "serialize", "deserialize"}:
        value = getattr(getattr(keras, namespace), name)
        if not isinstance(value, type):
            refuse_unknown_parts({"fn": keras.saving.serialize_keras_object(value)}, SAVED)


# What a stranger forges


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    path = tmp_path_factory.mktemp("plain") / "plain.keras"
    a = keras.Input((4,), name="a")
    built = keras.Model(a, layers.Dense(1, name="last")(layers.Activation("relu", name="act")(layers.Dense(4)(a))))
    built.compile("adam", FROM_LOGITS, metrics=["accuracy"])
    built.save(path)
    return path


def changed(plain, path, change=None, **parts):
    """Write a saved model again with another configuration or other parts."""
    with zipfile.ZipFile(plain) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    if change:
        config = json.loads(found["config.json"])
        found["config.json"] = json.dumps(change(config) or config).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (found | parts).items():
            archive.writestr(name, data)
    return path


def layer(config, number):
    return config["config"]["layers"][number]


def calling(module, name, argument):
    """Return a change by which Keras's Activation calls a function on an argument, while the model is built."""

    def change(config):
        function = {"module": module, "class_name": "function", "config": name, "registered_name": name}
        layer(config, 2)["config"]["activation"] = function
        layer(config, 2)["inbound_nodes"] = [{"args": [], "kwargs": {"inputs": argument}}]

    return change


def setting(path, value):
    def change(config):
        *way, last = path.split("/")
        tree = config
        for step in way:
            tree = tree[int(step) if isinstance(tree, list) else step]
        tree[int(last) if isinstance(tree, list) else last] = value

    return change


def instead(module, name, **config):
    return setting(
        "config/layers/2",
        {
            "module": module,
            "class_name": name,
            "config": {"name": "act", **config},
            "registered_name": None,
            "name": "act",
            "inbound_nodes": [],
        },
    )


def deep(depth):
    return [deep(depth - 1)] if depth else 0


CODE = "code of its own"
FORGED = {
    "a download": (calling("keras.datasets.imdb", "load_data", "mnist.npz"), CODE),
    "a file from the network": (calling("keras.utils", "get_file", "x"), CODE),
    "a huge matrix": (calling("keras.ops", "eye", 30_000), CODE),
    "a huge range": (calling("keras.ops", "arange", 10**9), CODE),
    "a program": (calling("os", "system", "true"), CODE),
    "a builtin": (calling("builtins", "eval", "1"), CODE),
    "Keras's own switch": (calling("keras.config", "enable_unsafe_deserialization", 1), CODE),
    "a layer that loads a program": (instead("keras.layers", "TFSMLayer", filepath="/tmp"), "none of the kinds"),
    "a layer of code": (instead("keras.layers", "Lambda", function="x"), CODE),
    "a layer of another's": (instead("strange", "Own"), "holds 'Own', which is code of its own"),
    "a vocabulary from a file": (instead("keras.layers", "StringLookup", vocabulary="/etc/passwd"), "from a file"),
    "an operation that takes a function": (instead("keras.src.ops.core", "Map"), "none of the kinds"),
    "a feature space": (instead("keras.utils", "FeatureSpace"), "none of the kinds"),
    "a tensor that Keras makes at once": (
        setting("config/layers/2/config/x", {"class_name": "__tensor__", "config": {"value": 1, "dtype": "int32"}}),
        CODE,
    ),
    "units for gigabytes": (setting("config/layers/1/config/units", 2_000_000_000), "larger than the weights"),
    "units that are no size": (setting("config/layers/1/config/units", 10**30), "is the largest that is allowed"),
    "an escape in a class": (instead("strange", "\x1b]0;owned\x07"), "something without a name"),
    "an escape in a name": (setting("config/layers/3/config/name", "\x1b[2J"), "name that is no word"),
    "an escape in an output": (setting("config/output_layers", {"\x1b[2J": ["last", 0, 0]}), "damaged"),
    "a line in an output": (
        setting("config/output_layers", {"a\nNothing wrong was found.": ["last", 0, 0]}),
        "damaged",
    ),
    "deep nesting": (setting("config/x", deep(500)), "nested too deeply"),
    "thousands of layers": (lambda c: c["config"]["layers"].extend([layer(c, 2)] * 6000), "too many layers"),
    "no layers": (setting("config/layers", 3), "lists no layers"),
    "a list": (lambda c: [c], CODE),
    "a loss of one's own": (
        setting("compile_config/loss", {"module": "builtins", "class_name": "function", "config": "mine"}),
        "holds the function 'mine', which is code of its own",
    ),
    "a loss of one's own by name": (setting("compile_config/loss", "mine"), "holds the function 'mine'"),
    "a metric of one's own by name": (setting("compile_config/metrics", ["acc", "mine"]), "holds the function 'mine'"),
    "an activation of one's own by name": (setting("config/layers/1/config/activation", "mine"), "function 'mine'"),
    "what Keras itself refuses": (setting("config/layers/3/config/units", "\x1b[31mmany"), "Keras cannot load it"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_file_ends_as_a_sentence_and_takes_little(name, plain, tmp_path, reader):
    change, words = FORGED[name]
    assert words in refusal(changed(plain, tmp_path / "forged.keras", change))
    assert reader.peak < 500_000_000


def repeated(times, branches):
    """Build a model whose layers multiply what they are given, and keep every one of the results."""
    a = keras.Input((4,))
    wide = [layers.RepeatVector(times // 4 - k)(a) for k in range(branches)]
    means = [keras.ops.mean(keras.ops.exp(x), axis=(1, 2), keepdims=False)[:, None] for x in wide]
    built = keras.Model(a, layers.Dense(1)(layers.Concatenate()(means)))
    built.compile("adam", FROM_LOGITS)
    return built


def test_layers_that_make_something_huge_of_something_small_end_as_a_sentence(tmp_path, reader):
    repeated(2**30, 2).save(tmp_path / "wide.keras")
    assert "puts out more than 268,435,456 numbers" in refusal(tmp_path / "wide.keras")
    assert reader.peak < 500_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux")
def test_whatever_asks_for_more_memory_than_there_is_ends_as_a_sentence(plain, tmp_path, reader):
    tile = {"module": "keras.src.ops.numpy", "class_name": "Tile", "config": {"name": "act", "repeats": [2**30, 8]}}
    node = {"args": [[[1.0]]], "kwargs": {}}  # no tensor of the model: Keras computes it at once
    huge = {**tile, "registered_name": "Tile", "name": "act", "inbound_nodes": [node]}
    path = changed(plain, tmp_path / "tile.keras", setting("config/layers/2", huge))
    assert "takes more than 1.5 GB" in refusal(path)
    assert reader.peak < MEMORY


def test_parts_that_swell_are_not_unpacked(plain, tmp_path, reader):
    spaces = changed(plain, tmp_path / "spaces.keras", **{"config.json": b" " * 20_000_000})
    assert spaces.stat().st_size < 1_000_000
    assert "far larger than a model's" in refusal(spaces)
    zeros = changed(plain, tmp_path / "zeros.keras", **{"model.weights.h5": bytes(20_000_000)})
    assert "far larger than a model's" in refusal(zeros)
    assert reader.peak < 50_000_000


def h5_of(change):
    """Return the bytes of an HDF5 file."""
    import io

    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        change(file)
    return stream.getvalue()


def endless(file):
    inner = file.create_group("a")
    inner["again"] = file["/"]


FORGED_H5 = {
    "an array without chunks": (lambda file: file.create_dataset("x", (2**20, 700), "f4"), "larger than itself"),
    "an array of chunks that are not there": (
        lambda file: file.create_dataset("x", (2**20, 700), "f4", chunks=(1024, 700), compression="gzip"),
        "larger than itself",
    ),
    "an array that is elsewhere": (
        lambda file: file.create_dataset("x", (4,), "f4", external=[("/etc/passwd", 0, 16)]),
        "whose numbers are elsewhere",
    ),
    "an array of words": (lambda file: file.create_dataset("x", data=["a"], dtype=h5py.string_dtype()), "no array"),
    "a link to another file": (
        lambda file: file.__setitem__("x", h5py.ExternalLink("/etc/passwd", "/")),
        "parts of other files",
    ),
    "a link that leads nowhere": (lambda file: file.__setitem__("x", h5py.SoftLink("/y")), "parts of other files"),
    "a group in itself": (endless, "Keras cannot load it"),
}


@pytest.mark.parametrize("name", FORGED_H5)
def test_forged_arrays_end_as_a_sentence_and_take_little(name, plain, tmp_path, reader):
    change, words = FORGED_H5[name]
    path = changed(plain, tmp_path / "forged.keras", **{"model.weights.h5": h5_of(change)})
    assert words in refusal(path)

    def with_model(file):
        change(file)
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": {"layers": []}})

    (tmp_path / "forged.h5").write_bytes(h5_of(with_model))
    assert words in refusal(tmp_path / "forged.h5")
    assert reader.peak < 500_000_000


def test_a_file_with_holes_is_as_large_as_what_is_stored(plain, tmp_path, reader):
    path = tmp_path / "holes.h5"
    path.write_bytes(h5_of(lambda file: file.attrs.__setitem__("model_config", "{}")))
    with path.open("r+b") as file:
        file.truncate(3 * 2**30)
    assert "far larger than a model's" in refusal(path)
    with path.open("r+b") as file:
        file.truncate(2**42)
    assert "larger than 4 GB" in refusal(path)


# What kinds of file there are


def test_every_other_kind_of_file_gets_a_sentence_of_its_own(tmp_path):
    built = two_feature("accuracy")
    built.save_weights(tmp_path / "m.weights.h5")
    (tmp_path / "weights.h5").write_bytes((tmp_path / "m.weights.h5").read_bytes())
    (tmp_path / "text.keras").write_text("not a model")
    (tmp_path / "empty.keras").touch()
    (tmp_path / "cut.h5").write_bytes((tmp_path / "weights.h5").read_bytes()[:900])
    with zipfile.ZipFile(tmp_path / "other.keras", "w") as archive:
        archive.writestr("readme.txt", "x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "exported").mkdir()
    (tmp_path / "exported" / "saved_model.pb").write_text("x")
    numpy.savez(tmp_path / "arrays.npz", a=[1.0])
    with zipfile.ZipFile(tmp_path / "torch.zip", "w") as archive:
        archive.writestr("archive/data.pkl", "x")
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as archive:
        archive.writestr("inside/m.keras", "x")
    for name in ("m.onnx", "m.PT", "m.pkl", "m.json", "exported/variables.index", "m.safetensors"):
        (tmp_path / name).write_text("x")
    (tmp_path / "m.tflite").write_bytes(b"\x1c\0\0\0TFL3")
    (tmp_path / "unpacked").mkdir()
    for name in ("config.json", "metadata.json"):
        (tmp_path / "unpacked" / name).touch()
    os.mkfifo(tmp_path / "pipe.keras")
    told = {
        "nothing.keras": "There is no such file",
        "m.weights.h5": "It holds the weights of a model, and not its layers",
        "weights.h5": "The file holds weights and no model",
        "text.keras": "none of the files that Keras writes",
        "empty.keras": "It is empty",
        "cut.h5": "The file is damaged",
        "other.keras": "The file is damaged",
        "folder": "It is a folder.",
        "exported": "keras.layers.TFSMLayer('exported', call_endpoint='serving_default')",
        "exported/saved_model.pb": "Name the folder that it is in",
        "exported/variables.index": "It holds the weights of a model, and not its layers",
        "unpacked": "It is a model's file that was unpacked",
        "arrays.npz": "It holds arrays of NumPy",
        "torch.zip": "a file of PyTorch",
        "packed.zip": "Unpack it, and name the file inside/m.keras in it",
        "m.onnx": "a file of ONNX",
        "m.PT": "a file of PyTorch",
        "m.tflite": "a file of TensorFlow Lite",
        "m.safetensors": "a file of safetensors",
        "m.pkl": "It is a pickle",
        "m.json": "It holds text",
        "pipe.keras": "It is no ordinary file",
        "x" * 5000: "cannot be read",
        "a\0b": "There is no such file",
        "\x1b[2J\udcff.keras": "There is no such file",
    }
    assert {name: words for name, words in told.items() if words not in refusal(tmp_path / name)} == {}


def test_a_model_with_a_class_of_its_own_is_to_be_looked_at_in_its_notebook(tmp_path):
    class Own(layers.Dense):
        pass

    for number, built in enumerate([model(Own(1), loss="mse"), model(layers.Lambda(lambda z: z * 2), loss="mse")]):
        for ending in ("keras", "h5"):
            path = tmp_path / f"{number}.{ending}"
            built.save(path)
            words = refusal(path)
            assert "code of its own, and nothing that a file brings is run" in words
            assert "Call diagnose(model) in your own notebook" in words


OF_KERAS_2 = {"class_name": "TFOpLambda", "config": {"name": "o", "function": "math.multiply"}}


def test_a_file_of_keras_2_that_keras_3_cannot_read_is_said_so(tmp_path):
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": [OF_KERAS_2]}}
    path = tmp_path / "old.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"], file.attrs["keras_version"] = json.dumps(config), "2.15.0"
    assert "saved by Keras 2" in refusal(path)


# What the process may do


def test_nothing_outside_its_room_is_touched_and_no_settings_are_lost(plain, tmp_path, monkeypatch, reader):
    home = tmp_path / "home"
    (home / "datasets").mkdir(parents=True)
    (home / "datasets" / "mnist.npz").write_text("canary")
    (home / "keras.json").write_text(json.dumps({"backend": "tensorflow", "floatx": "float32"}))
    monkeypatch.setenv("KERAS_HOME", str(home))
    told = {}

    def ask(path, room):
        told.update({file.name: file.read_text() for file in room.iterdir()}, room=room)
        return reader.ask(path, room)

    monkeypatch.setattr(of_file, "ask", ask)
    monkeypatch.setattr(of_file, "ask", lambda path, room: (of_file._bring_settings(room), ask(path, room))[1])
    diagnose_file(plain)
    assert json.loads(told["keras.json"])["backend"] == "tensorflow"
    assert not told["room"].exists()
    refusal(changed(plain, tmp_path / "forged.keras", FORGED["a download"][0]))
    assert (home / "datasets" / "mnist.npz").read_text() == "canary"


WALLS = """
import os, socket, subprocess, sys
from pathlib import Path
from grader.diagnosis.limits import stay_in
room, outside = Path(sys.argv[1]), Path(sys.argv[2])
stay_in(room)
(room / "a").write_text("x"); (room / "b").mkdir(); (room / "a").rename(room / "c"); (room / "c").unlink()
outside.read_text()
tries = [
    lambda: socket.socket(), lambda: socket.getaddrinfo("localhost", 80), lambda: os.system("true"),
    lambda: subprocess.run(["true"]), lambda: os.fork(), lambda: outside.write_text("x"), lambda: outside.unlink(),
    lambda: outside.rename(room / "d"), lambda: os.open(outside, os.O_RDWR), lambda: outside.open("a"),
    lambda: os.truncate(outside, 0), lambda: (room / "link").symlink_to(outside), lambda: outside.chmod(0),
]
for number, each in enumerate(tries):
    try:
        each()
    except PermissionError:
        continue
    print("went through:", number)
print("tried")
"""


def test_python_leads_to_no_network_no_program_and_no_other_file(tmp_path):
    room, outside = tmp_path / "room", tmp_path / "outside"
    room.mkdir()
    outside.write_text("kept")
    done = subprocess.run(
        [sys.executable, "-c", WALLS, room, outside], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "tried\n"
    assert outside.read_text() == "kept"


LIMITS = """
import sys
from grader.diagnosis.limits import limit_resources
limit_resources(memory=100_000_000, seconds=1, file_bytes=10)
exec(sys.argv[1])
"""
OVER = {
    "some memory": ("kept = bytearray(40_000_000)", 0, ""),
    "much memory": ("kept = bytearray(400_000_000)", 1, "MemoryError"),
    "much time": ("while True: pass", -signal.SIGXCPU, ""),
    "a large file": ("with open('large', 'w') as file: file.write('x' * 100)", 1, "File too large"),
}


@pytest.mark.skipif(sys.platform != "linux", reason="all of it is bounded on Linux")
@pytest.mark.parametrize("name", OVER)
def test_memory_time_and_files_have_an_end(name, tmp_path):
    code, status, words = OVER[name]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", LIMITS, code], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert words in done.stderr


def test_a_process_that_does_not_end_is_ended(plain, monkeypatch):
    monkeypatch.setattr(of_file, "ask", ASK)
    monkeypatch.setattr(of_file, "LONGEST", 0.1)  # Python itself needs longer, and TensorFlow seconds
    assert "takes too long" in refusal(plain)


@pytest.mark.parametrize(
    "told",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"diagnosis": 3}',
        b'{"diagnosis": {"findings": [{"a": 1}], "unseen": []}}',
        b"[" * 10**6,
    ],
)
def test_an_answer_that_is_none_is_a_sentence(told, plain, monkeypatch):
    monkeypatch.setattr(of_file, "ask", lambda *_: told)
    assert "came to an end by itself" in refusal(plain)


def test_an_answer_without_end_is_a_sentence(plain, monkeypatch):
    monkeypatch.setattr(of_file, "ask", lambda *_: b" " * (of_file.ANSWER_BYTES + 1))
    assert "too long" in refusal(plain)


def test_what_is_printed_is_harmless_for_a_terminal(plain, monkeypatch):
    finding = {"id": "relu-on-logits", "seen": "\x1b[2Jseen\u202e", "change": "a\n  b\x07", "output": "\x9b1m"}
    found = Diagnosis([Finding(**finding)], ["\x1b]0;x\x07"], ["\x1b[2J"], "model\x9b = 1")
    answer = json.dumps({"diagnosis": found.as_dict()})
    monkeypatch.setattr(of_file, "ask", lambda *_: answer.encode())
    shown = str(diagnose_file(plain))
    assert all(line.isprintable() for line in shown.split("\n"))
    assert "a\n  b" in shown


# The command


def command(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["grader", "diagnose", *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code, *capsys.readouterr()


def test_the_command_says_by_its_status_whether_something_is_wrong_and_speaks_json(
    plain, tmp_path, monkeypatch, capsys
):
    sound = tmp_path / "sound.keras"
    two_feature("accuracy").save(sound)
    status, words, trouble = command(monkeypatch, capsys, sound)
    assert (status, words.splitlines()[0], trouble) == (0, "Nothing wrong was found in what is seen.", "")
    status, words, _ = command(monkeypatch, capsys, plain)
    assert status == 1
    assert "accuracy-cuts-logits-at-half" in words
    status, words, _ = command(monkeypatch, capsys, plain, "--json")
    assert status == 1
    assert [finding["id"] for finding in json.loads(words)["findings"]] == ["accuracy-cuts-logits-at-half"]
    status, words, trouble = command(monkeypatch, capsys, tmp_path / "nothing.keras", "--json")
    assert (status, words) == (2, "")
    assert "There is no such file" in trouble


def test_a_file_of_a_newer_keras_that_cannot_be_read_is_said_so(plain, tmp_path):
    newer = json.dumps({"keras_version": "99.1.2"})
    changes = [instead("keras.layers", "Later"), setting("config/layers/3/config/later", 1)]
    for number, change in enumerate(changes):
        words = refusal(changed(plain, tmp_path / f"{number}.keras", change, **{"metadata.json": newer}))
        assert f"It was saved by Keras 99.1, and Keras {keras.__version__} is older" in words
    assert diagnose_file(changed(plain, tmp_path / "read.keras", **{"metadata.json": newer})).ids


NO_MODELS = [
    ("m.keras", "this is a name"),
    (keras.Sequential, "Make a model of it"),
    (layers.Dense(1), "this is a Dense"),
    (type("Net", (type("Module", (), {"__module__": "torch.nn.modules"}),), {})(), "one of PyTorch"),
    (type("Net", (type("Model", (), {"__module__": "tf_keras.src"}),), {})(), "Save it as .h5"),
]


@pytest.mark.parametrize(("given", "words"), NO_MODELS, ids=[words for _, words in NO_MODELS])
def test_what_is_no_model_of_keras_3_gets_a_sentence_that_says_what_to_do(given, words):
    with pytest.raises(TypeError) as told:
        diagnose(given)
    assert words in str(told.value)


@pytest.mark.slow  # it loads TensorFlow
def test_the_command_itself_loads_no_tensorflow_and_its_process_reads_the_file(plain):
    code = f"""
import sys
from pathlib import Path
from grader.diagnosis.of_file import diagnose_file
from grader.diagnosis.refusals import SAVED, Refused
print(diagnose_file(Path({str(plain)!r})).ids)
assert not {{"tensorflow", "keras", "h5py", "numpy"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("['accuracy-cuts-logits-at-half']\n", "")
