"""Commands of the grader, and of nbgrader, in processes that are forked from one that has nbgrader imported.

A command starts in some hundredths of a second, so that two of them race, and one may be killed where a test wants it.
The judge can be left out: a submission then gets what the judge found in one of the same content.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HELPERS = ROOT / "tests/helpers"
LONGEST = 300  # seconds
WARM = [f"nbgrader.{name}" for name in ("apps.nbgraderapp", "apps.api", "converters", "preprocessors")]
WARM += ["psycopg", "sqlalchemy.dialects.postgresql.psycopg", "sqlalchemy.dialects.sqlite.pysqlite", "alembic.command"]
WARM += ["rich.console", "rich.progress", "rich.table", "pygments.formatters", "pygments.lexers"]
WARM += ["numpy.random", "py_landlock", "pydantic.type_adapter", "sqlite3", "typer"]


@dataclass
class Done:
    """How a command ended."""

    returncode: int  # negative: the signal that ended it
    stdout: str
    stderr: str


class Warm:
    """Starts commands; each in a process of its own, several at once if need be."""

    def __init__(self, folder: Path, wall: list[str]) -> None:
        self.folder, self._count = folder, 0
        folder.mkdir(parents=True, exist_ok=True)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        env = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{HELPERS}:{HELPERS / 'left_out'}"}
        env["OPENBLAS_NUM_THREADS"] = "1"  # what is forked from has one thread
        self._process = subprocess.Popen([*wall, sys.executable, __file__], cwd=ROOT, env=env, text=True, **pipes)

    def _ask(self, order: dict) -> int:
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def start(
        self,
        *arguments: object,
        build: Path,
        program: str = "grader",
        fault: str = "",
        replay: Path | None = None,
        **env: str,
    ) -> tuple:
        """Start a command; what is returned is for wait().

        Args:
            arguments: the command line; for the program `python`, a text to be run.
            build: the build folder.
            program: grader, nbgrader or python.
            fault: the name of a function of writer_faults.py that the process calls first, with what follows a colon.
            replay: the build folder of the sample class, whose verdicts stand for the judge's.
            env: further environment variables, on top of those that this process has now.
        """
        self._count += 1
        words = self.folder / f"{self._count}"
        env = {**os.environ, "LOGIT_LAB_BUILD": str(build), **env}
        order = {"program": program, "arguments": [*map(str, arguments)], "env": env, "fault": fault}
        return self._ask(order | {"words": str(words), "replay": str(replay or "")}), words

    def wait(self, started: tuple) -> Done:
        """Return how a command ended."""
        pid, words = started
        status = self._ask({"wait": pid})
        return Done(status, Path(f"{words}.out").read_text(), Path(f"{words}.err").read_text())

    def run(self, *arguments: object, **settings: object) -> Done:
        """Start a command and wait for its end."""
        return self.wait(self.start(*arguments, **settings))

    def outside(self, folder: Path) -> Path:
        """Return from where a folder that the process sees can be seen from outside."""
        return Path(f"/proc/{self._process.pid}/root{folder}")

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


@contextlib.contextmanager
def warm_grader(folder: Path, wall: list[str] | None = None) -> Iterator[Warm]:
    """Yield a Warm whose commands' words go to a folder, started by another program where one is given; end it."""
    with contextlib.closing(Warm(folder, wall or [])) as warm:
        yield warm


def _warm_up() -> None:
    """Import, and have made ready, what commands need, but not the grader: it reads the environment."""
    import nbformat
    from sqlalchemy.orm import configure_mappers

    for name in WARM:
        with contextlib.suppress(ImportError):  # not every system has all of it
            importlib.import_module(name)
    nbformat.validate(nbformat.v4.new_notebook())  # compiles its schema
    configure_mappers()


def _serve() -> None:
    """Fork a process for each line."""
    _warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = os.fork()
            if answer == 0:
                _be_the_command(order)
        print(answer, flush=True)


def _run(order: dict) -> None:
    import writer_faults

    from grader import cli

    if order["replay"]:
        writer_faults.replay(Path(order["replay"]))
    if order["fault"]:
        name, _, value = order["fault"].partition(":")
        getattr(writer_faults, name)(*[value] * bool(value))
    sys.argv = [order["program"], *order["arguments"]]
    if order["program"] == "grader":
        cli.main()
    elif order["program"] == "nbgrader":
        from nbgrader.apps.nbgraderapp import NbGraderApp

        NbGraderApp.launch_instance()
    else:
        exec(order["arguments"][0], {"__name__": "__main__"})


def _be_the_command(order: dict) -> None:
    for number, name in ((0, os.devnull), (1, order["words"] + ".out"), (2, order["words"] + ".err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644), number)
    os.environ.clear()
    os.environ.update(order["env"])
    signal.alarm(LONGEST)  # ends a command that does not end
    status = 1
    try:
        _run(order)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else bool(end.code)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()
