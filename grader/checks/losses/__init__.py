"""Exercise 04: cross-entropies from logits, exact where probabilities have run out of digits."""

from grader.answers.check import Check
from grader.answers.model_answer import ModelCheck
from grader.checks.losses.binary_crossentropy import BINARY_CROSSENTROPY
from grader.checks.losses.build_binary_model import BUILD_BINARY_MODEL
from grader.checks.losses.build_multiclass_model import BUILD_MULTICLASS_MODEL
from grader.checks.losses.predict_probabilities import PREDICT_PROBABILITIES
from grader.checks.losses.sparse_categorical_crossentropy import SPARSE_CATEGORICAL_CROSSENTROPY

check_build_binary_model = ModelCheck(BUILD_BINARY_MODEL)
check_build_multiclass_model = ModelCheck(BUILD_MULTICLASS_MODEL)
check_predict_probabilities = Check(PREDICT_PROBABILITIES)
check_binary_crossentropy = Check(BINARY_CROSSENTROPY)
check_sparse_categorical_crossentropy = Check(SPARSE_CATEGORICAL_CROSSENTROPY)
