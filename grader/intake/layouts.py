"""Whose is what: the ways in which a class's submissions lie in a folder, told by the names at its top.

Canvas writes `lastfirst_12345_67890_name.ipynb`, with the student's and the file's number, and `LATE` behind the name;
`lastfirst_12345_text.html` for what was typed in, `_link.html` for an address; and `anon_aB3xQ` in place of name and
number where marking is anonymous (lib/content_zipper.rb of instructure/canvas-lms). Moodle writes a folder
`First Last_123456_assignsubmission_file_`, or files that begin so (mod/assign/locallib.php of moodle/moodle);
Blackboard `Title_user_attempt_2026-11-20-17-05-33_name.ipynb`, and a text file for each attempt; GitHub Classroom a
folder `assignment-user` for each repository. nbgrader's is a folder for each student. The rest is a heap of notebooks
with the students' names in theirs.
"""

import os
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile
from pathlib import Path

from grader.intake.notebook_names import is_notebook, without_exercise

CANVAS_FILE = re.compile(
    r"(?:(?P<late_anonymous>LATE_)?(?P<anonymous>anon_[0-9A-Za-z]+)|(?P<who>.+?)_(?P<late>LATE_)?(?P<id>[0-9]+))_"
    r"(?:(?P<number>[0-9]+)_|(?=(?:text|link)\.html$))(?P<file>.+)"
)
MOODLE_FILE = re.compile(r"(?P<who>[^_]+)_(?P<id>[0-9]+)_assignsubmission_[a-z]+_?(?P<file>.*)")
BLACKBOARD_FILE = re.compile(
    r"(?P<who>.+)_attempt_(?P<number>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<file>.+)|\.txt)"  # the title is in `who`, too
)
_PLATFORMS = {"Canvas": CANVAS_FILE, "Moodle": MOODLE_FILE, "Blackboard": BLACKBOARD_FILE}
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
        kind: whose way it is: "Canvas", "Moodle", "Blackboard", "folders" or "notebooks".
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
            title = _title([entry.name.partition("_attempt_")[0] for entry in fitting]) if kind == "Blackboard" else ""
            for entry in fitting:
                _add_of_platform(layout, pattern, entry, title)
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


def _title(names: list[str]) -> str:
    """Return what stands before every user's name, the title of the assignment: `Title_` of Title_ann and Title_ben."""
    words = [name.split("_")[:-1] for name in names]
    shared = takewhile(lambda same: len(set(same)) == 1, zip(*words, strict=False))
    return "".join(f"{same[0]}_" for same in shared)


def owner_of(found: re.Match[str], title: str = "") -> str:
    """Return whose a file is whose name is one that a platform writes; `title` is what stands before every name."""
    parts = found.groupdict()
    who = unicodedata.normalize("NFC", (parts["who"] or "").removeprefix(title))  # systems write one name in two ways
    return parts.get("anonymous") or (f"{who}_{parts['id']}" if "id" in parts else who)


def _add_of_platform(layout: Layout, pattern: re.Pattern[str], entry: Entry, title: str) -> None:
    found = pattern.fullmatch(entry.name)
    assert found
    parts = found.groupdict()
    label = entry.name if parts["file"] is None else parts["file"]
    number = int((parts.get("number") or "0").replace("-", ""))
    late = bool(parts.get("late") or parts.get("late_anonymous"))
    layout.add(owner_of(found, title), replace(entry, label=label, number=number, is_late=late))


def _add_folders(layout: Layout, folders: list[Entry], exercise: str) -> None:
    names = {entry.name for entry in folders}
    users = {name: user for name in names if (user := _github_user(name, exercise))}
    is_github = 2 * len(users) > len(names)  # a folder of something else may lie beside
    for entry in folders:
        user = users.get(entry.name, "") if is_github else ""
        layout.add(entry.name if user in names | {""} else user, entry)


def _github_user(name: str, exercise: str) -> str:
    """Return what stands behind the exercise in the name of a repository of GitHub Classroom, "" where it is none."""
    ours = f"{exercise}-"
    return name[len(ours) :] if name.casefold().startswith(ours) else ""


def _add_notebooks(layout: Layout, notebooks: list[Entry], exercise: str, exercises: Iterable[str]) -> None:
    """Add notebooks with the students' names in theirs."""
    others = [name for name in exercises if name != exercise]
    for entry in notebooks:
        owner, number = without_exercise(entry.name, exercise, others)
        if owner:
            layout.add(owner, replace(entry, label="", number=number))
        else:
            layout.strays.append(entry.name)
