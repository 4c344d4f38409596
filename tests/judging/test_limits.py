"""What a submission may use, counted over all its processes; what an answer says of the limit that it met."""

import contextlib
import json
import os
import platform
import re
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest

if sys.platform != "linux":
    pytest.skip("workers are forked on Linux alone", allow_module_level=True)

import numpy as np
from conftest import ROOT
from greedy import GREEDY, HARMLESS, IMPORTS, REFUSED
from other_users import as_user, users

from grader.diagnosis.refusals import Refused
from grader.judging.crossing.channel import Broken
from grader.judging.crossing.values import pack, size_as_arrays, unpack
from grader.judging.judge import proxies
from grader.judging.judge.proxies import LearnerLimits, LearnerProxy
from grader.judging.usage import Times, family, times_of, use_of
from grader.judging.workers import pool

RIGHT = "def relu(z):\n    return np.maximum(z, 0)"
TEST = "from grader.checks.activations import check_relu\n\ncheck_relu(relu)"
SMALL = {"cell_seconds": 2, "patience": 3, "cpu_seconds": 9, "memory_mb": 400}


def cell(source, test=False):
    return {"source": source, "test": test}


HONEST = [cell(IMPORTS), cell(RIGHT), cell(TEST, True)]


@pytest.fixture(scope="module")
def worker():
    """Start one with the limits that hold, which no machine is too slow for."""
    with pool.worker(keras=False) as warm:
        yield warm


@pytest.fixture(scope="module")
def impatient():
    with pool.worker(keras=False, **SMALL) as warm:
        yield warm


def words(told):
    """Return all that a cell shows."""
    return " ".join(str(text) for output in told["outputs"] or [] for text in output.values())


def passed(told):
    return bool(told["verdict"] and told["verdict"]["passed"]) or "relu: right" in words(told)


def is_left(worker):
    """Return the processes that are there beside the worker and its bench."""
    return list(family(worker.pid))[2:]


def judged(worker, *sources):
    """Return what came of cells, the right answer and its test behind them; nothing is left of it afterwards."""
    cells = [cell(IMPORTS), *map(cell, sources), cell(RIGHT), cell(TEST, True)]
    told, stopped = worker.run(cells)
    assert is_left(worker) == []
    return told, stopped


def test_what_would_hide_use_or_take_more_of_the_machine_is_refused(worker):
    x86 = platform.machine() == "x86_64"
    tries = {name: source for name, source in REFUSED.items() if x86 or "call(" not in source}  # numbers of x86_64
    told, stopped = judged(worker, *tries.values())
    shown = {name: words(each) for name, each in zip(tries, told[1:], strict=False)}
    assert {name: text for name, text in shown.items() if "it worked" in text or "error" not in text.lower()} == {}
    assert stopped == ""
    assert passed(told[-1])


@pytest.mark.slow
@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_done_in_a_moment_leaves_the_other_answers_as_they_are(name, worker):
    told, stopped = judged(worker, HARMLESS[name])
    assert (stopped, passed(told[-1])) == ("", True), words(told[1])
    assert len(words(told[1])) < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("name", GREEDY)
def test_what_takes_too_much_is_ended_and_told_which_limit_it_was(name, impatient):
    source, expected = GREEDY[name]
    told, _ = judged(impatient, source)
    assert re.search(expected, words(told[1])), words(told[1])
    assert passed(impatient.run(HONEST)[0][-1])


AS_A_USER = """
import json, sys
from grader.judging.workers import pool
cells, limits = json.loads(sys.argv[1])
with pool.worker(keras=False, **limits) as warm:
    print(json.dumps([warm.run(each)[0][1] for each in cells]))
"""


@pytest.mark.slow
def test_an_ordinary_user_who_grades_counts_as_root_does():
    names = ["sixty busy children", "children that are each below the limit of memory"]
    cells = [[cell(IMPORTS), cell(GREEDY[name][0])] for name in names]
    program = [sys.executable, "-c", AS_A_USER, json.dumps([cells, SMALL])]
    command = [*as_user(users(1)[0]), *program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name, told in zip(names, json.loads(done.stdout), strict=True):
        assert re.search(GREEDY[name][1], words(told)), words(told)


@pytest.mark.slow
def test_processor_time_is_summed_over_the_processes_that_a_submission_is_given(impatient):
    """Each burns less than one cell may, ends itself, and is started again."""
    told, stopped = judged(impatient, *["burn(1.9)\nos._exit(0)"] * 4, *["burn(1.9)"] * 5)
    assert stopped == "The code was ended because it used more than 9 seconds of processor time in all."
    assert told[-1]["outputs"] is None


# Where the processors are others'

CROWD = 60


@contextlib.contextmanager
def crowd(seconds):
    """Have many busy processes, each with a share of the processor, beside what runs here; all are gone at the end."""
    pids = []
    for _ in range(CROWD):
        pid = os.fork()
        if not pid:
            os.setsid()
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                pass
            os._exit(0)
        pids.append(pid)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, 9)
            os.waitpid(pid, 0)


