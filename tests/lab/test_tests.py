"""`course.py test`: what a reader is told while it runs."""

from types import SimpleNamespace

import pytest

from grader.lab import tests as steps

pytestmark = pytest.mark.quick


@pytest.fixture
def told_when(monkeypatch, capsys):
    """Run pytest's step, which does nothing, beside a mypy that has ended or has not; return what was told."""

    def run(ended, found=""):
        status = 1 if found else 0
        mypy = SimpleNamespace(
            poll=lambda: status if ended else None, communicate=lambda: (found, ""), returncode=status
        )
        monkeypatch.setattr(steps, "_run", lambda step: 0)
        monkeypatch.setattr(steps.subprocess, "Popen", lambda *_, **__: mypy)
        assert steps.run_tests(["tests/lab"]) == status
        return capsys.readouterr().out

    return run


def test_whoever_waits_for_the_types_is_told_so_and_nobody_else(told_when):
    assert told_when(ended=False) == "Waiting for mypy, which looks at the types.\n"
    assert told_when(ended=True) == ""
    assert told_when(ended=True, found="error: no") == "error: no\n"
