"""Grading on a cluster: a real scheduler, real workers of which some are killed, and played ones."""

import copy
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
import yaml
from conftest import ROOT, SAMPLES, do_without
from dask_clusters import Cluster, PlayedClient, below, kill
from distributed.comm import CommClosedError
from handed_in import hand_over, plain

from grader.base.errors import CannotGoOn
from grader.gradebook.execution import execution
from grader.judging.batch import Handed, judge_all
from grader.judging.exercise import load_exercise
from grader.judging.results import absent
from grader.judging.workers import cluster, fleet, remote
from grader.judging.workers.cluster import judge_on_cluster
from grader.judging.workers.stations import Work

NAME = "01-activations"
DOCS = ROOT / "docs/clusters"
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="workers run Linux")]


@pytest.fixture(scope="module")
def exercise():
    return load_exercise(NAME)


@pytest.fixture(scope="module")
def submitted(tmp_path_factory):
    """Ten notebooks of all kinds, a file that is none, and a folder without one."""
    folder = tmp_path_factory.mktemp("class")
    for number, sample in enumerate(["all-right", "two-wrong", "untouched", "right-and-loud"] * 2):
        shutil.copytree(SAMPLES / sample, folder / f"{number}-{sample}")
    for student, source in {
        "8-dies": "import os\nos._exit(0)",
        "9-long": "def relu(z):\n    return z\nprint('x' * 10**6)",
    }.items():
        notebook = nbformat.read(SAMPLES / f"all-right/{NAME}/{NAME}.ipynb", as_version=4)
        next(cell for cell in notebook.cells if cell.id == "relu").source = source
        _hand_in(folder, student, nbformat.writes(notebook).encode())
    _hand_in(folder, "a-broken", b"{oops")
    (folder / "b-empty" / NAME).mkdir(parents=True)
    (folder / "b-empty" / NAME / f"{NAME}.ipynb").touch()
    return folder


def _hand_in(folder, student, content):
    place = folder / student / NAME
    place.mkdir(parents=True)
    (place / f"{NAME}.ipynb").write_bytes(content)


@pytest.fixture(scope="module")
def names(submitted):
    return sorted(path.name for path in submitted.iterdir())


def handed(submitted, names):
    return hand_over(submitted, names, NAME)


@pytest.fixture(scope="module")
def local(submitted, names, exercise):
    with execution(exercise, 2, trust=False) as execute:
        return {judged.result.student: judged for judged in judge_all(handed(submitted, names), exercise, execute, 2)}


@pytest.fixture(scope="module")
def other_course(tmp_path_factory):
    """A course that differs from this one in a comment, for a worker that was forgotten when it was updated."""
    folder = tmp_path_factory.mktemp("other")
    for part in ("grader", "solutions"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "grader/answers/compare.py").open("a") as file:
        file.write("# another version\n")
    return folder


@pytest.fixture(scope="module")
def day(tmp_path_factory, submitted, names, exercise, other_course, grader):
    """A day of a cluster, as records: what was judged, said and read while workers came and were killed."""
    record = SimpleNamespace(first=[], second=[], said=[], read=[], more=[])
    with Cluster(tmp_path_factory.mktemp("cluster")) as dask:

        def read():
            for one in handed(submitted, names):
                record.read.append(len(record.first))
                yield one

        dask.worker(COURSE=str(other_course))
        workers = [dask.worker(), dask.worker()]
        for judged in judge_on_cluster(dask.address, read(), exercise, say=record.said.append):
            record.first.append(judged)
            if len(record.first) == 2:
                record.tree = below(workers[0].pid)
                workers[0].kill()

        def say(sentence):
            record.more.append(sentence)
            if sentence.startswith("Waiting for workers"):
                dask.worker()

        for judged in judge_on_cluster(dask.address, handed(submitted, names), exercise, say=say):
            record.second.append(judged)
            if len(record.second) == 1:
                kill(workers[1])
        record.build = tmp_path_factory.mktemp("build")
        out = record.build / "out.json"
        arguments = ["--submitted", submitted, "--json", out, "--scheduler", dask.address]
        record.command = grader("grade", NAME, *arguments, build=record.build)
        record.json = json.loads(out.read_text("utf-8"))
        rest = judge_on_cluster(dask.address, handed(submitted, names), exercise, say=record.more.append)
        next(rest)
        kill(dask.scheduler)
        with pytest.raises(CannotGoOn) as stopped:
            list(rest)
        record.end = str(stopped.value)
    return record


