"""Exercise 02: log-odds, and classes from logits and from probabilities."""

from grader.answers.check import Check
from grader.checks.logits.logit import LOGIT
from grader.checks.logits.logit_threshold import LOGIT_THRESHOLD
from grader.checks.logits.most_likely import MOST_LIKELY
from grader.checks.logits.predict_class import PREDICT_CLASS
from grader.checks.logits.predict_class_from_probability import PREDICT_CLASS_FROM_PROBABILITY

check_logit = Check(LOGIT)
check_predict_class = Check(PREDICT_CLASS)
check_predict_class_from_probability = Check(PREDICT_CLASS_FROM_PROBABILITY)
check_most_likely = Check(MOST_LIKELY)
check_logit_threshold = Check(LOGIT_THRESHOLD)
