"""The names that may stand in a model's configuration: Keras's own, and only those that can do no harm.

Left out are layers that hold code or load it (Lambda, TFSMLayer, TorchModuleWrapper ...) and operations that take a
function. What is in the second list of a pair needs limits of memory, or comes with more than weights: a file may hold
it, because a file is read in a process of its own, and the judge refuses it.
"""

import functools
import importlib

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
MORE_LAYER_NAMES = """AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
AdaptiveMaxPooling2D AdaptiveMaxPooling3D AdditiveAttention AugMix AutoContrast CategoryEncoding CenterCrop
ContrastLimitedAdaptiveHistogramEqualization Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping3D CutMix
Discretization Equalization GroupedQueryAttention HashedCrossing Hashing IntegerLookup MaxNumBoundingBoxes
MelSpectrogram MixUp Pipeline RMSNormalization RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
RandomCrop RandomElasticTransform RandomErasing RandomGaussianBlur RandomGrayscale RandomHue RandomInvert
RandomPerspective RandomPosterization RandomSaturation RandomSharpness RandomShear RandomTranslation Resizing
ReversibleEmbedding STFTSpectrogram Solarization SpectralNormalization StackedRNNCells StringLookup TextVectorization
UpSampling3D ZeroPadding3D"""
OPERATIONS = {  # what keras.ops and + - * / leave in a functional model
    "keras.src.ops.nn": "Elu Gelu HardSigmoid LeakyRelu LogSigmoid LogSoftmax Relu Relu6 Selu Sigmoid Silu Softmax "
    "Softplus Softsign",
    "keras.src.ops.numpy": "Absolute Add Argmax Clip Concatenate Divide Exp ExpandDims GetItem Log Log1p Matmul Max "
    "Maximum Mean Min Minimum Multiply Negative Power Ravel Reciprocal Reshape Sqrt Square Squeeze Stack Subtract Sum "
    "Tanh Transpose TrueDivide",
    "keras.src.ops.core": "Cast",
    "keras.src.ops.math": "Logsumexp",
}
MORE_OPERATIONS = {  # those of keras.ops.numpy, and what else is of numbers and of nothing that has been left out
    "keras.src.activations.activations": "Mish ReLU",
    "keras.src.ops.core": "SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient Unstack",
    "keras.src.ops.einops": "Rearrange",
    "keras.src.ops.image": "AffineTransform CropImages ExtractPatches GaussianBlur HSVToRGB MapCoordinates PadImages "
    "PerspectiveTransform RGBToGrayscale RGBToHSV Resize SSIM ScaleAndTranslate SobelEdges",
    "keras.src.ops.linalg": "Cholesky CholeskyInverse Det Eig Eigh Inv Lstsq LuFactor MatrixRank Norm Pinv Qr SVD "
    "Solve SolveTriangular",
    "keras.src.ops.math": "CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT ISTFT InTopK Logdet RFFT Rsqrt "
    "STFT SegmentMax SegmentMin SegmentProd SegmentSum TopK ViewAsComplex ViewAsReal",
    "keras.src.ops.nn": "AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy "
    "CategoricalCrossentropy Celu Conv ConvTranspose DepthToSpace DepthwiseConv DotProductAttention Fold Glu "
    "HardShrink HardSilu HardTanh LayerNorm MaxPool Moments MultiHot Normalize OneHot PSNR Polar RMSNorm SeparableConv "
    "SoftShrink SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink "
    "Threshold Unfold",
}
NUMPY_LEFT_OUT = "Array Arange EmptyLike Full Geomspace Linspace Logspace"  # they make much of two numbers
OPTIMIZERS = "Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion Nadam RMSprop SGD"
MORE_OPTIMIZERS = "LossScaleOptimizer MultiOptimizer Muon OptimizerMap ScheduleFreeAdamW"
BASES = "Constraint Initializer LearningRateSchedule Loss MeanMetricWrapper Metric Regularizer STFT STFTInitializer"
MORE = {
    ("keras.dtype_policies", "DTypePolicyMap"),
    ("keras.dtype_policies", "Int4DTypePolicy"),
    ("keras.dtype_policies", "QuantizedDTypePolicy"),
    ("keras.dtype_policies", "QuantizedFloat8DTypePolicy"),
    ("keras.initializers", "STFT"),
    ("keras.metrics", "MeanMetricWrapper"),
    ("keras.quantizers", "AbsMaxQuantizer"),
    ("keras.quantizers", "Float8QuantizationConfig"),
    ("keras.quantizers", "Int4QuantizationConfig"),
    ("keras.quantizers", "Int8QuantizationConfig"),
    ("keras.random", "SeedGenerator"),
}
DTYPES = {f"{kind}{bits}" for kind in ("float", "int", "uint") for bits in (8, 16, 32, 64)} | {"bool", "bfloat16"}
MORE_DTYPES = {"string", "complex64", "complex128", "int4", "float8_e4m3fn", "float8_e5m2"}
POLICIES = {"float16", "float32", "float64", "bfloat16"}  # a mixed policy wraps the optimizer
MORE_POLICIES = {"mixed_float16", "mixed_bfloat16"}