@contextlib.contextmanager
def one_processor():
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.slow
def test_who_waits_for_a_processor_that_others_have_loses_no_mark():
    """Less than a second of work takes much longer by the clock than anybody may wait by their own choice."""
    work = [cell(IMPORTS), cell("burn(0.4)"), cell(RIGHT), cell(TEST, True)]
    with one_processor(), pool.worker(keras=False, **SMALL) as warm, crowd(40):
        began = time.monotonic()
        told, stopped = warm.run(work)
        took = time.monotonic() - began
    assert (stopped, passed(told[-1]), words(told[1])) == ("", True, "")
    assert took > SMALL["patience"]


@pytest.mark.slow
def test_sixty_busy_children_of_a_neighbour_cost_nobody_a_mark():
    busy = [cell(IMPORTS), cell(GREEDY["sixty busy children"][0]), cell(RIGHT), cell(TEST, True)]
    work = [cell(IMPORTS), *[cell("burn(0.3)")] * 4, cell(RIGHT), cell(TEST, True)]
    with (
        one_processor(),
        contextlib.closing(pool.Template(keras=False, **SMALL)) as template,
        contextlib.closing(pool.Pool(2, template)) as both,
        ThreadPoolExecutor(2) as threads,
    ):
        neighbours = [threads.submit(both.run, busy), *(threads.submit(both.run, work) for _ in range(3))]
        (told, _), *honest = [each.result() for each in neighbours]
    assert "seconds of processor time" in words(told[1])
    assert [(stopped, passed(told[-1])) for told, stopped in honest] == [("", True)] * 3


@pytest.mark.slow
def test_processes_are_counted_for_a_submission_as_a_whole_and_not_with_its_neighbours():
    """One takes all that it may have, and sleeps; beside it another one starts processes."""
    full = [cell(IMPORTS), cell("try:\n    while True: os.fork() or time.sleep(9)\nexcept OSError: time.sleep(1.5)")]
    few = "for _ in range(30):\n    if os.fork() == 0:\n        time.sleep(0.1)\n        os._exit(0)\nprint('all')"
    with (
        contextlib.closing(pool.Template(keras=False)) as template,
        contextlib.closing(pool.Pool(2, template)) as both,
        ThreadPoolExecutor(1) as thread,
    ):
        other = thread.submit(both.run, full)
        seen = [both.run([cell(IMPORTS), cell(few)]) for _ in range(4)]
        other.result()
    assert [words(told[1]) for told, _ in seen] == ["stream stdout all\n"] * 4


# What is told of a limit, with a clock and counts of our own


class Waiting:
    """A channel whose other end lets time go by: at each look the clock and the counts are as a story tells."""

    look = None

    def __init__(self, clock, story, end):
        self.clock, self.story, self.end = clock, story, end

    def send(self, value, timeout):
        pass

    def has_mail(self):
        return False

    def close(self):
        pass

    def receive(self, timeout):
        for now, *times in self.story:
            self.clock.now, self.clock.times = now, Times(*times)
            self.look()
        if self.end:
            raise self.end
        return {"kind": "missing"}


class Clock:
    now, times = 0.0, Times()