def test_a_lost_workers_submissions_are_judged_elsewhere_and_each_of_them_once(day, names):
    assert sorted(judged.result.student for judged in day.first) == names


def test_the_results_and_the_judged_notebooks_are_those_of_one_machine(day, local):
    for judged in day.first:
        same = local[judged.result.student]
        assert judged.result == same.result
        assert _verdicts(judged.notebook) == _verdicts(same.notebook)


def _verdicts(notebook):
    """Return the cells without what was printed: a library may print something on one run and not on another."""
    cells = copy.deepcopy(notebook.cells)
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type != "stream"]
    return cells


def test_no_more_is_read_ahead_than_two_for_each_thread(day):
    ahead = [number - done for number, done in enumerate(day.read, 1)]
    assert 1 <= max(ahead) <= 2 * 2 + 1, "a file that is no submission is told at once and takes no place"


def test_a_worker_of_another_version_gets_nothing_and_is_named(day):
    refusals = [sentence for sentence in day.said if "another version of the course" in sentence]
    assert len(refusals) == 1
    assert refusals[0].startswith("The worker tcp://127.0.0.1:")


def test_a_killed_worker_leaves_no_process_behind(day):
    assert day.tree, "it had warm processes"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in day.tree):
        time.sleep(0.1)
    assert not [pid for pid in day.tree if Path(f"/proc/{pid}").exists()]


def test_when_all_workers_are_gone_it_waits_and_goes_on_with_the_next(day, names, local):
    assert any(sentence.startswith("Waiting for workers. To start one") for sentence in day.more)
    assert sorted(judged.result.student for judged in day.second) == names
    assert all(judged.result == local[judged.result.student].result for judged in day.second)


def test_the_command_writes_table_json_and_gradebook_in_the_order_of_the_names(day, names, local):
    assert day.command.returncode == 0, day.command.stderr
    assert [entry["student"] for entry in day.json["submissions"]] == names
    assert day.json["submissions"] == json.loads(json.dumps([local[name].result.as_data() for name in names]))
    assert all(name in day.command.stdout for name in names)
    with sqlite3.connect(day.build / "gradebook.db") as connection:
        assert connection.execute("select count(*) from submitted_assignment").fetchone() == (len(names),)


def test_a_scheduler_that_is_lost_ends_the_command_in_one_sentence(day):
    assert day.end.startswith("The connection to the scheduler is lost. What was graded is kept")


def test_where_every_worker_has_another_version_the_command_names_one_and_stops(
    tmp_path, other_course, submitted, names, exercise
):
    with Cluster(tmp_path) as dask:
        dask.worker(COURSE=str(other_course))
        with pytest.raises(CannotGoOn, match=r"The worker tcp://127\.0\.0\.1:\d+ gets no submissions\. It has another"):
            list(judge_on_cluster(dask.address, handed(submitted, names), exercise))


def test_a_scheduler_that_was_started_without_the_course_is_named(tmp_path, submitted, names, exercise):
    without = tmp_path / "without" / "grader"
    without.mkdir(parents=True)
    (without / "__init__.py").write_text("raise ImportError('there is no course here')")
    with Cluster(tmp_path, COURSE=str(without.parent)) as dask:
        dask.worker(COURSE=str(ROOT))
        with pytest.raises(CannotGoOn, match=r"The scheduler at tcp://127\.0\.0\.1:\d+ does not have this course"):
            list(judge_on_cluster(dask.address, handed(submitted, names), exercise))