@functools.cache
def classes(more: bool) -> frozenset[tuple[str, str]]:
    """Return (module, name) of every class that may be in a model; with `more`, in a model's file."""
    from grader.base.keras_import import keras

    found = {SEQUENTIAL, FUNCTIONAL, ("keras", "DTypePolicy")} | _operations(OPERATIONS)
    found |= {("keras.layers", name) for name in LAYER_NAMES.split()}
    found |= {("keras.optimizers", name) for name in OPTIMIZERS.split()}
    public = (keras.losses, keras.metrics, keras.initializers, keras.regularizers, keras.constraints)
    names = ("losses", "metrics", "initializers", "regularizers", "constraints", "optimizers.schedules")
    for namespace, module in zip((*public, keras.optimizers.schedules), names, strict=True):
        public_classes = {name for name, value in vars(namespace).items() if isinstance(value, type)} - set(
            BASES.split()
        )
        found |= {(f"keras.{module}", name) for name in public_classes}
    if more:
        found |= MORE | _operations(MORE_OPERATIONS) | _numpy_operations()
        found |= {("keras.layers", name) for name in MORE_LAYER_NAMES.split()}
        found |= {("keras.optimizers", name) for name in MORE_OPTIMIZERS.split()}
    return frozenset(found)


@functools.cache
def bare_names() -> frozenset[str]:
    """Return the names of the classes that may be in an .h5 file, where they stand without a module."""
    return frozenset(name for module, name in classes(True) if not module.startswith("keras.src.")) | {
        "Functional",
        "Model",
    }


@functools.cache
def operation_names() -> frozenset[str]:
    """Return the names of the operations of keras.ops that may be in a model."""
    return frozenset(name for module, name in classes(True) if module.startswith("keras.src.ops"))


def _operations(listed: dict[str, str]) -> set[tuple[str, str]]:
    return {(module, name) for module, names in listed.items() for name in names.split()}


def _numpy_operations() -> set[tuple[str, str]]:
    """Return the operations of keras.ops.numpy: each takes numbers, and none a function."""
    from grader.base.keras_import import keras

    module = "keras.src.ops.numpy"
    left_out = {*NUMPY_LEFT_OUT.split(), "Operation"}
    inside = vars(importlib.import_module(module))
    return {
        (module, name)
        for name, value in inside.items()
        if isinstance(value, type) and issubclass(value, keras.Operation) and name not in left_out
    }


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


def is_word_for(what: str, word: str) -> bool:
    """Return whether Keras knows a word as the name of one of its own losses, metrics or activations.

    Args:
        what: losses, metrics or activations.
        word: what stands in a configuration in the place of a function or an object.
    """
    from grader.base.keras_import import keras

    if what == "metrics" and word in ("accuracy", "acc", "crossentropy", "ce"):
        return True
    try:
        return callable(getattr(keras, what).get(word))
    except (ValueError, TypeError):
        return False
