"""Exercise 01: ReLU, sigmoid, softmax, the sigmoid's slope, and two linear layers that are one."""

from grader.answers.check import Check
from grader.checks.activations.collapse import COLLAPSE
from grader.checks.activations.relu import RELU
from grader.checks.activations.sigmoid import SIGMOID
from grader.checks.activations.sigmoid_gradient import SIGMOID_GRADIENT
from grader.checks.activations.softmax import SOFTMAX

check_relu = Check(RELU)
check_sigmoid = Check(SIGMOID)
check_softmax = Check(SOFTMAX)
check_sigmoid_gradient = Check(SIGMOID_GRADIENT)
check_collapse = Check(COLLAPSE)
