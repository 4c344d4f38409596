"""An assignment of a teacher's own, made of answers and tests that were not written for this grader."""

from nbformat.v4 import new_code_cell, new_notebook


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
