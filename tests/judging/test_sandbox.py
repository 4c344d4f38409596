"""The sandbox: children that try to break each of its promises, as root and as an ordinary user.

Where an attempt must fail inside, the test makes it outside first, so that it is known to be one that could succeed.
The walls are also tested with one of them taken down: the others must hold alone.
"""

import contextlib
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from sandbox_runs import PATIENCE, command, missing, run, users

if sys.platform != "linux":
    pytest.skip("the sandbox is made of Linux's namespaces and Landlock", allow_module_level=True)

import sandbox_attempts as attempts

from grader.judging.sandbox import enter as sandbox

PROJECT = Path(__file__).parents[2]
FILTER_DOWN, LANDLOCK_DOWN = "wall filter down", "wall Landlock down"


@pytest.fixture(params=users())
def user(request):
    """The user to become first; 0 is whoever runs the tests."""
    return request.param


@pytest.fixture(params=[[], [FILTER_DOWN], [LANDLOCK_DOWN]], ids=["all-walls", "no-filter", "no-landlock"])
def walls(request):
    return request.param


@pytest.fixture
def home():
    """A home with a secret that every user may read and write."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o777)
        (place / ".bashrc").write_text("a secret")
        (place / ".bashrc").chmod(0o666)
        yield place


# What this system has


def test_this_system_lacks_nothing(user):
    assert missing(user=user) == []


@pytest.mark.parametrize(
    ("system", "words"),
    [
        ("without Landlock", "Landlock"),
        ("without namespaces", "namespaces"),
        ("without mounts", "mounts"),
        ("without proc", "/proc"),
        ("without filters", "system calls"),
        ("not Linux", "Linux's namespaces and Landlock"),
    ],
)
def test_missing_names_the_part_that_is_not_there(system, words, user):
    (sentence,) = missing(system, user=user)
    assert sentence.startswith("This system lacks")
    assert words in sentence
    assert sentence.endswith(".")


def test_missing_names_two_parts_when_both_are_not_there():
    landlock, namespaces = missing("without Landlock", "without namespaces")
    assert "Landlock" in landlock
    assert "namespaces" in namespaces


@pytest.mark.parametrize("system", ["without Landlock", "without namespaces", "without filters", "not Linux"])
def test_entering_where_a_part_is_missing_raises_unavailable(system, user):
    process = subprocess.run(
        command(attempts.read_status, systems=[system], user=user),
        capture_output=True, timeout=PATIENCE, check=True, text=True,
    )  # fmt: skip
    answer = next(line for line in map(json.loads, process.stdout.splitlines()) if "not entered" in line)
    assert answer["not entered"]["error"] == "Unavailable"


def test_a_process_with_several_threads_is_sent_away(tmp_path):
    code = """
import sys, threading
from pathlib import Path
from grader.judging.sandbox.enter import Limits, enter_sandbox
threading.Thread(target=threading.Event().wait, daemon=True).start()
enter_sandbox(Path(sys.argv[1]), Limits())"""
    process = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    assert process.stderr.splitlines()[-1] == "RuntimeError: only a process with one thread can enter the sandbox"


# Files


def test_files_of_others_cannot_be_read(home, walls, user):
    solution = next((PROJECT / "solutions").rglob("*.ipynb"))
    files = [
        home / ".bashrc", solution, PROJECT / "grader" / "cli.py", Path(__file__), Path("/etc/passwd"),
        Path(f"/proc/{os.getpid()}/status"), Path("/proc/self/root/etc/passwd"), Path("/proc/1/cmdline"),
    ]  # fmt: skip
    folders = [home, solution.parent, PROJECT / "grader", PROJECT / "tests", Path("/etc"), Path("/bin")]
    assert attempts.read_all(files, folders) == [*files, *folders]
    seen = run(attempts.read_all, list(map(str, files)), list(map(str, folders)), user=user, systems=walls).result
    assert [path for path in seen if not (walls == [LANDLOCK_DOWN] and path == "/etc")] == []  # /etc has ld.so.cache


def test_what_can_be_seen_without_landlock_is_only_what_leads_to_python(user):
    """The tree alone: beside the project's .venv there is nothing, in the temporary folder only the private one."""
    paths = [str(PROJECT), "/home", "/tmp", "/run", "/mnt"]
    expected = [str(PROJECT)] if Path(sys.prefix).is_relative_to(PROJECT) else []
    seen = run(attempts.read_all, [], paths, user=user, systems=[LANDLOCK_DOWN]).result
    assert [path for path in seen if path not in ("/tmp", "/home")] == expected
    assert run(attempts.read_all, [], paths, user=user).result == []


