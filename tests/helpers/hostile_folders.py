"""What a student's folder may be in place of a folder with a notebook: links, pipes, holes, odd modes and names."""

import json
import os
import socket
from pathlib import Path

from conftest import ROOT, SAMPLES

NAME = "01-activations"
RIGHT = SAMPLES / "all-right" / NAME / f"{NAME}.ipynb"
HOLES = 4 << 40  # bytes of a file that takes no room


class Folder:
    """A student's folder under construction.

    Attributes:
        student: the folder.
        exercise: the folder for the exercise in it.
        notebook: the path of the notebook.
        time: the path of timestamp.txt.
        victim: the folder of an honest student.
    """

    def __init__(self, student: Path, victim: Path) -> None:
        self.student, self.victim = student, victim
        self.exercise = student / NAME
        self.notebook, self.time = self.exercise / f"{NAME}.ipynb", self.exercise / "timestamp.txt"

    def hand_in(self, content: bytes = RIGHT.read_bytes()) -> None:
        """Put a notebook there."""
        self.exercise.mkdir(parents=True, exist_ok=True)
        self.notebook.write_bytes(content)

    def made(self) -> Path:
        """Make the exercise's folder and return it."""
        self.exercise.mkdir(parents=True)
        return self.exercise


def with_holes(path):
    """Make a file of zeros; a file system that has no such sizes gives a smaller one."""
    with path.open("wb") as file:
        try:
            file.truncate(HOLES)
        except OSError:
            file.truncate(60_000_000)


def a_socket(path):
    here = Path.cwd()
    os.chdir(path.parent)  # the names of sockets are short
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


def notebook(*cells, **fields):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **fields}).encode()


HEADING = {"cell_type": "heading", "level": 10**9, "source": "x"}

# by kind: what makes it, given a Folder; none of them earns anything
REJECTED = {
    "link-to-the-solution": lambda f: (f.made(), f.notebook.symlink_to(ROOT / "solutions" / NAME / f"{NAME}.ipynb")),
    "link-to-another": lambda f: (f.made(), f.notebook.symlink_to(f.victim / NAME / f"{NAME}.ipynb")),
    "link-without-end": lambda f: (f.made(), f.notebook.symlink_to(f.notebook.name)),
    "link-to-nowhere": lambda f: (f.made(), f.notebook.symlink_to("nowhere")),
    "link-to-zeros": lambda f: (f.made(), f.notebook.symlink_to("/dev/zero")),
    "link-to-my-memory": lambda f: (f.made(), f.notebook.symlink_to("/proc/self/mem")),
    "folder-links-to-the-solution": lambda f: (f.student.mkdir(), f.exercise.symlink_to(ROOT / "solutions" / NAME)),
    "folder-links-to-another": lambda f: (f.student.mkdir(), f.exercise.symlink_to(f.victim / NAME)),
    "student-links-to-another": lambda f: f.student.symlink_to(f.victim.name),
    "student-links-to-the-solutions": lambda f: f.student.symlink_to(ROOT / "solutions"),
    "student-links-to-nowhere": lambda f: f.student.symlink_to("nowhere"),
    "student-links-to-the-class": lambda f: f.student.symlink_to("."),
    "pipe": lambda f: (f.made(), os.mkfifo(f.notebook)),
    "link-to-a-pipe": lambda f: (f.made(), os.mkfifo(f.exercise / "pipe"), f.notebook.symlink_to("pipe")),
    "pipe-of-an-odd-name": lambda f: (f.made(), os.mkfifo(f.exercise / "\x1b]0;x\x07<b> 01-activations.ipynb")),
    "exercise-is-a-pipe": lambda f: (f.student.mkdir(), os.mkfifo(f.exercise)),
    "exercise-is-a-file": lambda f: (f.student.mkdir(), f.exercise.write_bytes(RIGHT.read_bytes())),
    "socket": lambda f: (f.made(), a_socket(f.notebook)),
    "notebook-is-a-folder": lambda f: f.notebook.mkdir(parents=True),
    "no-folder": lambda f: f.student.mkdir(),
    "empty-folder": lambda f: f.made(),
    "holes": lambda f: (f.made(), with_holes(f.notebook)),
    "too-large": lambda f: f.hand_in(b" " * 50_000_001),
    "empty": lambda f: f.hand_in(b""),
    "fifty-million-spaces": lambda f: f.hand_in(b" " * 50_000_000),
    "other-capitals": lambda f: (f.made(), (f.exercise / f"{NAME.upper()}.ipynb").write_bytes(RIGHT.read_bytes())),
    "heading-of-level-10^9": lambda f: f.hand_in(notebook(HEADING, nbformat=3)),
    "million-empty-objects": lambda f: f.hand_in(notebook({"cell_type": "code", "source": [{}] * 10**6}, nbformat=9)),
    "sixteen-million-objects": lambda f: f.hand_in(b'{"nbformat": 4, "x": [' + b"{}," * 16_000_000 + b"{}]}"),
    "400,000-cells": lambda f: f.hand_in(notebook(*[{"cell_type": "code"}] * 400_000)),
    "deep": lambda f: f.hand_in(b'{"nbformat": 4, "cells": ' + b"[" * 10**6),
    "nbformat-99": lambda f: f.hand_in(notebook(nbformat=99)),
    "zeros": lambda f: f.hand_in(bytes(10**6)),
}

