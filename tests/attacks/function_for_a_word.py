# Gives a function, which could look at who asks, where a word is asked.
# ruff: noqa
# exercise: 09-debug
# only
# wants: diagnosis_1
# %% diagnosis-1
def diagnosis_1():
    return "logits-with-probability-loss"


diagnosis_1.strip = lambda: "logits-with-probability-loss"
