"""cgroups, on a folder that stands for the kernel's; whether this system has them is found out without a trace."""

import os
import signal
import sys
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("cgroups are Linux's", allow_module_level=True)

from grader.judging.workers import cgroups, watch

pytestmark = pytest.mark.quick
FILES = (
    "memory.max",
    "memory.swap.max",
    "memory.oom.group",
    "memory.events",
    "pids.max",
    "cgroup.procs",
    "cgroup.kill",
)


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Stand for the kernel, which fills a new cgroup with its files and takes them away with it."""
    make, take = Path.mkdir, Path.rmdir

    def made(self, *arguments, **more):
        make(self, *arguments, **more)
        for name in FILES:
            (self / name).write_text("")

    def taken(self):
        for path in self.iterdir():
            path.unlink()
        take(self)

    monkeypatch.setattr(Path, "mkdir", made)
    monkeypatch.setattr(Path, "rmdir", taken)
    cgroups.parent.cache_clear()
    yield tmp_path
    cgroups.parent.cache_clear()


def test_a_submissions_cgroup_has_its_limits_and_goes_with_it(kernel):
    one = cgroups.Cgroup(kernel)
    one.make(5 << 30, 1000)
    one.enter()
    told = {path.name: path.read_text() for path in one.path.iterdir()}
    assert told == {
        "memory.max": str(5 << 30), "memory.swap.max": "0", "memory.oom.group": "1", "memory.events": "",
        "pids.max": "1000", "cgroup.procs": "0", "cgroup.kill": "",
    }  # fmt: skip
    assert not one.is_full
    (one.path / "memory.events").write_text("low 0\noom 1\noom_kill 2\n")
    assert one.is_full
    one.remove()
    assert list(kernel.iterdir()) == []


def test_the_place_is_beside_or_below_the_cgroup_of_grading_and_stays_as_it_was(kernel, monkeypatch):
    monkeypatch.setattr(cgroups, "_own", lambda: [kernel / "closed", kernel])
    assert cgroups.parent() == kernel
    assert list(kernel.iterdir()) == []


@pytest.mark.parametrize("missing", ["memory.max", "pids.max", "cgroup.procs"])
def test_a_place_without_a_controller_is_none(kernel, monkeypatch, missing):
    monkeypatch.setattr(sys.modules[__name__], "FILES", [name for name in FILES if name != missing])
    monkeypatch.setattr(cgroups, "_own", lambda: [kernel])
    assert cgroups.parent() is None
    assert list(kernel.iterdir()) == []


def test_where_it_is_taken_away_the_looks_go_on(kernel, monkeypatch):
    monkeypatch.setattr(watch, "parent", lambda: kernel / "gone")
    watching = watch.Watch(300, 1 << 30)
    watching.make_room()
    watching.enter()
    watching.look()
    assert watching.times.over == b"-"


def test_this_system_is_asked_without_a_trace():
    def ours():
        return [path for place in cgroups._own() for path in place.glob("logit-lab-*")]

    before = ours()
    cgroups.parent.cache_clear()
    cgroups.parent()
    assert ours() == before


def test_a_real_cgroup_takes_away_all_that_is_alive_in_it():
    """With the kernel's own files; the limits need controllers, which not every machine has switched on."""
    mounted = [
        words[1] for words in map(str.split, Path("/proc/mounts").read_text().splitlines()) if words[2] == "cgroup2"
    ]
    place = next((Path(root) for root in mounted if os.access(Path(root, "cgroup.procs"), os.W_OK)), None)
    if not place:
        pytest.skip("no cgroup of version 2 may be made here")
    one = cgroups.Cgroup(place)
    one.path.mkdir()
    child = os.fork()
    if not child:
        one.enter()
        os.fork()
        time.sleep(600)
        os._exit(0)
    while len((one.path / "cgroup.procs").read_text().split()) < 2:
        time.sleep(0.01)
    one.remove()
    assert not one.path.exists()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
