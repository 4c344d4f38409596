"""The names that may stand in a model's configuration: Keras's own, and only those that can do no harm.

Left out are layers that hold code or read files (Lambda, StringLookup, TFSMLayer ...), optimizers and losses that wrap
others, and operations that make something large of something small.
"""

import functools

SEQUENTIAL, FUNCTIONAL = ("keras", "Sequential"), ("keras.src.models.functional", "Functional")
LAYER_NAMES = """Activation ActivityRegularization Add AlphaDropout Attention Average AveragePooling1D AveragePooling2D
AveragePooling3D BatchNormalization Bidirectional Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
Cropping1D Cropping2D Dense DepthwiseConv1D DepthwiseConv2D Dot Dropout ELU EinsumDense Embedding Flatten GRU GRUCell
GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D
GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization Identity InputLayer LSTM LSTMCell LayerNormalization LeakyReLU
Masking MaxPooling1D MaxPooling2D MaxPooling3D Maximum Minimum MultiHeadAttention Multiply Normalization PReLU Permute
RNN RandomContrast RandomFlip RandomRotation RandomZoom ReLU RepeatVector Rescaling Reshape SeparableConv1D
SeparableConv2D SimpleRNN SimpleRNNCell Softmax SpatialDropout1D SpatialDropout2D SpatialDropout3D Subtract
TimeDistributed UnitNormalization UpSampling1D UpSampling2D ZeroPadding1D ZeroPadding2D"""
OPERATIONS = {  # what keras.ops and + - * / leave in a functional model
    "keras.src.ops.nn": "Elu Gelu HardSigmoid LeakyRelu LogSigmoid LogSoftmax Relu Relu6 Selu Sigmoid Silu Softmax "
    "Softplus Softsign",
    "keras.src.ops.numpy": "Absolute Add Argmax Clip Concatenate Divide Exp ExpandDims GetItem Log Log1p Matmul Max "
    "Maximum Mean Min Minimum Multiply Negative Power Ravel Reciprocal Reshape Sqrt Square Squeeze Stack Subtract Sum "
    "Tanh Transpose TrueDivide",
    "keras.src.ops.core": "Cast",
    "keras.src.ops.math": "Logsumexp",
}
OPTIMIZERS = "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Nadam RMSprop SGD"
BASES = "Constraint Initializer LearningRateSchedule Loss MeanMetricWrapper Metric Regularizer STFT STFTInitializer"
DTYPES = {f"{kind}{bits}" for kind in ("float", "int", "uint") for bits in (8, 16, 32, 64)} | {"bool", "bfloat16"}
POLICIES = {"float16", "float32", "float64", "bfloat16"}  # a mixed policy wraps the optimizer


@functools.cache
def classes() -> frozenset[tuple[str, str]]:
    """Return (module, name) of every class that may be in a model."""
    from grader.base.keras_import import keras

    found = {SEQUENTIAL, FUNCTIONAL, ("keras", "DTypePolicy")}
    found |= {("keras.layers", name) for name in LAYER_NAMES.split()}
    found |= {("keras.optimizers", name) for name in OPTIMIZERS.split()}
    found |= {(module, name) for module, names in OPERATIONS.items() for name in names.split()}
    public = (keras.losses, keras.metrics, keras.initializers, keras.regularizers, keras.constraints)
    names = ("losses", "metrics", "initializers", "regularizers", "constraints", "optimizers.schedules")
    for namespace, module in zip((*public, keras.optimizers.schedules), names, strict=True):
        public_classes = {name for name, value in vars(namespace).items() if isinstance(value, type)} - set(
            BASES.split()
        )
        found |= {(f"keras.{module}", name) for name in public_classes}
    return frozenset(found)


@functools.cache
def functions() -> frozenset[tuple[str, str]]:
    """Return (module, name) of every function that may be in a model: losses, metrics and activations."""
    from grader.base.keras_import import keras

    found = set()
    for namespace, module in ((keras.losses, "losses"), (keras.metrics, "metrics"), (keras.activations, "activations")):
        for name, value in vars(namespace).items():
            if callable(value) and not isinstance(value, type) and name not in ("get", "serialize", "deserialize"):
                found |= {("builtins", name), (f"keras.{module}", name)}
    return frozenset(found)
