"""What the learner's cells show is bounded over the whole notebook, and the verdicts stay."""

import json

import pytest

from grader.judging.judge.judge import MOST_SHOWN, TOO_MUCH, judge_cells

pytestmark = pytest.mark.quick


class Loud:
    """A learner whose every cell shows as much as one may."""

    gone, starts = "", 1

    def begin_test(self):
        """Count nothing."""

    def run(self, source):
        return {
            "out": "x" * 20_000,
            "err": "\U0001f600" * 20_000,
            "error": {"name": "E", "message": "", "traceback": "y\n" * 9_000},
        }


def test_a_thousand_loud_cells_show_a_bounded_text_and_each_says_why_it_is_empty():
    cells = [{"source": "", "test": False}] * 1000 + [{"source": "print('a test speaks')", "test": True}]
    told, stopped = judge_cells(cells, Loud())
    assert stopped == ""
    assert len(json.dumps(told, ensure_ascii=False)) < MOST_SHOWN + 1000 * 200
    assert len(told[0]["outputs"]) == 3
    assert told[999]["outputs"][0]["text"] == TOO_MUCH
    assert "a test speaks" in told[1000]["outputs"][0]["text"]
