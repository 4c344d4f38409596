"""nbgrader's AUTOTEST lines as the tests that release makes of them, with the values that the source's answers give."""

from functools import lru_cache
from pathlib import Path

from nbformat import NotebookNode, reads, writes

from grader.base.errors import CannotGoOn
from grader.base.paths import ROOT

DELIMITER = "AUTOTEST"


def instantiate_tests(notebook: NotebookNode, path: Path) -> None:
    """Put tests in the place of a source's AUTOTEST lines, by nbgrader's own step; without such lines do nothing.

    Args:
        notebook: the source with its answers.
        path: where it lies; autotests.yml is looked for there, then in the course's folder.

    Raises:
        CannotGoOn: the source's own answers stop, or there is no autotests.yml.
    """
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if any(DELIMITER in cell.source for cell in code):
        for cell, source in zip(code, _sources(writes(notebook), path, _templates(path)), strict=True):
            cell.source = source


def _templates(path: Path) -> str:
    """Return the text of autotests.yml; of the course's own where the exercise has none."""
    for folder in (path.parent, ROOT):
        if (folder / "autotests.yml").exists():
            return (folder / "autotests.yml").read_text("utf-8")
    raise CannotGoOn(f"{path.name} has AUTOTEST lines: put nbgrader's autotests.yml beside it.")


@lru_cache(maxsize=8)
def _sources(text: str, path: Path, templates: str) -> list[str]:
    """Return the sources of the code cells with tests in them; a kernel runs all of them once for each version."""
    from contextlib import chdir

    from nbgrader.preprocessors import InstantiateTests

    notebook = reads(text, as_version=4)
    try:
        with chdir(ROOT):  # nbgrader looks for the course's autotests.yml in the current folder
            InstantiateTests().preprocess(notebook, {"metadata": {"path": str(path.parent)}})
    except Exception as error:  # whatever the source's code raises
        raise CannotGoOn(f"The AUTOTEST lines of {path.name} cannot be made into tests: {error}") from error
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]
