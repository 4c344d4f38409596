# Prints 100 MB, in lines, in one piece, to the descriptors and as an error.
# ruff: noqa
# %% relu
import os
import sys

for _ in range(1000):
    print("x" * 100_000)
sys.stderr.write("y" * 100_000_000)
sys.__stdout__.write("z" * 1_000_000)
for descriptor in (1, 2):
    os.write(descriptor, b"z" * 10_000_000)
sys.stdout.seek(0)
sys.stdout.truncate(0)
sys.stdout.write("x" * 10_000_000)


def relu(z):
    print("x" * 10_000_000)
    raise ValueError("x" * 1_000_000)
