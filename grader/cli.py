"""The command line: arguments in, exit code out, no logic."""

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.base.errors import CannotGoOn
from grader.gradebook.address import use_gradebook as use_database

if TYPE_CHECKING:
    from grader.intake.handed_in import HandedIn

PROGRAM = "py course.py" if os.name == "nt" else "python3 course.py"  # as every page calls it; it needs no active .venv

# rich would double the time that `--help` takes, and its tables cut the words at 80 columns
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

Exercise = Annotated[str, typer.Argument(metavar="EXERCISE", help="The exercise, such as 01-activations.")]
Database = Annotated[  # an option of every command that reads or writes the gradebook; parsing it sets it
    str,
    typer.Option(
        "--db", callback=use_database, help="The gradebook, such as postgresql://USER@HOST/DATABASE; also LOGIT_LAB_DB."
    ),
]


@app.callback()
def grader() -> None:
    """Logit Lab: open the course, release exercises, grade submissions."""
    from grader.gradebook.fast_start import without_grammars
    from grader.lab.jupyter import keep_inside

    keep_inside()
    without_grammars()


@app.command()
def lab(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The lesson to open, by its number or name.")] = "00",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int, typer.Option(help="The first port to try.")] = 8888,
) -> None:
    """Open JupyterLab on a lesson."""
    from grader.answers.progress import keep_progress
    from grader.lab.jupyter import open_lab

    keep_progress()
    open_lab(lesson, browser, port)


@app.command()
def setup() -> None:
    """Set the course up in .venv, and do nothing else."""
    typer.echo("The course is set up. To open it: python3 course.py lab")  # course.py has done it on the way here


@app.command("test", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def run_the_tests(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Only what takes a minute: between two commits.")] = False,
    slow: Annotated[bool, typer.Option("--slow", help="Only what takes long by nature, and no lint.")] = False,
) -> None:
    """Run the tests: lint and types, pytest, notebooks.

    Other arguments go to pytest in place of the usual tests; lint and types are looked at all the same.
    """
    from grader.lab.tests import run_tests

    raise typer.Exit(run_tests(context.args, quick, slow))


@app.command()
def doctor() -> None:
    """Say what is there and what is missing."""
    from grader.lab.doctor import examine

    raise typer.Exit(examine())


@app.command()
def release(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="The exercise; all of them when left out.")] = "",
    seed: Annotated[
        str | None, typer.Option(help="The class's secret, for personal inputs; - reads it. Also LOGIT_LAB_SEED.")
    ] = None,
    no_seed: Annotated[bool, typer.Option("--no-seed", help="Take the class's secret away.")] = False,
) -> None:
    """Make exercises/ from solutions/. With --seed, hidden tests have inputs of each student's own."""
    from grader.base.paths import exercise_names, require_exercise
    from grader.gradebook.rehearsal import rehearse
    from grader.gradebook.release import release_exercise as make
    from grader.gradebook.seed import keep_seed

    names = [require_exercise(name)] if name else exercise_names()
    if told := keep_seed(seed, no_seed):
        typer.echo(told)
    for exercise in names:
        path, kept = make(exercise)
        typer.echo(f"{exercise}: {path}" + (f" (what was there before: {kept})" if kept else ""))
        for line in rehearse(exercise):
            typer.echo(line, err=True)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its number and topic, such as 10-my-topic.")],
    title: Annotated[str, typer.Option(help="Its title; made from the name when left out.")] = "",
) -> None:
    """Make a lesson with exercise, check and tests. It is small and works; you change it into yours."""
    from grader.lab.authoring.new import make_lesson as make

    typer.echo(make(name, title))


