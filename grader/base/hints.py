"""What to look at, or to change, for an id that any answer or any model may show.

The misconceptions of one answer bring their words with them: see grader.answers.table.
"""

OF_ANY_ANSWER = {
    "not-attempted": "Write your code in place of `raise NotImplementedError()`.",
    "returns-nothing": "A function hands its result back with `return`; printing it is not enough.",
    "raises-error": "Run the function alone on this input and read the line that stops.",
    "does-not-end": "The code goes on without an end. Look at the condition that should end its loop: does a value "
    "in it change each time, and towards the end?",
    "wrong-shape": "The numbers are right. Compare the shape of what comes out with the shape that the exercise "
    "asks for.",
    "changes-its-input": "The result is right, but the caller's array is not the same afterwards. Make a new one.",
    "scalar-only": "It works for one number. For arrays use NumPy's functions, such as np.exp for math.exp, "
    "np.maximum for max, and np.where for if; np.where computes both of its branches.",
    "returns-more-than-asked": "Several values are returned. Return the one that the exercise asks for, alone.",
    "returns-less-than-asked": "The exercise asks for several results in one tuple, and there is only one.",
    "another-type": "The exercise asks for numbers, and what comes back is something else.",
    "another-function": "Give the check the function {0}, as in `check_{0}({0})`.",
    "another-number-of-results": "The exercise asks for a tuple of another length. Compare what is returned with it.",
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

# by what the exercise asks for
SHAPES = {
    "arrays": OF_ANY_ANSWER["wrong-shape"],
    "numbers": "The value is right, and it stands in an array or in a list. The exercise asks for the value alone.",
    "items": "The numbers are right, and each stands in an array of its own. The exercise asks for the numbers alone.",
    "words": "The words are right. The exercise asks for a list of words, and not for lists inside it.",
}
MUST_RETURN_ON_EVERY_WAY = (
    "For this input the function ends without a `return`. Each branch of an if needs one, and so does the end."
)
# by the type of what comes back
OTHER_TYPES = {
    "function": "A function comes back and not its result. Call it: write round brackets with its arguments behind its "
    "name.",
    "generator": "What comes back holds no numbers yet. Use `return` in place of `yield`, and square brackets around a "
    "for in place of round ones.",
    "iterator": "What comes back holds no numbers yet. Make an array of it, with np.array(list(...)).",
    "dict": "A dictionary or a set comes back. Return what it holds in the form that the exercise asks for.",
    "ellipsis": "The three dots stand for code that is not written yet. Put your code in their place.",
}
WHERE_COMPUTES_BOTH = "np.where computes both of its branches, also the one that it does not take."

# seen beside a mistake that has a name
BESIDE = {
    "changes-its-input": "It changes its argument, which belongs to the caller.",
    "wrong-shape": "Its result has another shape than the exercise asks for.",
    "out-of-range": "Large numbers leave the range of floats: look at what np.exp, np.log and each division are given.",
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
    "drops-everything": "Use a rate such as 0.5: it is the share that is dropped.",
    "end-of-another-range": "Give the last layer no activation, and a loss that takes raw numbers.",
    "equal-weights": "Leave out kernel_initializer, so that the weights begin at random.",
    "gradient-is-zero": "Take out the layer through which nothing passes, or build the model again with smaller "
    "biases.",
    "half-precision-end": "Give the last layer no activation and the loss from_logits=True, or dtype='float32'.",
    "ids-outside-embedding": "Give the Embedding whole numbers from 0 to input_dim - 1, such as those of a "
    "TextVectorization layer.",
    "inputs-all-equal": "Look at how x was made: each row must be the input of its own example.",
    "labels-do-not-count": "Use the cross-entropy that fits the labels. Leave out of it, and of the layers, what keeps "
    "the labels from counting, such as ignore_class, a label smoothing near 1, or a very large regulariser.",
    "labels-do-not-fit-loss": "Integer labels 0 to K-1 go with the sparse loss and K units, one-hot rows with the "
    "categorical one, 0 and 1 with one unit and the binary one.",
    "learning-rate-not-positive": "Use a small positive number, such as 0.001 for Adam.",
    "logits-with-probability-loss": "Give the loss from_logits=True.",
    "losses-do-not-fit-outputs": "Name each output of the model once in loss={...}, as model.output_names does.",
    "metric-does-not-fit": "Use the metric that fits labels and scores: 'accuracy' for integers or one-hot rows, "
    "keras.metrics.BinaryAccuracy(threshold=0.0) for one logit.",
    "missing-nonlinearity": "Give the hidden layers an activation, such as 'relu'.",
    "no-such-loss": "Use a name that Keras knows, such as 'binary_crossentropy' or 'sparse_categorical_crossentropy'.",
    "no-such-metric": "Use a name that Keras knows, such as 'accuracy', or an object such as keras.metrics.AUC().",
    "normalization-behind-the-end": "Move the normalization in front of the last Dense layer, or take it away.",
    "no-examples": "Look at how x was made: it must have a row for each example.",
    "nothing-counts": "Give at least some examples and some outputs a weight above 0.",
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
