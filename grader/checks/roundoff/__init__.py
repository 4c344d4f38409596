"""Exercise 03: log-sum-exp, log-softmax, softplus, and the spacing of floats."""

from grader.answers.check import Check
from grader.checks.roundoff.log_softmax import LOG_SOFTMAX
from grader.checks.roundoff.log_sum_exp import LOG_SUM_EXP
from grader.checks.roundoff.softplus import SOFTPLUS
from grader.checks.roundoff.spacing_at import SPACING_AT

check_log_sum_exp = Check(LOG_SUM_EXP)
check_log_softmax = Check(LOG_SOFTMAX)
check_softplus = Check(SOFTPLUS)
check_spacing_at = Check(SPACING_AT)
