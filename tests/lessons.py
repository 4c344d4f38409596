"""What the tests of the lessons share: a lesson's cells, and the names that some of them make."""

import nbformat
from conftest import ROOT


def cells(name):
    """Return a lesson's cells as a dictionary from id to source."""
    notebook = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4)
    return {cell.id: cell.source for cell in notebook.cells}


def names(name, ids, **given):
    """Return the names that these cells of a lesson make, run one after another in one namespace."""
    sources = cells(name)
    namespace = {"__name__": "__main__", **given}
    for id_ in ids:
        exec(sources[id_], namespace)
    return namespace
