"""Collecting from nbgrader's exchange, a folder that every student writes into, without trusting what lies in it.

Stock nbgrader follows links while it reads with the teacher's rights: a link to the teacher's own solution earns full
marks. And it takes the newest submission in a student's name, whoever put it there.
"""

import itertools
import os
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from grader.base.notebooks import SLIPS
from grader.base.text import printable
from grader.intake.files import LARGEST, LARGEST_SLIP, TooLarge, Unreadable, file_pieces, open_below
from grader.intake.students import named_students

MOST_BESIDE, LONGEST_NAME = 100, 100  # files beside the notebook, and characters of the name of one
LARGEST_BESIDE = 1_000_000  # bytes of one
Record = dict[str, Any]  # nbgrader's: username, filename, timestamp


class Collect(ExchangeCollect):
    """nbgrader's collect: it takes a submission from its owner alone, and no links.

    Set `c.ExchangeCollect.check_owner = False` where all students are one user of the system, as in containers.
    """

    src_records: list[Record]

    def _path_to_record(self, path: str) -> Record:
        """Return what a folder's name says; of a name that nbgrader did not write, a record that is nobody's."""
        name = Path(path).name
        try:
            record: Record = super()._path_to_record(path)
        except (ValueError, OverflowError):
            return {"username": "", "filename": name, "timestamp": datetime.min}
        (student,) = named_students({record["username"]: (name, False)})
        return record if student.has_name else {**record, "username": ""}

    def _sort_by_timestamp(self, records: list[Record]) -> list[Record]:
        """Return one student's submissions, the newest first; those of others only when there are no own ones."""
        newest_first: list[Record] = super()._sort_by_timestamp(records)
        own = [record for record in newest_first if self._is_own(record)]
        for record in newest_first:
            if record not in own:
                self.log.warning(
                    "Left out: %s was not put there by %s. Where all students are one user of the system, set "
                    "c.ExchangeCollect.check_owner = False.",
                    printable(record["filename"]),
                    record["username"] or "nbgrader, or its student's name cannot be used",
                )
        return own or newest_first  # nbgrader takes the first; copy_files leaves it out again

    def copy_files(self) -> None:
        """Copy the submissions that were chosen, except those that somebody else put there."""
        self.src_records = [record for record in self.src_records if self._is_own(record)]
        super().copy_files()

    def do_copy(self, src: str, dest: str, log: object = None) -> None:
        """Copy the notebook, nbgrader's slips and small plain files beside them; folders and links stay there."""
        target = Path(dest)
        target.mkdir(parents=True)
        notebook = f"{self.coursedir.assignment_id}.ipynb"
        for name, most in ((notebook, LARGEST), *((slip, LARGEST_SLIP) for slip in SLIPS)):
            with suppress(Unreadable):
                _copy(Path(src), name, target / name, most)
        for name in _names_beside(Path(src)) - {notebook, *SLIPS}:
            try:
                with open_below(Path(src).parent, Path(src).name, name, same_owner=True) as file:
                    (target / name).write_bytes(b"".join(file_pieces(file, LARGEST_BESIDE)))
            except Unreadable as reason:
                self.log.warning("Left where it is: %s. %s", name, reason)

    def _is_own(self, record: Record) -> bool:
        """Return whether a submission is a folder that belongs to the student whom its name names."""
        import pwd

        if not record["username"]:
            return False
        try:
            found = Path(self.inbound_path, record["filename"]).lstat()
            owner = pwd.getpwuid(found.st_uid).pw_name if self.check_owner else record["username"]
        except (OSError, KeyError):
            return False
        return stat.S_ISDIR(found.st_mode) and owner == record["username"]


def _names_beside(folder: Path) -> set[str]:
    """Return the names of the first files in a student's folder that can be told: no hidden ones, no odd ones."""
    with suppress(OSError), os.scandir(folder) as found:
        names = {entry.name for entry in itertools.islice(found, MOST_BESIDE)}
        return {name for name in names if name.isprintable() and name[0] != "." and len(name) <= LONGEST_NAME}
    return set()


def _copy(source: Path, name: str, target: Path, most: int) -> None:
    """Copy a plain file that belongs to its folder's owner; of one that is too large, zeros enough to be refused."""
    with open_below(source.parent, source.name, name, same_owner=True) as file, target.open("wb") as copy:
        try:
            copy.writelines(file_pieces(file, most))
        except TooLarge:
            copy.truncate(most + 1)
