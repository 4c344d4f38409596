"""The mean loss of what a model puts out, in float64, beside what Keras computes of it."""

import keras
import numpy as np

PLAIN = {"from_logits", "reduction", "dtype", "name", "axis", "fn"}


def true_loss(out, y, regression=""):
    """Return the mean loss: what leaves 0 to 1, or does not sum to 1, is logits.

    Args:
        out: what came out, one row or more for each example.
        y: labels from 0 to 1 for one unit or for each unit, class numbers or one-hot rows for several.
        regression: the name of Keras's loss where it is one of distances.
    """
    out, y = np.asarray(out, "float64"), np.asarray(y)
    if regression:
        distance = np.abs(out - y.reshape(out.shape).astype("float64"))
        return np.mean(distance**2 if "squared" in regression else distance)
    is_logits = (out < 0).any() or (out > 1).any()
    rows = y.shape == out.shape
    if out.shape[-1] == 1 or (rows and not np.allclose(y.sum(-1), 1)):
        y = y.reshape(out.shape).astype("float64")
        if is_logits:
            return np.mean(np.logaddexp(0, out) - y * out)
        return -np.mean(y * np.log(out) + (1 - y) * np.log1p(-out))
    y = y if rows else np.eye(out.shape[-1])[y.reshape(out.shape[:-1]).astype(int)]
    if is_logits:
        return -np.mean((y * (out - np.logaddexp.reduce(out, axis=-1, keepdims=True))).sum(-1))
    return -np.mean((y * np.log(out)).sum(-1))


def measured_and_true(model, x, y):
    """Return the loss as Keras computes it and as it is in float64; None where there is no formula for it here."""
    loss = model.loss if isinstance(model.loss, str) else getattr(model.loss, "name", "")
    settings = model.loss.get_config() if isinstance(model.loss, keras.losses.Loss) else {}
    defaults = type(model.loss)().get_config() if settings else {}
    plain = all(settings[key] == defaults.get(key) for key in settings if key not in PLAIN)
    distances = loss in ("mean_squared_error", "mean_absolute_error", "mse", "mae")
    crossentropies = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
    if not plain or not (distances or loss in crossentropies) or not isinstance(y, np.ndarray):
        return None
    y = y.astype("float32") if y.dtype == bool else y
    out = model(x, training=False)
    if not hasattr(out, "shape") or model.losses or out.dtype != "float32":  # several, or a penalty beside the loss
        return None
    names = {"mse": "mean_squared_error", "mae": "mean_absolute_error"}
    numbers = keras.ops.convert_to_numpy(out)
    right = true_loss(numbers, y, names.get(loss, loss) if distances else "")
    if not np.isfinite(right):  # a probability is 0 or 1 in float32, which Keras clips
        return None
    return float(model.compute_loss(x, keras.ops.convert_to_tensor(y), out)), right
