"""`grader new`, and docs/authors.md: what the command makes is green from the start, and the page is true.

The page's commands and blocks are taken from its text and used in a copy of the project, one after another. The page
makes lesson 10; in a project that has one by now, the same is done with the next number.
"""

import importlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap

import nbformat
import numpy as np
import pytest
from conftest import ROOT

from grader.base.errors import CannotGoOn
from grader.base.paths import lesson_files
from grader.lab.authoring import naming
from grader.lab.authoring.changes import Changes
from grader.lab.authoring.listing import list_lesson
from grader.lab.authoring.pages import make_pages

NUMBER, BEFORE = naming._free(), lesson_files()[-1].stem
try:
    LESSON = naming.name_lesson(f"{NUMBER}-squashing", "Squashing")
except CannotGoOn:  # somebody has followed the page here
    LESSON = naming.name_lesson(f"{NUMBER}-squashing-{NUMBER}", "Squashing")
NAME, MODULE, ANSWER = LESSON.name, LESSON.module, LESSON.answer
OTHER = f"{int(NUMBER) + 1:02d}-other"
LEARNERS, CHECKS = f"tests/learners/{NAME.replace('-', '_')}.txt", f"grader/checks/{MODULE}.py"
HERE = {
    "10-squashing": NAME,
    "10_squashing": NAME.replace("-", "_"),
    "checks/squashing": f"checks/{MODULE}",
    "checks.squashing": f"checks.{MODULE}",
    "figures/squashing": f"figures/{MODULE}",
    "lesson_10": f"lesson_{NUMBER}",
    "lab 10": f"lab {NUMBER}",
    "seed=1001": f"seed={int(NUMBER)}01",
    "def softsign": f"def {ANSWER}",
    "check_softsign": f"check_{ANSWER}",
    "(softsign": f"({ANSWER}",
    "softsign(-2)": f"{ANSWER}(-2)",
    "softsign: ": f"{ANSWER}: ",
    "-k softsign": f"-k {ANSWER}",
    "of softsign could": f"of {ANSWER} could",
}


def here(text):
    """Return the page as it would be written for the next lesson of this project."""
    return re.sub("|".join(map(re.escape, HERE)), lambda found: HERE[found.group()], text)


PAGE = here((ROOT / "docs/authors.md").read_text("utf-8"))
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def block(kind, holds):
    """Return the one block of the page that holds some words."""
    (found,) = [text for its_kind, text in BLOCKS if its_kind == kind and holds in text]
    return found


def command(holds):
    """Return the arguments of a command of the page, without `python3 course.py`."""
    start, script, *arguments = shlex.split(block("sh", holds))
    assert (start, script) == ("python3", "course.py")
    return arguments


class Copy:
    """A copy of the project, with programs run in it as its own."""

    def __init__(self, folder):
        self.folder = folder
        left_out = shutil.ignore_patterns(".*", "build", "__pycache__")
        shutil.copytree(ROOT, folder, ignore=left_out)
        if (ROOT / "build/mypy").is_dir():  # what is known of NumPy's types, which takes a while to find out
            shutil.copytree(ROOT / "build/mypy", folder / "build/mypy")
        paths = {"PYTHONPATH": str(folder), "LOGIT_LAB_BUILD": str(folder / "build"), "COLUMNS": "120"}
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | paths

    def run(self, *arguments):
        line = [sys.executable, "-m", *map(str, arguments)]
        return subprocess.run(line, cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=300)

    def pytest(self, *arguments):
        return self.run("pytest", "-q", "-p", "no:cacheprovider", *arguments)

    def files(self):
        """Return every file of the project with its content, but for what runs leave behind."""
        every = (path for path in self.folder.rglob("*") if path.is_file())
        kept = (path for path in every if not {"build", "__pycache__"} & set(path.parts[len(self.folder.parts) :]))
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in kept}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The copy in which the page's lesson was made, with what was there before and what the command said."""
    copy = Copy(tmp_path_factory.mktemp("author") / "course")
    copy.before = copy.files()
    copy.told = copy.run("grader", *command("new"))
    assert copy.told.returncode == 0, copy.told.stderr
    return copy


def made(course):
    return {path for path in course.files() if path not in course.before}