def test_no_link_and_no_inherited_folder_leads_out(home, user):
    """A descriptor of the old root is left open, which only Landlock holds against."""
    secret = str(home / ".bashrc")
    assert run(attempts.be_tricky, secret, 50, user=user, root_open_as=50).result == []
    without = run(attempts.be_tricky, secret, 50, user=user, root_open_as=50, systems=[LANDLOCK_DOWN]).result
    assert without == ["a descriptor's link", "beside a descriptor", "a descriptor as current folder"]


def test_nothing_outside_can_be_written(home, walls, user):
    places = [
        home / ".bashrc", home / "new", Path(json.__file__), Path(pytest.__file__).with_name("new.py"), Path("/new"),
        Path("/tmp/new"), Path("/dev/shm/new"), Path("/dev/new"), Path("/usr/lib/new"), PROJECT / "new",
        Path("/proc/self/oom_score_adj"), Path("/proc/sys/kernel/hostname"), Path("/proc/sys/user/max_user_namespaces"),
        Path("/sys/devices/system/cpu/online"),
    ]  # fmt: skip
    assert run(attempts.write_all, [str(place) for place in places], user=user, systems=walls).result == []
    assert (home / ".bashrc").read_text() == "a secret"


def test_a_readable_path_can_be_read_and_not_written(home, walls, user):
    link = home / "link"
    link.symlink_to(".bashrc")
    for place, name in ((home, ".bashrc"), (link, ""), (home / ".bashrc", "")):
        outcome = run(attempts.read_and_write, str(place / name), readable=[str(place)], user=user, systems=walls)
        assert outcome.result == ["a secret", []]


def test_as_root_a_path_that_only_root_may_read_is_refused_rather_than_missing_inside(home):
    if os.getuid() != 0:
        pytest.skip("only root can read what others cannot")
    (home / ".bashrc").chmod(0o600)
    process = subprocess.run(
        command(attempts.read_status, readable=[str(home / ".bashrc")]),
        capture_output=True, timeout=PATIENCE, check=True, text=True,
    )  # fmt: skip
    assert f"may read: {home / '.bashrc'}" in process.stdout


def test_the_private_folder_is_an_ordinary_folder_whose_files_die_with_the_process(user):
    outcome = run(attempts.use_the_folder, user=user)
    assert outcome.result == {"text": "text", "all here": True, "backend": "agg"}
    assert (outcome.status, outcome.left) == (0, [])


def test_the_folder_is_full_at_its_size(user):
    size = 8 << 20
    written, full = run(attempts.fill_with_bytes, 1 << 20, limits={"folder_bytes": size}, user=user).result
    assert full
    assert size - (1 << 20) <= written <= size


def test_the_folder_has_room_for_some_thousand_files_at_most(user):
    files, full = run(attempts.fill_with_files, limits={"folder_bytes": 8 << 20}, user=user).result
    assert full
    assert 500 < files < 10_000


def test_a_file_is_no_larger_than_its_limit(user):
    outcome = run(attempts.write_one, 1 << 20, limits={"file_bytes": 1 << 20}, user=user)
    assert (outcome.error, outcome.errno) == ("OSError", errno.EFBIG)


# Network and sockets


def was_called(server: socket.socket) -> bool:
    server.settimeout(0)
    with contextlib.suppress(BlockingIOError):
        server.accept()[0].close()
        return True
    return False


def test_no_server_outside_can_be_reached(walls, user):
    name = f"logit-lab-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        port = tcp.getsockname()[1]
        abstract, named = (stack.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(2))
        abstract.bind("\0" + name)
        named.bind(f"/tmp/{name}")
        stack.callback(Path(f"/tmp/{name}").unlink)
        Path(f"/tmp/{name}").chmod(0o777)
        for server in (abstract, named):
            server.listen()
        assert attempts.call_out(port, name) == ["TCP", "UDP", "abstract", "named"]
        assert [was_called(server) for server in (tcp, abstract, named)] == [True] * 3
        assert run(attempts.call_out, port, name, systems=walls, user=user).result == []
        assert [was_called(server) for server in (tcp, abstract, named)] == [False] * 3