@app.command()
def grade(
    name: Exercise,
    submitted: Annotated[
        Path | None,
        typer.Option(help="What was handed in: a folder, or a zip file of Canvas, Moodle, GitHub Classroom."),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    workers: Annotated[int, typer.Option(help="How many are judged at once; 0: one for each core.", min=0)] = 0,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Run the submitted code without a sandbox.")
    ] = False,
    scheduler: Annotated[str, typer.Option(help="Grade on a Dask cluster, such as tcp://HOST:8786.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say who has handed in what, and whether it can be read.")
    ] = False,
    roster: Annotated[
        Path | None, typer.Option("--class", help="A list of the class, such as an export of Canvas or Moodle.")
    ] = None,
    match: Annotated[str, typer.Option(help="The column of that list with the students' names or numbers.")] = "",
    due: Annotated[str, typer.Option(help="When it is due, such as 2026-12-01T23:59+01:00.")] = "",
    late: Annotated[str, typer.Option(help="What late work loses: none, zero, or 2/day; kept for the class.")] = "",
    forget: Annotated[str, typer.Option(metavar="STUDENT", help="Take back this student's submission.")] = "",
    db: Database = "",
) -> None:
    """Grade a folder or a zip file of submissions into the gradebook."""
    from grader.intake.handed_in import open_class

    if forget:
        from grader.gradebook.forget import forget as take_back

        take_back(forget, name)
        typer.echo(f"{forget} has no submission to {name} any more.")
        return
    if not submitted:
        raise typer.BadParameter("Say what was handed in: a folder or a zip file.", param_hint="--submitted")
    if due:
        from grader.gradebook.late import due_sentence

        typer.echo(due_sentence(due))
    with open_class(submitted, name) as handed_in:
        if roster:
            from grader.classroom.roster import with_roster

            handed_in = with_roster(handed_in, roster, match)
        for line in handed_in.read_all() if dry_run else handed_in.summary():
            typer.echo(line)
        if not dry_run:
            _grade(handed_in, json, workers, trust_submissions, scheduler, due, late)


def _grade(
    handed_in: "HandedIn", json: Path | None, workers: int, trust: bool, scheduler: str, due: str, late: str
) -> None:
    from rich.console import Console

    from grader.gradebook.grading import grade_class, write_json
    from grader.gradebook.late import keep_rule, read_due
    from grader.gradebook.seed import IN_USE, read_seed
    from grader.gradebook.terminal import results_table, show_progress

    name = handed_in.exercise
    when = read_due(due) if due else None
    if late:
        keep_rule(late)
    results = show_progress(
        grade_class(handed_in, workers, trust, scheduler, when), len(handed_in.students), Console(stderr=True)
    )
    if json:
        write_json(json, name, results)
    Console().print(results_table(name, results))
    if read_seed():
        typer.echo(IN_USE, err=True)


@app.command()
def export(
    name: Annotated[str, typer.Argument(metavar="EXERCISE", help="The exercise, when several are graded.")] = "",
    canvas: Annotated[Path | None, typer.Option(help="Fill this export of a Canvas gradebook.")] = None,
    moodle: Annotated[bool, typer.Option("--moodle", help="Write a file for Moodle's grade import.")] = False,
    worksheet: Annotated[Path | None, typer.Option(help="Fill this offline grading worksheet of Moodle.")] = None,
    column: Annotated[str, typer.Option(help="The column for the marks: its title, or Canvas's id.")] = "",
    match: Annotated[str, typer.Option(help="The column that holds the names of the students' folders.")] = "",
    roster: Annotated[
        Path | None, typer.Option("--class", help="With --moodle: Moodle's export of grades, for its own names.")
    ] = None,
    scale: Annotated[bool, typer.Option("--scale", help="Scale the marks to the platform's points.")] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write here, and replace a file there; build/marks/... if not.")
    ] = None,
    db: Database = "",
) -> None:
    """Write the marks for Canvas or Moodle, or as plain CSV."""
    from grader.classroom.marks.command import Wanted
    from grader.classroom.marks.command import export as write

    file, notes = write(Wanted(name, canvas, worksheet, moodle, column, match, scale, out, roster))
    for note in notes:
        typer.echo(note, err=True)
    typer.echo(f"The marks are in {file}")