def test_the_command_makes_the_files_that_the_page_lists_and_changes_two_others(course):
    listed = [line.split() for line in block("text", "its live figure").splitlines()]
    told = [line.split() for line in course.told.stdout.splitlines()]
    assert all(line in told for line in listed)
    assert made(course) == {line[0] for line in listed}
    after = course.files()
    changed = {path for path, content in course.before.items() if after[path] != content}
    assert changed == {"notebooks/figures/__init__.py", f"notebooks/{BEFORE}.ipynb"}
    assert all(path in course.told.stdout for path in changed)


def test_what_is_the_authors_is_marked_in_every_file_that_is_written_by_hand(course):
    for path in made(course) - {LEARNERS, f"tests/lessons/outputs/{NAME}.json"}:
        assert "AUTHOR: " in (course.folder / path).read_text("utf-8"), path


def test_lint_format_and_types_find_nothing_in_it(course):
    files = {*made(course), "notebooks/figures/__init__.py"}
    files = [path for path in files if path.endswith((".py", ".ipynb")) and not path.startswith("exercises")]
    for line in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = course.run(*line, *files)
        assert done.returncode == 0, done.stdout
    done = course.run("mypy", "-m", f"grader.checks.{MODULE}", "-m", "grader.checks")
    assert "grader/checks" not in done.stdout, done.stdout


@pytest.mark.slow
def test_every_test_that_concerns_it_is_green(course):
    files = ["lessons/test_notebooks", "checks/test_tables", "checks/test_ids", "answers/test_progress"]
    files += ["gradebook/test_release", "checks/test_learners", f"lessons/test_lesson_{NUMBER}"]
    names = f"{NAME} or {LEARNERS[15:-4]} or {ANSWER} or lesson_{NUMBER} or test_ids or test_progress or {BEFORE}"
    notebooks = [f"notebooks/{NAME}.ipynb", f"solutions/{NAME}"]
    done = course.pytest(*(f"tests/{name}.py" for name in files), "--nbval-lax", *notebooks, "-k", names)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout).group(1)) > 80
    assert "warning" not in done.stdout, done.stdout


def submit(course, **answers):
    notebook = nbformat.read(course.folder / f"exercises/{NAME}/{NAME}.ipynb", as_version=4)
    (answer,) = [cell for cell in notebook.cells if cell.id == ANSWER.replace("_", "-")]
    for student, formula in answers.items():
        answer.source = f"def {ANSWER}(z):\n    return {formula}"
        path = course.folder.parent / f"class/{student}/{NAME}/{NAME}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return course.folder.parent / "class"


def test_a_right_submission_gets_ten_points_and_the_wrong_one_is_named(course):
    folder = submit(course, ada="z / (1 + np.abs(z))", bo="1 - 1 / (1 + np.asarray(z))")
    done = course.run("grader", "grade", NAME, "--submitted", folder, "--json", folder.parent / "out.json")
    assert done.returncode == 0, done.stderr
    right, wrong = json.loads((folder.parent / "out.json").read_text("utf-8"))["submissions"]
    assert (right["student"], right["status"], right["score"], right["max_score"]) == ("ada", "graded", 10, 10)
    assert (wrong["student"], wrong["status"], wrong["score"]) == ("bo", "graded", 0)
    assert wrong["answers"][0]["misconception"] == "softsign-no-bars"
    said = f"    {ANSWER}: {wrong['answers'][0]['seen']}\n    Look at: {wrong['answers'][0]['hint']}\n"
    assert said in PAGE


def test_it_is_opened_and_released_by_the_commands_of_the_page(course):
    _, number = command("lab")
    code = f"from grader.lab.jupyter import *; keep_inside(); print(lab_command({number!r}, False, 1))"
    done = subprocess.run([sys.executable, "-c", code], cwd=course.folder, env=course.env, capture_output=True)
    assert f"/lab/tree/notebooks/{NAME}.ipynb" in done.stdout.decode()
    before = course.files()
    done = course.run("grader", *command("release"))
    assert done.returncode == 0, done.stderr
    assert course.files() == before


# --- the page


def test_what_the_page_shows_of_the_files_is_what_they_hold(course):
    source = nbformat.read(course.folder / f"solutions/{NAME}/{NAME}.ipynb", as_version=4)
    cells = [cell.source + "\n" for cell in source.cells]
    assert block("python", "def softsign") in cells
    assert block("python", "BEGIN HIDDEN TESTS") in cells
    assert block("python", "softsign-no-bars") in (course.folder / CHECKS).read_text("utf-8")


