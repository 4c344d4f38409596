"""What a hostile submission tries, each as a function that runs in the sandbox and returns what worked as plain data.

Everything is imported first: the project cannot be read inside.
"""

import contextlib
import ctypes
import errno
import fcntl
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"


def worked(*tries: tuple[str, Callable[[], object]]) -> list[str]:
    """Return the names of those actions that raised no OSError."""
    names = []
    for name, action in tries:
        with contextlib.suppress(OSError):
            action()
            names.append(name)
    return names


def call(name, *arguments):
    if getattr(LIBC, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


# Files


def read_all(files, folders):
    readings = [(path, Path(path).read_bytes) for path in files]
    listings = [(path, lambda path=path: next(Path(path).iterdir())) for path in folders]
    return worked(*readings, *((path, lambda listing=listing: _first(listing)) for path, listing in listings))


def _first(listing):
    try:
        listing()
    except StopIteration:
        raise FileNotFoundError from None


def be_tricky(secret, descriptor):
    inner = secret.lstrip("/")

    def by_link(make):
        Path("trick").unlink(missing_ok=True)
        make(secret, "trick")
        Path("trick").read_text()

    def through_folder():
        Path("everything").symlink_to("/")
        Path("everything", inner).read_text()

    def out_of_descriptor():
        os.fchdir(descriptor)
        Path(inner).read_text()

    return worked(
        ("symbolic link", lambda: by_link(os.symlink)),
        ("hard link", lambda: by_link(os.link)),
        ("link to a folder", through_folder),
        ("the process's root", lambda: Path("/proc/self/root", inner).read_text()),
        ("above the root", lambda: Path("../" * 30 + inner).read_text()),
        ("above the current folder", lambda: Path("/proc/self/cwd/" + "../" * 30 + inner).read_text()),
        ("a descriptor's link", lambda: Path(f"/proc/self/fd/{descriptor}", inner).read_text()),
        ("beside a descriptor", lambda: os.close(os.open(inner, os.O_RDONLY, dir_fd=descriptor))),
        ("a descriptor as current folder", out_of_descriptor),
    )


def write_all(paths):
    changes = {
        "write": lambda path: path.open("w").close(),
        "append": lambda path: path.open("a").close(),
        "make": lambda path: path.open("x").close(),
        "update": lambda path: path.open("r+").close(),
        "make a folder": Path.mkdir,
        "make a link": lambda path: path.symlink_to("."),
        "remove": Path.unlink,
        "change rights": lambda path: path.chmod(0o777),
        "change times": lambda path: os.utime(path, (0, 0)),
        "move": lambda path: path.rename("here"),
        "truncate": lambda path: os.truncate(path, 0),
    }
    return worked(
        *((f"{name} {path}", lambda path=path, change=change: change(Path(path)))
          for path in paths for name, change in changes.items())
    )  # fmt: skip


def read_and_write(path):
    text = Path(path).read_text()
    return text, worked(("write", lambda: Path(path).open("a").close()))


def use_the_folder():
    here = Path.cwd()
    Path("sub").mkdir()
    Path("sub/file").write_text("text")
    Path("sub/file").rename("file")
    os.link("file", "second")
    with tempfile.NamedTemporaryFile() as stream:
        temporary = Path(stream.name).parent
    places = [os.environ["HOME"], os.environ["TMPDIR"], str(temporary)]
    figures = Path(os.environ["MPLCONFIGDIR"])
    return {
        "text": Path("second").read_text(),
        "all here": places == [str(here)] * 3 and figures.is_relative_to(here) and figures.is_dir(),
        "backend": os.environ["MPLBACKEND"],
    }


def fill_with_bytes(size):
    written = 0
    for number in range(10_000):
        try:
            with Path(f"full{number}").open("wb", buffering=0) as stream:
                written += stream.write(bytes(size))
        except OSError as error:
            return written, error.errno == errno.ENOSPC
    return written, False


def fill_with_files():
    for number in range(1_000_000):
        try:
            Path(f"empty{number}").touch()
        except OSError as error:
            return number, error.errno == errno.ENOSPC
    return 1_000_000, False


def write_one(size):
    with Path("large").open("wb", buffering=0) as stream:
        stream.write(bytes(size))
        stream.write(b"more")


# Network and sockets


def call_out(port, name):
    def reach(family, kind, address):
        with socket.socket(family, kind) as end:
            end.settimeout(5)
            end.connect(address)
            end.send(b"x")

    inet, stream = socket.AF_INET, socket.SOCK_STREAM
    return worked(
        ("TCP", lambda: reach(inet, stream, ("127.0.0.1", port))),
        ("UDP", lambda: reach(inet, socket.SOCK_DGRAM, ("127.0.0.1", port))),
        ("abstract", lambda: reach(socket.AF_UNIX, stream, "\0" + name)),
        ("named", lambda: reach(socket.AF_UNIX, stream, f"/tmp/{name}")),
    )


def open_sockets(families):
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
    opened = worked(
        *((str(family), lambda family=family, kind=kind: socket.socket(family, kind).close())
          for family in families for kind in kinds)
    )  # fmt: skip
    left, right = socket.socketpair()
    left.send(b"x")
    return opened, right.recv(1) == b"x"


def be_a_server():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))