@app.command()
def feedback(
    name: Exercise,
    moodle_zip: Annotated[Path | None, typer.Option(help="Also write a zip file for Moodle's feedback files.")] = None,
    canvas_zip: Annotated[
        Path | None, typer.Option(help="Also write a zip file for Canvas's Upload Submissions.")
    ] = None,
    db: Database = "",
) -> None:
    """Write a page for each graded student, for you to give back."""
    from grader.classroom.feedback_pages import make_feedback, pack_for_canvas, pack_for_moodle
    from grader.classroom.record import require_gradebook

    require_gradebook(name)
    pages = make_feedback(name)
    first = next(iter(pages.values()))
    typer.echo(f"{len(pages)} {'page is' if len(pages) == 1 else 'pages are'} in {first.parents[2]}, such as {first}")
    for target, pack in ((moodle_zip, pack_for_moodle), (canvas_zip, pack_for_canvas)):
        if target:
            typer.echo(f"{pack(name, pages, target)} of them are in {target}")


@app.command()
def report(
    name: Exercise,
    html: Annotated[Path | None, typer.Option(help="Write the page here; build/reports/EXERCISE.html if not.")] = None,
    json: Annotated[Path | None, typer.Option(help="Also write everything as JSON to this file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Also write a row for each student to this file.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Leave the names out.")] = False,
    similar: Annotated[
        bool, typer.Option("--similar", help="Also list pairs of submissions that are much alike: places to look.")
    ] = False,
    db: Database = "",
) -> None:
    """Write a page on a graded class. It shows whom to help and what to teach again."""
    from grader.classroom.record import require_gradebook

    require_gradebook(name)  # before what takes two seconds to import

    from grader.classroom.report.making import make_report
    from grader.classroom.similar import finder

    for path in make_report(name, html, json, csv, anonymous, finder(name) if similar else None, typer.echo):
        typer.echo(f"Written: {path}")


@app.command()
def check(
    notebook: Annotated[
        str,
        typer.Argument(metavar="NOTEBOOK", help="The notebook's file, or an exercise: 01-activations is the one here."),
    ],
    exercise: Annotated[str, typer.Option(help="Its exercise, when the file is not named for it.")] = "",
    json: Annotated[Path | None, typer.Option(help="Write the result to this file.")] = None,
    classroom: Annotated[Path | None, typer.Option(help="Append it for GitHub Classroom: $GITHUB_OUTPUT.")] = None,
) -> None:
    """Run your own notebook and its visible tests. The exit code is 1 when an answer is wrong."""
    from grader.lab.find_notebook import find_notebook

    path, name = find_notebook(notebook, exercise)  # before what takes two seconds to import

    from grader.gradebook.grading import write_json
    from grader.lab.check_notebook import all_right, check_notebook, result_lines, tell_classroom

    result = check_notebook(path, name)
    if json:
        write_json(json, name, [result])
    if classroom:
        tell_classroom(classroom, result)
    for line in result_lines(name, result):
        typer.echo(line)
    raise typer.Exit(0 if all_right(result) else 1)


@app.command()
def diagnose(
    model: Annotated[Path, typer.Argument(metavar="FILE", help="A model saved as .keras or .h5.")],
    json: Annotated[bool, typer.Option("--json", help="Print the diagnosis as JSON.")] = False,
) -> None:
    """Say what is wrong with a saved Keras model. The exit code is 1 when something is, 2 when it cannot be read."""
    from json import dumps

    from grader.diagnosis.of_file import diagnose_file

    diagnosis = diagnose_file(model)
    typer.echo(dumps(diagnosis.as_dict(), indent=2, ensure_ascii=False) if json else str(diagnosis))
    raise typer.Exit(1 if diagnosis.findings else 0)


@app.command()
def lock(upgrade: Annotated[bool, typer.Option("--upgrade", help="Take the newest versions.")] = False) -> None:
    """Pin the dependencies in uv.lock and requirements.txt. They are those that pyproject.toml asks for."""
    from grader.lab.lock import write_lock

    write_lock(upgrade=upgrade)


def main() -> None:
    """Run the command line; the entry point of `grader` and of `python -m grader`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # Windows' old encodings lack the minus sign, and Chinese names
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name=PROGRAM)
    except CannotGoOn as problem:
        typer.echo(str(problem), err=True)
        sys.exit(2)
