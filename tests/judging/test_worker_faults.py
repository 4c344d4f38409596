"""Processes of the judging that are killed from outside: the submission is judged again, and nothing is left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT, SAMPLES
from handed_in import plain

if sys.platform != "linux":
    pytest.skip("workers are forked on Linux alone", allow_module_level=True)

from grader.base.errors import CannotGoOn
from grader.judging.execution import enter_outputs, job_of
from grader.judging.exercise import load_exercise
from grader.judging.submission import prepare_notebook
from grader.judging.verdicts import answer_results
from grader.judging.workers import pool

pytestmark = pytest.mark.slow  # processes are killed, and waited for
NAME = "01-activations"
SLOW = "import time\n\ntime.sleep(1.5)"


@pytest.fixture(scope="module")
def exercise():
    return load_exercise(NAME)


@pytest.fixture
def template():
    opened = pool.Template(keras=False)
    yield opened
    opened.close()


@pytest.fixture
def job(exercise):
    """Return a notebook of right answers that takes its time, and what the judge is given of it."""
    submission = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)
    submission.cells.insert(1, nbformat.v4.new_code_cell(SLOW, id="slow"))
    notebook = prepare_notebook(plain(submission), exercise)
    return notebook, job_of(notebook, exercise)


def children(pid):
    """Return the processes that a process has started, in the order of their start."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid):
    return [each for child in children(pid) for each in (child, *descendants(child))]


def kill(find, times=1):
    """Kill, so many times, the process that `find` names as soon as there is one; in a thread, which is returned."""

    def act():
        killed = set()
        deadline = time.monotonic() + 30
        while len(killed) < times and time.monotonic() < deadline:
            for pid in set(find()) - killed:
                time.sleep(0.3)  # in the middle of the submission
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            time.sleep(0.02)

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def scores(notebook, exercise, outputs):
    enter_outputs(notebook, outputs)
    return [answer.score for answer in answer_results(notebook, exercise)]


def judge_of(worker):
    """Return the judge's process, when there is one and the learner's process too."""
    bench, *learner = children(worker.pid) or [0]
    return children(bench) if learner else []


@pytest.mark.parametrize("keras", [False, True])
def test_what_others_are_forked_from_has_one_thread_since_a_fork_takes_no_other_along(keras):
    with contextlib.closing(pool.Template(keras)) as template, contextlib.closing(pool.Worker(template)) as worker:
        worker.run([])
        warm = [template.process.pid, worker.pid, *children(worker.pid)]
        assert len(warm) == 3
        assert [len(list(Path(f"/proc/{pid}/task").iterdir())) for pid in warm] == [1, 1, 1]


VICTIMS = {
    "the worker": lambda worker: [worker.pid] if judge_of(worker) else [],
    "its bench": lambda worker: children(worker.pid)[:1] if judge_of(worker) else [],
    "the judge": judge_of,
}


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_submission_whose_process_is_killed_once_is_judged_again_and_gets_every_point(
    victim, template, job, exercise
):
    worker = pool.Worker(template)
    notebook, cells = job
    killing = kill(lambda: VICTIMS[victim](worker))
    outputs, stopped = worker.run(cells)
    killing.join()
    assert (scores(notebook, exercise, outputs), stopped) == ([2.0] * 5, "")
    worker.close()


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_submission_whose_process_is_killed_again_and_again_gets_a_reason_and_the_next_is_judged(
    victim, template, job, exercise
):
    worker = pool.Worker(template)
    notebook, cells = job
    killing = kill(lambda: VICTIMS[victim](worker), pool.TRIES)
    outputs, stopped = worker.run(cells)
    killing.join()
    assert stopped == pool.LOST
    assert outputs == [{"outputs": None, "verdict": None}] * len(cells)
    outputs, stopped = worker.run(cells)
    assert (scores(notebook, exercise, outputs), stopped) == ([2.0] * 5, "")
    worker.close()


def test_a_learners_process_that_is_killed_is_started_again(template, job, exercise):
    worker = pool.Worker(template)
    notebook, cells = job
    killing = kill(lambda: children(worker.pid)[1:] if judge_of(worker) else [])
    outputs, _ = worker.run(cells)
    killing.join()
    assert scores(notebook, exercise, outputs) == [2.0] * 5
    worker.close()


def test_without_the_template_a_lost_worker_ends_the_run_in_one_sentence(template, job):
    worker = pool.Worker(template)
    killing = kill(lambda: [template.process.pid] if judge_of(worker) else [])
    with pytest.raises(CannotGoOn, match=r"Run the command again: it goes on where it was\.$"):
        worker.run(job[1])
    killing.join()
    worker.close()


@pytest.mark.slow
def test_of_a_command_that_is_killed_nothing_goes_on_running(tmp_path):
    folder = tmp_path / "in" / "ada" / NAME
    folder.mkdir(parents=True)
    submission = nbformat.read(SAMPLES / "all-right" / NAME / f"{NAME}.ipynb", as_version=4)
    slow = [nbformat.v4.new_code_cell("import time\n\ntime.sleep(50)", id=f"slow-{number}") for number in range(20)]
    submission.cells[1:1] = slow  # a quarter of an hour
    nbformat.write(submission, folder / f"{NAME}.ipynb")
    command = [sys.executable, "-m", "grader", "grade", NAME, "--submitted", str(tmp_path / "in")]
    env = {**os.environ, "LOGIT_LAB_BUILD": str(tmp_path / "build")}
    running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    started = []
    deadline = time.monotonic() + 60
    while len(started) < 5 and time.monotonic() < deadline:  # template, worker, bench, judge, learner's process
        time.sleep(0.05)
        started = descendants(running.pid)
    running.kill()
    running.wait()
    assert len(started) >= 5
    deadline = time.monotonic() + 60
    while any(map(alive, started)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in started if alive(pid)]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
