"""exercises/ is made from solutions/, and from nothing else."""

import re

import nbformat
import pytest
from conftest import ROOT

from grader.base.errors import CannotGoOn
from grader.base.paths import exercise_names
from grader.gradebook import release as releasing
from grader.judging.exercise import load_exercise

pytestmark = pytest.mark.quick

# shared with everybody who writes submissions: these names do not change
ANSWERS = {
    "01-activations": ["relu", "sigmoid", "softmax", "sigmoid_gradient", "collapse"],
    "02-logits": ["logit", "predict_class", "predict_class_from_probability", "most_likely", "logit_threshold"],
    "03-roundoff": ["log_sum_exp", "log_softmax", "softplus", "spacing_at"],
    "04-losses": [
        "binary_crossentropy",
        "sparse_categorical_crossentropy",
        "build_binary_model",
        "build_multiclass_model",
        "predict_probabilities",
    ],
    "05-text": ["build_text_classifier", "build_text_classifier_with_sigmoid", "positive_probability"],
    "06-accuracy": [
        "accuracy_of_logits",
        "accuracy_keras_reports",
        "compile_for_logits",
        "build_two_feature_classifier",
    ],
    "07-digits": [
        "build_digit_classifier",
        "confusion_matrix",
        "most_confused_pair",
        "epochs_before_overfitting",
    ],
    "08-transfer": ["build_transfer_model", "unfreeze_last", "predict_label"],
    "09-debug": [f"{kind}_{number}" for number in range(1, 6) for kind in ("diagnosis", "fix")],
}


@pytest.fixture
def made(tmp_path):
    def make(name, folder="one"):
        return releasing.generate_exercise(name, tmp_path / folder, f"sqlite:///{tmp_path}/{folder}.db")

    return make


@pytest.mark.parametrize("name", exercise_names())
def test_the_committed_exercise_is_what_its_source_releases_today(made, name):
    committed = ROOT / "exercises" / name / f"{name}.ipynb"
    assert committed.read_bytes() == made(name).read_bytes(), f"run: python3 course.py release {name}"


def test_two_releases_are_the_same_byte_for_byte(made):
    assert made("01-activations", "one").read_bytes() == made("01-activations", "two").read_bytes()


@pytest.mark.parametrize("path", sorted((ROOT / "exercises").glob("*/*.ipynb")), ids=lambda path: path.stem)
def test_a_released_exercise_holds_no_answer_and_no_hidden_test(path):
    text = path.read_text("utf-8")
    assert not re.search("BEGIN|END|SOLUTION|HIDDEN|seed=", text)
    released = {cell.id: cell.source for cell in nbformat.reads(text, as_version=4).cells}
    source = nbformat.read(ROOT / "solutions" / path.stem / path.name, as_version=4)
    for cell in source.cells:
        for answer in re.findall(r"### BEGIN SOLUTION\n(.*?)### END", cell.source, re.DOTALL):
            assert not stripped(answer) & stripped(released[cell.id])


def stripped(text):
    return {line.strip() for line in text.splitlines()} - {""}


@pytest.mark.parametrize("name", exercise_names())
def test_the_answers_have_their_fixed_names_and_the_exercise_is_worth_ten(name):
    exercise = load_exercise(name)
    answers = [exercise.answer(test) for test in exercise.tests]
    assert answers == ANSWERS.get(name, answers)
    assert sum(map(exercise.points, exercise.tests)) == 10
    assert min(map(exercise.points, exercise.tests)) >= 1
    for answer in answers:
        cell = exercise.cells[answer.replace("_", "-")]
        assert cell.id == cell.metadata.nbgrader.grade_id
        assert re.match(rf"def {answer}\(", cell.source) or name == "09-debug", "the released cell names the answer"


def test_a_learners_own_work_is_kept_when_an_exercise_is_released_again(tmp_path, monkeypatch):
    monkeypatch.setattr(releasing, "BUILD", tmp_path / "build")
    (tmp_path / "build").mkdir()
    mine = tmp_path / "exercises/01-activations/01-activations.ipynb"
    mine.parent.mkdir(parents=True)
    mine.write_text("my work")
    path, kept = releasing.release_exercise("01-activations", tmp_path / "exercises")
    assert path == mine
    assert kept.read_text() == "my work"
    assert mine.read_bytes() == (ROOT / "exercises/01-activations/01-activations.ipynb").read_bytes()
    assert releasing.release_exercise("01-activations", tmp_path / "exercises") == (mine, None)


def test_a_source_that_nbgrader_refuses_is_told_in_its_words(tmp_path, monkeypatch):
    source = nbformat.read(ROOT / "solutions/01-activations/01-activations.ipynb", as_version=4)
    source.cells[3].source = source.cells[3].source.replace("### END SOLUTION", "")
    (tmp_path / "bad").mkdir()
    nbformat.write(source, tmp_path / "bad/bad.ipynb")
    course = releasing.course_directory
    here = {"source_directory": str(tmp_path)}
    monkeypatch.setattr(releasing, "course_directory", lambda **settings: course(**settings, **here))
    with pytest.raises(CannotGoOn, match="could not release bad: RuntimeError: no end solution statement"):
        releasing.generate_exercise("bad", tmp_path / "out", f"sqlite:///{tmp_path}/bad.db")
