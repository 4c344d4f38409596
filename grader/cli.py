"""The command line: arguments in, exit code out, no logic."""

import typer

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def grader() -> None:
    """Logit Lab: start the course, release exercises, grade submissions."""


@app.command()
def lock(upgrade: bool = False) -> None:
    """Pin the dependencies: pyproject.toml -> uv.lock -> requirements.txt."""
    from grader.dependencies import write_lock

    write_lock(upgrade=upgrade)


def main() -> None:
    """Run the command line; the entry point of `grader` and of `python -m grader`."""
    app()