@pytest.fixture
def checks(course):
    """The module of checks, for a while."""
    path = course.folder / CHECKS
    kept = path.read_bytes()
    yield path
    path.write_bytes(kept)


def with_two_more(text):
    """Return the module of checks with the page's misconceptions behind the first one."""
    first = block("python", "softsign-no-bars")
    assert first in text
    return text.replace(first, first + block("python", "softsign-over-the-row"))


def with_the_probe(text):
    line = "        *probes(np.array([-1.5, 2.5], dtype=np.float32)),\n"
    assert line in text
    return text.replace(line, line + block("python", "[[1.0"))


def with_one_in_vain(text):
    assert "Write −3.0 behind −2.0" in PAGE
    return text.replace("*probes(-2.0, ", "*probes(-2.0, -3.0, ")


@pytest.mark.slow
def test_the_pages_way_from_two_ideas_that_look_alike_to_the_probe_that_tells_them_apart(course, checks):
    _, *arguments = command("test_tables")
    two = with_two_more(checks.read_text("utf-8"))
    apart = with_the_probe(two)
    for text, status, words in [
        (two, 1, block("text", "every_two").splitlines()),
        (apart, 0, ["passed"]),
        (with_one_in_vain(apart), 1, block("text", "could go").splitlines()),
    ]:
        checks.write_text(text, "utf-8")
        done = course.pytest(*arguments)
        assert done.returncode == status, done.stdout
        assert all(line in done.stdout for line in words), done.stdout


def test_what_the_page_adds_is_formatted_and_its_learners_answers_are_named(course, checks):
    text = with_the_probe(with_two_more(checks.read_text("utf-8")))
    checks.write_text(text, "utf-8")
    for line in (["ruff", "format", "--check"], ["ruff", "check"]):
        done = course.run(*line, CHECKS)
        assert done.returncode == 0, done.stdout
    module = {"__name__": "checks"}
    exec(text, module)
    answers = block("text", "#: wrong").split("#: wrong ")[1:]
    assert len(answers) == 2
    for answer in answers:
        id_, code = answer.split("\n", 1)
        namespace = {"np": np}
        exec(code, namespace)
        verdict = module[f"check_{ANSWER}"].judge(namespace[ANSWER])
        assert verdict.misconception == id_, verdict.as_text()


def test_the_pages_rule_for_models_finds_its_mistake_and_leaves_a_sound_model_alone(monkeypatch):
    from grader.base.keras_import import keras
    from grader.diagnosis import diagnose as models
    from grader.diagnosis import findings, rules
    from grader.diagnosis.rules import ends

    names = dict(vars(ends))
    exec(block("python", "def _end_without_bias"), names)
    (rule,) = eval(f"[{textwrap.dedent(block('python', 'Rule('))}]", names)
    hint = eval(f"{{{block('python', 'Take use_bias=False away')}}}")
    monkeypatch.setattr(models, "RULES", [*rules.RULES, rule])
    monkeypatch.setattr(findings, "HINTS", findings.HINTS | hint)

    def found(use_bias, loss):
        end = keras.layers.Dense(1, activation="sigmoid", use_bias=use_bias)
        model = keras.Sequential([keras.Input((2,)), end])
        model.compile(loss=loss)
        return models.diagnose(model).ids

    assert found(False, "binary_crossentropy") == [rule.id] == list(hint)
    assert found(False, "mse") == found(True, "binary_crossentropy") == []


def test_every_command_file_and_test_that_the_page_names_is_there(course):
    listed = course.run("grader", "--help").stdout
    for kind, text in BLOCKS:
        if kind == "sh":
            assert re.search(rf"\b{shlex.split(text)[2]}\b", listed), text
    tests = "".join(path.read_text("utf-8") for path in (course.folder / "tests").glob("*/test_*.py"))
    for name in re.findall(r"`(test_\w+)`", PAGE):
        assert f"def {name}(" in tests, name
    for path in re.findall(r"`((?:tests|grader|solutions|notebooks|exercises|figures)/[\w./-]+)`", PAGE):
        assert (course.folder / path).exists() or (course.folder / "notebooks" / path).exists(), path