# --- certificates


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority, a member and a stranger, made as docs/clusters.md makes them."""
    if not shutil.which("openssl"):
        do_without("no openssl was found; install it to test a cluster with certificates")
    folder = tmp_path_factory.mktemp("tls")
    page = (ROOT / "docs/clusters.md").read_text("utf-8")
    commands = [line.strip() for line in page.splitlines() if line.startswith("    openssl ")]
    assert len(commands) == 3
    for command in commands:
        subprocess.run(command, shell=True, cwd=folder, check=True, capture_output=True)
    stranger = commands[0].replace("ca.key", "stranger.key").replace("ca.pem", "stranger.pem")
    subprocess.run(stranger, shell=True, cwd=folder, check=True, capture_output=True)
    return folder


def _settings(folder, who="member"):
    """Return the environment that Dask reads its certificates from."""
    files = {"CA_FILE": "ca.pem"}
    for part in ("CLIENT", "SCHEDULER", "WORKER"):
        files |= {f"{part}__CERT": f"{who}.pem", f"{part}__KEY": f"{who}.key"}
    return {f"DASK_DISTRIBUTED__COMM__TLS__{name}": str(folder / file) for name, file in files.items()}


def test_with_certificates_a_member_grades_and_nobody_else_is_let_in(tmp_path, certificates, grader):
    members = _settings(certificates)
    with Cluster(tmp_path, "--protocol", "tls", **members) as dask:
        assert dask.address.startswith("tls://")
        dask.worker()
        arguments = ["grade", NAME, "--submitted", SAMPLES, "--scheduler", dask.address]
        graded = grader(*arguments, build=tmp_path / "a", **members)
        assert graded.returncode == 0, graded.stderr
        assert "two-wrong" in graded.stdout
        stranger = grader(*arguments, build=tmp_path / "b", **_settings(certificates, "stranger"))
        assert (stranger.returncode, stranger.stderr.count("\n")) == (2, 1)
        assert "do not trust each other" in stranger.stderr
        with pytest.raises(CannotGoOn, match="needs certificates: name ca-file"), cluster.connect(dask.address):
            pass
        plain = dask.address.replace("tls://", "tcp://")
        with pytest.raises(CannotGoOn, match=r"reached by tls:// alone"), cluster.connect(plain):
            pass


def test_a_refused_certificate_is_named_when_nothing_but_a_closed_connection_is_seen_of_it():
    closed = CommClosedError("in <TLS>: ConnectionResetError: [Errno 104] Connection reset by peer")
    assert "do not trust each other" in cluster._why_not("tls://127.0.0.1:8786", closed)


def test_whatever_dask_raises_an_address_at_which_nothing_listens_is_told_from_one_of_something_else():
    for error in (AssertionError(), ValueError("closed"), CommClosedError("in <TCP>")):
        assert "No scheduler answers" in cluster._why_not("tcp://127.0.0.1:9", error)
        with socket.create_server(("127.0.0.1", 0)) as other:
            assert "is no Dask scheduler" in cluster._why_not(f"tcp://127.0.0.1:{other.getsockname()[1]}", error)


# --- addresses and options


@pytest.mark.parametrize("address", ["http://127.0.0.1:8786", "nonsense", "tcp://127.0.0.1", "tcp://127.0.0.1:x", " "])
def test_what_is_no_address_is_said_to_be_none(address):
    with pytest.raises(CannotGoOn, match="is no address of a scheduler"), cluster.connect(address):
        pass


def test_where_nobody_answers_one_sentence_says_how_to_start_a_scheduler(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTING", 0.5)
    words = r"No scheduler answers at tcp://127\.0\.0\.1:9\."
    with pytest.raises(CannotGoOn, match=words), cluster.connect("tcp://127.0.0.1:9"):
        pass


def test_workers_of_this_machine_and_a_cluster_exclude_each_other(grader, tmp_path):
    done = grader("grade", NAME, "--submitted", SAMPLES, "--scheduler", "tcp://h:1", "--workers", 2, build=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("--workers is for grading on this machine")


# --- a fleet whose workers are played

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
JUDGED = json.dumps({"result": absent("whoever", "").as_data(), "notebook": NOTEBOOK}).encode()


def _refused(reason):
    return json.dumps({"refused": reason}).encode()


@pytest.fixture
def played(monkeypatch):
    """Return a fleet, its client, and what it said; it looks at its workers whenever results are asked for."""
    monkeypatch.setattr(fleet, "LOOK", 0.0)

    def make(patience=60.0, **workers):
        said, client = [], PlayedClient(**workers)
        ships = fleet.Fleet(client, NAME, False, patience, said.append)
        if workers:
            _results(ships)
        return ships, client, said

    return make


def _results(fleet_):
    return [(work.handed.student, found) for work, found in fleet_.results()]


def test_nothing_is_sent_before_a_worker_has_said_that_its_course_is_the_same(played):
    ships, client, _ = played(a=1)
    assert not ships.has_room
    ships.send(Work(Handed("ada", b"{}")))
    assert [future.act for future in client.sent] == ["admit"]
    client.admit_all()
    _results(ships)
    assert [future.address for future in client.open()] == ["a"]


def test_a_worker_has_two_submissions_for_each_thread_and_not_more(played):
    ships, client, _ = played(a=1, b=3)
    client.admit_all()
    _results(ships)
    sent = 0
    while ships.has_room:
        ships.send(Work(Handed(str(sent), b"{}")))
        sent += 1
    assert sent == len(client.open()) == 8
    assert sum(future.address == "b" for future in client.open()) == 6


def test_large_files_are_sent_a_few_at_a_time(played, monkeypatch):
    monkeypatch.setattr(fleet, "TOGETHER", 10)
    ships, client, _ = played(a=8)
    client.admit_all()
    _results(ships)
    while ships.has_room:
        ships.send(Work(Handed("ada", b"123456")))
    assert len(client.open()) == 2


def test_a_submission_that_ends_workers_is_given_up_after_four_and_the_others_are_judged(played):
    ships, client, _ = played(a=1)
    client.admit_all()
    _results(ships)
    for student in ("killer", "ada"):
        ships.send(Work(Handed(student, student.encode())))
    ended, deaths = {}, 0
    for number in range(40):
        away = client.open()
        if not ships.is_busy:
            break
        if any(future.notebook == b"killer" for future in away):
            deaths += 1
            client.workers = {f"worker-{number}": 1}
        else:
            for future in away:
                future.answer(JUDGED)
        client.admit_all()
        ended.update(_results(ships))
    assert deaths == fleet.MOST == 4
    assert set(ended) == {"killer", "ada"}
    assert ended["killer"] is None
    assert ended["ada"] is not None


NO_RESULTS = [
    b"", b"{", b"[]", b"null", b"\xff", b'"refused"', b"[" * 100_000, b"{}", None, 7, "{}", {"result": {}},
    json.dumps({"result": {}, "notebook": NOTEBOOK}).encode(),
    json.dumps({"result": absent("", "").as_data(), "notebook": {}}).encode(),
    json.dumps({"result": absent("", "").as_data() | {"answers": [1]}, "notebook": NOTEBOOK}).encode(),
    json.dumps({"result": absent("", "").as_data(), "notebook": NOTEBOOK | {"cells": [{"cell_type": "x"}]}}).encode(),
]  # fmt: skip


@pytest.mark.parametrize("reply", NO_RESULTS)
def test_a_reply_that_is_no_result_is_as_if_the_worker_had_not_been_ready(played, reply):
    ships, client, said = played(a=1)
    client.admit_all()
    _results(ships)
    ships.send(Work(Handed("ada", b"ada")))
    client.open()[0].answer(reply)
    assert _results(ships) == []
    client.admit_all()
    _results(ships)
    client.open()[0].answer(JUDGED)
    [(student, found)] = _results(ships)
    assert (student, found.result.status, said) == ("ada", "not_handed_in", [])


def test_whomever_a_reply_names_the_result_is_of_the_one_who_was_sent():
    found, _ = remote.read_reply(JUDGED)
    assert found.result.student == "whoever"
    assert cluster._of("ada", found).result.student == "ada"


def test_one_that_was_lost_twice_goes_alone_so_that_it_takes_no_other_with_it(played):
    ships, client, _ = played(a=2)
    client.admit_all()
    _results(ships)
    ships.send(Work(Handed("suspect", b"suspect"), losses=1))
    ships.send(Work(Handed("ada", b"ada")))
    lost, other = client.open()
    lost.answer(RuntimeError("the worker died"))
    _results(ships)
    client.admit_all()
    _results(ships)
    assert [future.notebook for future in client.open()] == [b"ada"], "it waits until the worker has nothing else"
    other.answer(JUDGED)
    _results(ships)
    assert [future.notebook for future in client.open()] == [b"suspect"]
    assert not ships.has_room


def test_what_could_not_be_judged_at_all_is_a_record_with_a_reason(exercise, submitted):
    content = plain((submitted / f"0-all-right/{NAME}/{NAME}.ipynb").read_bytes())
    judged = cluster._lost(Work(Handed("ada", content)), exercise)
    assert (judged.result.status, judged.result.score) == ("partly_graded", 0)
    assert judged.result.reason == cluster.LOST


def test_a_worker_that_says_it_is_ready_and_is_not_is_asked_three_times(played):
    ships, client, said = played(a=1, b=1)
    client.open("admit")[1].answer("")
    _results(ships)
    for number in range(3):
        client.open("admit")[0].answer("")
        _results(ships)
        ships.send(Work(Handed(f"student-{number}", b"{}")))
        for future in client.open():
            future.answer(_refused("Its disk is full.") if future.address == "a" else JUDGED)
        _results(ships)
    assert said == ["The worker a gets no submissions. Its disk is full."]
    assert not client.open("admit")


def test_an_answer_that_comes_after_its_worker_was_given_up_counts_once(played):
    ships, client, said = played(a=1, b=1)
    client.admit_all()
    _results(ships)
    ships.send(Work(Handed("ada", b"{}")))
    [late] = client.open()
    client.workers.pop(late.address)
    _results(ships)
    late.answer(JUDGED)
    [again] = client.open()
    again.answer(JUDGED)
    assert [student for student, _ in _results(ships)] == ["ada"]
    assert said == [f"The worker {late.address} is gone; what it had is judged elsewhere (1)."]


def test_after_a_long_wait_for_workers_one_sentence_says_that_the_rest_is_kept(played):
    ships, client, said = played(patience=0.0)
    ships.send(Work(Handed("ada", b"{}")))
    time.sleep(0.01)
    with pytest.raises(CannotGoOn, match="No worker that can judge came to tcp://played:8786"):
        _results(ships)
    assert said == ["Waiting for workers. To start one, on any machine: .venv/bin/dask worker tcp://played:8786"]
    assert not client.sent


# --- what a worker says of itself


def _admit(**changes):
    return remote.admit(NAME, False, 1, {**remote.version_facts(NAME), **changes})


def test_a_worker_without_a_sandbox_says_what_is_lacking(monkeypatch):
    def lacking():
        raise CannotGoOn("This system cannot confine submitted code: Landlock.")

    monkeypatch.setattr(remote, "insist_on_a_sandbox", lacking)
    assert _admit() == "This system cannot confine submitted code: Landlock."


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("the course", "It has another version of the course"),
        ("Python", "It has Python "),
        ("tensorflow", "It has tensorflow "),
        ("numpy", "where this machine has 0.1: install the same"),
    ],
)
def test_a_worker_says_what_is_not_the_same(what, words):
    assert words in _admit(**{what: "0.1"})


def test_a_worker_whose_course_was_changed_after_it_had_started_says_so(monkeypatch):
    monkeypatch.setitem(remote._AT_START, NAME, "old")
    assert _admit() == "Its course was changed after it had started: start it again."


def test_a_worker_says_that_it_lacks_an_exercise():
    assert remote.find_difference("99-none", remote.version_facts(NAME)).startswith(
        "Its course has no exercise 99-none"
    )


def test_every_package_that_decides_is_installed_under_the_name_that_is_compared():
    assert "none" not in remote.version_facts(NAME).values()


def test_a_worker_whose_judging_processes_ended_refuses_and_starts_others_when_it_is_asked_again():
    order = (
        NAME,
        True,
        remote.version_facts(NAME)["the course"],
        plain((SAMPLES / f"two-wrong/{NAME}/{NAME}.ipynb").read_bytes()),
    )
    try:
        assert remote.admit(NAME, True, 1, remote.version_facts(NAME)) == ""
        assert json.loads(remote.judge_here(*order))["result"]["score"] == 6
        [first] = remote._pools.values()
        kill(first._workers[0].template.process)
        assert list(json.loads(remote.judge_here(*order))) == ["refused"]
        assert remote.admit(NAME, True, 1, remote.version_facts(NAME)) == ""
        told = json.loads(remote.judge_here(*order))["result"]
        assert (told["student"], told["score"]) == ("", 6), "the name stays where the submissions are"
    finally:
        for pool in remote._pools.values():
            pool.close()
            pool._workers[0].template.close()
        remote._pools.clear()
        remote._admitted.clear()


def test_a_worker_that_was_started_again_refuses_what_it_does_not_know():
    told = json.loads(remote.judge_here(NAME, False, "unknown", b"{}"))
    assert told == {"refused": "It was started again."}


# --- the files of docs/clusters: read by the tools that this machine has


def test_the_slurm_script_is_a_shell_script_with_one_scheduler_and_workers_in_the_job():
    script = (DOCS / "slurm.sbatch").read_text("utf-8")
    subprocess.run(["bash", "-n", DOCS / "slurm.sbatch"], check=True)
    head = [line for line in script.splitlines() if line.startswith("#SBATCH ")]
    options = dict(line.removeprefix("#SBATCH --").split("=", 1) for line in head)
    assert {"nodes", "ntasks-per-node", "cpus-per-task", "time"} <= set(options)
    assert script.index("#SBATCH") < script.index("\nset "), "sbatch reads no option after the first command"
    assert "distributed.cli.dask_scheduler" in script or "dask scheduler" in script


def test_the_kubernetes_objects_fit_together():
    objects = list(yaml.safe_load_all((DOCS / "kubernetes.yaml").read_text("utf-8")))
    assert [item["kind"] for item in objects] == ["Service", "Deployment", "Deployment"]
    service, *deployments = objects
    for deployment in deployments:
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert deployment["spec"]["selector"]["matchLabels"].items() <= labels.items()
    scheduler, worker = (item["spec"]["template"] for item in deployments)
    assert service["spec"]["selector"].items() <= scheduler["metadata"]["labels"].items()
    [container] = worker["spec"]["containers"]
    assert f"tcp://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}" in container["args"]
    assert worker["spec"]["hostUsers"] is False
    assert container["securityContext"]["procMount"] == "Unmasked"
    assert scheduler["spec"]["containers"][0]["image"] == container["image"], "one image, one content of the course"


def test_the_page_names_no_option_that_dask_does_not_have():
    from distributed.cli.dask_scheduler import main as scheduler
    from distributed.cli.dask_worker import main as worker

    known = {name for command in (scheduler, worker) for option in command.params for name in _names(option)}
    for file in (DOCS.with_suffix(".md"), DOCS / "slurm.sbatch"):
        for line in file.read_text("utf-8").splitlines():
            if "dask scheduler" in line or "dask worker" in line:
                used = {word.split("=")[0].strip("`,.") for word in line.split() if word.startswith("--")}
                assert used <= known | {"--scheduler"}, line


def _names(option):
    return [*option.opts, *option.secondary_opts]
