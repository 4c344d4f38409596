"""The judge: runs a submission's cells at the learner's, and the test cells of solutions/ itself, in their order."""

import ast
import builtins
import contextlib
import dis
import io
from types import CodeType
from typing import Any

from grader.answers.personal import personal
from grader.answers.verdict import NotYet, Verdict
from grader.judging.judge.proxies import Gone, LearnerProxy

Cell = dict[str, Any]  # a cell to run, or an output in nbformat's form
Told = dict[str, Any]  # what came of a cell: its `outputs`, None when it was not run, and its `verdict` or None
FORGED = "what came back has not the form of a result"
MOST_SHOWN = (
    1_000_000  # characters that the learner's cells show in all; whoever writes the notebook has no more to hold
)
TOO_MUCH = "The cells before this one have shown so much that what it has shown is left out."
WITHOUT_IT = "A cell ended the Python process, or could not be stopped; the others were judged without it."


def judge_cells(cells: list[Cell], learner: LearnerProxy) -> tuple[list[Told], str]:
    """Run the code cells of a submission.

    Args:
        cells: each with its `source` and whether it is a `test` of ours; a test with the student's own key as
            `personal`, where there is one.
        learner: where the others are run.

    Returns:
        What came of each cell, and what stopped the run or "".
    """
    told: list[Told] = []
    ran: list[str] = []
    left = MOST_SHOWN
    for cell in cells:
        try:
            with personal(cell.get("personal", "")):
                found = run_test(cell["source"], learner) if cell["test"] else run_cell(cell["source"], learner)
            if not cell["test"]:
                left -= _shown_size(found)
                found = found if left >= 0 else _told([_stream("stderr", TOO_MUCH)])
            told.append(found)
            ran += [] if cell["test"] else [cell["source"]]
        except Gone as gone:
            goes_on = learner.again(ran)  # without the cell that ended the process
            told.append(_told([_error("ProcessEnded", str(gone), str(gone))] if goes_on else None))
        except Exception:  # an answer in a form that no honest process sends: it must not end the judge
            told.append(_told([_error("CannotBeJudged", FORGED, FORGED)]))
    return told, learner.gone or (WITHOUT_IT if learner.starts > 1 else "")


def _told(outputs: list[Cell] | None, verdict: Verdict | None = None) -> Told:
    return {"outputs": outputs, "verdict": verdict and verdict.as_data()}


def _shown_size(told: Told) -> int:
    """Return the characters of a cell's outputs, which are text alone."""
    return sum(len(str(text)) for output in told["outputs"] or [] for text in output.values())


def run_cell(source: str, learner: LearnerProxy) -> Told:
    """Have a cell of the learner run, and return what came: text alone, so that nothing in it is active."""
    told = learner.run(source)
    outputs = [_stream(name, told.get(key)) for name, key in (("stdout", "out"), ("stderr", "err")) if told.get(key)]
    error = told.get("error")
    if isinstance(error, dict):
        words = {key: str(error.get(key, ""))[:20_000] for key in ("name", "message", "traceback")}
        outputs.append(_error(words["name"], words["message"], words["traceback"]))
    return _told(outputs)


def run_test(source: str, learner: LearnerProxy) -> Told:
    """Run a test cell here; return its outputs, which show the verdict, and the verdict itself if one was given."""
    code = compile(_with_value(source), "<test>", "exec", dont_inherit=True)
    names: dict[str, Any] = {"__name__": "__main__"}
    learner.begin_test()
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
        lines = "\n".join(not_yet._render_traceback_())
        shown = [_shown(not_yet.verdict), _error("NotYet", str(not_yet), lines)]
        return _told([*_printed(printed), *shown], not_yet.verdict)
    except BaseException as error:
        # no traceback: it would show students the judge's own lines, and where they lie on the teacher's machine
        return _told([*_printed(printed), _error(type(error).__name__, str(error), str(error))])
    return _told([*_printed(printed), *_result(names.get(VALUE))])


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


def _shown(verdict: Verdict) -> Cell:
    shown = f'<div class="tex2jax_ignore">{verdict.as_graded_html()}</div>'  # a learner's words are no formulas
    data = {"text/plain": verdict.as_text(), "text/html": shown}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _printed(printed: io.StringIO) -> list[Cell]:
    return [_stream("stdout", printed.getvalue())] if printed.getvalue() else []


def _stream(name: str, text: object) -> Cell:
    return {"output_type": "stream", "name": name, "text": str(text)[:40_000]}


def _error(name: str, message: str, lines: str) -> Cell:
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": lines.splitlines()}
