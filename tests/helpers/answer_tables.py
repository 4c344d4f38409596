"""Submissions that compute nothing: tables of what public solutions give for inputs that are known beforehand."""

import base64
import copy
import pickle
import re

import nbformat
import numpy as np
from conftest import ROOT
from tricks import right

from grader.answers.personal import personal, secret_probes
from grader.answers.table import Answer

SEEDED = re.compile(r"check_(\w+)\(\w+, seed=(\d+)\)")

# The cell before the tables. What is not in a table is guessed: the entry of the same form whose numbers lie nearest.
LOOK_UP = """
import base64
import pickle


def form(given):
    def of(each):
        words = isinstance(each, (type, str)) or np.asarray(each).dtype.kind == "U"
        return type(each).__name__, str(getattr(each, "dtype", "")), np.shape(each), repr(each) if words else ""
    return [of(each) for each in given]


def numbers(given):
    def of(each):
        if hasattr(each, "get_weights"):
            return np.concatenate([weight.ravel() for weight in each.get_weights()])
        plain = np.zeros(0) if isinstance(each, type) else np.ravel(np.asarray(each))
        return np.zeros(0) if plain.dtype.kind == "U" else plain.astype(float)
    return np.concatenate([of(each) for each in given])


def looked_up(table):
    def answer(*given, **named):
        given = [*given, *named.values()]
        alike = [(at, result) for kind, at, result in table if kind == form(given) and len(at) == len(numbers(given))]
        if not alike:
            raise ValueError("not in the table")
        return min(alike, key=lambda entry: np.abs(entry[0] - numbers(given)).sum())[1]
    return answer
"""


def solutions(name):
    """Return the names that the public solution of an exercise makes, and the seed of each answer's hidden test."""
    source = nbformat.read(ROOT / f"solutions/{name}/{name}.ipynb", as_version=4)
    code = [cell for cell in source.cells if cell.cell_type == "code"]
    names = {"__name__": "solutions"}
    for cell in code:
        if not cell.metadata.get("nbgrader", {}).get("grade"):
            exec(cell.source, names)
    return names, {name: int(seed) for cell in code for name, seed in SEEDED.findall(cell.source)}


def known(answer: Answer, seed: int, numbers=("",)):
    """Return all inputs that whoever has the repository knows, and those of students whose number is known."""
    drawn = []
    for number in numbers:
        with personal(number):
            drawn += secret_probes(answer, seed)
    return [*answer.probes, *drawn]


def table_of(function, probes):
    """Return a table for looked_up(): what a function gives on probes."""
    names = {"np": np}
    exec(LOOK_UP, names)
    table = []
    for probe in probes:
        given = [*probe.arguments, *probe.keywords.values()]
        own = [copy.deepcopy(each) if isinstance(each, np.ndarray | list) else each for each in probe.arguments]
        result = function(*own, **probe.keywords)
        table.append((names["form"](given), names["numbers"](given), result))
    return table


def looked_up(table):
    """Return the function that a table makes."""
    names = {"np": np}
    exec(LOOK_UP, names)
    return names["looked_up"](table)


def submission(name, answers, numbers=("",)):
    """Return the notebook of an exercise in which every answer is a table."""
    made, seeds = solutions(name)
    notebook = right(name)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["imports"].source += "\n" + LOOK_UP
    for answer in answers:
        packed = base64.b64encode(pickle.dumps(table_of(made[answer.name], known(answer, seeds[answer.name], numbers))))
        lines = "\n".join(f"    {packed[at : at + 100]!r}" for at in range(0, len(packed), 100))
        code = f"{answer.name} = looked_up(pickle.loads(base64.b64decode(\n{lines}\n)))"
        cells[answer.name.replace("_", "-")].source = code
    return nbformat.writes(notebook).encode()
