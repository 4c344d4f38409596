"""A filter of system calls (seccomp), for the ways out that no namespace and no path rule closes.

A network namespace does not hold AF_VSOCK, the socket from a virtual machine to its host, and io_uring opens sockets
beside any filter. A program can be started from memory, past every path rule. Keyrings are inherited.

Two submissions that are judged at the same time see the same read-only files, so whatever one can do to such a file and
another can notice is a way to talk: locks (flock, fcntl's, leases), and being told of it (F_NOTIFY, inotify, fanotify).
All of these are refused; IOI's isolate refuses the same. So is what tells without doubt which parts of a file are in
memory, or takes them out of it (mincore, cachestat, preadv2 that does not wait, advice on files), and the kernel's log.
What is left is slow and noisy: the machine's load, its caches and counters.

What a submission uses is counted by its processes (grader.judging.usage), so what would hide it is refused: memory that
belongs to no process (memfd, System V's, shared memory without a file), a process that ends uncounted because its
parent ignores SIGCHLD, and a session of its own, which the kernel's scheduler would give a full share of the processor.

The rest of the list is kernel surface that no exercise needs.
"""

import ctypes
import errno
import platform
import signal
import socket
import struct
from collections.abc import Sequence

from grader.judging.sandbox.kernel import prctl

# The name, its number on x86_64, on aarch64 (the architectures that Landlock's package knows).
_REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438),
    "execve": (59, 221), "execveat": (322, 281),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "io_uring_setup": (425, 425), "userfaultfd": (323, 282), "bpf": (321, 280), "perf_event_open": (298, 241),
    "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41),
    "mount": (165, 40), "umount2": (166, 39), "mount_setattr": (442, 442), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "open_by_handle_at": (304, 265),
    "statmount": (457, 457), "listmount": (458, 458), "modify_ldt": (154, None), "kcmp": (312, 272),
    "syslog": (103, 116), "fadvise64": (221, 223), "readahead": (187, 213),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262), "fanotify_mark": (301, 263), "mincore": (27, 232), "cachestat": (451, 451),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "setsid": (112, 157),
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186),
}  # fmt: skip
_FLOCK, _FCNTL = (73, 32), (72, 25)  # "there are no locks here": HDF5 goes on without them
# F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_SETLEASE, F_GETLEASE, F_NOTIFY
_LOCKS = (5, 6, 7, 36, 37, 38, 1024, 1025, 1026)
_SOCKET, _SOCKETPAIR = (41, 198), (53, 199)
_PREADV2 = (327, 286)  # without flags it is preadv
_MMAP, _SHARED_WITHOUT_A_FILE = (9, 222), 0x21  # MAP_SHARED | MAP_ANONYMOUS
_SIGACTION, _PRLIMIT = (13, 134), (302, 261)
_FAMILIES = (socket.AF_UNIX,)  # names of such sockets are files in the private folder or live in the network namespace
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_Line = tuple[int, int, int, int]  # an instruction: what it does, two ways to jump, a number
_LOAD, _JUMP, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x05, 0x15, 0x35, 0x54, 0x06
# offsets in struct seccomp_data; both architectures little-endian, and what is looked at are ints
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT, _FOURTH_ARGUMENT, _SIXTH_ARGUMENT = 0, 4, 16, 24, 40, 56
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_OTHER_NUMBERS = 0x40000000  # x86_64 has a second set of numbers, x32, from here
_SET_SECCOMP, _FILTER_MODE = 22, 2


def filter_program(machine: str) -> bytes:
    """Return the filter as instructions of the kernel's classic BPF.

    Raises:
        OSError: The machine's architecture is not known.
    """
    if machine not in _ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {machine}")
    column, architecture = _ARCHITECTURES[machine]
    refused = [numbers[column] for numbers in _REFUSED.values()]
    not_permitted = (_RETURN, 0, 0, _ERROR | errno.EPERM)
    no_locks = (_RETURN, 0, 0, _ERROR | errno.ENOSYS)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _OTHER_NUMBERS),  # jumps count the lines skipped, if so and if not
        not_permitted,
        *_if_any([number for number in refused if number is not None], [not_permitted]),
        *_if_any([_FLOCK[column]], [no_locks]),
        *_if_any([_FCNTL[column]], [
            (_LOAD, 0, 0, _SECOND_ARGUMENT),
            *_if_any(_LOCKS, [no_locks]),
            (_RETURN, 0, 0, _ALLOW),
        ]),
        *_if_any([_SOCKET[column], _SOCKETPAIR[column]], [
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            *_if_any(_FAMILIES, [(_RETURN, 0, 0, _ALLOW)]),
            (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT),
        ]),
        *_if_any([_MMAP[column]], [
            (_LOAD, 0, 0, _FOURTH_ARGUMENT),
            (_AND, 0, 0, _SHARED_WITHOUT_A_FILE),
            *_if_any([_SHARED_WITHOUT_A_FILE], [not_permitted]),
            (_RETURN, 0, 0, _ALLOW),
        ]),
        *_if_any([_PREADV2[column]], [
            (_LOAD, 0, 0, _SIXTH_ARGUMENT),
            *_if_any([0], [(_RETURN, 0, 0, _ALLOW)]),
            not_permitted,
        ]),
        *_if_any([_SIGACTION[column]], [
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            *_if_any([signal.SIGCHLD], [not_permitted]),
            (_RETURN, 0, 0, _ALLOW),
        ]),
        *_if_any([_PRLIMIT[column]], [
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            *_if_any([0], [(_RETURN, 0, 0, _ALLOW)]),
            not_permitted,  # of another process, which may have the same user
        ]),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def _if_any(values: Sequence[int], then: list[_Line]) -> list[_Line]:
    """Return the lines that do something, and leave, where what was loaded is one of the values."""
    checks = [(_EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    return [*checks, (_JUMP, 0, 0, len(then)), *then]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install_filter() -> None:
    """Put the filter on this process and all that it starts; it needs no_new_privs.

    Raises:
        OSError: The kernel has no such filters, or the architecture is not known.
    """
    instructions = filter_program(platform.machine())
    whole = _Program(len(instructions) // 8, instructions)
    prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(whole))
