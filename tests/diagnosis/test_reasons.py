"""Each finding says what was seen, what to change, why, and where the lessons show it."""

import re

import pytest

import grader.diagnosis.rules as rules
from grader.base.hints import OF_ANY_MODEL
from grader.base.lessons import section_at
from grader.base.notebooks import cells_of
from grader.base.paths import NOTEBOOKS
from grader.diagnosis.findings import Diagnosis, Finding
from grader.diagnosis.reasons import REASONS

FINDING = Finding("relu-on-logits", "the last activation is a ReLU, so no output is ever negative", output="<b>")


def test_every_id_of_any_model_has_a_change_a_reason_and_a_section():
    assert set(OF_ANY_MODEL) == set(REASONS)
    assert {rule.id for rule in rules.RULES} <= set(REASONS)


@pytest.mark.parametrize("id_", REASONS)
def test_a_reason_is_whole_sentences_and_its_section_is_a_cell_with_a_heading(id_):
    why, place = REASONS[id_]
    assert re.fullmatch(r"[A-Z].*\.", why)
    notebook, _, cell = place.partition("#")
    assert cell in dict(cells_of(NOTEBOOKS / notebook))
    assert section_at(place).heading != cell


def test_text_html_and_json_say_the_same_and_html_is_escaped():
    found = Diagnosis([FINDING], ["the labels, because y was not given"], ["Look."], "model.fit(x < y)")
    text, page, data = str(found), found._repr_html_(), found.as_dict()
    for words in (FINDING.change, FINDING.why, "Look.", "the labels, because y was not given"):
        assert words in text
        assert words.replace("'", "&#x27;") in page
    assert "<b>" not in page
    assert "x &lt; y" in page
    assert "x < y" in text
    assert data["findings"][0]["why"] == FINDING.why
    assert Diagnosis.from_dict(data) == found