def test_sockets_other_than_unix_ones_cannot_even_be_made(user):
    """AF_VSOCK among them: it leads from a virtual machine to its host, whatever the network namespace."""
    families = [number for number in range(46) if number != socket.AF_UNIX]
    assert attempts.open_sockets(families)[0]
    assert run(attempts.open_sockets, families, user=user).result == [[], True]


def test_no_port_can_be_bound(user):
    attempts.be_a_server()
    assert run(attempts.be_a_server, user=user).errno == errno.EAFNOSUPPORT
    assert run(attempts.be_a_server, user=user, systems=[FILTER_DOWN]).errno is not None


def test_a_connected_socket_stays_usable_and_closes_with_the_process(user):
    here, there = socket.socketpair()
    with here:
        here.settimeout(PATIENCE)
        with there:
            process = subprocess.Popen(
                command(attempts.answer_once, there.fileno(), user=user),
                pass_fds=[there.fileno()], stdout=subprocess.DEVNULL,
            )  # fmt: skip
        here.sendall(b"question")
        assert here.recv(100) == b"noitseuq"
        assert here.recv(100) == b""
        assert process.wait(PATIENCE) == 0


# Other processes


def test_no_other_process_is_seen_and_every_namespace_is_its_own(user, walls):
    kinds = ("user", "pid", "net", "ipc", "uts", "mnt", "cgroup")
    outside = {kind: str(Path("/proc/self/ns", kind).readlink()) for kind in kinds}
    seen = run(attempts.look_around, outside, user=user, systems=walls).result
    assert seen["same"] == []
    assert seen["seen"] == [seen["own"]]
    assert seen["listed"] == (["list"] if walls == [LANDLOCK_DOWN] else [])
    assert seen["parent"] == 0


def test_nobody_outside_can_be_signalled(walls, user):
    """The process that waits has the same user: were it hit, no status would come."""
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            outcome = run(attempts.send_signals, [stranger.pid, os.getpid()], systems=walls, user=user)
            assert (outcome.result, outcome.status) == ([], 0)
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_the_first_process_takes_no_signal_from_inside(user):
    outcome = run(attempts.send_signals, [1], user=user)
    assert outcome.status == 0
    assert outcome.error is None


def test_a_daemon_is_dead_when_its_process_has_ended(user):
    """run() reads until the last holder of the pipe is gone: were the daemon alive, it would wait for hours."""
    outcome = run(attempts.leave_a_daemon, user=user)
    assert outcome.result > 1
    assert outcome.status == 0


@pytest.mark.parametrize("victim", ["the process that waits", "its parent"])
def test_killing_a_process_outside_kills_all_inside(victim, user):
    process = subprocess.Popen(command(attempts.sleep_in_two, user=user), stdout=subprocess.PIPE)
    assert process.stdout is not None
    waiting = json.loads(process.stdout.readline())["child"]
    for _ in range(2):
        assert process.stdout.readline() == b"asleep\n"
    os.kill(waiting if victim == "the process that waits" else process.pid, signal.SIGKILL)
    rest = process.communicate(timeout=PATIENCE)[0]  # returns when nobody inside holds the pipe any more
    if victim == "the process that waits":
        assert json.loads(rest)["status"] == -signal.SIGKILL


@pytest.mark.parametrize(
    ("how", "number", "status"),
    [
        ("exit", 0, 0),
        ("exit", 7, 7),
        ("abort", 0, -signal.SIGABRT),
        ("crash", 0, -signal.SIGSEGV),
        ("signal", signal.SIGKILL, -signal.SIGKILL),
        ("signal", signal.SIGTERM, -signal.SIGTERM),
    ],
)
def test_the_process_that_waits_ends_as_the_one_inside(how, number, status, user):
    assert run(attempts.end, how, number, user=user).status == status


