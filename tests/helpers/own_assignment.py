"""An assignment of a teacher's own, made of answers and tests that were not written for this grader."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from grader.intake.plain import plain_notebook
from grader.judging.batch import Handed, judge_submission
from grader.judging.execution import run_on


def cell(source, grade_id="", *, solution=False, grade=False, locked=False, points=1, **more):
    """Return a code cell, with nbgrader's metadata where it has a grade_id."""
    made = new_code_cell(source, id=grade_id or f"plain-{abs(hash(source)) % 10**9}", **more)
    if grade_id:
        about = {"grade_id": grade_id, "solution": solution, "grade": grade, "locked": locked, "schema_version": 3}
        made.metadata.nbgrader = {**about, "task": False, **({"points": points} if grade else {})}
        made.metadata.nbgrader["cell_type"] = "code"
    return made


def answer(name, code):
    """Return an answer's cell: all of it is the solution."""
    if code.startswith("%%"):
        return cell(code, name, solution=True)
    return cell(f"### BEGIN SOLUTION\n{code}\n### END SOLUTION", name, solution=True)


def checking(name, code, points=1):
    """Return the cell that tests an answer."""
    return cell(code, f"test-{name}", grade=True, locked=True, points=points)


def notebook(cells):
    """Return a notebook of cells."""
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new_notebook(cells=cells, metadata={**kernel, "language_info": {"name": "python"}})


def judged(worker, exercise, cells):
    """Return the result and the notebook of a submission of these cells."""
    plain = plain_notebook(nbformat.writes(notebook(cells)).encode())
    return judge_submission(Handed("ada", plain), exercise, run_on(worker, exercise))


def scores(found):
    """Return what each answer of a result earns."""
    return {answer.name.replace("_", "-"): answer.score for answer in found.result.answers}
