"""How a verdict reaches the learner: in text, in HTML, in a real kernel."""

import re
from dataclasses import replace

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader.answers.verdict import MIME, NotYet, Verdict, show
from grader.base.hints import BESIDE
from grader.checks.activations import check_relu

HINT = "Look at <negative> & positive."
WRONG = Verdict("relu", False, "relu-absolute", "relu(-2) gave 2.", HINT, "01-activations.ipynb#relu-heading")


def test_the_text_says_first_what_was_seen_and_then_what_to_look_at():
    assert WRONG.as_text() == "relu: relu(-2) gave 2.\nLook at <negative> & positive."


def test_the_html_is_escaped():
    page = Verdict("<b>", False, "x", "<script>alert(1)</script>", '"<img onerror=1>', '"><script>').as_html()
    assert "<script" not in page
    assert "<img" not in page
    assert "<b>" not in page


def test_the_html_links_to_the_lesson_and_is_announced():
    page = WRONG.as_html()
    assert 'href="../../notebooks/01-activations.ipynb#cell-id=relu-heading"' in page
    assert 'role="status"' in page


def test_work_that_is_handed_back_says_where_to_read_in_words_since_no_relative_link_would_lead_there():
    page = WRONG.as_graded_html()
    assert "Read about it in lesson 01 Activations, “ReLU”." in page
    assert "href" not in page
    elsewhere = replace(WRONG, section="no-lesson.ipynb#<b>").as_graded_html()
    assert "lesson no-lesson, “&lt;b&gt;”" in elsewhere
    assert "Read about it" not in replace(WRONG, section="").as_graded_html()


def test_the_html_sets_no_background_and_no_text_colour_so_both_themes_stay_readable():
    assert not re.search(r"background|[; \"]color:", WRONG.as_html())


def test_a_wrong_answer_raises_with_the_whole_feedback_as_its_text():
    with pytest.raises(NotYet, match=r"relu\(-2\) gave 2\.\nLook at <negative>"):
        show(WRONG)


def test_a_right_answer_is_one_quiet_line(capsys):
    show(Verdict("relu", True))
    assert capsys.readouterr().out == "relu: right.\n"


def run(notebook):
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return {cell.id: cell for cell in notebook.cells}


@pytest.fixture(scope="module")
def at_work(released):
    """The exercise as a learner left it: relu wrong, sigmoid right but loud, the others untouched."""
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        if cell.id == "relu":
            cell.source = "def relu(z):\n    return np.abs(z)"
        if cell.id == "sigmoid":
            cell.source = (
                "import os, sys, warnings\n"
                "def sigmoid(z):\n"
                "    print('busy'); print('busy', file=sys.stderr); os.write(2, b'from C')\n"
                "    warnings.warn('old')\n"
                "    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))"
            )
    return run(notebook)


def test_in_a_kernel_the_learner_sees_the_feedback_and_one_line_of_error(at_work):
    shown, error = at_work["test-relu"].outputs
    assert "relu(-2.0) gave 2." in shown.data["text/html"]
    assert shown.data["text/plain"].startswith("relu: relu(-2.0) gave 2.")
    assert shown.data[MIME]["misconception"] == "relu-absolute"
    assert error.traceback == ["relu is not right yet: relu(-2.0) gave 2."]
    assert "relu(-2.0) gave 2." in error.evalue


def test_nothing_that_an_answer_prints_or_warns_reaches_the_test_cell(at_work):
    outputs = at_work["test-sigmoid"].outputs
    assert [output.get("text") for output in outputs if output.output_type == "stream"] == ["sigmoid: right.\n"]
    assert not [output for output in outputs if output.output_type == "error"]


def test_an_untouched_stub_is_told_to_be_written(at_work):
    shown, error = at_work["test-collapse"].outputs
    assert shown.data[MIME]["misconception"] == "not-attempted"
    assert error.traceback == ["collapse is not right yet: it is not written yet."]


def test_what_else_is_wrong_is_said_after_the_most_telling():
    def relu(z):
        z[z > 0] = 0
        return z

    verdict = check_relu.judge(relu)
    assert verdict.misconception == "relu-flipped"
    words = "'float' object does not support item assignment, at the line `z[z > 0] = 0`."
    stops = f"relu(-2.0) stopped with TypeError: {words}"
    assert verdict.also == (BESIDE["changes-its-input"], stops)
    assert verdict.as_text().endswith(f"{BESIDE['changes-its-input']} {stops}")
    assert BESIDE["changes-its-input"] in verdict.as_html()


