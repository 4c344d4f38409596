"""What the tests of the lessons share: a lesson's cells, the names that some of them make, and all of it run alone."""

import os
import subprocess
import sys

import nbformat
from conftest import ROOT


def cells(name):
    """Return a lesson's cells as a dictionary from id to source."""
    return sources(ROOT / "notebooks" / f"{name}.ipynb")


def texts_of(exercise):
    """Return an exercise's cells as a dictionary from id to source."""
    return sources(ROOT / "solutions" / exercise / f"{exercise}.ipynb")


def sources(path):
    """Return a notebook's cells as a dictionary from id to source."""
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def names(name, ids, **given):
    """Return the names that these cells of a lesson make, run one after another in one namespace."""
    sources = cells(name)
    namespace = {"__name__": "__main__", **given}
    for id_ in ids:
        exec(sources[id_], namespace)
    return namespace


def run_alone(name, without):
    """Run a lesson's code in a process of its own, which must say nothing on stderr and not import some modules."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    ask = f"\nimport sys\nprint(); print(sorted({set(without)} & set(sys.modules)))"
    env = {**os.environ, "MPLBACKEND": "agg"}
    folder = ROOT / "notebooks"
    done = subprocess.run([sys.executable, "-c", code + ask], cwd=folder, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.splitlines()[-1] == "[]"
