"""How long a learner waits for a check, after its imports: each check on a right and on a wrong answer.

.venv/bin/python -m benchmarks.checks
"""

import math
import os
import statistics
import time
from collections.abc import Callable

import numpy as np

from grader.answers.check import Check
from grader.base.paths import ROOT, exercise_names
from grader.checks import checks_of

ROUNDS = 5


def seconds(check: Check, function: Callable[..., object]) -> float:
    """Return the median time of a verdict, the first one left out: it makes the probes."""
    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        check.judge(function, seed=1)
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def learners(name: str) -> list[tuple[str, str]]:
    """Return (`right` or `wrong`, code) of the first two answers of each kind that learners wrote."""
    text = "".join(path.read_text("utf-8") for path in sorted((ROOT / "tests/learners").glob("*.txt")))
    blocks = [block.split("\n", 1) for block in text.split("#: ")[1:]]
    mine = [(head.split()[0], code) for head, code in blocks if f"def {name}(" in code]
    return [block for kind in ("right", "wrong") for block in [b for b in mine if b[0] == kind][:1]]


def main() -> None:
    """Print a table of milliseconds."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras
    import scipy.special
    import tensorflow as tf

    names = {"np": np, "math": math, "keras": keras, "tf": tf, "sp": scipy.special}
    names |= {"layers": keras.layers, "losses": keras.losses, "metrics": keras.metrics}
    for exercise in exercise_names():
        for check in checks_of(exercise):
            told = []
            for kind, code in learners(check.table.name):
                namespace = dict(names)
                exec(code, namespace)
                told.append(f"{kind} {1000 * seconds(check, namespace[check.table.name]):6.1f} ms")
            print(f"{exercise:<15} {check.table.name:<36} {'   '.join(told)}")


if __name__ == "__main__":
    main()
