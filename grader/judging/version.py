"""What a verdict depends on besides the submission: the exercise's folder, and the rooms that judge."""

import hashlib
from collections.abc import Iterator

from grader.base.notebooks import files_beside
from grader.base.paths import ROOT, source_path

ROOMS = ("base", "diagnosis", "answers", "checks", "judging", "intake")  # a change elsewhere changes nobody's verdict


def content_hash(exercise: str) -> str:
    """Return what tells these sources from others, in hexadecimal digits."""
    total = hashlib.sha256()
    for name, content in _parts(exercise):
        total.update(f"{name}\0".encode())
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def _parts(exercise: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file."""
    source = source_path(exercise)
    files = [file for room in ROOMS for file in sorted((ROOT / "grader" / room).rglob("*.py"))]
    templates = [file for folder in (source.parent, ROOT) if (file := folder / "autotests.yml").exists()]
    for file in [*files, source, *templates]:
        yield file.relative_to(ROOT).as_posix(), file.read_bytes()
    yield from files_beside(source).items()
