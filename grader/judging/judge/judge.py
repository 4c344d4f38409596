"""The judge: runs a submission's cells at the learner's, and the test cells of solutions/ itself, in their order."""

import ast
import builtins
import contextlib
import dis
import io
import traceback
from types import CodeType
from typing import TYPE_CHECKING, Any

from grader.answers.personal import personal
from grader.answers.verdict import MIME, NotYet
from grader.judging.judge.proxies import Gone, Learner

if TYPE_CHECKING:  # a judge is given sources and gives outputs; importing nbformat takes it a second
    from nbformat import NotebookNode

Cell = dict[str, Any]
FORGED = "what came back has not the form of a result"
WITHOUT_IT = "A cell ended the Python process, or could not be stopped; the others were judged without it."


def judge(cells: list[Cell], learner: Learner) -> tuple[list[list[Cell]], str]:
    """Run the code cells of a submission.

    Args:
        cells: each with its `source` and whether it is a `test` of ours; a test with the student's own number as
            `personal`, where there is one.
        learner: where the others are run.

    Returns:
        The outputs of each cell in nbformat's form, None for a cell that was not run, and what stopped the run or "".
    """
    outputs: list[Any] = []
    ran: list[str] = []
    for cell in cells:
        try:
            with personal(cell.get("personal", "")):
                outputs.append(run_test(cell["source"], learner) if cell["test"] else run_cell(cell["source"], learner))
            ran += [] if cell["test"] else [cell["source"]]
        except Gone as gone:
            goes_on = learner.again(ran)  # without the cell that ended the process
            outputs.append([_error("ProcessEnded", str(gone), str(gone))] if goes_on else None)
        except Exception:  # an answer in a form that no honest process sends: it must not end the judge
            outputs.append([_error("CannotBeJudged", FORGED, FORGED)])
    return outputs, learner.gone or (WITHOUT_IT if learner.starts > 1 else "")


def run_cell(source: str, learner: Learner) -> list[Cell]:
    """Have a cell of the learner run, and return its outputs: text alone, so that nothing in them is active."""
    told = learner.run(source)
    outputs = [_stream(name, told.get(key)) for name, key in (("stdout", "out"), ("stderr", "err")) if told.get(key)]
    error = told.get("error")
    if isinstance(error, dict):
        words = {key: str(error.get(key, ""))[:20_000] for key in ("name", "message", "traceback")}
        outputs.append(_error(words["name"], words["message"], words["traceback"]))
    return outputs


def run_test(source: str, learner: Learner) -> list[Cell]:
    """Run a test cell here and return its outputs; the verdict rides along, as in a notebook."""
    code = compile(_with_value(source), "<test>", "exec", dont_inherit=True)
    names: dict[str, Any] = {"__name__": "__main__"}
    for name in _free_names(code):
        with contextlib.suppress(KeyError):
            names[name] = learner.name(name)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            exec(code, names)
    except Gone:
        raise
    except NotYet as not_yet:
        return [*_printed(printed), _verdict(not_yet), _error("NotYet", str(not_yet), "\n".join(_told(not_yet)))]
    except BaseException as error:
        return [*_printed(printed), _error(type(error).__name__, str(error), traceback.format_exc())]
    return [*_printed(printed), *_result(names.get(VALUE))]


VALUE = "_value_of_the_last_line"


def _with_value(source: str) -> ast.Module:
    """Return a cell's code with the value of its last line kept under a name; partial credit is given by it."""
    tree = ast.parse(source)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        kept = ast.Assign([ast.Name(VALUE, ast.Store())], last.value)
        tree.body[-1] = ast.copy_location(kept, last)
    return ast.fix_missing_locations(tree)


def _free_names(code: CodeType) -> list[str]:
    """Return the names that a cell uses and neither makes nor finds among the builtins."""
    used = {name for part in _walk(code) for name in part.co_names}
    made = {str(step.argval) for step in dis.get_instructions(code) if step.opname in ("STORE_NAME", "STORE_GLOBAL")}
    return sorted(name for name in used - made if not hasattr(builtins, name))


def _walk(code: CodeType) -> list[CodeType]:
    inner = [each for constant in code.co_consts if isinstance(constant, CodeType) for each in _walk(constant)]
    return [code, *inner]


def _result(value: object) -> list[Cell]:
    if value is None:
        return []
    data = {"text/plain": repr(value)}
    return [{"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}]


def _verdict(not_yet: NotYet) -> Cell:
    verdict = not_yet.verdict
    data = {"text/plain": verdict.as_text(), "text/html": verdict.as_html(), MIME: verdict.as_data()}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _told(not_yet: NotYet) -> list[str]:
    return not_yet._render_traceback_()


def _printed(printed: io.StringIO) -> list[Cell]:
    return [_stream("stdout", printed.getvalue())] if printed.getvalue() else []


def _stream(name: str, text: object) -> Cell:
    return {"output_type": "stream", "name": name, "text": str(text)[:40_000]}


def _error(name: str, message: str, told: str) -> Cell:
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": told.splitlines()}


def job_of(notebook: "NotebookNode", tests: set[str], number: str = "") -> list[Cell]:
    """Return the code cells of a prepared notebook as the judge takes them, tests with the student's number if any."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    named = [(cell.source, cell.metadata.get("nbgrader", {}).get("grade_id") in tests) for cell in code]
    about = {"personal": number} if number else {}
    return [{"source": source, "test": test, **(about if test else {})} for source, test in named]


def enter_outputs(notebook: "NotebookNode", outputs: list[list[Cell] | None]) -> None:
    """Put outputs and execution counts into the code cells of a notebook; what was not run gets neither."""
    from nbformat import from_dict

    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, (cell, told) in enumerate(zip(code, outputs, strict=True), 1):
        cell.outputs = [from_dict(output) for output in told or []]
        cell.execution_count = None if told is None else number
