"""The same submissions through stock `nbgrader autograde`, through ours, and their cells alone in a warm process.

All three in turns, in one run; CPU seconds are those of the whole process tree, starts included. Run from the project's
folder:

    .venv/bin/python -m benchmarks.grading 09-debug 40
    .venv/bin/python -m benchmarks.grading 01-activations 40
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from grader.base.paths import ROOT
from grader.lab.jupyter import keep_inside

ROUNDS = 2

FLOOR = """
import os, sys
os.environ.update(LOGIT_LAB_WARM="1", MPLBACKEND="agg", OPENBLAS_NUM_THREADS="1")
import nbformat
from grader.judging.workers.template import KERAS, WARM, warm_up
warm_up(WARM + (KERAS if sys.argv[1] == "keras" else []))
for path in sys.argv[2:]:
    cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    if (child := os.fork()) == 0:
        names = {"__name__": "__main__"}
        for source in cells:
            exec(source, names)
        os._exit(0)
    os.waitpid(child, 0)
"""


def submissions(name: str, students: int, folder: Path) -> None:
    """Write solved notebooks of an exercise for some students: the answers of its source, without the hidden tests."""
    notebook = nbformat.read(ROOT / "solutions" / name / f"{name}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = cell.source.split("### BEGIN HIDDEN TESTS")[0].strip()
    for number in range(students):
        target = folder / f"student-{number:03}" / name
        target.mkdir(parents=True)
        nbformat.write(notebook, target / f"{name}.ipynb")


def timed(command: list[str], folder: Path, **environment: str) -> tuple[float, float]:
    """Run a command and return its CPU seconds, those of its children included, and its wall time."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    env = {**os.environ, **environment}
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - start


def stock(name: str, students: int, folder: Path) -> tuple[float, float]:
    """Grade by stock nbgrader, with nothing of ours but the notebooks."""
    submissions(name, students, folder / "submitted")
    shutil.copytree(ROOT / "solutions" / name, folder / "source" / name)
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 300\n")
    nbgrader = [sys.executable, "-m", "nbgrader"]
    subprocess.run([*nbgrader, "generate_assignment", name], cwd=folder, check=True, capture_output=True)
    return timed([*nbgrader, "autograde", name], folder)


def ours(name: str, students: int, folder: Path) -> tuple[float, float]:
    """Grade by `grader grade`."""
    submissions(name, students, folder / "in")
    command = [sys.executable, "-m", "grader", "grade", name, "--submitted", str(folder / "in")]
    return timed(command, ROOT, LOGIT_LAB_BUILD=str(folder / "build"))


def floor(name: str, students: int, folder: Path) -> tuple[float, float]:
    """Run the cells alone, tests among them, each submission in a fork of one warm process."""
    submissions(name, students, folder)
    keras = "keras" if b"keras" in (ROOT / "solutions" / name / f"{name}.ipynb").read_bytes() else "numpy"
    return timed([sys.executable, "-c", FLOOR, keras, *map(str, sorted(folder.glob("*/*/*.ipynb")))], ROOT)


def family(pid: int) -> list[int]:
    """Return a process and all that it has started."""
    try:
        threads = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [pid, *(each for thread in threads for child in thread for each in family(int(child)))]


def proportional_set_size(pid: int) -> float:
    """Return the memory of a process in MB, what it shares counted by its part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("Pss:")), 0.0)


def peak_memory(name: str, workers: int, folder: Path) -> float:
    """Return the most memory, in MB, that `grader grade` has used with so many workers."""
    submissions(name, 4 * workers, folder / "in")
    command = [sys.executable, "-m", "grader", "grade", name, "--submitted", str(folder / "in")]
    env = {**os.environ, "LOGIT_LAB_BUILD": str(folder / "build")}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([*command, "--workers", str(workers)], cwd=ROOT, env=env, **quiet) as running:
        peak = 0.0
        while running.poll() is None:
            peak = max(peak, sum(map(proportional_set_size, family(running.pid))))
            time.sleep(0.05)
    return peak


def main() -> None:
    """Measure in turns and print a table."""
    name, students = sys.argv[1], int(sys.argv[2])
    keep_inside()
    ways = {"stock nbgrader": stock, "ours": ours, "the cells alone": floor}
    spent: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, measure in ways.items():
            with tempfile.TemporaryDirectory() as folder:
                spent[way].append(measure(name, students // ROUNDS, Path(folder)))
    totals = {way: [sum(part) for part in zip(*rounds, strict=True)] for way, rounds in spent.items()}
    for way, (cpu, wall) in totals.items():
        rounds = ", ".join(f"{round_cpu / (students // ROUNDS):.2f}" for round_cpu, _ in spent[way])
        print(f"{way:<16} {cpu / students:6.2f} CPU s a submission ({rounds}), {60 * students / wall:6.1f} a minute")
    (cpu, wall), (own, own_wall) = totals["stock nbgrader"], totals["ours"]
    print(f"stock / ours: {cpu / own:.1f} times the CPU, {wall / own_wall:.1f} times the time")
    print(f"ours / the cells alone: {own / totals['the cells alone'][0]:.2f}")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        alone, both = peak_memory(name, 1, Path(one)), peak_memory(name, 2, Path(two))
    print(f"memory of all processes at most: {alone:.0f} MB with one worker, {both:.0f} MB with two")


if __name__ == "__main__":
    main()
