"""Inputs of each student's own: a table of outputs earns nothing, honest work earns what it did, the secret stays."""

import hashlib
import io
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest
from answer_tables import known, looked_up, solutions, submission, table_of
from conftest import ROOT, SAMPLES
from gradebooks import nbgrader, scores_in
from handed_in import key_of
from learner_answers import BLOCKS, CHECKS, IMPORTS

from grader.answers.check import Check
from grader.answers.compare import judge_function, passes_secret_probes
from grader.answers.model_answer import ModelAnswer, ModelCheck, judge_model, passes_secret_calls
from grader.answers.personal import personal, secret_probes
from grader.base import settings
from grader.base.errors import CannotGoOn
from grader.base.paths import exercise_names
from grader.checks import checks_of
from grader.checks.activations import RELU
from grader.gradebook import autograde as steps
from grader.gradebook import seed as seeds
from grader.gradebook.journal import Journal
from grader.judging.batch import Handed
from grader.judging.execution import Run
from grader.judging.results import Result
from grader.judging.workers import fleet, pool, remote

NAME = "01-activations"
SECRET = "correct horse battery staple 王"
CLASS = seeds.make_seed(SECRET)
OWN_INPUTS = {name: check.table for name, check in CHECKS.items() if not name.startswith(("diagnosis", "fix"))}
FUNCTIONS = {name: table for name, table in OWN_INPUTS.items() if not isinstance(table, ModelAnswer)}
# their inputs are new weights in every run, or nothing at all: what is stored fits no second run, or is all there is
WITHOUT_DRAWS = {"build_transfer_model", "unfreeze_last", "build_two_feature_classifier", "compile_for_logits"}
MODELS = {name: OWN_INPUTS[name] for name in OWN_INPUTS if name not in FUNCTIONS and name not in WITHOUT_DRAWS}


def flat(probes):
    """Return what probes hold, as text; of a model its weights."""

    def told(value):
        return (
            [w.tolist() for w in value.get_weights()] if hasattr(value, "get_weights") else np.asarray(value).tolist()
        )

    return repr([[told(each) for each in [*probe.arguments, *probe.keywords.values()]] for probe in probes])


def drawn(table, seed, number):
    with personal(number):
        return secret_probes(table, seed)


# What follows from a secret


