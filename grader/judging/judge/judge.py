"""The judge: runs a submission's cells at the learner's, and the test cells of solutions/ itself, in their order."""

import ast
import contextlib
import io
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grader.answers.personal import personal
from grader.answers.verdict import NotYet, Verdict
from grader.base.files import write_files
from grader.judging.code import bound_names, parsed
from grader.judging.judge.names import Names
from grader.judging.judge.proxies import Gone, LearnerProxy

Cell = dict[str, Any]  # a cell to run, or an output in nbformat's form
Told = dict[str, Any]  # what came of a cell: its `outputs`, None when it was not run, and its `verdict` or None
FORGED = "what came back has not the form of a result"
MOST_SHOWN = (
    1_000_000  # characters that the learner's cells show in all; whoever writes the notebook has no more to hold
)
MOST_TEXT = 20_000  # characters of an error or a value that a test shows
TOO_MUCH = "The cells before this one have shown so much that what it has shown is left out."
WITHOUT_IT = "A cell ended the Python process, or could not be stopped; the others were judged without it."


def judge_cells(cells: list[Cell], learner: LearnerProxy) -> tuple[list[Told], str]:
    """Run the code cells of a submission.

    Args:
        cells: each with its `source` and whether it is a `test` of ours; a test with the student's own key as
            `personal`, where there is one. A cell that is `locked` is run here, too. The first one has what is `given`:
            the exercise's `files`, its `imports`, and the names that are the learner's, `theirs`.
        learner: where the others are run.

    Returns:
        What came of each cell, and what stopped the run or "".
    """
    with _room(cells) as given:
        return _judge_cells(cells, learner, given)


def _judge_cells(cells: list[Cell], learner: LearnerProxy, given: dict[str, Any]) -> tuple[list[Told], str]:
    told: list[Told] = []
    ran: list[str] = []
    left = MOST_SHOWN
    names = Names(learner, given["imports"], frozenset(given["theirs"]))
    for cell in cells:
        try:
            if "given" in cell:
                learner.give(given["files"])
            with personal(cell.get("personal", "")):
                found = run_test(cell["source"], names) if cell["test"] else run_cell(cell["source"], learner)
            if cell.get("locked"):
                run_locked(cell["source"], names)
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


@contextlib.contextmanager
def _room(cells: list[Cell]) -> Iterator[dict[str, Any]]:
    """Yield what is given with the cells; its files lie in the current folder meanwhile, and can be imported."""
    given: dict[str, Any] = next(
        (cell["given"] for cell in cells if "given" in cell), {"files": {}, "imports": {}, "theirs": []}
    )
    if not given["files"]:
        yield given
        return
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_files(Path(), given["files"])
        sys.path.insert(0, folder)
        try:
            yield given
        finally:
            sys.path.remove(folder)


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


def run_locked(source: str, names: Names) -> None:
    """Run a locked cell of the exercise here: what it binds is not the learner's word. What it shows is not kept."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            exec(compile(parsed(source), "<exercise>", "exec", dont_inherit=True), names)
    except Gone:
        raise
    except BaseException:
        names.reserved |= bound_names(source)


def run_test(source: str, names: Names) -> Told:
    """Run a test cell here; return its outputs, which show the verdict, and the verdict itself if one was given."""
    learner = names.learner
    learner.begin_test()
    names.begin()
    learner.shown = printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            try:
                exec(compile(_with_value(source), "<test>", "exec", dont_inherit=True), names)
            finally:
                names.end()
    except Gone:
        raise
    except NotYet as not_yet:
        lines = "\n".join(not_yet._render_traceback_())
        shown = [_shown(not_yet.verdict), _error("NotYet", str(not_yet), lines)]
        return _told([*_printed(printed), *shown], not_yet.verdict)
    except BaseException as error:
        # no traceback: it would show students the judge's own lines, and where they lie on the teacher's machine
        name, text = type(error).__name__, str(error)[:MOST_TEXT]
        if learner.raised and error is learner.raised[0]:
            name, text = "RuntimeError", learner.raised[1]
        return _told([*_printed(printed), _error(name, text, text)])
    if learner.gone:  # and the test took that for an exception of the code
        raise Gone(learner.gone)
    return _told([*_printed(printed), *_result(names.pop(VALUE, None))])


VALUE = "_value_of_the_last_line"


def _with_value(source: str) -> ast.Module:
    """Return a cell's code with the value of its last line kept under a name; partial credit is given by it."""
    tree = parsed(source)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body[-1]
        kept = ast.Assign([ast.Name(VALUE, ast.Store())], last.value)
        tree.body[-1] = ast.copy_location(kept, last)
    return ast.fix_missing_locations(tree)


def _result(value: object) -> list[Cell]:
    if value is None:
        return []
    data = {"text/plain": repr(value)[:MOST_TEXT]}
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
