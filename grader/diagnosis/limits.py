"""What a process may do that reads a stranger's file: an end to its memory and time, no network, no other files."""

import os
import sys
from pathlib import Path
from typing import Any

STARTS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "pty.spawn", "subprocess.Popen"}
CONNECTS = {"socket.__new__", "socket.bind", "socket.connect", "socket.getaddrinfo"}
CHANGES = {"os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink"}
CHANGES |= {"os.truncate", "os.utime", "shutil.copyfile", "shutil.move", "shutil.rmtree"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def limit_resources(memory: int, seconds: int, file_bytes: int) -> None:
    """Bound this process from now on.

    Linux does all of it. macOS knows no limit of memory that holds, Windows knows none of these; what a
    configuration may name and how large its numbers may be is bounded there all the same.

    Args:
        memory: bytes that it may ask for beside what it has.
        seconds: of processor time, beside what it has used.
        file_bytes: the largest file that it may write.
    """
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[5])
        _lower(resource.RLIMIT_DATA, pages * os.sysconf("SC_PAGE_SIZE") + memory)


def _lower(which: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (value, hard))


def stay_in(room: Path) -> None:
    """Refuse, for the rest of this process, Python's ways to the network, to programs, and to files outside a room.

    It is the second wall, behind the list of names: no name on it leads to any of these. Code in C is not asked.
    """
    inside = os.path.realpath(room)

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event in STARTS or event in CONNECTS:
            raise PermissionError(f"{event} is not allowed while a model's file is read.")
        if event in CHANGES or (event == "open" and _is_writing(*arguments)):
            for path in arguments[:2] if event in CHANGES else arguments[:1]:
                if isinstance(path, str | bytes | os.PathLike) and not _is_in(os.fsdecode(path), inside):
                    raise PermissionError("No file is changed while a model's file is read.")

    sys.addaudithook(look)


def _is_writing(path: Any, mode: Any, flags: Any) -> bool:
    if path == os.devnull:
        return False
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return bool(isinstance(flags, int) and flags & WRITES)


def _is_in(path: str, inside: str) -> bool:
    real = os.path.realpath(path)
    return real == inside or real.startswith(inside + os.sep)
