"""The logit at which a probability is cut, and what is taken for it."""

from grader.answers.table import Answer, Misconception, Probe, probes
from grader.checks.logits.logit import LOGIT_GENERAL, LOGIT_IDEAS, log_odds, logit_done

LOGIT_THRESHOLD = Answer(
    name="logit_threshold",
    section="02-logits.ipynb#other-heading",
    idea=("Cutting probabilities at p and cutting logits at the logit of p decides every example in the same way."),
    way="Which function turns a probability into a logit? You have written it above.",
    oracle=log_odds,
    recipe=logit_done,
    tries=[*probes(0.622, 0.1, 0.01), *probes(1e-6, 1e-12, rtol=1e-4)],
    misconceptions=[
        *LOGIT_IDEAS,
        Misconception(
            "threshold-half-on-logits",
            "This cuts the logits at the probability itself. The probability one half belongs to the logit 0, not 0.5.",
            ({"of": lambda p: p},),
        ),
        Misconception(
            "threshold-ignored",
            "The logit to cut at is the same for every p. It must move with the probability threshold.",
            (lambda p: 0.0, lambda p: 0.5),
        ),
    ],
    general=LOGIT_GENERAL,
    more=lambda rng: [Probe((float(rng.uniform(0.02, 0.98)),), secret=True) for _ in range(3)],
)
