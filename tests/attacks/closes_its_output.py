# Closes and replaces what its output goes to.
# ruff: noqa
# %% relu
import os
import sys

sys.stdout.close()
sys.stderr = sys.stdin = None
sys.stdout = object()


def relu(z):
    sys.stdout = 5
    os.close(1)
    return np.abs(z)
