# Forges weights of other shapes, kinds and numbers than the layers have.
# ruff: noqa
# exercise: 04-losses
# only: binary_crossentropy
# wants: build_binary_model
# %% build-binary-model
from grader.judging.crossing.channel import Channel

honest = Channel.send
odd = [[np.zeros(1)], [np.array(["x"])] * 4, [np.zeros((2**20, 0))] * 4, None, [None] * 4, [np.full((4, 16), np.nan)]]


def send(self, told, timeout=None):
    returned = [each.get("returned") for each in told.get("results") or []]
    data = next((each["data"] for each in returned if isinstance(each, dict) and "data" in each), None)
    if isinstance(data, dict) and build_binary_model.forging:
        build_binary_model.forging = False
        send.calls += 1
        data["weights"] = odd[send.calls % len(odd)]
    return honest(self, told, timeout)


send.calls = -1
Channel.send = send


def build_binary_model(n_features):
    build_binary_model.forging = True
    layers = [keras.layers.Dense(16, activation="relu"), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((n_features,)), *layers])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    return model
