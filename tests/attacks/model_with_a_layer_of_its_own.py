# Builds a model of a layer class of its own that calls itself by a Keras layer's name.
# ruff: noqa
# exercise: 04-losses
# only: binary_crossentropy
# wants: build_binary_model
# %% build-binary-model
class Dense(keras.layers.Dense):
    def call(self, x):
        return keras.ops.zeros((1, 1))

    def get_config(self):
        return {**super().get_config(), "activation": {"class_name": "__lambda__", "config": {"code": "AAAA"}}}


Dense.__module__ = "keras.layers"
Dense.__name__ = "Lambda"


def build_binary_model(n_features):
    model = keras.Sequential([keras.Input((n_features,)), Dense(16), keras.layers.Dense(1)])
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="adam", loss=loss, metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)])
    return model