def test_a_number_is_the_hmac_of_exercise_and_student_and_the_same_for_ever():
    key = hashlib.scrypt(b"secret", salt=b"Logit Lab", n=16384, r=8, p=1, dklen=32)
    inner, outer = (bytes(each ^ pad for each in key.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    by_hand = hashlib.sha256(outer + hashlib.sha256(inner + b"01-activations\0ada").digest()).hexdigest()
    assert seeds.make_seed("secret").personal_key(NAME, "ada") == by_hand
    assert by_hand == "501298f2407f8eaab13ac5cc08e29b35db6225f36d17875edee2c0aa832b30c7"


def test_numbers_differ_between_students_exercises_and_secrets_and_are_none_without_a_seed():
    names = ["ada", "Ada", "ада", "ada ", "", "\udcff", "a\0da"]
    numbers = [CLASS.personal_key(exercise, name) for exercise in (NAME, "02-logits") for name in names]
    numbers += [seeds.make_seed("another").personal_key(NAME, "ada"), CLASS.digest]
    assert len(set(numbers)) == len(numbers)
    assert (seeds.Seed().personal_key(NAME, "ada"), seeds.Seed().digest, bool(seeds.Seed())) == ("", "", False)
    assert seeds.make_seed("caf\u00e9") == seeds.make_seed("cafe\u0301"), "as macOS and others type it"


def test_a_seed_shows_nothing_of_itself_when_it_is_printed():
    assert CLASS.key not in repr(CLASS)
    assert "12ab" not in repr(fleet.Work(Handed("ada", b"", personal_key="12ab")))


@pytest.mark.parametrize("table", FUNCTIONS.values(), ids=FUNCTIONS)
def test_without_a_number_the_inputs_of_a_seed_are_those_that_they_were(table):
    for seed in (101, 7):
        assert flat(secret_probes(table, seed)) == flat(table.more(np.random.default_rng(seed)))


def test_the_first_inputs_of_a_public_seed_are_these():
    numbers = secret_probes(RELU, 101)[0].arguments[0]
    assert np.round(numbers[:3], 6).tolist() == [-2.370457, -6.103876, 1.809905]


@pytest.mark.parametrize("table", FUNCTIONS.values(), ids=FUNCTIONS)
def test_two_students_get_different_inputs_and_one_student_the_same_ones_again(table):
    ada, boris = (CLASS.personal_key(NAME, student) for student in ("ada", "boris"))
    assert flat(drawn(table, 101, ada)) == flat(drawn(table, 101, ada))
    different = {flat(drawn(table, *each)) for each in [(101, ada), (101, boris), (102, ada), (101, "")]}
    assert len(different) == 4
    assert all(probe.secret for probe in drawn(table, 101, ada)), "no verdict shows them"


def test_another_process_draws_the_same_inputs():
    code = """
from grader.checks import checks_of
from grader.checks.activations import RELU
from grader.answers.personal import personal, secret_probes
from grader.gradebook.seed import make_seed
import sys
with personal(make_seed(sys.argv[1]).personal_key("01-activations", "ada")):
    print([probe.arguments[0].tolist() for probe in secret_probes(RELU, 101)])
"""
    for hashing in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": hashing}
        told = subprocess.run([sys.executable, "-c", code, SECRET], cwd=ROOT, env=env, capture_output=True, text=True)
        here = [probe.arguments[0].tolist() for probe in drawn(RELU, 101, CLASS.personal_key(NAME, "ada"))]
        assert told.stdout.strip() == str(here), told.stderr


# Where the secret is kept


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv(settings.SEED, raising=False)
    return tmp_path / "class"


def test_a_kept_seed_is_read_back_and_nobody_else_may_read_its_file(folder):
    assert not seeds.read_seed(folder)
    told = seeds.keep_seed(SECRET, folder=folder)
    file = folder / seeds.FILE
    assert str(file) in told
    assert seeds.read_seed(folder) == CLASS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert SECRET not in told + file.read_text()
    assert list(folder.iterdir()) == [file], "nothing is left beside it"
    assert seeds.keep_seed(None, folder=folder) == ""
    assert seeds.read_seed(folder) == CLASS


@pytest.mark.parametrize("how", [("", False), (None, True)])
def test_it_is_taken_away_again(folder, how):
    seeds.keep_seed(SECRET, folder=folder)
    for _ in range(2):
        assert seeds.keep_seed(*how, folder=folder) == seeds.REMOVED
        assert not seeds.read_seed(folder)


def test_it_can_come_by_standard_input_or_by_the_environment(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SECRET}\nmore\n"))
    seeds.keep_seed("-", folder=folder)
    assert seeds.read_seed(folder) == CLASS
    monkeypatch.setenv(settings.SEED, "another")
    assert seeds.read_seed(folder) == seeds.make_seed("another"), "the environment goes first"
    assert settings.SEED in seeds.keep_seed("", folder=folder), "it says that it is still there"
    seeds.keep_seed(None, folder=folder)
    monkeypatch.delenv(settings.SEED)
    assert seeds.read_seed(folder) == seeds.make_seed("another")


@pytest.mark.parametrize("content", [b"", b"abc\n", b"\xff" * 64, b"G" * 64, None])
def test_a_file_that_holds_no_seed_is_told_in_one_sentence(folder, content):
    (folder / seeds.FILE).mkdir(parents=True) if content is None else folder.mkdir()
    if content is not None:
        (folder / seeds.FILE).write_bytes(content)
    with pytest.raises(CannotGoOn, match=r"secret-seed cannot be read. Give it again: .* release --seed SECRET$"):
        seeds.read_seed(folder)


def test_what_contradicts_itself_or_is_empty_is_refused(folder, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    for secret, remove in ((SECRET, True), ("-", False)):
        with pytest.raises(CannotGoOn):
            seeds.keep_seed(secret, remove, folder=folder)
    (folder.parent / "file").write_text("")
    with pytest.raises(CannotGoOn, match="cannot be written"):
        seeds.keep_seed(SECRET, folder=folder.parent / "file")


def test_where_the_tests_would_run_beside_the_submission_it_is_not_used(monkeypatch):
    monkeypatch.setenv(settings.SEED, SECRET)
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(CannotGoOn, match="release --no-seed"):
        seeds.seed_for_judging()
    assert seeds.seed_for_judging(elsewhere=True) == CLASS


# What a table earns


@pytest.fixture(scope="module")
def solved():
    """Return each answer's public solution, and the seed of its hidden test."""
    found = {}
    for exercise in exercise_names():
        if exercise != "09-debug":  # words, and trained models
            names, public = solutions(exercise)
            found |= {name: (names[name], seed) for name, seed in public.items()}
    return found


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_table_of_all_public_inputs_is_right_without_a_secret_and_wrong_with_one(solved, name):
    table, (function, seed) = FUNCTIONS[name], solved[name]
    copied = looked_up(table_of(function, known(table, seed)))
    assert judge_function(table, copied, seed).passed
    for student in ("ada", "boris", "王小明")[: 1 if callable(table.tries) else 3]:
        with personal(CLASS.personal_key(NAME, student)):
            assert Check(table).judge(function, seed).passed
            verdict = Check(table).judge(copied, seed)
        assert not verdict.passed, student
        assert "not shown" in verdict.seen or "other numbers" in verdict.seen


@pytest.mark.parametrize("name", MODELS)
def test_models_stored_for_the_visible_arguments_are_right_without_a_secret_and_wrong_with_one(solved, name):
    table, (function, seed) = MODELS[name], solved[name]
    calls = table.calls()

    def stored(*given):
        return function(*([call for call in calls if call == given] or calls)[0])

    assert judge_model(table, stored, seed).passed
    with personal(CLASS.personal_key(NAME, "ada")):
        assert ModelCheck(table).judge(function, seed).passed
        verdict = ModelCheck(table).judge(stored, seed)
    assert verdict.seen == f"{name} passes the visible check and fails on other numbers."
    assert verdict.misconception
    assert not verdict.more


# Whom it must not hurt


@pytest.fixture(scope="module")
def libraries():
    """What a learner's notebook has imported."""
    names = {}
    exec(IMPORTS, names)
    return names


def written(name, libraries):
    """Yield each function that learners wrote for an answer, with the misconception that it shows or None."""
    for answer, expected, code in (param.values for param in BLOCKS):
        if answer == name:
            namespace = dict(libraries)
            exec(code, namespace)
            yield namespace[name], expected


QUICK = {name for name, table in FUNCTIONS.items() if not callable(table.tries)}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(QUICK))
def test_what_learners_wrote_is_judged_with_any_number_as_without(libraries, name):
    for function, expected in written(name, libraries):
        for student in range(1 if expected else 5):
            with personal(CLASS.personal_key(NAME, str(student))):
                verdict = CHECKS[name].judge(function, 101)
            assert verdict.misconception == expected, (student, verdict.as_text())


@pytest.mark.parametrize("name", sorted(OWN_INPUTS.keys() - QUICK))
def test_right_models_and_right_uses_of_models_are_right_for_a_students_own_inputs(libraries, name):
    passes = passes_secret_probes if name in FUNCTIONS else passes_secret_calls
    for number, (function, expected) in enumerate(written(name, libraries)):
        with personal(CLASS.personal_key(NAME, str(number))):
            assert expected or passes(OWN_INPUTS[name], function, 101)


# What is told of a hidden test


def visible_alone(table, otherwise):
    """Return the oracle that does something else for what is none of the visible inputs."""
    visible = flat(table.probes)

    def answer(z):
        return table.oracle(z) if str(np.asarray(z).tolist()) in visible else otherwise(z)

    return answer


def named(z):
    raise type("E" + "".join(f"_{abs(v):.0f}" for v in np.ravel(z)), (Exception,), {})("told")


def stops(z):
    raise ValueError(str(np.ravel(z)))


@pytest.mark.parametrize(
    ("otherwise", "told"),
    [
        (stops, "with numbers that are not shown, stopped with ValueError."),
        (named, "with numbers that are not shown, stopped with an error."),
        (lambda z: {str(z): z}, "with numbers that are not shown, returned something else than the exercise asks for."),
        (lambda z: z + 1, "passes the visible check and fails on other numbers."),
    ],
)
def test_a_verdict_on_a_hidden_test_holds_none_of_the_learners_words(otherwise, told):
    answer = visible_alone(RELU, otherwise)
    answer.__name__ = "carried_away"
    with personal(CLASS.personal_key(NAME, "ada")):
        verdict = Check(RELU).judge(answer, 101)
    assert verdict.seen.startswith("relu")
    assert verdict.seen.endswith(told)
    assert "carried_away" not in verdict.as_text()
    assert not verdict.more


# A whole class

TELLS = """
met = []

def relu(z):
    met.append(np.ravel(z).tolist())
    return np.maximum(z, 0)
"""
LATER = ["print(met)", "met", "raise ValueError(str(met))", "import sys\nprint(met, file=sys.stderr)"]

LOOKS = """
import glob, os
print({key: value for key, value in os.environ.items() if "SEED" in key or "LOGIT" in key})
for path in [PATH, *glob.glob("/proc/*/environ"), *glob.glob("/proc/*/cmdline"), *glob.glob("/tmp/**", recursive=True)]:
    try:
        print(path, open(path, "rb").read()[:2000])
    except OSError as error:
        print(path, error.strerror)
"""


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """A class of honest work, of tables of everything public, and of tables of one student's own inputs."""
    folder = tmp_path_factory.mktemp("in")
    for student in ("all-right", "two-wrong"):
        shutil.copytree(SAMPLES / student, folder / student)
    numbers = "", CLASS.personal_key(NAME, "victim")
    activations = [check.table for check in checks_of(NAME)]
    made = {"table": submission(NAME, activations), "victim": submission(NAME, activations, numbers)}
    looks = json.loads((SAMPLES / "all-right" / NAME / f"{NAME}.ipynb").read_text("utf-8"))
    looks["cells"].append({"cell_type": "code", "id": "looks", "metadata": {}, "outputs": [], "execution_count": None})
    looks["cells"][-1]["source"] = LOOKS.replace("PATH", repr(str(folder.parent / "build" / seeds.FILE)), 1)
    tells = json.loads((SAMPLES / "all-right" / NAME / f"{NAME}.ipynb").read_text("utf-8"))
    place = next(number for number, each in enumerate(tells["cells"]) if each["id"] == "relu")
    tells["cells"][place]["source"] = TELLS
    tells["cells"].insert(place + 1, {**looks["cells"][-1], "id": "before", "source": "print('before any test')"})
    tells["cells"] += [{**looks["cells"][-1], "id": f"later-{n}", "source": source} for n, source in enumerate(LATER)]
    more = {"thief": made["victim"], "looks": json.dumps(looks).encode(), "though": json.dumps(tells).encode()}
    for student, content in {**made, **more}.items():
        (folder / student / NAME).mkdir(parents=True)
        (folder / student / NAME / f"{NAME}.ipynb").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def graded(submitted, grader):
    """Grade it without a secret and with one; return the build folder, and what was told each time."""
    build = submitted.parent / "build"
    released = ROOT / "exercises" / NAME / f"{NAME}.ipynb"
    before = released.read_bytes()
    told = []
    for secret in (None, SECRET):
        if secret:
            done = grader("release", NAME, "--seed", secret, build=build)
            assert done.returncode == 0, done.stderr
            assert str(build / seeds.FILE) in done.stdout.replace("\n", "")
            assert secret not in done.stdout + done.stderr
        done = grader("grade", NAME, "--submitted", submitted, "--json", build / "out.json", build=build)
        assert done.returncode == 0, done.stderr
        told.append((json.loads((build / "out.json").read_text("utf-8")), done.stderr))
    assert released.read_bytes() == before
    return build, told


def scores(results):
    return {entry["student"]: entry["score"] for entry in results["submissions"]}


def test_a_copied_table_earns_all_points_without_a_secret_and_none_with_it(graded):
    _, ((before, first), (after, second)) = graded
    honest = {"all-right": 10, "two-wrong": 6, "looks": 10, "though": 10}
    assert scores(before) == {**honest, "table": 10, "victim": 10, "thief": 10}
    assert scores(after) == {**honest, "table": 0, "victim": 10, "thief": 0}
    assert seeds.IN_USE not in first
    assert seeds.IN_USE in second


def test_honest_work_gets_the_same_words_with_a_secret_as_without(graded):
    _, ((before, _), (after, _)) = graded
    for one, other in zip(before["submissions"], after["submissions"], strict=True):
        if one["student"] not in ("table", "thief"):
            assert one == other


@pytest.mark.slow
def test_nbgraders_own_command_gives_the_same_scores_with_the_secret(graded, submitted):
    build, (_, (results, _)) = graded
    assert scores_in(build / "gradebook.db") == scores(results)
    with sqlite3.connect(build / "gradebook.db") as connection:
        connection.execute("update grade set auto_score = 1")
    done = nbgrader(build, "autograde", NAME, "--force", "--student", "[tv][ai]*")
    assert done.returncode == 0, done.stderr
    again = scores_in(build / "gradebook.db")
    assert (again["table"], again["victim"], again["thief"]) == (0, 10, 5), "the last one was not graded again"


def test_the_secret_and_the_numbers_stand_in_no_file_but_the_seeds_own(graded, submitted):
    build, _ = graded
    assert nbgrader(build, "generate_feedback", NAME, "--student", "[lt][oh]*").returncode == 0
    students = [path.name for path in submitted.iterdir()]
    keys = [CLASS.key, CLASS.digest, *(CLASS.personal_key(NAME, student) for student in students)]
    needles = [SECRET.encode(), json.dumps(SECRET).encode(), *(key.encode() for key in keys), *map(bytes.fromhex, keys)]
    files = [path for folder in (build, ROOT / "exercises") for path in folder.rglob("*") if path.is_file()]
    assert {"gradebook.db", "out.json", f"{NAME}.html", f"{NAME}.ipynb", f"{NAME}.jsonl"} <= {p.name for p in files}
    holding = [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]
    assert holding == [seeds.FILE]
    looked = (build / "autograded/looks" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    assert "No such file" in looked, "it has looked"


def test_another_secret_has_everything_graded_again_and_the_same_one_nothing(tmp_path):
    folder = tmp_path / "in" / "ada" / NAME
    folder.mkdir(parents=True)
    (folder / f"{NAME}.ipynb").write_text("{}")
    journal = Journal(NAME, tmp_path, seed=CLASS.digest)
    journal.enter(Result("ada", "graded"), journal.key(key_of(folder)))
    for seed, there in ((CLASS.digest, True), (seeds.make_seed("another").digest, False), ("", False)):
        again = Journal(NAME, tmp_path, seed=seed)
        assert bool(again.done("ada", again.key(key_of(folder)))) == there


# Who is told

SEARCH = """
import hashlib, re

def found(prefix, length, digest):
    hits = 0
    with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
        for line in maps:
            start, end, rights = re.match("(\\w+)-(\\w+) (.)", line).groups()
            if rights != "r" or "[v" in line:
                continue
            try:
                memory.seek(int(start, 16))
                part = memory.read(int(end, 16) - int(start, 16))
            except (OSError, ValueError, OverflowError):
                continue
            for at in re.finditer(re.escape(prefix), part):
                hits += hashlib.sha256(part[at.start() : at.start() + length]).hexdigest() == digest
    return hits

planted = bytes(range(100, 132))
"""
SEEN = """
import os
seen = []
def relu(z):
    seen.append(np.array(z))
    return np.maximum(0, z)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux alone")
def test_the_learners_process_holds_neither_the_secret_nor_the_number_in_its_memory_or_environment(monkeypatch):
    monkeypatch.setenv(settings.SEED, SECRET)
    number = CLASS.personal_key(NAME, "ada")
    needles = [SECRET.encode(), CLASS.key.encode(), bytes.fromhex(CLASS.key), number.encode(), bytes.fromhex(number)]
    needles.append(bytes(range(100, 132)))  # so that it is seen that the search finds what is there
    facts = [(needle[:6], len(needle), hashlib.sha256(needle).hexdigest()) for needle in needles]
    test = {"source": "check_relu(relu)\ncheck_relu(relu, seed=101)", "test": True, "personal": number}
    test["source"] = "from grader.checks.activations import check_relu\n" + test["source"]
    learner = [f"import numpy as np\n{SEEN}", SEARCH, f"print([found(*fact) for fact in {facts!r}])"]
    learner.append(f"print(len(seen), os.environ.get({settings.SEED!r}))")
    cells = [{"source": source, "test": False} for source in learner]
    with pool.worker(keras=False, trusted=True) as worker:  # without a sandbox, which would hide the memory
        told, stopped = worker.run([cells[0], test, *cells[1:]])
        again, _ = worker.run(cells)  # the next submission, by a worker that has had the first one
    outputs, again = ([each["outputs"] for each in ran] for ran in (told, again))
    assert (stopped, outputs[1]) == ("", [{"output_type": "stream", "name": "stdout", "text": "relu: right.\n"}])
    assert json.loads(outputs[3][0]["text"])[:5] == json.loads(again[2][0]["text"])[:5] == [0] * 5
    assert json.loads(outputs[3][0]["text"])[5] >= 1
    visible, hidden = len(RELU.probes), len(RELU.more(np.random.default_rng(0)))
    assert outputs[4][0]["text"] == f"{visible + RELU.rounds * hidden} None\n"


class Recorder:
    """Stands for a pool: keeps what the judge would be told."""

    def run(self, cells):
        self.cells = cells
        return [{"outputs": [], "verdict": None} for _ in cells], ""


def test_on_a_cluster_the_number_goes_along_and_the_secret_and_the_name_stay(monkeypatch):
    recorder, exercise = Recorder(), remote.load_exercise(NAME)
    monkeypatch.setitem(remote._admitted, (NAME, False, "course"), exercise)
    monkeypatch.setitem(remote._pools, (False, False), recorder)
    content = (SAMPLES / "all-right" / NAME / f"{NAME}.ipynb").read_bytes()
    remote.judge_here(NAME, False, "course", content, "12ab")
    assert {cell.get("personal") for cell in recorder.cells if cell["test"]} == {"12ab"}
    assert not any("personal" in cell for cell in recorder.cells if not cell["test"])
    remote.judge_here(NAME, False, "course", content)
    assert not any("personal" in cell for cell in recorder.cells)


def test_without_a_seed_nbgraders_step_tells_the_judge_no_number(monkeypatch, tmp_path):
    told = []
    monkeypatch.setattr(steps, "seed_for_judging", lambda: seeds.read_seed(tmp_path))
    monkeypatch.delenv(settings.SEED, raising=False)
    monkeypatch.setattr(
        steps, "execution", lambda *_: nullcontext(lambda notebook, number: told.append(number) or Run())
    )
    resources = {"nbgrader": {"assignment": NAME, "student": "ada"}}
    for secret in ("", SECRET):
        seeds.keep_seed(secret, folder=tmp_path)
        steps.Judge().preprocess(remote.load_exercise(NAME).notebook, resources)
    assert told == ["", CLASS.personal_key(NAME, "ada")]


def test_what_cells_show_after_a_hidden_test_is_for_the_teacher_and_not_on_the_students_page(graded):
    build, _ = graded
    assert nbgrader(build, "generate_feedback", NAME, "--student", "though").returncode == 0
    page = (build / "feedback/though" / NAME / f"{NAME}.html").read_text("utf-8")
    kept = (build / "autograded/though" / NAME / f"{NAME}.ipynb").read_text("utf-8")
    inputs = drawn(RELU, 101, CLASS.personal_key(NAME, "though"))
    numbers = [str(value) for probe in inputs for value in np.ravel(probe.arguments[0]).tolist()]
    assert len(numbers) > 20
    assert all(number in kept for number in numbers)
    assert not [number for number in numbers if number in page]
    assert "before any test" in page
    assert page.count("What this cell showed is not on this page") == len(LATER)
