"""The calls to the Linux kernel that Python 3.11 has no name for: namespaces, mounts, privileges.

os.unshare exists from Python 3.12 only, mount and capset nowhere. Every function raises OSError with the kernel's
reason.
"""

import ctypes
import functools
import os
import resource
from pathlib import Path

NEW_USER, NEW_PID, NEW_MOUNTS = 0x10000000, 0x20000000, 0x00020000
NEW_NETWORK, NEW_IPC, NEW_HOSTNAME, NEW_CGROUP = 0x40000000, 0x08000000, 0x04000000, 0x02000000

NO_SETUID, NO_DEVICES, NO_EXECUTION = 2, 4, 8  # MS_NOSUID, MS_NODEV, MS_NOEXEC
READ_ONLY_ATTRIBUTE, NO_SETUID_ATTRIBUTE, NO_DEVICES_ATTRIBUTE = 1, 2, 4  # MOUNT_ATTR_*

_BIND, _RECURSIVE, _PRIVATE, _DETACH = 0x1000, 0x4000, 0x40000, 2
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE = 442, -100, 0x8000  # the call has one number on all architectures
_SET_PDEATHSIG, _SET_DUMPABLE, _CAPBSET_DROP, _SET_SECUREBITS, _SET_NO_NEW_PRIVS = 1, 4, 24, 28, 38
_SECBIT_KEEP_OVER_SETUID = 1 << 2
# No capabilities for uid 0, none kept or lost over setuid, no ambient ones: each bit with its lock.
_SECBITS_FOR_GOOD = 0b11101111
_CAPABILITY_VERSION_3 = 0x20080522
_NAMESPACE_KINDS = ("user", "pid", "net", "ipc", "uts", "mnt", "cgroup", "time")


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc(), name)(*arguments) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error), name)


def prctl(option: int, *arguments: int) -> None:
    """Call prctl, whose unused arguments must be zero."""
    _call("prctl", option, *(ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]))


def unshare(flags: int) -> None:
    """Leave namespaces for new ones of this process's own; a new PID namespace is for its children only."""
    _call("unshare", flags)


def map_ids(inside: int, outside: int, group_inside: int, group_outside: int, proc: int) -> None:
    """Give a new user namespace its only user and its only group; `proc` is a descriptor of /proc."""
    _write(proc, "self/setgroups", "deny")  # the kernel's condition for gid_map
    _write(proc, "self/gid_map", f"{group_inside} {group_outside} 1")
    _write(proc, "self/uid_map", f"{inside} {outside} 1")


def forbid_namespaces(proc: int) -> None:
    """Set the number of further namespaces that this user namespace may hold to zero."""
    for kind in _NAMESPACE_KINDS:
        _write(proc, f"sys/user/max_{kind}_namespaces", "0")


def offer_to_die(proc: int) -> None:
    """Make this process the first that the kernel kills when the machine has no memory left."""
    _write(proc, "self/oom_score_adj", "1000")


def _write(proc: int, name: str, text: str) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _mount(source: str | None, target: str | Path, kind: str | None, flags: int, options: str | None = None) -> None:
    encoded = [None if text is None else os.fsencode(text) for text in (source, target, kind, options)]
    _call("mount", *encoded[:3], ctypes.c_ulong(flags), encoded[3])


def make_mounts_private() -> None:
    """Keep every later mount from spreading to the namespace that this one was copied from."""
    _mount(None, "/", None, _RECURSIVE | _PRIVATE)


def mount(kind: str, target: Path, options: str, *, device_files: bool = False, execution: bool = False) -> None:
    """Mount a new file system of a kind, such as tmpfs or proc."""
    flags = NO_SETUID | (0 if device_files else NO_DEVICES) | (0 if execution else NO_EXECUTION)
    _mount(kind, target, kind, flags, options)


def bind(source: Path, target: Path) -> None:
    """Show a file or folder, with what is mounted in it, at a second place."""
    _mount(str(source), target, None, _BIND | _RECURSIVE)


class _MountAttributes(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user_namespace"))


def protect(target: Path, attributes: int, *, recursive: bool = True) -> None:
    """Make a mount read-only, or without set-user-id programs or devices."""
    wanted = _MountAttributes(set=attributes)
    _call(
        "syscall", ctypes.c_long(_MOUNT_SETATTR), ctypes.c_int(_AT_FDCWD), os.fsencode(target),
        ctypes.c_uint(_AT_RECURSIVE if recursive else 0), ctypes.byref(wanted), ctypes.c_size_t(ctypes.sizeof(wanted)),
    )  # fmt: skip


def change_root(root: Path) -> None:
    """Make a mounted folder the root of all paths and take the old root away."""
    os.chdir(root)
    _call("pivot_root", b".", b".")  # the old root now lies over the new one
    _call("umount2", b".", ctypes.c_int(_DETACH))
    os.chdir("/")


def become(user: int, group: int) -> None:
    """Give up root for another user and group, without other groups; the capabilities stay until dropped."""
    prctl(_SET_SECUREBITS, _SECBIT_KEEP_OVER_SETUID)
    os.setgroups([])
    os.setresgid(group, group, group)
    os.setresuid(user, user, user)
    prctl(_SET_DUMPABLE, 1)  # a change of user clears it, and /proc/self/uid_map would belong to root


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


def drop_capabilities() -> None:
    """Give up all capabilities for good: set-user-id programs, uid 0 and file capabilities bring none back."""
    prctl(_SET_NO_NEW_PRIVS, 1)
    prctl(_SET_SECUREBITS, _SECBITS_FOR_GOOD)
    for capability in range(int(Path("/proc/sys/kernel/cap_last_cap").read_text()) + 1):
        prctl(_CAPBSET_DROP, capability)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(_CapabilityHeader(_CAPABILITY_VERSION_3, 0)), nothing)


def die_with_parent() -> None:
    """Have the kernel kill this process when the thread that forked it ends."""
    prctl(_SET_PDEATHSIG, 9)


def hide_memory() -> None:
    """Keep other processes of this user from tracing this one or reading its memory; no core files."""
    prctl(_SET_DUMPABLE, 0)


def limit(which: int, value: int, slack: int = 0) -> None:
    """Set a limit and, `slack` higher, what no process may raise it to; never above what holds already."""
    hard = resource.getrlimit(which)[1]
    highest = value + slack if hard == resource.RLIM_INFINITY else min(value + slack, hard)
    resource.setrlimit(which, (min(value, highest), highest))