def answer_once(descriptor):
    with socket.socket(fileno=descriptor) as end:
        end.sendall(end.recv(100)[::-1])


# Other processes


def look_around(outside):
    same = [kind for kind, space in outside.items() if str(Path("/proc/self/ns", kind).readlink()) == space]
    seen = [number for number in range(1, 40_000) if Path(f"/proc/{number}").exists()]
    listed = worked(("list", lambda: list(Path("/proc").iterdir())))
    return {"same": same, "seen": seen, "listed": listed, "own": os.getpid(), "parent": os.getppid()}


def send_signals(targets):
    hit = worked(
        *((str(target), lambda target=target, number=number: os.kill(target, number))
          for target in targets for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGKILL))
    )  # fmt: skip
    with contextlib.suppress(OSError):
        os.kill(-1, signal.SIGKILL)
    return hit


def _sleep_stubbornly():
    """Ignore all signals, no longer die with the parent (PR_SET_PDEATHSIG), say so on standard output, and sleep."""
    for number in range(1, 65):
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    LIBC.prctl(1, 0, 0, 0, 0)
    os.write(1, b"asleep\n")
    time.sleep(10 * 3600)


def leave_a_daemon():
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.setpgid(0, 0)
        if os.fork() == 0:
            os.write(writing, str(os.getpid()).encode())
            _sleep_stubbornly()
        os._exit(0)
    return int(os.read(reading, 100))


def sleep_in_two():
    os.fork()
    _sleep_stubbornly()


def end(how, number):
    if how == "exit":
        os._exit(number)
    if how == "abort":
        os.abort()
    if how == "crash":
        ctypes.string_at(0)
    os.kill(os.getpid(), number)
    time.sleep(3600)


# Limits


def multiply():
    for started in range(2000):
        try:
            if os.fork() == 0:
                time.sleep(3600)
        except BlockingIOError:
            return started
    return 2000


def take_memory(size):
    return len(bytearray(size))


def hide_what_is_used():
    """Try what a count of processes, and of their memory, would not see; return what worked."""

    def named(name, *arguments):
        if LIBC.syscall(ctypes.c_long(name), *map(ctypes.c_long, arguments)) < 0:
            raise OSError(ctypes.get_errno(), "syscall")

    tries = {
        "memfd": lambda: os.close(os.memfd_create("x")),
        "secret memory": lambda: named(447, 0),
        "System V memory": lambda: named(29 if X86 else 194, 0, 4096, 0o1600),
        "System V semaphores": lambda: named(64 if X86 else 190, 0, 1, 0o1600),
        "System V messages": lambda: named(68 if X86 else 186, 0, 0o1600),
        "shared memory without a file": lambda: mmap.mmap(-1, 4096).close(),
        "shared zeros": lambda: mmap.mmap(os.open("/dev/zero", os.O_RDONLY), 4096, prot=mmap.PROT_READ).close(),
        "children that nobody counts": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
        "the limits of another process": lambda: resource.prlimit(1, resource.RLIMIT_CPU, (10, 10)),
        "a session": os.setsid,
    }
    return worked(*tries.items())


