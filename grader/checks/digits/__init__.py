"""Exercise 07: the confusion matrix, the pair that is confused most, and when to stop."""

from grader.answers.check import Check
from grader.answers.model_answer import ModelCheck
from grader.checks.digits.build_digit_classifier import BUILD_DIGIT_CLASSIFIER
from grader.checks.digits.confusion_matrix import CONFUSION_MATRIX
from grader.checks.digits.epochs_before_overfitting import EPOCHS_BEFORE_OVERFITTING
from grader.checks.digits.most_confused_pair import MOST_CONFUSED_PAIR

check_confusion_matrix = Check(CONFUSION_MATRIX)
check_most_confused_pair = Check(MOST_CONFUSED_PAIR)
check_epochs_before_overfitting = Check(EPOCHS_BEFORE_OVERFITTING)
check_build_digit_classifier = ModelCheck(BUILD_DIGIT_CLASSIFIER)
