"""Classes in which it is known who wrote from whom: independent students, and copies in disguise.

Independent students draw each answer from what learners wrote (tests/learners), popular ones often, so that many of
them share many answers without knowing of each other.
"""

import ast
import copy
import json
import random
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LEARNERS = Path(__file__).parents[1] / "learners"

DISGUISES = ("renamed", "reordered", "commented", "other numbers", "one answer retyped")


@cache
def released(exercise):
    return json.loads((ROOT / "exercises" / exercise / f"{exercise}.ipynb").read_text("utf-8"))


@cache
def pool(exercise):
    """Return for each answer what learners wrote, right answers first; nobody's answer is left blank."""
    found = {cell["id"].replace("-", "_"): ([], []) for cell in released(exercise)["cells"] if _is_answer(cell)}
    text = (LEARNERS / f"{exercise.replace('-', '_')}.txt").read_text("utf-8")
    for block in text.split("#: ")[1:]:
        head, code = block.split("\n", 1)
        names = re.findall(r"^(?:def )?(\w+)(?:\(| = )", code, re.MULTILINE)
        name = next(name for name in names if name in found)
        if "not-attempted" not in head:
            found[name][head != "right"].append(code)
    return found


def _is_answer(cell):
    about = cell["metadata"].get("nbgrader", {})
    return about.get("solution") and cell["cell_type"] == "code"


def independent(exercise, rng, popular):
    """Return the answers of a student who works alone.

    Args:
        exercise: whose answers.
        rng: draws them.
        popular: whether some answers are more popular than others; the k-th is drawn with a weight of 1 / k.
    """
    ability = rng.random()  # strong students are right everywhere, so that their answers meet more often
    answers = {}
    for name, (right, wrong) in pool(exercise).items():
        choice = right if not wrong or rng.random() < 0.25 + 0.7 * ability else wrong
        weights = [1 / (k + 1) if popular else 1 for k in range(len(choice))]
        answers[name] = rng.choices(choice, weights)[0]
    return answers


def copied(answers, disguise, exercise, rng):
    """Return somebody's answers after a disguise; every one also renames and reformats."""
    names = set(answers)
    changed = {name: _changed(code, disguise, names, rng) for name, code in answers.items()}
    if disguise == "one answer retyped":
        name = rng.choice(list(answers))
        changed[name] = independent(exercise, rng, popular=False)[name]
    return changed


def _changed(code, disguise, names, rng):
    tree = ast.parse(code)
    _rename(tree, names, rng)
    if disguise == "reordered":
        _reorder(tree)
    if disguise == "other numbers":
        _change_a_number(tree, rng)
    text = _reformatted(ast.unparse(tree))
    if disguise == "commented":
        text = re.sub(r"^(    )(\w)", r"\1# here I compute it, step by step\n\1\2", text, flags=re.MULTILINE)
        text = re.sub(r"^(def .*:)$", r'\1\n    """My own words on this."""', text, count=1, flags=re.MULTILINE)
    return text + "\n"


def _reformatted(text):
    """Return code with other quotes, spaces, and line breaks within brackets."""
    lines = []
    for line in text.replace("'", '"').replace(" = ", "=").splitlines():
        head, bracket, rest = line.partition("(")
        lines.append(
            head + bracket + rest.replace(", ", " ,\n            ") if bracket == "(" and "," not in head else line
        )
    broken = "\n".join(lines)
    try:
        ast.parse(broken)
    except SyntaxError:  # the bracket was closed before the comma
        return text
    return broken


def _rename(tree, names, rng):
    bound = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)} - names
    bound |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    new = {
        name: f"{rng.choice(['my', 'the', 'new', 'tmp'])}_{rng.choice(['x', 'val', 'res'])}{k}"
        for k, name in enumerate(sorted(bound))
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
        elif isinstance(node, ast.arg):
            node.arg = new.get(node.arg, node.arg)


def _reorder(tree):
    """Swap the first two statements of each function, whether or not the code still works."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and len(node.body) > 2:
            node.body[:2] = node.body[1::-1]


def _change_a_number(tree, rng):
    numbers = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    if numbers:
        chosen = rng.choice(numbers)
        chosen.value = chosen.value + 1 if isinstance(chosen.value, int) else chosen.value * 2 + 0.5


def notebook(exercise, answers, added=()):
    """Return the released notebook with these answers and, at the end, these cells of code."""
    cells = copy.deepcopy(released(exercise)["cells"])
    for cell in cells:
        cell["source"] = answers.get(cell["id"].replace("-", "_"), cell["source"])
    for number, code in enumerate(added):
        more = {"cell_type": "code", "id": f"added-{number}", "metadata": {}, "outputs": [], "execution_count": None}
        cells.append({**more, "source": code})
    return json.dumps({**released(exercise), "cells": cells}, ensure_ascii=False)


def write(folder, exercise, notebooks):
    """Write notebooks, by student, as `grader grade --submitted` takes them; a str or bytes each."""
    for student, content in notebooks.items():
        path = folder / student / exercise / f"{exercise}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def make_class(folder, exercise, count, seed, popular=True, planted=DISGUISES):
    """Write a class of independent students, and one more for each disguise, who has the answers of one of them.

    Returns:
        The pairs, as sets of two names, with their disguise.
    """
    rng = random.Random(f"{seed} {exercise} {count} {popular}")
    students = {f"s{k:04}": independent(exercise, rng, popular) for k in range(count)}
    sources = rng.sample(sorted(students), len(planted))
    pairs = {}
    for number, (source, disguise) in enumerate(zip(sources, planted, strict=True)):
        students[f"t{number}"] = copied(students[source], disguise, exercise, rng)
        pairs[frozenset((source, f"t{number}"))] = disguise
    write(folder, exercise, {name: notebook(exercise, answers) for name, answers in students.items()})
    return pairs
