"""Whose is what: the ways in which a class's submissions lie in a folder, told by the names at its top.

Canvas writes `lastfirst_12345_67890_name.ipynb`, with the student's and the file's number, and `LATE` behind the name
(lib/content_zipper.rb of instructure/canvas-lms); Moodle a folder `First Last_123456_assignsubmission_file_`, or files
that begin so, with no `_` in the student's name (mod/assign/locallib.php of moodle/moodle); GitHub Classroom a folder
`assignment-user` for each repository. nbgrader's is a folder for each student. The rest is a heap of notebooks with the
students' names in theirs.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.intake.notebook_names import is_notebook, without_exercise

CANVAS_FILE = re.compile(r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<id>[0-9]+)_(?P<number>[0-9]+)_(?P<file>.+)")
MOODLE_FILE = re.compile(r"(?P<who>[^_]+)_(?P<id>[0-9]+)_assignsubmission_[a-z]+_?(?P<file>.*)")
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
        strays: notebooks that say nothing of whose they are, or are another exercise's.
        others: files that are no notebooks and that nobody's name is on.
    """

    kind: str
    owners: dict[str, list[Entry]] = field(default_factory=dict)
    strays: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def add(self, owner: str, entry: Entry) -> None:
        """Add what lies there to a student's."""
        self.owners.setdefault(owner, []).append(entry)


def entries_of(folder: Path) -> list[Entry]:
    """Return what lies in a folder, but for what systems leave there; raises OSError where it cannot be read."""
    with os.scandir(folder) as found:
        entries = [
            Entry(
                each.name,
                each.is_dir(follow_symlinks=False) or (each.is_symlink() and not is_notebook(each.name)),
                each.is_symlink(),
                each.name,
            )
            for each in found
            if not each.name.startswith(".") and each.name not in _NOBODYS
        ]
    return sorted(entries, key=lambda entry: entry.name)


def layout_of(entries: list[Entry], exercise: str, exercises: Iterable[str]) -> Layout:
    """Return whose everything is. What does not fit the layout of most is read as a folder, or a notebook, alone."""
    of_platform = _named_as(*_PLATFORMS.values())
    known, others = _parted(entries, lambda entry: entry.is_folder or is_notebook(entry.name) or of_platform(entry))
    for kind, pattern in _PLATFORMS.items():
        fitting, rest = _parted(known, _named_as(pattern))
        if fitting and len(fitting) >= len(rest):
            layout = Layout(kind)
            for entry in fitting:
                _add_of_platform(layout, pattern, entry)
            break
    else:
        folders = sum(entry.is_folder for entry in known)
        layout, rest = Layout("folders" if 2 * folders >= len(known) else "notebooks"), known
    alone, notebooks = _parted(rest, lambda entry: entry.is_folder)
    _add_folders(layout, alone, exercise)
    _add_notebooks(layout, notebooks, exercise, exercises)
    layout.others += [entry.name for entry in others]
    return layout


def _parted(entries: list[Entry], fits: Callable[[Entry], bool]) -> tuple[list[Entry], list[Entry]]:
    """Return the entries that fit and those that do not."""
    parts: dict[bool, list[Entry]] = {True: [], False: []}
    for entry in entries:
        parts[fits(entry)].append(entry)
    return parts[True], parts[False]


def _named_as(*patterns: re.Pattern[str]) -> Callable[[Entry], bool]:
    """Return whether an entry's name is one that a platform writes, as a question."""
    return lambda entry: any(pattern.fullmatch(entry.name) for pattern in patterns)


def _add_of_platform(layout: Layout, pattern: re.Pattern[str], entry: Entry) -> None:
    found = pattern.fullmatch(entry.name)
    assert found
    parts = found.groupdict()
    number, late = int(parts.get("number") or 0), bool(parts.get("late"))
    whole = replace(entry, label=parts["file"], number=number, is_late=late)
    who = unicodedata.normalize("NFC", parts["who"])  # systems that unpack write the same name in two ways
    layout.add(f"{who}_{parts['id']}", whole)


def _add_folders(layout: Layout, folders: list[Entry], exercise: str) -> None:
    prefix = _common_prefix([entry.name for entry in folders], exercise)
    for entry in folders:
        layout.add(entry.name[len(prefix) :], entry)


def _common_prefix(names: list[str], exercise: str) -> str:
    """Return what GitHub Classroom puts before each user's name, "" where the folders are not its."""
    ours = f"{exercise}-"
    if names and all(name.casefold().startswith(ours) and len(name) > len(ours) for name in names):
        return names[0][: len(ours)]
    return ""


def _add_notebooks(layout: Layout, notebooks: list[Entry], exercise: str, exercises: Iterable[str]) -> None:
    """Add notebooks with the students' names in theirs."""
    others = [name for name in exercises if name != exercise]
    for entry in notebooks:
        owner, number = without_exercise(entry.name, exercise, others)
        if owner:
            layout.add(owner, replace(entry, label="", number=number))
        else:
            layout.strays.append(entry.name)
