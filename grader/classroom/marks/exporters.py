"""The same files by nbgrader's own command.

nbgrader export --exporter=grader.classroom.marks.exporters.Canvas --Canvas.exported=FILE.csv --to=OUT.csv
nbgrader export --exporter=grader.classroom.marks.exporters.Moodle --assignment="['01-activations']"
nbgrader export --exporter=grader.classroom.marks.exporters.Table
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.plugins import ExportPlugin
from traitlets import Bool, Unicode

from grader.base.errors import CannotGoOn
from grader.classroom.marks.command import Wanted, export

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Exporter(ExportPlugin):
    """What the exporters have in common."""

    match = Unicode("", help="The column of the file that holds the names of the students' folders.").tag(config=True)
    column = Unicode("", help="The column that gets the marks.").tag(config=True)
    scale = Bool(False, help="Turn points into those of the learning platform.").tag(config=True)

    def wanted(self) -> Wanted:
        """Return what is to be made; a subclass says which file."""
        return Wanted(
            exercise=self.assignment[0] if self.assignment else "",
            column=self.column,
            match=self.match,
            scale=self.scale,
            out=Path(self.to) if self.to else None,
        )

    def export(self, gradebook: "Gradebook") -> None:
        """Write the file; a sentence and exit code 1 where that cannot be done."""
        try:
            if self.student or len(self.assignment) > 1:
                raise CannotGoOn("This exporter writes one assignment of all students: give --assignment once.")
            out, notes = export(self.wanted(), gradebook)
        except CannotGoOn as problem:
            self.log.error("%s", problem)
            sys.exit(1)
        for note in notes:
            self.log.warning("%s", note)
        self.log.info("The marks are in %s", out)


class Table(Exporter):
    """Plain CSV: a row for each student, with every answer's score and misconception."""


class Canvas(Exporter):
    """Fills the file that Canvas has exported."""

    exported = Unicode("", help="The file that Canvas has exported.").tag(config=True)

    def wanted(self) -> Wanted:
        """Return the same with the Canvas file."""
        if not self.exported:
            raise CannotGoOn("Say which file Canvas has exported: --Canvas.exported=FILE.csv")
        return Wanted(**{**vars(super().wanted()), "canvas": Path(self.exported)})


class Moodle(Exporter):
    """Writes a file for Moodle's grade import, or fills the offline grading worksheet."""

    worksheet = Unicode("", help="The grading worksheet that Moodle has made.").tag(config=True)

    def wanted(self) -> Wanted:
        """Return the same for Moodle."""
        which = {"worksheet": Path(self.worksheet)} if self.worksheet else {"moodle": True}
        return Wanted(**{**vars(super().wanted()), **which})
