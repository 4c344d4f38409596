"""Why a finding matters, in a sentence, and the section of the lessons that shows it, as `lesson.ipynb#cell-id`."""

REASONS: dict[str, tuple[str, str]] = {
    "accuracy-cuts-logits-at-half": (
        "A logit of 0 is the probability one half; a cut at 0.5 counts some right answers as wrong.",
        "06-accuracy.ipynb#epochs-heading",
    ),
    "accuracy-cuts-probabilities-at-zero": (
        "Every probability is above 0, so the metric calls every example class 1.",
        "06-accuracy.ipynb#keras-heading",
    ),
    "activation-without-slope": (
        "Weights move along the slope of the loss, and a step passes no slope on.",
        "01-activations.ipynb#step-heading",
    ),
    "data-do-not-fit-model": (
        "The first axis of x and y counts the examples; the Input layer names the shape of one example.",
        "09-debug.ipynb#loud-heading",
    ),
    "dropout-at-prediction": (
        "Dropout is noise for the training; at prediction it makes the same example come out differently.",
        "07-digits.ipynb#dropout-heading",
    ),
    "dropout-behind-the-end": (
        "Where the probability of the right class is set to 0, the loss is as large as can be, whatever was learned.",
        "07-digits.ipynb#dropout-heading",
    ),
    "drops-everything": (
        "What is dropped is 0, so that in training every example looks the same.",
        "07-digits.ipynb#dropout-heading",
    ),
    "end-of-another-range": (
        "A loss compares like with like: probabilities lie from 0 to 1, and logits are any numbers.",
        "04-losses.ipynb#unwinding-heading",
    ),
    "equal-weights": (
        "Units that begin alike get the same changes in every step.",
        "01-activations.ipynb#linear-heading",
    ),
    "gradient-is-zero": (
        "Each step changes a weight by its gradient, and 0 changes nothing.",
        "04-losses.ipynb#slope-heading",
    ),
    "half-precision-end": (
        "Near 1 a probability in half precision is rounded to 1 early; a logit is not.",
        "03-roundoff.ipynb#two-ways-reading",
    ),
    "ids-outside-embedding": (
        "An Embedding is a table with input_dim rows, and each number in x asks for the row of that number.",
        "07-digits.ipynb#labels-heading",
    ),
    "inputs-all-equal": (
        "A model gives the same answer to the same input, whatever it learns.",
        "09-debug.ipynb#loud-heading",
    ),
    "labels-do-not-count": (
        "With targets that are the same for every example, the model learns nothing of the classes.",
        "04-losses.ipynb#slope-heading",
    ),
    "labels-do-not-fit-loss": (
        "Each loss reads labels in one form; with another form it stops, or goes on with numbers that mean nothing.",
        "07-digits.ipynb#labels-heading",
    ),
    "learning-rate-not-positive": (
        "Each step changes the weights by the learning rate times the slope, downwards.",
        "04-losses.ipynb#slope-heading",
    ),
    "logits-with-probability-loss": (
        "The loss takes the logarithm of what it gets and clips it to 0 to 1 before: outside, nothing is learned.",
        "04-losses.ipynb#clip-heading",
    ),
    "losses-do-not-fit-outputs": (
        "Training stops where the names of the losses are not those of the outputs.",
        "09-debug.ipynb#loud-heading",
    ),
    "metric-does-not-fit": (
        "A metric that reads scores in another form shows a number, and the number says nothing.",
        "06-accuracy.ipynb#keras-heading",
    ),
    "missing-nonlinearity": (
        "A linear layer behind a linear layer is a linear layer again.",
        "01-activations.ipynb#linear-heading",
    ),
    "no-such-loss": (
        "A name is looked up when fit() begins, which then stops.",
        "09-debug.ipynb#loud-heading",
    ),
    "no-such-metric": (
        "A name is looked up when fit() begins, which then stops.",
        "09-debug.ipynb#loud-heading",
    ),
    "normalization-behind-the-end": (
        "A loss of probabilities takes the logarithm of what comes out, and knows no number outside 0 to 1.",
        "04-losses.ipynb#clip-heading",
    ),
    "no-examples": (
        "Weights change by what examples show, and there are none.",
        "09-debug.ipynb#loud-heading",
    ),
    "nothing-counts": (
        "The loss is multiplied by these weights, and with 0 its gradient is 0.",
        "04-losses.ipynb#slope-heading",
    ),
    "not-finite": (
        "Whatever is added to NaN or multiplied with it is NaN, so one such number reaches every weight.",
        "03-roundoff.ipynb#cancel-reading",
    ),
    "nothing-trains": (
        "What is frozen keeps its weights, and fit() only measures.",
        "08-transfer.ipynb#frozen-heading",
    ),
    "probabilities-with-logits-loss": (
        "With from_logits=True the loss applies the activation itself, and takes every probability for about one half.",
        "04-losses.ipynb#unwinding-heading",
    ),
    "regression-loss": (
        "Where a classifier is sure and wrong, the slope of a squared error is nearly 0.",
        "04-losses.ipynb#mse-heading",
    ),
    "relu-on-logits": (
        "A negative logit says no; a ReLU makes 0 of it, which is one half.",
        "01-activations.ipynb#relu-heading",
    ),
    "sigmoid-twice": ("A sigmoid of a probability lies between 0.5 and 0.731.", "01-activations.ipynb#sigmoid-heading"),
    "sigmoid-with-categorical-loss": (
        "A softmax lets the classes compete, sigmoids do not.",
        "01-activations.ipynb#depends-heading",
    ),
    "softmax-on-one-unit": (
        "A softmax divides by the sum, and one number divided by itself is 1.",
        "01-activations.ipynb#softmax-heading",
    ),
    "softmax-over-wrong-axis": (
        "Classes stand on the last axis; a sum over another axis mixes examples, words or pixels.",
        "01-activations.ipynb#softmax-heading",
    ),
    "softmax-twice": ("A softmax of probabilities makes them nearly equal.", "01-activations.ipynb#softmax-heading"),
    "softmax-with-binary-loss": (
        "The binary loss asks each class alone, and a softmax answers for all of them together.",
        "02-logits.ipynb#two-classes-heading",
    ),
    "targets-outside-the-end": (
        "No weights can make an activation give a number outside its range.",
        "01-activations.ipynb#saturates-heading",
    ),
}
