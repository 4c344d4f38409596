"""What a sandboxed process can see: a new root with read-only views of Python, its libraries and a few devices."""

import functools
import os
import site
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from grader.judging.sandbox import kernel

_SYSTEM = (
    "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache",
    "/usr/share/zoneinfo", "/etc/localtime", "/usr/share/locale",
    "/sys/devices/system/cpu", "/sys/devices/system/node", "/sys/bus/cpu", "/sys/bus/node",  # TensorFlow counts cores
)  # fmt: skip
DEVICES = (Path("/dev/null"), Path("/dev/urandom"), Path("/dev/random"))  # /dev/zero would be memory that nobody counts
PROC_FILES = tuple(Path("/proc", name) for name in ("cpuinfo", "meminfo", "stat", "sys/vm/overcommit_memory"))
# what tells of a page of a file whether other processes have it in their memory, too: a way to be told something
_TELLING = {"smaps", "smaps_rollup", "numa_maps", "pagemap", "map_files", "task"}
_MOST_LINKS = 40  # as the kernel follows


def own_proc_files() -> list[Path]:
    """Return what a process may read about itself."""
    return [path for path in Path("/proc/self").iterdir() if path.name not in _TELLING and not path.is_symlink()]


@functools.cache
def python_paths() -> tuple[Path, ...]:
    """Return where Python, its standard library and the installed packages lie.

    Parts of the prefixes only: a prefix may be /usr, or a project's own folder with the solutions beside lib. Folders
    that an editable install or PYTHONPATH put on sys.path are left out.
    """
    parts = [
        Path(prefix, name)
        for prefix in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
        for name in ("lib", "lib64", "pyvenv.cfg")
    ]
    known = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    packages = [Path(entry) for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    own = [Path(site.getusersitepackages())] if site.ENABLE_USER_SITE else []
    return tuple(path for path in dict.fromkeys([*parts, *known, *packages, *own]) if _is_there(path))


def _is_there(path: Path) -> bool:
    return os.access(path, os.F_OK)  # Path.exists raises where a folder on the way is closed


def readable_paths(more: Sequence[Path] = ()) -> list[Path]:
    """Return all files and folders of the old root that may be read."""
    system = [path for path in map(Path, _SYSTEM) if _is_there(path)]
    return list(dict.fromkeys([*system, *python_paths(), *map(Path.absolute, more)]))


class Tree:
    """A new root under construction, on a tmpfs mounted over some folder of the old root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._shown: set[Path] = set()
        self._no_links: set[Path] = set()
        kernel.mount("tmpfs", root, "mode=755,size=1m,nr_inodes=4096", device_files=True, execution=True)

    def at(self, path: Path) -> Path:
        """Return where a path of the new root lies while it is under construction."""
        return self.root / path.relative_to("/")

    def make_folder(self, path: Path) -> None:
        """Make a folder, and those that it lies in, unless they are there."""
        self.at(path).mkdir(mode=0o755, parents=True, exist_ok=True)

    def show(self, path: Path, attributes: int = kernel.NO_DEVICES_ATTRIBUTE) -> None:
        """Show a file or folder of the old root, read-only, at the same path; links on the way stay links.

        Raises:
            OSError: There is no such path, or the mount was refused.
        """
        path = self._without_links(path)
        if self._is_shown(path):
            return
        self.make_folder(path if path.is_dir() else path.parent)
        if not path.is_dir():
            self.at(path).touch()
        kernel.bind(path, self.at(path))
        fixed = kernel.READ_ONLY_ATTRIBUTE | kernel.NO_SETUID_ATTRIBUTE
        kernel.protect(self.at(path), fixed | attributes)
        self._shown.add(path)

    def _is_shown(self, path: Path) -> bool:
        return not self._shown.isdisjoint((path, *path.parents))

    def _is_link(self, path: Path) -> bool:
        if path in self._no_links:
            return False
        if path.is_symlink():
            return True
        self._no_links.add(path)
        return False

    def _without_links(self, path: Path) -> Path:
        """Return the real path and make the links that were met in the new root too."""
        for _ in range(_MOST_LINKS):
            link = next((place for place in (*reversed(path.parents), path) if self._is_link(place)), None)
            if link is None:
                return path
            target = link.readlink()
            if not self._is_shown(link):
                self.make_folder(link.parent)
                if not self.at(link).is_symlink():
                    self.at(link).symlink_to(target)
            path = Path(os.path.normpath(link.parent / target)) / path.relative_to(link)
        raise OSError(f"too many links: {path}")
