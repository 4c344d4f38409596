"""The command line: arguments in, exit code out, no logic."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from grader.errors import CannotGoOn

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Exercise = Annotated[str, typer.Argument(help="The exercise, such as 01-activations.")]


@app.callback()
def grader() -> None:
    """Logit Lab: open the course, release exercises, grade submissions."""
    from grader.jupyter import keep_inside

    keep_inside()


@app.command()
def lab(
    lesson: Annotated[str, typer.Argument(help="The lesson to open, by its number or name.")] = "00",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int, typer.Option(help="The first port to try.")] = 8888,
) -> None:
    """Open JupyterLab on a lesson."""
    from grader.jupyter import lab_command
    from grader.processes import hand_over
    from grader.progress import keep_progress

    keep_progress()
    hand_over(lab_command(lesson, browser, port))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> None:
    """Run every test: lint and format, notebooks, pytest. Arguments go to pytest."""
    from grader.testing import run_tests

    raise typer.Exit(run_tests(context.args))


@app.command()
def doctor() -> None:
    """Say what is there and what is missing."""
    from grader.doctor import examine

    raise typer.Exit(examine())


@app.command()
def release(name: Annotated[str, typer.Argument(help="The exercise; all of them when left out.")] = "") -> None:
    """Make exercises/ from solutions/."""
    from grader.paths import exercise_names
    from grader.release import release as make

    for exercise in [name] if name else exercise_names():
        path, kept = make(exercise)
        typer.echo(f"{exercise}: {path}" + (f" (what was there before: {kept})" if kept else ""))


@app.command()
def grade(
    name: Exercise,
    submitted: Annotated[Path, typer.Option(help="The folder that holds STUDENT/EXERCISE/EXERCISE.ipynb.")],
    json: Annotated[Path | None, typer.Option(help="Write the results to this file.")] = None,
    workers: Annotated[int, typer.Option(help="How many are judged at once; 0: one for each core.", min=0)] = 0,
    trust_submissions: Annotated[bool, typer.Option(help="Run the submitted code without a sandbox.")] = False,
) -> None:
    """Grade a folder of submissions into the gradebook."""
    from rich.console import Console

    from grader.grading import grade as grade_all
    from grader.grading import write_json
    from grader.judging.batch import students
    from grader.tables import follow, table

    results = follow(
        grade_all(name, submitted, workers, trust_submissions), len(students(submitted)), Console(stderr=True)
    )
    if json:
        write_json(json, name, results)
    Console().print(table(name, results))


@app.command()
def diagnose(model: Annotated[Path, typer.Argument(help="A model saved as .keras.")]) -> None:
    """Say what is wrong with a saved Keras model; exit with 1 when something is."""
    from grader.loading import load
    from grader.models import diagnose as look

    diagnosis = look(load(model))
    typer.echo(str(diagnosis))
    raise typer.Exit(1 if diagnosis.findings else 0)


@app.command()
def lock(upgrade: Annotated[bool, typer.Option(help="Take the newest versions.")] = False) -> None:
    """Pin the dependencies: pyproject.toml -> uv.lock -> requirements.txt."""
    from grader.dependencies import write_lock

    write_lock(upgrade=upgrade)


def main() -> None:
    """Run the command line; the entry point of `grader` and of `python -m grader`."""
    try:
        app()
    except CannotGoOn as problem:
        typer.echo(str(problem), err=True)
        sys.exit(2)
