"""The sandbox's filter of system calls, run by a second interpreter of the kernel's classic BPF."""

import errno
import signal
import socket
import struct

import pytest

from grader.judging.sandbox.seccomp import filter_program

pytestmark = pytest.mark.quick

ALLOW, NOT_PERMITTED, NO_FAMILY = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.EAFNOSUPPORT
KILL = 0x80000000
# By number, from the kernel's tables: what must not be there, and socket.
X86 = {
    27,
    253,
    254,
    294,
    300,
    301,
    451,
    59,
    101,
    155,
    161,
    165,
    166,
    248,
    249,
    250,
    272,
    298,
    304,
    308,
    310,
    311,
    321,
    322,
    323,
    425,
    428,
    429,
    430,
    438,
    442,
    29,
    64,
    68,
    112,
    319,
    447,
    103,
    154,
    187,
    221,
    312,
    457,
    458,
}
ARM = {
    26,
    27,
    232,
    262,
    263,
    451,
    221,
    281,
    39,
    40,
    41,
    51,
    97,
    117,
    217,
    218,
    219,
    241,
    265,
    268,
    270,
    271,
    280,
    282,
    425,
    428,
    429,
    430,
    438,
    442,
    157,
    186,
    190,
    194,
    279,
    447,
    116,
    213,
    223,
    272,
    457,
    458,
}
MACHINES = [("x86_64", 0xC000003E, X86, (41, 53)), ("aarch64", 0xC00000B7, ARM, (198, 199))]  # socket, socketpair
LOCKING = [("x86_64", 0xC000003E, 73, 72), ("aarch64", 0xC00000B7, 32, 25)]
NO_LOCKS = 0x50000 | errno.ENOSYS


def decide(
    text: bytes, architecture: int, number: int, argument: int = 0, second: int = 0, fourth: int = 0, sixth: int = 0
) -> int:
    """Return what the filter answers to a call."""
    data = struct.pack("<IIQ6Q", number, architecture, 0, argument, second, 0, fourth, 0, sixth)
    lines = list(struct.iter_unpack("=HBBI", text))
    place, accumulator = 0, 0
    while True:
        code, yes, no, value = lines[place]
        place += 1
        match code:
            case 0x20:
                (accumulator,) = struct.unpack_from("<I", data, value)
            case 0x06:
                return value
            case 0x54:
                accumulator &= value
            case 0x05:
                place += value
            case 0x15 | 0x35:
                place += yes if (accumulator == value if code == 0x15 else accumulator >= value) else no
            case _:
                raise AssertionError(f"unexpected instruction {code:x}")


@pytest.mark.parametrize(("machine", "architecture", "refused", "of_socket"), MACHINES)
def test_the_filter_decides_every_call_as_listed(machine, architecture, refused, of_socket):
    text = filter_program(machine)
    flock = {number for each, _, number, _ in LOCKING if each == machine}
    for number in set(range(1000)) - set(of_socket) - flock:
        expected = NOT_PERMITTED if number in refused else ALLOW
        assert decide(text, architecture, number) == expected, number


@pytest.mark.parametrize(("machine", "architecture", "refused", "of_socket"), MACHINES)
def test_only_unix_sockets_are_allowed(machine, architecture, refused, of_socket):
    text = filter_program(machine)
    for number in of_socket:
        for family in range(64):
            expected = ALLOW if family == socket.AF_UNIX else NO_FAMILY
            assert decide(text, architecture, number, family) == expected
        # The kernel takes the lower half of the argument only; so must the filter.
        assert decide(text, architecture, number, 1 << 32 | socket.AF_INET) == NO_FAMILY


@pytest.mark.parametrize(("machine", "architecture", "flock", "of_fcntl"), LOCKING)
def test_locks_and_leases_are_refused_and_the_rest_of_fcntl_is_there(machine, architecture, flock, of_fcntl):
    import fcntl

    text = filter_program(machine)
    assert decide(text, architecture, flock) == NO_LOCKS
    names = [
        "F_GETLK",
        "F_SETLK",
        "F_SETLKW",
        "F_OFD_GETLK",
        "F_OFD_SETLK",
        "F_OFD_SETLKW",
        "F_SETLEASE",
        "F_GETLEASE",
        "F_NOTIFY",
    ]
    refused = {getattr(fcntl, name) for name in names if hasattr(fcntl, name)} | {36, 37, 38}
    for command in range(1100):
        expected = NO_LOCKS if command in refused else ALLOW
        assert decide(text, architecture, of_fcntl, 3, command) == expected, command
        assert decide(text, architecture, of_fcntl, 3, 1 << 32 | command) == expected, command


# mmap, rt_sigaction, prlimit64
HIDING = [("x86_64", 0xC000003E, 9, 13, 302), ("aarch64", 0xC00000B7, 222, 134, 261)]


@pytest.mark.parametrize(("machine", "architecture", "of_mmap", "of_sigaction", "of_prlimit"), HIDING)
def test_memory_and_processes_that_nobody_would_count_are_refused(
    machine, architecture, of_mmap, of_sigaction, of_prlimit
):
    import mmap

    text = filter_program(machine)
    for kind in (mmap.MAP_SHARED, mmap.MAP_PRIVATE, 3):  # 3 is MAP_SHARED_VALIDATE
        for more in (0, 0x10, 0x4000, 0x40000):  # fixed, not reserved, huge pages
            assert decide(text, architecture, of_mmap, fourth=kind | more) == ALLOW
            shared = NOT_PERMITTED if kind & mmap.MAP_SHARED else ALLOW
            assert decide(text, architecture, of_mmap, fourth=kind | more | mmap.MAP_ANONYMOUS) == shared
    for number in range(1, 65):
        expected = NOT_PERMITTED if number == signal.SIGCHLD else ALLOW
        assert decide(text, architecture, of_sigaction, number) == expected
    assert decide(text, architecture, of_prlimit, 0) == ALLOW
    assert decide(text, architecture, of_prlimit, 1) == NOT_PERMITTED


@pytest.mark.parametrize(
    ("machine", "architecture", "of_preadv2"), [("x86_64", 0xC000003E, 327), ("aarch64", 0xC00000B7, 286)]
)
def test_no_reading_tells_whether_it_would_have_to_wait(machine, architecture, of_preadv2):
    text = filter_program(machine)
    assert decide(text, architecture, of_preadv2) == ALLOW
    for flag in range(7):
        assert decide(text, architecture, of_preadv2, sixth=1 << flag) == NOT_PERMITTED


def test_a_second_set_of_numbers_does_not_lead_around_the_filter():
    text = filter_program("x86_64")
    for number in (0, 1, 41, 101):
        assert decide(text, 0xC000003E, 0x40000000 | number, socket.AF_INET) == NOT_PERMITTED  # x32
    assert decide(text, 0x40000003, 102) == KILL  # 32-bit x86


def test_an_unknown_architecture_has_no_filter():
    with pytest.raises(OSError, match="riscv64"):
        filter_program("riscv64")
