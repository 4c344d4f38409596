"""What to look at, or to change, for an id that any answer or any model may show.

The misconceptions of one answer bring their words with them: see grader.answers.table.
"""

OF_ANY_ANSWER = {
    "not-attempted": "Write your code in place of `raise NotImplementedError()`.",
    "returns-nothing": "A function hands its result back with `return`; printing it is not enough.",
    "raises-error": "Run the function alone on this input and read the line that stops.",
    "wrong-shape": "The numbers are right. Compare the shape of what goes in with the shape of what comes out.",
    "changes-its-input": "The result is right, but the caller's array is not the same afterwards. Make a new one.",
    "scalar-only": "It works for one number. For arrays use NumPy's functions, such as np.exp for math.exp, "
    "np.maximum for max, and np.where for if; np.where computes both of its branches.",
    "returns-more-than-asked": "The first of the values that are returned is what is asked for. Return that one alone.",
    "returns-less-than-asked": "The exercise asks for several results in one tuple, and there is only one.",
    "another-type": "What comes back holds no numbers. Compare it with what the exercise asks for.",
    "text-for-numbers": "The result is text. The exercise asks for numbers: 1 and not '1'.",
    "unrecognised": "Work this input out on paper, step by step, and compare each step with your code.",
}

# which form of input, that the exercise allows, stopped an answer; {} is the shape
PROMISED = {
    "one number": "The argument is one number here, and the exercise allows that.",
    "list": "The argument is a list here, and the exercise allows that.",
    "array": "The shape is {} here, and the exercise allows that.",
}
KEEP_AN_AXIS = (
    "Where a sum or a maximum is taken along an axis, keepdims=True leaves a shape that fits the array again."
)

# seen beside a mistake that has a name
BESIDE = {
    "changes-its-input": "It changes its argument, which belongs to the caller.",
    "wrong-shape": "Its result has another shape than the exercise asks for.",
    "out-of-range": "Large numbers leave the range of floats in it.",
    "stops": "It stops with an error on some inputs.",
}

OF_ANY_MODEL = {
    "accuracy-cuts-logits-at-half": "Use keras.metrics.BinaryAccuracy(threshold=0.0): the logit 0 is the probability "
    "one half.",
    "accuracy-cuts-probabilities-at-zero": "Use keras.metrics.BinaryAccuracy(threshold=0.5).",
    "activation-without-slope": "Use an activation that has a slope, such as 'relu' in hidden layers.",
    "data-do-not-fit-model": "Give fit() the x that the Input layer names, and one label for each example.",
    "dropout-at-prediction": "Leave out training=True: fit() turns dropout on, and predict() leaves it off.",
    "dropout-behind-the-end": "Move the Dropout layer in front of the last Dense layer.",
    "end-of-another-range": "Give the last layer no activation, and a loss that takes raw numbers.",
    "equal-weights": "Leave out kernel_initializer, so that the weights begin at random.",
    "half-precision-end": "Give the last layer no activation and the loss from_logits=True, or dtype='float32'.",
    "labels-do-not-fit-loss": "Integer labels 0 to K-1 go with the sparse loss and K units, one-hot rows with the "
    "categorical one, 0 and 1 with one unit and the binary one.",
    "learning-rate-not-positive": "Use a small positive number, such as 0.001 for Adam.",
    "logits-with-probability-loss": "Give the loss from_logits=True.",
    "metric-does-not-fit": "Use the metric that fits labels and scores: 'accuracy' for integers or one-hot rows, "
    "keras.metrics.BinaryAccuracy(threshold=0.0) for one logit.",
    "missing-nonlinearity": "Give the hidden layers an activation, such as 'relu'.",
    "not-finite": "Take the rows with NaN out of the data. If the data are clean, build the model again and train it "
    "with a smaller learning rate.",
    "nothing-trains": "Set trainable to True on what is to learn, and call compile() again.",
    "probabilities-with-logits-loss": "Take the activation away from the end of the model, or set from_logits=False.",
    "regression-loss": "Use the cross-entropy that fits the labels: where a sigmoid or softmax is sure and wrong, the "
    "gradient of a squared error vanishes.",
    "relu-on-logits": "Take the ReLU away from the last layer: a logit must be able to speak against a class.",
    "sigmoid-twice": "Keep one of the two sigmoids.",
    "sigmoid-with-categorical-loss": "Where one class excludes the others, use a softmax, or no activation and "
    "from_logits=True.",
    "softmax-on-one-unit": "Use one unit with a sigmoid, or no activation and from_logits=True.",
    "softmax-over-wrong-axis": "Let the softmax run over the last axis, axis=-1, where the classes are.",
    "softmax-twice": "Keep one of the two softmax activations.",
    "targets-outside-the-end": "Give the last layer no activation, or scale the targets to what it can put out.",
    "softmax-with-binary-loss": "Use the categorical cross-entropy with a softmax, the binary one with sigmoids.",
}

