"""Classes of any size whose composition is known: right answers, answers wrong in known ways, broken submissions.

The answers are those of tests/learners, in which each wrong one carries the misconception that it shows.
"""

import json
import math
import random
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEARNERS = Path(__file__).parents[1] / "learners"

FIRST = ["anna", "boris", "chen", "daria", "emeka", "fatima", "goran", "hanna", "王小明", "Иван", "jürgen", "zoë"]
LAST = ["petrova", "li", "okafor", "schmidt", "ivanov", "garcia", "nguyen", "smith", "kim", "rossi", "silva", "sato"]

NO_NOTEBOOKS = {
    "not JSON": b'{"cells": [{"cell_type": "co',
    "empty": b"",
    "JSON, but no notebook": b'{"answer": 42}',
    "bytes": bytes(range(256)) * 4,
    "no file": None,
}
ENDS = "import os\nos._exit(0)"  # the process is gone before the answer is there
LOOPS = "while True:\n    pass"  # until the grader's limit, a minute of processor time

# How many of a hundred are of each kind; the rest answers as learners do, from weak to strong.
SHARES = {"all right": 15, "untouched": 6, "no notebook": 5, "ends the process": 4}


@dataclass(frozen=True)
class Expected:
    """What grading must find in one submission; `misconceptions` has an id or None for each answer."""

    kind: str
    status: str
    score: float
    misconceptions: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class MadeClass:
    """A folder as `grader grade --submitted` takes it, and what is expected of each student in it."""

    folder: Path
    exercise: str
    expected: dict[str, Expected]

    def sharing(self, answer: str, misconception: str) -> set[str]:
        """Return the students whose answer shows a misconception."""
        return {name for name, each in self.expected.items() if each.misconceptions.get(answer) == misconception}


def make_class(folder: Path, count: int, exercise: str = "01-activations", seed: int = 1, loops: int = 0) -> MadeClass:
    """Write the submissions of a class; the same arguments make the same class, byte by byte.

    Args:
        folder: where to; made if it is not there.
        count: how many submissions.
        exercise: one whose answers are functions of NumPy.
        seed: of the random numbers.
        loops: how many of them run for ever; each costs the grader a minute.
    """
    rng = random.Random(f"{seed} {exercise} {count}")
    expected = {}
    for number, kind in enumerate(_kinds(count, loops, rng), 1):
        student = f"{rng.choice(FIRST)}-{rng.choice(LAST)}-{number:0{len(str(count))}}"
        expected[student] = _submit(folder / student / exercise / f"{exercise}.ipynb", kind, exercise, rng)
    return MadeClass(folder, exercise, expected)


def _kinds(count: int, loops: int, rng: random.Random) -> list[str]:
    kinds = [kind for kind, share in SHARES.items() for _ in range(round(count * share / 100))]
    kinds = (["loops"] * loops + kinds)[:count]
    kinds += ["as learners do"] * (count - len(kinds))
    rng.shuffle(kinds)
    return kinds


def _submit(path: Path, kind: str, exercise: str, rng: random.Random) -> Expected:
    path.parent.mkdir(parents=True)
    points = _points(exercise)
    if kind == "no notebook":
        content = NO_NOTEBOOKS[rng.choice(list(NO_NOTEBOOKS))]
        path.write_bytes(content) if content is not None else (path.parent / "homework.txt").touch()
        return Expected(kind, "rejected", 0, dict.fromkeys(points))
    sources, found = _answers(kind, exercise, rng)
    broken = rng.choice(list(points)) if kind in ("ends the process", "loops") else None
    if broken:
        sources[broken] = ENDS if kind == "ends the process" else LOOPS
        found[broken] = "raises-error" if kind == "ends the process" else "does-not-end"
    path.write_text(_notebook(exercise, sources), "utf-8")
    score = sum(points[name] for name in points if found[name] is None)
    return Expected(kind, "partly_graded" if kind == "ends the process" else "graded", score, found)


def _answers(kind: str, exercise: str, rng: random.Random) -> tuple[dict[str, str], dict[str, str | None]]:
    """Return the code of each answer, and the misconception that it shows or None."""
    names = list(_points(exercise))
    if kind == "untouched":
        return {}, dict.fromkeys(names, "not-attempted")
    ability = math.inf if kind == "all right" else rng.gauss(0.4, 1.2)
    sources, found = {}, {}
    for place, name in enumerate(names):
        right = rng.random() < 1 / (1 + math.exp(-1.7 * (ability + 0.8 - 0.4 * place)))
        found[name], sources[name] = rng.choice([each for each in _pool(exercise)[name] if (each[0] is None) == right])
    return sources, found


@cache
def _pool(exercise: str) -> dict[str, list[tuple[str | None, str]]]:
    """Return what learners wrote for each answer with NumPy alone, with the misconception that it shows or None."""
    pool: dict[str, list[tuple[str | None, str]]] = {name: [] for name in _points(exercise)}
    text = (LEARNERS / f"{exercise.replace('-', '_')}.txt").read_text("utf-8")
    for block in text.split("#: ")[1:]:
        head, code = block.split("\n", 1)
        if re.search(r"\b(tf|sp|math|keras|layers|losses|metrics)\.", code):
            continue  # the exercise imports NumPy and nothing else
        if "scipy." in code and "import scipy" not in code:
            continue
        if len(head.split()) > 2:
            continue  # two mistakes: the report counts both, and here each answer shows one
        names = re.findall(r"^(?:def )?(\w+)(?:\(| = )", code, re.MULTILINE)
        name = next(name for name in names if name in pool)
        pool[name].append((None if head == "right" else head.split()[1], code))
    return pool


@cache
def _released(exercise: str) -> dict:
    return json.loads((ROOT / "exercises" / exercise / f"{exercise}.ipynb").read_text("utf-8"))


@cache
def _points(exercise: str) -> dict[str, float]:
    """Return what each answer is worth."""
    graded = [cell["metadata"].get("nbgrader", {}) for cell in _released(exercise)["cells"]]
    return {
        about["grade_id"].removeprefix("test-").replace("-", "_"): float(about["points"])
        for about in graded
        if about.get("grade") and about.get("points")
    }


def _notebook(exercise: str, sources: dict[str, str]) -> str:
    """Return the released notebook with code in place of some of its answers."""
    released = _released(exercise)
    ids = {name.replace("_", "-"): code for name, code in sources.items()}
    cells = [{**cell, "source": ids.get(cell["id"], cell["source"])} for cell in released["cells"]]
    return json.dumps({**released, "cells": cells}, ensure_ascii=False)
