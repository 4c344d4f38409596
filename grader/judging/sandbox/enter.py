"""The walls around a learner's process, on Linux.

First wall: namespaces of its own. It sees no other process, no network and a file tree that holds Python, its
libraries and one private folder. Second wall: Landlock, with the same list of paths. Then limits, a filter of system
calls, and no privileges. As root, the process becomes the user 65534 for good; an ordinary user stays who they are.

Here memory and CPU time are limits on each process; what all processes of a submission use together is counted by who
starts it (grader.judging.workers.watch), and so is its wall time. Where memory runs out, the kernel ends the sandboxed
processes first. Not hidden: what the process has in its memory and environment when it enters.
"""

import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.judging.sandbox import kernel, mounts, seccomp
from grader.judging.sandbox.supervisor import (
    Unavailable,
    close_descriptors,
    go_below,
    require_part,
    why_no_user_namespaces,
)

__all__ = ["Limits", "Unavailable", "close_descriptors", "enter_sandbox", "missing_parts"]

NOBODY = 65534
_GIB = 1 << 30


@dataclass(frozen=True)
class Limits:
    """What one submission may use; open files and file size hold for each of its processes.

    CPU and memory hold for each of them here, and for all together by who counts them.

    `memory_bytes` come on top of what the process has when it enters, `processes` on top of the threads that TensorFlow
    may start (four for each CPU; the kernel counts threads too).
    """

    cpu_seconds: int = 300
    memory_bytes: int = 4 * _GIB
    processes: int = 64
    file_bytes: int = 64 << 20
    folder_bytes: int = 256 << 20
    open_files: int = 256


def missing_parts() -> list[str]:
    """Return a sentence for each part of the sandbox that this system lacks; none when it is complete.

    It tries all of it in a throw-away child process. Not to be called from a process with several threads: the child is
    forked. Called in the process that later forks learners' processes, it makes each enter() some 10 ms shorter.
    """
    if sys.platform != "linux":
        return ["This system lacks the sandbox's parts: they are Linux's namespaces and Landlock."]
    found = []
    mounts.python_paths()  # remembered, like the library that Landlock's package looks for, over every later fork
    try:
        _landlock_version()
    except Unavailable as error:
        found.append(str(error))
    found.append(_trial(with_landlock=not found))
    return [sentence for sentence in found if sentence]


def _trial(with_landlock: bool) -> str:
    """Enter the sandbox in a child process and return what it lacked."""
    passed = "passed"
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        child = os.fork()
        if child == 0:
            report = "This system lacks the sandbox: the trial ended early."
            try:
                _enter(Path(folder), Limits(), (), with_landlock)
                report = passed
            except BaseException as error:
                report = str(error) if isinstance(error, Unavailable) else f"The sandbox's trial failed: {error!r}."
            finally:
                os.write(writing, report.encode())
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as stream:
            report = stream.read().decode() or "This system lacks the sandbox: the trial's process was killed."
        os.waitpid(child, 0)
    return "" if report == passed else report


def enter_sandbox(folder: Path, limits: Limits, readable: Sequence[Path] = ()) -> None:
    """Put the calling process and everything that it will start into the sandbox.

    Call it in a child forked for one submission, with one thread. The caller goes on in a child of this process; this
    process only waits, ends as the child ends, and takes everything with it when it is killed or its own parent ends.
    Open descriptors stay open in the child. Import everything first: the project's own folder is not readable
    afterwards, and no program can be started.

    Args:
        folder: An empty folder. It becomes the only writable place, the home, temporary and current folder; its files
            are gone when the process ends.
        limits: What the submission may use.
        readable: Further files and folders that it may read. As root, they must be readable for everybody.

    Raises:
        Unavailable: This system lacks a part. The process may then be half inside: it should do nothing but end.
        RuntimeError: The process has several threads.
        OSError: The folder or a readable path does not exist.
    """
    if sys.platform != "linux":
        raise Unavailable("This system lacks the sandbox's parts: they are Linux's namespaces and Landlock.")
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("only a process with one thread can enter the sandbox")
    _landlock_version()
    _enter(folder, limits, readable, with_landlock=True)


def _enter(folder: Path, limits: Limits, readable: Sequence[Path], with_landlock: bool) -> None:
    folder = folder.resolve(strict=True)
    paths = mounts.readable_paths(readable)
    user, group = os.getuid(), os.getgid()
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    go_below(user, group, proc)
    _build_tree(folder, limits, paths, NOBODY if user == 0 else 0)
    with require_part("user namespaces for a process without privileges"):
        if user == 0:
            user = group = outside = NOBODY
            kernel.become(user, group)
        else:
            outside = 0
        kernel.unshare(kernel.NEW_USER)
        kernel.map_ids(user, outside, group, outside, proc)
    with require_part("limits on further namespaces"):
        kernel.forbid_namespaces(proc)
    os.close(proc)
    _settle(folder, paths)
    _set_limits(limits)
    with require_part("a way to give up all capabilities"):
        kernel.drop_capabilities()
    if with_landlock:
        _restrict_paths(folder, paths)
    with require_part("filters of system calls (seccomp)"):
        seccomp.install_filter()
        kernel.hide_memory()


