"""A stranger's notebook file in a form of our own, which nothing can swell; read in a process with limits.

A plain notebook is one of nbformat 4.5 that holds of each cell its kind, its text, an id and the name that nbgrader
gave it, and nothing else. The process is started as a file, without the course's packages, in some 15 ms; see
grader.intake.reader, which speaks to it.
"""

import contextlib
import json
import re
import signal
import struct
import sys
from collections.abc import Iterator
from typing import Any, BinaryIO

MOST_CELLS = 1_000  # an honest notebook has some tens
MOST_CODE = 1_000_000  # characters in all; an honest notebook has some thousands
MOST_PROSE = 300_000  # characters in all, and of one cell a tenth; what is longer is cut, since it earns no points
MEMORY = 1 << 30  # bytes of this process; the largest honest file takes a third
SECONDS = 20  # of processor time for one notebook; the largest honest file takes one
TOO_LITTLE = "The notebook cannot be read within the memory that there is for it."

REQUEST = struct.Struct(">Q")  # the file's length
REPLY = struct.Struct(">?Q")  # whether it is a notebook; the length of the notebook or of the reason

_ID = re.compile("[a-zA-Z0-9-_]{1,64}")  # as nbformat 4.5 has it
_CUT = "\n\n(This text was cut here, because it is too long to be shown.)"


class NoNotebook(Exception):
    """The file is no notebook, or too large a one; the message says so in one sentence."""


def plain_notebook(raw: bytes) -> bytes:
    """Return a notebook file of nbformat 2, 3 or 4 as a plain notebook.

    Raises:
        NoNotebook: it is none, or has more cells or code than is read.
    """
    try:
        cells = [_plain(cell, number) for number, cell in enumerate(_cells(_parsed(raw)))]
    except (RecursionError, MemoryError) as error:
        raise NoNotebook(TOO_LITTLE) from error
    if sum(len(cell["source"]) for cell in cells if cell["cell_type"] == "code") > MOST_CODE:
        raise NoNotebook(f"The notebook holds more than {MOST_CODE:,} characters of code; shorten it.")
    _shorten_prose(cells)
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(notebook, ensure_ascii=False).encode()


def _parsed(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise NoNotebook("The notebook file is empty.")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoNotebook("The file is not JSON, so it is no notebook; was it saved or copied whole?") from error
    if not isinstance(data, dict) or not isinstance(data.get("nbformat"), int):
        raise NoNotebook("The file is JSON but no Jupyter notebook.")
    return data


def _cells(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells; before nbformat 4 they lay on worksheets."""
    version = data["nbformat"]
    sheets = {2: data.get("worksheets"), 3: data.get("worksheets"), 4: [data]}.get(version)
    if not isinstance(sheets, list):
        raise NoNotebook(f"The notebook cannot be read as nbformat {str(version)[:20]}.")
    found: list[dict[str, Any]] = []
    for sheet in sheets:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            raise NoNotebook(f"The notebook cannot be read as nbformat {version}.")
        found += [cell for cell in cells if isinstance(cell, dict) and "cell_type" in cell]
        if len(found) > MOST_CELLS:
            raise NoNotebook(f"The notebook has more than {MOST_CELLS:,} cells; take out those that are not needed.")
    return found


def _plain(cell: dict[str, Any], number: int) -> dict[str, Any]:
    kind, text = cell["cell_type"], _text(cell.get("source", cell.get("input", "")))
    if kind == "heading":  # of nbformat 3
        kind, level = "markdown", cell.get("level")
        text = f"{'#' * min(max(level, 1), 6) if isinstance(level, int) else '#'} {text}"
    kind = kind if kind in ("code", "markdown") else "raw"
    own_id, given = cell.get("id"), _grade_id(cell)
    name = own_id if isinstance(own_id, str) and _ID.fullmatch(own_id) else f"cell-{number}"
    metadata = {"nbgrader": {"grade_id": given}} if given else {}
    run: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": text, **run}


def _text(source: object) -> str:
    parts = source if isinstance(source, list) else [source]
    text = "".join(part for part in parts if isinstance(part, str))
    return text.encode("utf-8", "replace").decode()  # JSON can hold half a character, and no file can


def _grade_id(cell: dict[str, Any]) -> str:
    found: object = cell
    for key in ("metadata", "nbgrader", "grade_id"):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) and _ID.fullmatch(found) else ""


def _shorten_prose(cells: list[dict[str, Any]]) -> None:
    left = MOST_PROSE
    for cell in cells:
        if cell["cell_type"] != "code":
            most = min(left, MOST_PROSE // 10)
            if len(cell["source"]) > most:
                cell["source"] = cell["source"][:most] + _CUT
            left = max(0, left - len(cell["source"]))


def serve(requests: BinaryIO, replies: BinaryIO, seconds: float) -> None:
    """Answer one file after the other, each within so many seconds of processor time, until there are no more."""
    _limit_memory()
    for raw in _received(requests):
        with _limited_time(seconds):
            try:
                told = True, plain_notebook(raw)
            except NoNotebook as reason:
                told = False, str(reason).encode()
            except MemoryError:
                told = False, TOO_LITTLE.encode()
        replies.write(REPLY.pack(told[0], len(told[1])) + told[1])
        replies.flush()


def _received(requests: BinaryIO) -> Iterator[bytes]:
    while head := requests.read(REQUEST.size):
        yield requests.read(REQUEST.unpack(head)[0])


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limits, macOS not this one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _limited_time(seconds: float) -> Iterator[None]:
    """Let the kernel end this process when a notebook takes too long; no Python code would run in time."""
    if sys.platform == "win32":
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, float(sys.argv[1]))
