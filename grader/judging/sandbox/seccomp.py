"""A filter of system calls (seccomp), for the ways out that no namespace and no path rule closes.

A network namespace does not hold AF_VSOCK, the socket from a virtual machine to its host, and io_uring opens sockets
beside any filter. A program can be started from memory, past every path rule. Keyrings are inherited. The rest of the
list is kernel surface that no exercise needs.
"""

import ctypes
import errno
import platform
import socket
import struct

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
}  # fmt: skip
_SOCKET = (41, 198)
_FAMILIES = (socket.AF_UNIX,)  # names of such sockets are files in the private folder or live in the network namespace
_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data; both architectures little-endian
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
    checks = len(refused)
    families = len(_FAMILIES)
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, checks + families + 4, 0, _OTHER_NUMBERS),  # jumps count the lines skipped: here to the last
        *((_EQUAL, checks - place + families + 3, 0, number) for place, number in enumerate(refused)),
        (_EQUAL, 0, families + 2, _SOCKET[column]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *((_EQUAL, families - place, 0, family) for place, family in enumerate(_FAMILIES)),
        (_RETURN, 0, 0, _ERROR | errno.EAFNOSUPPORT),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


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