# a right notebook beside something odd: it earns its points, with a note where the time cannot be read
NOTED = {
    "time-is-a-word": lambda f: f.time.write_text("now"),
    "time-is-no-text": lambda f: f.time.write_bytes(b"\xff\x00"),
    "time-is-large": lambda f: f.time.write_bytes(b"2026-01-01 00:00:00 UTC" * 1000),
    "time-has-holes": lambda f: with_holes(f.time),
    "time-is-a-pipe": lambda f: os.mkfifo(f.time),
    "time-is-a-link": lambda f: f.time.symlink_to("/etc/passwd"),
    "time-links-to-a-pipe": lambda f: (os.mkfifo(f.exercise / "pipe"), f.time.symlink_to("pipe")),
    "time-is-a-folder": lambda f: f.time.mkdir(),
    "time-beyond-time": lambda f: f.time.write_text("0001-01-01 00:00:00 +2359"),
    "time-of-no-place": lambda f: f.time.write_text("2026-01-01 00:00:00 Europe/Atlantis"),
    "time-of-a-file": lambda f: f.time.write_text("2026-01-01 00:00:00 etc/passwd"),
    "time-in-other-digits": lambda f: f.time.write_text("２０２６-01-01 00:00:00 UTC"),
}
UNNOTED = {
    "time-is-empty": lambda f: f.time.write_text(""),
    "secret-is-a-pipe": lambda f: os.mkfifo(f.exercise / "submission_secret.txt"),
    "secret-is-a-link": lambda f: (f.exercise / "submission_secret.txt").symlink_to("/etc/passwd"),
    "secret-has-holes": lambda f: with_holes(f.exercise / "submission_secret.txt"),
    "other-files": lambda f: (os.mkfifo(f.exercise / "x"), (f.exercise / "evil.html").write_text("<script>")),
    "hard-link": lambda f: (f.notebook.unlink(), os.link(f.victim / NAME / f"{NAME}.ipynb", f.notebook)),
}


def _named(name):
    """Return what gives a right notebook another name, which may be any bytes."""
    return lambda f: f.notebook.rename(f.exercise / os.fsdecode(name))


# a right notebook of an odd name, by what is told of where it lies
ODDLY_NAMED = {
    "bytes": (_named(b"01-activations\xff.ipynb"), "01-activations\\xff.ipynb"),
    "escapes": (_named(b"01-activations\x1b]0;x\x07.ipynb"), "01-activations\\x1b]0;x\\x07.ipynb"),
    "backwards": (_named("bnypi.\u202e.ipynb".encode()), "bnypi.\\u202e.ipynb"),
    "markup": (_named(b"<img src=x onerror=alert(1)>.ipynb"), "<img src=x onerror=alert(1)>.ipynb"),
}

# folders of a right notebook whose names no gradebook can hold, by the name that is told
NAMES = {
    b"not-\xff-utf8": "not-\\xff-utf8",
    b"line\nbreak": "line\\nbreak",
    b"esc\x1b[2Jape": "esc\\x1b[2Jape",
    "back\u202ewards".encode(): "back\\u202ewards",
    "\u200b\u3164".encode(): "\u200b\u3164",
    b"long-" + b"x" * 200: "long-" + "x" * 123,
}
TWINS = ["twin", "Twin", "tw\u200bin", "zo\u00eb", "zoe\u0308"]


def closed(path):
    """Make a file or folder unreadable for an ordinary user."""
    path.chmod(0)


CLOSED = {
    "closed-notebook": lambda f: (f.hand_in(), closed(f.notebook)),
    "closed-exercise": lambda f: (f.hand_in(), closed(f.exercise)),
    "closed-student": lambda f: (f.hand_in(), closed(f.student)),
}
