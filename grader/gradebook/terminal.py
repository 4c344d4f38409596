"""What the terminal shows of a grading: a progress bar while it runs, a table at the end."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from grader.base.sign_of_life import sign_of_life
from grader.base.text import clean, points_text
from grader.gradebook.address import gradebook_address
from grader.judging.results import Result, Status


def show_progress(results: Iterable[Result], total: int, console: Console) -> list[Result]:
    """Return the results in the order of the names, with a progress bar, or a line now and then, while they come in."""
    done: list[Result] = []
    if console.is_terminal:
        columns = TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        with Progress(*columns, console=console, transient=True) as bar:
            done += bar.track(results, total=total)
    else:  # a log file gets no bar
        with sign_of_life(lambda: f"Grading: {len(done)} of {total} are done"):
            for result in results:
                done.append(result)
    return sorted(done, key=lambda result: result.student)


def results_table(name: str, results: list[Result]) -> Table:
    """Return a table of one row a student: the points, and what was found in the answers that are not right."""
    rows = Table(title=f"{name}: {len(results)} submissions", title_justify="left")
    rows.add_column("student", overflow="fold")
    rows.add_column("score", justify="right", no_wrap=True)
    rows.add_column("found", overflow="fold")
    for result in results:
        rows.add_row(
            escape(clean(result.student)),
            _score(result),
            escape(clean(_found(result))),
        )
    return rows


def _score(result: Result) -> str:
    if result.status == "not_handed_in":
        return "–"
    return f"{points_text(result.score)} / {points_text(result.max_score)}"


def _found(result: Result) -> str:
    if result.status in ("rejected", "not_handed_in"):
        return " ".join([result.reason, *result.notes])
    wrong = [f"{answer.name}: {', '.join(answer.mistakes)}" for answer in result.answers if answer.mistakes]
    return "; ".join([result.reason] * bool(result.reason) + wrong + result.notes)


def closing_lines(results: list[Result]) -> list[str]:
    """Return how many have which status, and where their marks are."""
    words: dict[Status, str] = {
        "graded": "graded",
        "partly_graded": "partly graded",
        "rejected": "not readable",
        "not_handed_in": "not handed in",
    }
    counts = Counter(result.status for result in results)
    told = ", ".join(f"{counts[status]} {text}" for status, text in words.items() if counts[status])
    return [f"{told}. The marks are in {gradebook_address().removeprefix('sqlite:///')}"] if results else []