def test_many_can_enter_side_by_side(user):
    processes = [
        subprocess.Popen(command(attempts.use_the_folder, user=user), stdout=subprocess.PIPE) for _ in range(4)
    ]
    for process in processes:
        answers = [json.loads(line) for line in process.communicate(timeout=PATIENCE)[0].splitlines()]
        assert any("result" in answer for answer in answers)


def test_no_file_is_a_way_to_talk_to_another_submission(user):
    path = str(Path(np.__file__))
    assert "flock" in attempts.talk_by_a_file(path)
    outside = attempts.talk_by_a_file(path)
    assert {"inotify", "pages that others have mapped", "pages in memory", "pages out of memory"} <= set(outside)
    assert run(attempts.talk_by_a_file, path, user=user).result == []
    assert run(attempts.keep_and_share, user=user).result == [True, [1, 2, 3]]


# Limits


def test_a_fork_bomb_ends_at_the_limit(user):
    most = 20 + 4 * (os.cpu_count() or 1)
    assert most // 2 < run(attempts.multiply, limits={"processes": 20}, user=user).result < most


def test_memory_is_bounded(user):
    limits = {"memory_bytes": 256 << 20}
    assert run(attempts.take_memory, 200 << 20, limits=limits, user=user).result == 200 << 20
    assert run(attempts.take_memory, 300 << 20, limits=limits, user=user).error == "MemoryError"


def test_nothing_is_used_that_a_count_of_processes_and_their_memory_does_not_see(user):
    outside = subprocess.run(command(attempts.hide_what_is_used, systems=[FILTER_DOWN]), capture_output=True, text=True)
    assert "shared memory without a file" in outside.stdout
    assert "children that nobody counts" in outside.stdout
    assert run(attempts.hide_what_is_used, user=user).result == []


@pytest.mark.parametrize(("ignore", "ending"), [(False, signal.SIGXCPU), (True, signal.SIGKILL)])
def test_cpu_time_ends_at_the_limit(ignore, ending, user):
    assert run(attempts.spin, ignore, limits={"cpu_seconds": 1}, user=user).status == -ending


def test_the_kernel_ends_sandboxed_processes_first_when_memory_runs_out(user):
    assert run(attempts.read_status, user=user).result["oom_score_adj"] == "1000"


def test_open_files_are_bounded(user):
    assert run(attempts.open_many, limits={"open_files": 64}, user=user).result == 63


# Privileges


def test_no_privilege_is_left(user):
    status = run(attempts.read_status, user=user).result
    assert status["uids"] == [user or os.getuid() or 65534] * 3
    assert status["gids"] == [user or os.getgid() or 65534] * 3
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")
    if os.getuid() == 0:
        assert status["Groups"] == ""


def test_no_privilege_comes_back(walls, user):
    assert run(attempts.climb, systems=walls, user=user).result == []


def test_no_process_can_be_traced_not_even_a_child(user):
    assert run(attempts.trace_a_child, user=user).result == []


def test_no_program_can_be_started(user):
    attempts.start_program()
    assert run(attempts.start_program, user=user).error in ("PermissionError", "FileNotFoundError")


# What must go on working


def test_close_descriptors_closes_all_but_those_kept():
    code = """
import os
from grader.judging.sandbox.enter import close_descriptors
for number in (5, 9, 70, 200): os.dup2(1, number)
close_descriptors({1, 9, 200})
def is_open(number):
    try: os.fstat(number)
    except OSError: return False
    return True
os.write(1, repr([number for number in range(300) if is_open(number)]).encode())"""
    assert subprocess.check_output([sys.executable, "-c", code], timeout=PATIENCE) == b"[1, 9, 200]"


@pytest.mark.slow
def test_a_training_and_a_figure_work_inside_after_a_fork(user, monkeypatch):
    for name, value in {"OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}.items():
        monkeypatch.setenv(name, value)
    outcome = run(attempts.train, imports=["numpy", "tensorflow", "keras"], user=user)
    assert outcome.error is None, outcome
    assert outcome.result == [True, True, True]
    assert outcome.left == []


def test_the_limits_are_the_ones_promised():
    assert sandbox.Limits() == sandbox.Limits(300, 4 << 30, 64, 64 << 20, 256 << 20, 256)