def spin(ignore):
    if ignore:
        signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6))
    while True:
        pass


def open_many():
    opened = []
    with contextlib.suppress(OSError):
        while len(opened) < 10_000:
            opened.append(os.open("/dev/null", os.O_RDWR))
    return max(opened)


# Privileges


def read_status():
    lines = (line.partition(":") for line in Path("/proc/self/status").read_text().splitlines())
    status = {name: text.strip() for name, _, text in lines}
    adjustment = Path("/proc/self/oom_score_adj").read_text().strip()
    return status | {"uids": os.getresuid(), "gids": os.getresgid(), "oom_score_adj": adjustment}


def climb():
    """Try to get privileges, namespaces and mounts."""
    Path("place").mkdir()
    namespaces = (0x10000000, 0x20000, 0x40000000, 0x20000000, 0x8000000, 0x4000000, 0x2000000)
    long = ctypes.c_ulong

    def clone_with_user_namespace():
        flags = long(0x10000000 | signal.SIGCHLD)
        child = LIBC.syscall(ctypes.c_long(56 if X86 else 220), flags, None, None, None, None)
        if child == 0:
            os._exit(0)
        if child < 0:
            raise OSError(ctypes.get_errno(), "clone")

    return worked(
        ("setuid", lambda: os.setuid(0)),
        ("setresuid", lambda: os.setresuid(0, 0, 0)),
        ("setgid", lambda: os.setgid(0)),
        ("setgroups", lambda: os.setgroups([0])),
        *((f"unshare {flag:x}", lambda flag=flag: call("unshare", ctypes.c_int(flag))) for flag in namespaces),
        ("clone", clone_with_user_namespace),
        ("mount", lambda: call("mount", b"tmpfs", b"place", b"tmpfs", long(0), None)),
        ("bind", lambda: call("mount", b"/usr/lib", b"place", None, long(4096), None)),
        ("remount for writing", lambda: call("mount", None, b"/", None, long(32 | 4096), None)),
        ("umount", lambda: call("umount2", b"/proc", 2)),
        ("chroot", lambda: os.chroot(".")),
        ("hostname", lambda: call("sethostname", b"x", ctypes.c_size_t(1))),
        ("device", lambda: os.mknod("disk", 0o60666, os.makedev(8, 0))),
        ("raise a limit", lambda: _raise_a_limit()),
        ("priority", lambda: os.nice(-5)),
        ("trace the first process", lambda: call("ptrace", ctypes.c_long(16), ctypes.c_long(1), None, None)),
        ("its memory", lambda: Path("/proc/1/mem").open("rb").close()),
        ("its environment", lambda: Path("/proc/1/environ").read_bytes()),
        ("its files", lambda: list(Path("/proc/1/fd").iterdir())),
    )


def _raise_a_limit():
    try:
        resource.setrlimit(resource.RLIMIT_NPROC, (10**6, 10**6))
    except ValueError:
        raise PermissionError from None


def trace_a_child():
    """Return whether a process can attach itself to its own child, as a debugger does."""
    child = os.fork()
    if child == 0:
        time.sleep(3600)
    traced = worked(("attach", lambda: call("ptrace", ctypes.c_long(16), ctypes.c_long(child), None, None)))
    os.kill(child, signal.SIGKILL)
    return traced


def start_program():
    subprocess.run([sys.executable, "-c", ""], check=True)


