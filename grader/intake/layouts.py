"""Whose is what: the ways in which a class's submissions lie in a folder, told by the names at its top.

Canvas writes `lastfirst_12345_67890_name.ipynb`, with the student's and the file's number, and `LATE` behind the name
(lib/content_zipper.rb of instructure/canvas-lms); Moodle a folder `First Last_123456_assignsubmission_file_`, or files
that begin so (mod/assign/locallib.php of moodle/moodle); GitHub Classroom a folder `assignment-user` for each
repository. nbgrader's is a folder for each student. The rest is a heap of notebooks with the students' names in theirs.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.intake.notebook_names import without_exercise

CANVAS_FILE = re.compile(r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<id>[0-9]+)_(?P<number>[0-9]+)_(?P<file>.+)")
MOODLE_FILE = re.compile(r"(?P<who>.+)_(?P<id>[0-9]+)_assignsubmission_[a-z]+_?(?P<file>.*)")
_PLATFORMS = {"Canvas": CANVAS_FILE, "Moodle": MOODLE_FILE}
_NOBODYS = {"__MACOSX", "desktop.ini", "Thumbs.db"}
LATE = "Canvas marks it as late."


@dataclass(frozen=True)
class Entry:
    """What lies at the top of the given folder.

    Attributes:
        name: as it lies there.
        is_folder: whether it is one; a link whose name is no notebook's counts as one.
        is_link: whether it is a link.
        label: the name that the student gave to it, where a platform has added to it; "" in a heap, where it was free.
        number: of two files with one label, the later one has the larger number.
        is_late: whether the platform says so.
    """

    name: str
    is_folder: bool
    is_link: bool = False
    label: str = ""
    number: int = 0
    is_late: bool = False


@dataclass
class Layout:
    """Who has handed in what.

    Attributes:
        kind: whose way it is: "Canvas", "Moodle", "folders" or "notebooks".
        owners: what is each student's, by the name that they will have.
        strays: notebooks that say nothing of whose they are.
    """

    kind: str
    owners: dict[str, list[Entry]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)


def entries_of(folder: Path) -> list[Entry]:
    """Return what lies in a folder, but for what systems leave there; raises OSError where it cannot be read."""
    with os.scandir(folder) as found:
        entries = [
            Entry(
                each.name,
                each.is_dir(follow_symlinks=False) or (each.is_symlink() and not _is_notebook(each.name)),
                each.is_symlink(),
                each.name,
            )
            for each in found
            if not each.name.startswith(".") and each.name not in _NOBODYS
        ]
    return sorted(entries, key=lambda entry: entry.name)


def layout_of(entries: list[Entry], exercise: str, exercises: Iterable[str]) -> Layout:
    """Return whose everything is. An entry that fits nothing is nobody's, unless it is a folder or a notebook."""
    entries = [entry for entry in entries if entry.is_folder or _is_notebook(entry.name) or _of_platform(entry)]
    for kind, pattern in _PLATFORMS.items():
        if 2 * sum(bool(pattern.fullmatch(entry.name)) for entry in entries) >= max(1, len(entries)):
            return _of(kind, pattern, entries)
    folders = [entry for entry in entries if entry.is_folder]
    notebooks = [entry for entry in entries if not entry.is_folder]
    if len(folders) >= len(notebooks):
        prefix = _common_prefix([entry.name for entry in folders], exercise)
        owners = {entry.name[len(prefix) :]: [entry] for entry in folders}
        return Layout("folders", owners, [entry.name for entry in notebooks])
    return _heap(notebooks, exercise, exercises)


def _is_notebook(name: str) -> bool:
    return name.lower().endswith(".ipynb")


def _of_platform(entry: Entry) -> bool:
    return any(pattern.fullmatch(entry.name) for pattern in _PLATFORMS.values())


def _of(kind: str, pattern: re.Pattern[str], entries: list[Entry]) -> Layout:
    layout = Layout(kind)
    for entry in entries:
        found = pattern.fullmatch(entry.name)
        if not found:
            layout.strays += [] if entry.is_folder else [entry.name]
            continue
        parts = found.groupdict()
        whole = Entry(
            entry.name,
            entry.is_folder,
            entry.is_link,
            parts["file"],
            int(parts.get("number") or 0),
            bool(parts.get("late")),
        )
        layout.owners.setdefault(f"{parts['who']}_{parts['id']}", []).append(whole)
    return layout


def _common_prefix(names: list[str], exercise: str) -> str:
    """Return what GitHub Classroom puts before each user's name, "" where the folders are not its."""
    ours = f"{exercise}-"
    if names and all(name.casefold().startswith(ours) and len(name) > len(ours) for name in names):
        return names[0][: len(ours)]
    return ""


def _heap(notebooks: list[Entry], exercise: str, exercises: Iterable[str]) -> Layout:
    layout = Layout("notebooks")
    others = [name for name in exercises if name != exercise]
    for entry in notebooks:
        owner, number = without_exercise(entry.name, exercise, others)
        if not owner:
            layout.strays.append(entry.name)
            continue
        whole = Entry(entry.name, False, entry.is_link, "", number)
        layout.owners.setdefault(owner, []).append(whole)
    return layout
