"""A fresh process that enters the sandbox in a child and makes one attempt there; a script, run by sandbox_runs.py.

Each line that it prints is JSON: the child's id, what the attempt returned or raised, how the child ended.
"""

import importlib
import json
import os
import resource
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import sandbox_attempts

from grader.judging.sandbox import enter as sandbox
from grader.judging.sandbox import kernel


def become_ordinary(user):
    """Become an ordinary user who may read Python and the project even where they lie in root's closed home."""
    kernel.unshare(kernel.NEW_MOUNTS)
    kernel.make_mounts_private()
    needed = [Path(path).resolve() for path in (sys.base_prefix, sys.prefix, Path(__file__).parents[2])]
    handles = {path: os.open(path, os.O_PATH) for path in needed}
    parents = {parent for path in needed for parent in path.parents}
    for closed in sorted(path for path in parents if not path.stat().st_mode & 1)[:1]:
        kernel.mount("tmpfs", closed, "mode=755", execution=True)
        for path in needed:
            if path.is_relative_to(closed):
                path.mkdir(parents=True, exist_ok=True)
                kernel.bind(Path(f"/proc/self/fd/{handles[path]}"), path)
    for handle in handles.values():
        os.close(handle)
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    kernel.prctl(4, 1)  # PR_SET_DUMPABLE, cleared by the change: as for a process that this user started


def refuse(*_arguments, **_more):
    raise PermissionError(1, "Operation not permitted")


def no_landlock():
    import py_landlock

    def absent():
        raise py_landlock.LandlockNotAvailableError("no such call")

    py_landlock.get_abi_version = absent


def no_proc():
    mount = kernel.mount
    kernel.mount = lambda kind, *rest, **more: (refuse if kind == "proc" else mount)(kind, *rest, **more)


SYSTEMS = {
    "without Landlock": no_landlock,
    "without namespaces": lambda: setattr(kernel, "unshare", refuse),
    "without mounts": lambda: setattr(kernel, "make_mounts_private", refuse),
    "without proc": no_proc,
    "without filters": lambda: setattr(sandbox.seccomp, "platform", SimpleNamespace(machine=lambda: "riscv64")),
    "not Linux": lambda: setattr(sys, "platform", "darwin"),
    "wall filter down": lambda: setattr(sandbox.seccomp, "install_filter", lambda: None),
    "wall Landlock down": lambda: setattr(sandbox, "_restrict_paths", lambda *_paths: None),
}


def say(**line: Any) -> None:
    os.write(1, json.dumps(line).encode() + b"\n")  # at once: two processes share the pipe


def outcome(action, *arguments):
    try:
        return {"result": action(*arguments)}
    except BaseException as error:
        return {"error": type(error).__name__, "errno": getattr(error, "errno", None), "message": str(error)}


def enter_and_attempt(folder, settings):
    readable = [Path(path) for path in settings["readable"]]
    entered = outcome(sandbox.enter_sandbox, folder, sandbox.Limits(**settings["limits"]), readable)
    if "error" in entered:
        return {"not entered": entered}
    return outcome(getattr(sandbox_attempts, settings["attempt"]), *settings["arguments"])


def main(settings):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if settings["user"]:
        become_ordinary(settings["user"])
    for name in settings["systems"]:
        SYSTEMS[name]()
    for name in settings["imports"]:
        importlib.import_module(name)
    if settings["attempt"] == "missing":
        say(result=sandbox.missing_parts(), tensorflow="tensorflow" in sys.modules)
        return
    if settings["root_open_as"]:
        os.dup2(os.open("/", os.O_RDONLY | os.O_DIRECTORY), settings["root_open_as"])
    folder = Path(tempfile.mkdtemp())
    child = os.fork()
    if child == 0:
        say(**enter_and_attempt(folder, settings))
        os._exit(0)
    say(child=child)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = [path.name for path in folder.iterdir()]
    folder.rmdir()
    say(status=status, left=left)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