# What must go on working


def train():
    import keras
    import numpy as np

    random = np.random.default_rng(0)
    x = random.normal(size=(256, 8)).astype("float32")
    y = (x[:, 0] > 0).astype(int)
    model = keras.Sequential([keras.layers.Input((8,)), keras.layers.Dense(16, "relu"), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss, metrics=["accuracy"])
    losses = model.fit(x, y, epochs=2, verbose=0).history["loss"]
    model.save("model.keras")
    same = keras.models.load_model("model.keras").predict(x, verbose=0) == model.predict(x, verbose=0)
    import matplotlib.pyplot as plt

    plt.plot(losses)
    plt.savefig("loss.png")
    return losses[1] < losses[0], bool(same.all()), Path("loss.png").stat().st_size > 1000


# What two submissions could tell each other by a file that both may read


def talk_by_a_file(path):
    """Try every way to lock or to watch a file, with and without C's own functions."""
    signal.signal(signal.SIGIO, signal.SIG_IGN)  # which would come of a notice, and end this process
    file, folder = os.open(path, os.O_RDONLY), os.open(Path(path).parent, os.O_RDONLY)
    lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 1, 0)

    def watch():
        watching = LIBC.inotify_init1(0)
        if watching < 0 or LIBC.inotify_add_watch(watching, os.fsencode(path), ctypes.c_uint32(0xFFF)) < 0:
            raise OSError(ctypes.get_errno(), "inotify")
        os.close(watching)

    def read_without_waiting():
        with contextlib.suppress(BlockingIOError):  # which is an answer, too
            os.preadv(file, [bytearray(1)], 0, os.RWF_NOWAIT)

    tried = worked(
        ("flock", lambda: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)),
        ("lockf", lambda: fcntl.fcntl(file, fcntl.F_SETLK, lock)),
        ("lockf that waits", lambda: fcntl.fcntl(file, fcntl.F_SETLKW, lock)),
        ("who has locked", lambda: fcntl.fcntl(file, fcntl.F_GETLK, lock)),
        ("a lock of the open file", lambda: fcntl.fcntl(file, 37, lock)),
        ("a lease", lambda: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK)),
        ("notices of a folder", lambda: fcntl.fcntl(folder, fcntl.F_NOTIFY, 1)),
        ("inotify", watch),
        ("pages that others have mapped", lambda: Path("/proc/self/smaps").read_bytes()),
        ("how many pages others have mapped", lambda: Path("/proc/self/smaps_rollup").read_bytes()),
        (
            "pages that others have mapped, by a thread",
            lambda: Path(f"/proc/self/task/{os.getpid()}/smaps").read_bytes(),
        ),
        ("how often pages are mapped", lambda: Path("/proc/self/numa_maps").read_bytes()),
        ("flags of pages", lambda: Path("/proc/self/pagemap").open("rb").close()),
        ("pages in memory", read_without_waiting),
        ("pages out of memory", lambda: os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)),
        ("the kernel's log", lambda: call("klogctl", 10, None, 0)),
        ("a pair of other sockets", lambda: socket.socketpair(socket.AF_NETLINK)),
        ("a queue of messages", lambda: call("syscall", ctypes.c_long(240 if X86 else 180), b"x", 0o102, 0o600, None)),
    )
    os.close(file)
    os.close(folder)
    return tried


def keep_and_share():
    """Do with a descriptor what honest code does, HDF5's files among it."""
    import h5py

    file = os.open("own", os.O_RDWR | os.O_CREAT)
    flags = fcntl.fcntl(file, fcntl.F_GETFL)
    fcntl.fcntl(file, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    os.close(os.dup(file))
    os.preadv(file, [bytearray(1)], 0)
    with h5py.File("own.h5", "w") as made:
        made["x"] = [1, 2, 3]
    with h5py.File("own.h5") as read:
        return flags >= 0, list(map(int, read["x"]))