def _build_tree(folder: Path, limits: Limits, paths: Sequence[Path], owner: int) -> None:
    """Make a root that holds what may be seen, and go there."""
    os.umask(0o022)
    with require_part("private mounts (tmpfs, bind mounts and /proc in namespaces)", why_no_user_namespaces()):
        kernel.make_mounts_private()
        tree = mounts.Tree(folder)
        for path in paths:
            tree.show(path)
        for path in mounts.DEVICES:
            tree.show(path, attributes=0)
        tree.make_folder(Path("/proc"))
        kernel.mount("proc", tree.at(Path("/proc")), "hidepid=2")
        kernel.protect(tree.at(Path("/proc")), kernel.READ_ONLY_ATTRIBUTE)
        tree.make_folder(folder)
        files = max(1024, limits.folder_bytes >> 14)
        options = f"mode=700,uid={owner},gid={owner},size={limits.folder_bytes},nr_inodes={files}"
        kernel.mount("tmpfs", tree.at(folder), options)
        kernel.change_root(tree.root)
        kernel.protect(Path("/"), kernel.READ_ONLY_ATTRIBUTE, recursive=False)


def _settle(folder: Path, paths: Sequence[Path]) -> None:
    """Make the private folder home, temporary and current folder; see that what is shown can be read."""
    for path in paths:
        if not os.access(path, os.R_OK):
            raise Unavailable(f"This system lacks files that the user {os.getuid()} may read: {path}.")
    os.chdir(folder)
    figures = folder / ".matplotlib"
    figures.mkdir()
    home = dict.fromkeys(("HOME", "PWD", "TMPDIR"), str(folder))
    os.environ.update(home, MPLBACKEND="agg", MPLCONFIGDIR=str(figures))
    tempfile.tempdir = None  # remembered from TMPDIR's old value


def _set_limits(limits: Limits) -> None:
    """Set limits on resources; memory as what the process has now and what it may add."""
    pages, *_, data_pages, _ = map(int, Path("/proc/self/statm").read_text().split())
    processors = os.cpu_count() or 1
    # TensorFlow reserves address space that it never uses, by the thread; the first limit bounds what is shared memory.
    reserved = _GIB + processors * (_GIB // 2)
    page = resource.getpagesize()
    for which, value in (
        (resource.RLIMIT_AS, pages * page + limits.memory_bytes + reserved),
        (resource.RLIMIT_DATA, data_pages * page + limits.memory_bytes),
        (resource.RLIMIT_NPROC, limits.processes + 4 * processors),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        kernel.limit(which, value)
    kernel.limit(resource.RLIMIT_CPU, limits.cpu_seconds, slack=1)  # SIGXCPU, and SIGKILL for who ignores it


def _landlock_version() -> int:
    """Return the version of Landlock's interface.

    Raises:
        Unavailable: There is none.
    """
    from py_landlock import LandlockError, get_abi_version

    try:
        return get_abi_version()
    except LandlockError as error:
        raise Unavailable(f"This system lacks Landlock (Linux 5.13 or newer, switched on at boot): {error}.") from error


def _restrict_paths(folder: Path, paths: Sequence[Path]) -> None:
    """Put Landlock on this process: the tree's paths again, no program to start, no signal or socket to outside."""
    from py_landlock import AccessFs, Landlock, LandlockError

    readable = [*paths, *mounts.PROC_FILES, *mounts.own_proc_files(), *mounts.DEVICES]
    rules = Landlock(strict=False)  # an older kernel has fewer rights to give; the first wall holds there
    try:
        for path in filter(Path.exists, readable):
            listing = AccessFs.READ_DIR if path.is_dir() else AccessFs(0)
            rules.add_path_rule(path, access=AccessFs.READ_FILE | listing)
        rules.add_path_rule(Path("/proc/self"), access=AccessFs.READ_DIR)
        rules.add_path_rule(Path("/dev/null"), access=AccessFs.WRITE_FILE)
        rules.allow_read_write(folder)
        rules.add_path_rule(folder, access=AccessFs.REFER | AccessFs.MAKE_SOCK | AccessFs.MAKE_FIFO)
        rules.apply()
    except LandlockError as error:
        raise Unavailable(f"This system lacks Landlock's rules for paths: {error}.") from error
