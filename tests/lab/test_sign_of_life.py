"""A command that takes long writes a line now and then, and nothing where it is quick."""

import io
import re
import signal
import time

import pytest
from rich.console import Console

from grader.base import sign_of_life as signs
from grader.base.sign_of_life import sign_of_life
from grader.gradebook.terminal import show_progress
from grader.judging.results import Result

pytestmark = pytest.mark.quick


def wait_for(seconds):
    """Wait, through interruptions."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        time.sleep(seconds / 10)


def test_lines_come_while_something_takes_long_and_stop_with_it(capfd):
    before = signal.getsignal(signal.SIGALRM)
    with sign_of_life(lambda: "Grading: 3 of 4 are done", every=0.02):
        wait_for(0.2)
    wait_for(0.05)
    lines = capfd.readouterr().err.splitlines()
    assert lines
    assert all(re.fullmatch(r"Grading: 3 of 4 are done, \d+ seconds so far\.", line) for line in lines)
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_what_is_quick_writes_nothing(capfd):
    with sign_of_life(lambda: "Grading"):
        pass
    assert capfd.readouterr().err == ""


def test_a_log_of_a_grading_says_how_many_are_done(capfd, monkeypatch):
    monkeypatch.setattr(signs, "IN_A_LOG", 0.02)

    def results():
        yield Result("b", "graded")
        wait_for(0.2)
        yield Result("a", "graded")

    done = show_progress(results(), 2, Console(file=io.StringIO()))
    assert [result.student for result in done] == ["a", "b"]
    assert "Grading: 1 of 2 are done, " in capfd.readouterr().err


def test_a_terminal_gets_a_bar_with_the_time_and_leaves_nothing_behind():
    screen = io.StringIO()
    done = show_progress(iter([Result("a", "graded")]), 1, Console(file=screen, force_terminal=True, width=60))
    assert len(done) == 1
    assert "1/1" in screen.getvalue()
    assert "0:00:0" in screen.getvalue()