def test_the_manual_cell_that_the_page_points_to_is_as_it_says():
    source = nbformat.read(ROOT / "solutions/02-logits/02-logits.ipynb", as_version=4)
    (cell,) = [cell for cell in source.cells if cell.id == "two-runs"]
    about = cell.metadata.nbgrader
    assert (cell.cell_type, about.grade, about.solution, about.points) == ("markdown", True, True, 0)
    assert "### BEGIN SOLUTION" in cell.source
    assert "Marking: " in cell.source


def test_the_page_is_written_in_plain_words():
    prose = re.sub(r"`[^`]*`", "", re.sub(r"^```.*?^```$", "", PAGE, flags=re.DOTALL | re.MULTILINE))
    assert "!" not in prose
    assert not re.search(r"\b(obviously|easily|trivial(ly)?)\b", prose, re.IGNORECASE)


# --- names, and what goes wrong


@pytest.fixture
def nine(monkeypatch):
    """The project as it is with nine lessons, whatever has been added since."""
    names = ["01-activations", "02-logits", "03-roundoff", "04-losses", "05-text", "06-accuracy", "07-digits"]
    paths = [ROOT / f"notebooks/{name}.ipynb" for name in [*names, "08-transfer", "09-debug"]]
    monkeypatch.setattr(naming, "lesson_files", lambda: paths)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("my-topic", "'my-topic' cannot be a lesson's name"),
        ("", "'' cannot be a lesson's name"),
        ("10", "two digits and small words"),
        ("10_my_topic", "such as 10-my-topic"),
        ("10-My-Topic", "such as 10-my-topic"),
        ("10-тема", "such as 10-my-topic"),
        ("10-my--topic", "such as 10-my-topic"),
        ("10-my-topic\n", "such as 10-my-topic"),
        ("１０-topic", "such as 10-my-topic"),
        ("../10-topic", "such as 10-my-topic"),
        ("100-topic", "such as 10-my-topic"),
        ("10-" + "x" * 40, "at most 40 characters"),
        ("05-topic", "The number 05 is taken by 05-text; the next free one is 10."),
        ("00-topic", "The number 00 is taken by 00-start; the next free one is 10."),
        ("10-2nd-look", "Python cannot import a module called 2nd_look; choose another name, such as 10-my-2nd-look."),
        ("10-lambda", "Python cannot import a module called lambda"),
        ("10-losses", "There is a module grader/checks/losses.py already"),
        ("10-live", "There is a module notebooks/figures/live.py already"),
        ("10-softmax", "There is a live figure softmax_explorer already; choose another name, such as 10-my-softmax."),
    ],
)
def test_a_name_that_cannot_be_used_gets_one_sentence_that_says_which_can(nine, name, words):
    with pytest.raises(CannotGoOn) as told:
        naming.name_lesson(name)
    assert words in str(told.value)
    assert len(str(told.value).splitlines()) == 1


@pytest.mark.parametrize("number", ["07", "14", "98"])
def test_a_number_that_is_not_the_one_after_the_last_lessons_is_refused(tmp_path, monkeypatch, number):
    monkeypatch.setattr(naming, "lesson_files", lambda: [tmp_path / "01-one.ipynb", tmp_path / "12-twelve.ipynb"])
    with pytest.raises(CannotGoOn, match=f"so its number is 13 and not {number}"):
        naming.name_lesson(f"{number}-topic")


@pytest.mark.parametrize("title", ["Two\nlines", "Wow!", "Just logits", "a](b", "$x$", "`code`", "<b>", "x" * 41, "_"])
def test_a_title_that_would_break_the_lesson_is_refused(title):
    with pytest.raises(CannotGoOn, match="cannot be a title"):
        naming.name_lesson(f"{NUMBER}-my-topic", title)


@pytest.mark.parametrize(
    ("title", "expected"), [("", "My topic"), ("  Logits, again ", "Logits, again"), ("Что такое логит?", None)]
)
def test_a_title_is_taken_as_it_is_or_made_from_the_name(title, expected):
    lesson = naming.name_lesson(f"{NUMBER}-my-topic", title)
    assert lesson.title == (expected or title)
    every = make_pages(lesson)
    text = every[f"notebooks/{NUMBER}-my-topic.ipynb"].decode()
    assert nbformat.reads(text, as_version=4).cells[0].source.startswith(f"# {NUMBER} {lesson.title}\n")
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text, "as JupyterLab would save it"
    assert not [path for path, content in every.items() if b"@@" in content]