CLOSED = Broken("The other end closed the connection.")
ENDED_ITSELF = "The code ended the Python process before all answers were checked."
STORIES = {
    "others have the processors": ([(0, 0, 0), (800, 1, 799)], None, "", False),
    "it computes on many processors": ([(0, 0, 0), (10, 91, 0)], None, proxies.COMPUTED.format(90), False),
    "it sleeps": ([(0, 0, 0), (91, 0.5, 0)], None, proxies.WAITED.format(90), False),
    "it sleeps while others are busy": ([(0, 0, 0), (200, 0.5, 100)], None, proxies.WAITED.format(90), False),
    "it gets nothing": ([(0, 0, 0), (901, 1, 900)], None, proxies.BY_THE_CLOCK.format(900), True),
    "its memory is full": ([(0, 0, 0), (1, 0, 0, b"m")], CLOSED, proxies.MEMORY.format(5), False),
    "its processor time is over": ([(0, 0, 0), (1, 0, 0, b"c")], CLOSED, proxies.COMPUTED_IN_ALL.format(300), False),
    "it ends itself": (
        [(0, 0, 0)],
        CLOSED,
        "The code ended the Python process before all answers were checked.",
        False,
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_a_verdict_says_which_limit_it_was(story, monkeypatch):
    told, end, expected, starved = STORIES[story]
    clock = Clock()
    monkeypatch.setattr(proxies.time, "monotonic", lambda: clock.now)
    learner = LearnerProxy(lambda: Waiting(clock, told, end), LearnerLimits(), lambda: clock.times)
    with contextlib.suppress(proxies.Gone, KeyError):
        learner.name("relu")
    assert (learner.gone, learner.starved) == (expected, starved)


def test_where_the_kernel_counts_no_queues_the_clock_alone_ends_what_waits(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(proxies.time, "monotonic", lambda: clock.now)
    monkeypatch.setattr(proxies, "KNOWS_QUEUES", False)
    learner = LearnerProxy(
        lambda: Waiting(clock, [(0, 0), (899, 1), (901, 1)], None), LearnerLimits(), lambda: clock.times
    )
    with contextlib.suppress(proxies.Gone, KeyError):
        learner.name("relu")
    assert learner.starved


class Stub:
    """A worker that runs out of wall time wherever another one is at work."""

    at_work, most = 0, 0
    lock = threading.Lock()

    def __init__(self, template):
        pass

    def judge(self, cells):
        with Stub.lock:
            Stub.at_work += 1
            alone = Stub.at_work == 1
        time.sleep(0.02)
        with Stub.lock:
            alone = alone and Stub.at_work == 1
            Stub.at_work -= 1
        return pool.Ran(cells, "" if alone else "out of time", not alone)

    def close(self):
        pass


def test_what_ran_out_of_wall_time_is_judged_again_alone(monkeypatch):
    monkeypatch.setattr(pool, "Worker", Stub)
    with contextlib.closing(pool.Pool(3, None)) as three, ThreadPoolExecutor(6) as threads:
        assert set(threads.map(lambda _: three.run([])[1], range(20))) == {""}


# What swells in the judge

SWELLING = {
    "one long word among many": ["x" * 12_500] + [""] * 4_000,
    "long words in lists": [["x" * 100_000], [""] * 4_000],
    "truth values": np.ones(9_000_000, bool),
    "small numbers": [np.ones(5_000_000, np.int8)] * 2,
    "bytes": [b"x" * 100_000] + [b""] * 4_000,
    "a dict of words": {str(number): "x" * 50_000 for number in range(30)} | {"y": [""] * 4_000},
}


@pytest.mark.parametrize("kind", SWELLING)
def test_a_result_that_would_swell_is_refused_before_it_does(kind):
    packed = pack(SWELLING[kind])
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="more than 64,000,000 bytes"):
            unpack(packed)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("value", [1.0, [1, 2.5], [["a", "bcd"], ["", "e"]], np.ones((3, 4), bool), ["a", 1], True])
def test_the_size_of_a_result_is_never_less_than_that_of_its_arrays(value):
    array = np.asarray(value)
    assert size_as_arrays(value) >= (array if array.dtype.kind == "U" else array.astype(float)).nbytes


def test_results_that_swell_are_their_answers_failure_alone(worker):
    swell = "def relu(z): return ['x' * 12_500] + [''] * 4_000"
    often = "def relu(z): return np.ones(5_000_000, bool)"
    cells = [cell(IMPORTS)]
    for source in (swell, often, RIGHT):
        cells += [cell(source), cell(TEST, True)]
    told, stopped = worker.run(cells)
    assert stopped == ""
    assert [passed(each) for each in told[2::2]] == [False, False, True]
    assert "takes more than 64,000,000 bytes" in words(told[2])
    assert "With the results before it" in words(told[4])


def test_the_judges_memory_ends_at_its_limit_as_one_answers_failure(worker):
    told, stopped = worker.run([cell("x = bytearray(b'x') * 2_500_000_000", True), *HONEST])
    assert (stopped, passed(told[-1])) == ("", True)
    assert "MemoryError" in words(told[0])


# Counting


def test_time_and_memory_of_children_and_orphans_are_counted_once():
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        for _ in range(2):
            if os.fork() == 0:
                kept = bytearray(b"x") * (30 << 20)
                end = time.process_time() + 0.2
                while time.process_time() < end:
                    pass
                os.write(writing, b"x" * bool(kept))
                time.sleep(600)
        time.sleep(600)
        os._exit(0)
    try:
        for _ in range(2):
            os.read(reading, 1)
        pids = list(family(child))
        assert len(pids) == 3
        assert 0.35 < times_of(child).computed < 5
        inherited = use_of(os.getpid(), 0, 1 << 60)[1]
        assert 60e6 < use_of(child, inherited, 0)[1] < 120e6 + inherited
        assert use_of(child, inherited, 1 << 60)[1] > 60e6
    finally:
        for pid in reversed(pids):
            os.kill(pid, 9)
        os.waitpid(child, 0)
        os.close(reading)
        os.close(writing)