# what any model may be mended with is more than an exercise may ask for: here the end is given
WHERE_LOGITS_ARE_ASKED = {
    "probabilities-with-logits-loss": "Take the activation away from the end of the model.",
    "sigmoid-twice": "Take both sigmoids away, and give the loss from_logits=True.",
    "sigmoid-with-categorical-loss": "Take the activation away from the end of the model, and give the loss "
    "from_logits=True.",
    "softmax-on-one-unit": "Take the activation away from the end of the model, and give the loss from_logits=True.",
    "softmax-twice": "Take both softmax activations away, and give the loss from_logits=True.",
    "softmax-with-binary-loss": "Take the activation away from the end of the model, and use the loss that fits the "
    "labels, with from_logits=True.",
}
WHERE_PROBABILITIES_ARE_ASKED = {
    "logits-with-probability-loss": "Give the last layer activation='sigmoid'.",
    "probabilities-with-logits-loss": "Set from_logits=False in the loss, or leave it out.",
    "relu-on-logits": "Give the last layer activation='sigmoid' in place of the ReLU.",
    "softmax-on-one-unit": "Give the last layer activation='sigmoid' in place of the softmax.",
}

OF_A_MODEL_THAT_AN_EXERCISE_ASKS_FOR = {
    "accuracy-does-not-fit": "The metric must compare labels of the form that the exercise names with scores of this "
    "form.",
    "another-model": "Compile the model that is given, and return that one, with its weights as they are.",
    "base-not-frozen": "Set trainable to False on the base before you build the model around it.",
    "dropout-keeps-instead-of-drops": "Dropout's rate is the share that is dropped, not the share that is kept.",
    "end-changed": "Take away what stands behind the last Dense layer, but for the activation that is asked for.",
    "inputs-not-used": "Look at the layers, and at the initialisers, before the last layer: one of them lets nothing "
    "of the inputs through.",
    "labels-do-not-count": "Use the cross-entropy that fits the labels. Leave out of it, and of the layers, what keeps "
    "the labels from counting, such as ignore_class, a label smoothing near 1, or a very large regulariser.",
    "learning-rate-not-lowered": "Give the new optimizer a smaller learning rate than the model was trained with: "
    "large steps would spoil what the base has learned.",
    "logits-not-asked": "This model is sound, and it puts out logits. The exercise asks for one that ends in an "
    "activation.",
    "no-accuracy": "Give compile() a metric that counts right answers, in metrics=[...].",
    "not-compiled": "Call compile() on the model before you return it.",
    "not-trained": "Call fit(x, y) before you return the model, and leave the weights as they are after it.",
    "other-layers-unfrozen": "The last layers are base.layers[-n_layers:]; the layers before them stay frozen.",
    "probabilities-not-asked": "This model is sound, and it puts out probabilities. The exercise asks for one that "
    "puts out logits.",
    "threshold-not-written": "Write the threshold out: a metric object with threshold=...",
    "wrong-architecture": "Compare the layers that the exercise asks for with what model.summary() shows.",
    "wrong-optimizer": "Compare the optimizer and its learning rate with what the exercise asks for.",
}

HINTS = {**OF_ANY_ANSWER, **OF_ANY_MODEL, **OF_A_MODEL_THAT_AN_EXERCISE_ASKS_FOR}