def test_a_second_hint_and_the_solution_come_only_when_asked_for(capsys):
    check_relu.last = None
    check_relu.hint()
    assert capsys.readouterr().out.startswith("Run check_relu(relu) first")
    with pytest.raises(NotYet) as caught:
        check_relu(np.abs)
    assert "should give" not in str(caught.value)
    assert "should give" not in str(caught.value.verdict.as_data())
    check_relu.hint()
    assert capsys.readouterr().out == "absolute(-2.0) should give 0.\n"
    check_relu.solution()
    told = capsys.readouterr().out
    assert "return np.maximum(0, z)" in told
    assert "SOLUTION" not in told


def test_the_next_steps_of_help_are_folded_and_stay_out_of_what_is_kept():
    with pytest.raises(NotYet) as caught:
        check_relu(np.abs)
    verdict = caught.value.verdict
    page = verdict.as_html()
    steps = re.findall("<details><summary>(.*?)</summary>(.*?)</details>", page)
    assert [name for name, _ in steps] == ["The idea", "A way", "What should come out", "A solution"]
    assert steps[2][1] == "absolute(-2.0) should give 0."
    assert "check_relu.solution()" in steps[3][1]
    assert "<script" not in page
    kept = str(verdict.as_data())
    assert not any(text in kept for text in (verdict.idea, verdict.way, verdict.more, verdict.solution))


def test_of_a_secret_input_no_value_is_folded_in():
    visible = {repr(p.arguments): check_relu.table.oracle(*p.arguments) for p in check_relu.table.probes}
    with pytest.raises(NotYet) as caught:
        check_relu(lambda z: visible.get(repr((z,)), z), seed=7)
    assert "should give" not in caught.value.verdict.as_html()


def test_the_second_hint_for_a_model_says_what_is_asked_layer_by_layer(capsys):
    from grader.checks.losses import check_build_multiclass_model

    with pytest.raises(NotYet):
        check_build_multiclass_model(lambda n_features, n_classes: None)
    check_build_multiclass_model.hint()
    told = capsys.readouterr().out
    assert "Dense(units=25, activation=relu), Dense(units=15, activation=relu), Dense(units=4)" in told


def test_the_second_hint_does_not_show_secret_probes(capsys):
    def tabled(z):
        return {repr(p.arguments): check_relu.table.oracle(*p.arguments) for p in check_relu.table.probes}.get(
            repr((z,)), z
        )

    with pytest.raises(NotYet):
        check_relu(tabled, seed=7)
    check_relu.hint()
    assert "should give" not in capsys.readouterr().out


def test_without_the_solutions_the_solution_is_said_to_be_missing(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("grader.answers.check.SOLUTIONS", tmp_path)
    check_relu.solution()
    assert capsys.readouterr().out == "This copy of the course does not hold the solutions.\n"


@pytest.mark.slow  # TensorFlow starts in a kernel
def test_a_right_model_leaves_nothing_on_stderr_which_would_cost_its_points_in_stock_nbgrader():
    from nbformat.v4 import new_code_cell, new_notebook

    code = """
from keras import Sequential, layers

def build_text_classifier_with_sigmoid(vocabulary_size, embedding_dim):
    stack = [layers.Embedding(vocabulary_size, embedding_dim), layers.Dropout(0.2), layers.GlobalAveragePooling1D()]
    model = Sequential([*stack, layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")])
    model.compile(loss="binary_crossentropy", metrics=["accuracy"])
    return model
"""
    call = "check_build_text_classifier_with_sigmoid(build_text_classifier_with_sigmoid)"
    test = f"from grader.checks.text import check_build_text_classifier_with_sigmoid\n{call}"
    look = "from grader.diagnosis.diagnose import diagnose\ndiagnose(build_text_classifier_with_sigmoid(9, 2))"
    cells = [new_code_cell(source, id=id_) for id_, source in [("code", code), ("test", test), ("look", look)]]
    done = run(new_notebook(cells=cells))
    for id_ in ("test", "look"):
        assert not [out for out in done[id_].outputs if out.output_type == "error" or out.get("name") == "stderr"]
    assert "Nothing wrong was found" in done["look"].outputs[-1].data["text/html"]
