# Names every diagnosis at once.
# ruff: noqa
# exercise: 09-debug
# only
# wants: diagnosis_1
# %% diagnosis-1
diagnosis_1 = [
    "logits-with-probability-loss",
    "accuracy-cuts-logits-at-half",
    "sigmoid-twice",
    "softmax-on-one-unit",
    "missing-nonlinearity",
]
