"""What the playground says, in whole sentences; the page puts numbers where a name stands in braces."""

CONTROLS = {
    "data": "data",
    "units": "hidden units",
    "activation": "activation of the hidden layer",
    "end": "activation of the end",
    "loss": "loss",
    "from_logits": "from_logits=True",
    "threshold": "threshold of the accuracy",
    "learning_rate": "learning rate",
    "seed": "start (seed)",
}

BUTTONS = {
    "play": "Play",
    "pause": "Pause",
    "step": "Step",
    "reset": "Reset",
    "code": "This setting as a line of code",
    "link": "This setting as a link",
    "share": "Share this setting",
    "settings": "Settings of the network and of its training",
}

PANELS = {
    "map": "Examples and border",
    "curve": "Loss by step",
    "accuracy": "Accuracy by step",
    "logits": "Histogram of logits",
}

KEYS = {  # what the marks and lines of the panels mean
    "class_0": "class 0",
    "class_1": "class 1",
    "class_2": "class 2",
    "even": "even odds",
    "threshold": "threshold of the accuracy",
    "right": "as it is",
    "reported": "as reported",
    "loss": "loss on all examples",
    "true_class": "of the true class",
    "other_classes": "of the other classes",
}

READOUTS = {
    "steps": "steps",
    "loss": "loss",
    "reported": "accuracy as reported",
    "right": "accuracy as it is",
    "dead": "dead units",
}

SENTENCES = {
    "start": "Nothing has been trained yet: press Play, or Step for a single step.",
    "no_number_of_sum": (
        "The loss is not a number: either the outputs of an example sum to 0, and Keras divides them by their sum, "
        "or the weights have become too large. Choose another start."
    ),
    "no_number": (
        "The loss is not a finite number: the weights have become too large. "
        "Choose a smaller learning rate and press Reset."
    ),
    "softmax_of_one_still": (
        "The loss does not move: a softmax over one number is always 1, so no weight can change the output."
    ),
    "all_held": (
        "The loss does not move: it takes the outputs for probabilities and clips them, "
        "and its slope is 0 at each of the {count} examples."
    ),
    "flat": "The loss does not move: its slope is 0 at each of the {count} examples.",
    "some_held": (
        "The loss takes the outputs for probabilities and clips them: "
        "{held} of {count} examples have the slope 0 and teach nothing. "
        "The loss was {first} at the start and is {loss} now."
    ),
    "probability_as_logit": (
        "The loss takes each probability for a logit, so it stays high even where the model is sure and right: "
        "it is {loss} with {right_percent} % of the examples right."
    ),
    "softmax_of_one": (
        "Every output is 1, for a softmax over one number is always 1; "
        "the loss is not about the output, since Keras reads the logit behind it."
    ),
    "other_end": (
        "Keras finds the logits behind the last activation and gives them to a loss that belongs to another one: "
        "what is trained is not what the model puts out."
    ),
    "dead": (
        "All hidden units are dead: the slope of each is 0 at every example, "
        "so only the biases of the last layer can learn."
    ),
    "step": "The hidden layer does not learn: a step has the slope 0 everywhere, so only the last layer can learn.",
    "reported": (
        "The accuracy is reported as {reported}, and it is {right}: "
        "the threshold is {threshold}, and the output of even odds is {even}."
    ),
    "seen_through": (
        "from_logits=True does no harm here: Keras finds the logits behind its own activation, uses them, and warns."
    ),
    "not_told": (
        "The loss was not told that these are logits and takes them for probabilities; "
        "no example has the slope 0 now, so it goes on learning."
    ),
    "straight": "Without an activation the hidden layer adds nothing: every border is a straight line.",
    "falls": "The network learns: the loss was {first} at the start and is {loss} now.",
    "no_lower": "The loss was {first} at the start and is {loss} now: it has not fallen.",
}

STILL = (
    "The examples of the playground before any training: {data}, {count} examples in {classes} classes. "
    "This is a still picture; where its script can run, a network trains in its place."
)

OPTIONS = {
    "moons": "two moons",
    "circles": "two circles",
    "line": "two groups on either side of a line",
    "three classes": "three classes",
    "none": "none",
    "step": "step",
    "relu": "ReLU",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softmax": "softmax",
    "own sigmoid": "sigmoid, written by hand",
    "own softmax": "softmax, written by hand",
    "binary_crossentropy": "binary cross-entropy",
    "categorical_crossentropy": "categorical cross-entropy",
    "sparse_categorical_crossentropy": "sparse categorical cross-entropy",
    "mean_squared_error": "mean squared error",
}

WORDS = {
    "controls": CONTROLS,
    "buttons": BUTTONS,
    "panels": PANELS,
    "keys": KEYS,
    "readouts": READOUTS,
    "sentences": SENTENCES,
    "options": OPTIONS,
}