def test_a_file_that_is_in_the_way_is_not_touched_and_nothing_is_left_behind(course):
    in_the_way = course.folder / f"exercises/{OTHER}"  # the last thing that is made
    in_the_way.write_text("mine")
    before = course.files()
    done = course.run("grader", "new", OTHER)
    assert done.returncode == 2
    assert course.files() == before
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Nothing was changed" in done.stderr
    assert not (course.folder / f"solutions/{OTHER}").exists()
    in_the_way.unlink()


def test_the_same_lesson_is_not_made_twice(course):
    before = course.files()
    done = course.run("grader", *command("new"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.strip() == f"The number {NUMBER} is taken by {NAME}; the next free one is {OTHER[:2]}."
    assert course.files() == before


@pytest.mark.slow
def test_a_second_lesson_gets_an_answer_of_another_name_and_is_green_as_well(course):
    before = course.files()
    done = course.run("grader", "new", OTHER)
    assert done.returncode == 0, done.stderr
    files = [f"tests/{name}.py" for name in ("lessons/test_notebooks", "checks/test_tables", "checks/test_ids")]
    done = course.pytest(*files, "-k", f"{OTHER} or {NAME} or softsign or test_ids")
    assert done.returncode == 0, done.stdout
    assert course.run("ruff", "check", *(path for path in made(course) if path.endswith(".py"))).returncode == 0
    onward = nbformat.read(course.folder / f"notebooks/{NAME}.ipynb", as_version=4).cells[-1].source
    assert "last lesson" not in onward
    for path in course.files():
        if path not in before:
            (course.folder / path).unlink()
    for path in ("notebooks/figures/__init__.py", f"notebooks/{NAME}.ipynb"):
        (course.folder / path).write_bytes(before[path])


def test_a_list_of_lessons_that_is_not_as_it_was_is_refused(monkeypatch):
    listing = importlib.import_module("grader.lab.authoring.listing")
    monkeypatch.setattr(listing, "_read", lambda path: "from figures import *\n")
    with pytest.raises(CannotGoOn, match=r"notebooks/figures/__init__\.py does not look as it should"):
        list_lesson(naming.name_lesson(f"{NUMBER}-my-topic"))


@pytest.mark.parametrize("error", [CannotGoOn, KeyboardInterrupt, SystemExit])
def test_changes_are_all_made_or_not_at_all(tmp_path, error):
    there = tmp_path / "there"
    there.write_text("before")
    there.chmod(0o640)
    with pytest.raises(error), Changes() as changes:  # noqa: PT012  the whole block is what must leave no trace
        changes.make(tmp_path / "one/two/new", b"new")
        changes.change(there, b"after")
        changes.change(there, b"and after")
        raise error("stop")
    assert [path.name for path in tmp_path.rglob("*")] == ["there"]
    assert there.read_text() == "before"
    assert there.stat().st_mode & 0o777 == 0o640


def test_a_folder_that_has_got_another_file_meanwhile_is_left(tmp_path):
    with pytest.raises(CannotGoOn), Changes() as changes:  # noqa: PT012  as above
        changes.make(tmp_path / "one/new", b"new")
        (tmp_path / "one/mine").write_text("mine")
        changes.make(tmp_path / "one/mine", b"new")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["mine"]
    assert (tmp_path / "one/mine").read_text() == "mine"


def test_a_disk_that_is_full_while_a_file_is_changed_loses_nothing(tmp_path, monkeypatch):
    there = tmp_path / "there"
    there.write_text("before")

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(there), "write_bytes", full)
    with pytest.raises(CannotGoOn, match=r"could not be written \(No space left on device\)"), Changes() as changes:
        changes.change(there, b"after")
    assert there.read_text() == "before"


@pytest.mark.slow
def test_remove_takes_back_what_new_has_made_and_keeps_the_files(tmp_path):
    copy = Copy(tmp_path / "course")
    before = copy.files()
    assert copy.run("grader", *command("new")).returncode == 0
    name = command("new")[1]
    refused = copy.run("grader", "remove", BEFORE)
    assert refused.returncode == 2
    assert f"it is {name}" in refused.stderr
    removed = copy.run("grader", "remove", name)
    assert removed.returncode == 0, removed.stderr
    assert copy.files() == before
    assert len([path for path in (copy.folder / "build" / "removed").rglob("*") if path.is_file()]) == 8
    again = copy.run("grader", "remove", BEFORE)
    assert again.returncode == 2
    assert "was not made by `new`" in again.stderr
