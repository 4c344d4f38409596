"""Changes to the project's files that are all made or not at all."""

import shutil
from pathlib import Path
from types import TracebackType

from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole


class Changes:
    """Files made and files changed; leaving the `with` block by an exception takes every one of them back.

    Attributes:
        made: the files that were not there before.
        changed: the files that were, with what they held.
    """

    def __init__(self) -> None:
        self.made: list[Path] = []
        self.changed: dict[Path, bytes] = {}
        self._folders: list[Path] = []

    def make(self, path: Path, content: bytes) -> None:
        """Write a file that is not there yet, and the folders that it needs.

        Raises:
            CannotGoOn: there is such a file, or it cannot be written.
        """
        try:
            for folder in [*reversed(path.parent.parents), path.parent]:
                if not folder.exists():
                    folder.mkdir()
                    self._folders.append(folder)
            with path.open("xb") as file:
                self.made.append(path)
                file.write(content)
        except FileExistsError as error:
            raise CannotGoOn(
                f"{error.filename} is there already; move it away or choose another name. Nothing was changed."
            ) from error
        except OSError as error:
            raise _cannot_write(path, error) from error

    def change(self, path: Path, content: bytes) -> None:
        """Replace what a file holds.

        Raises:
            CannotGoOn: it cannot be written.
        """
        try:
            before = path.read_bytes()
            _replace(path, content)
            self.changed.setdefault(path, before)
        except OSError as error:
            raise _cannot_write(path, error) from error

    def undo(self) -> None:
        """Bring everything back to what it was."""
        for path in self.made:  # first, for a full disk has room again after this
            path.unlink(missing_ok=True)
        for path, content in self.changed.items():
            _replace(path, content)
        for folder in reversed(self._folders):
            if not any(folder.iterdir()):
                folder.rmdir()

    def __enter__(self) -> "Changes":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            self.undo()


def _replace(path: Path, content: bytes) -> None:
    """Put new content in a file's place, its mode kept."""

    def write(part: Path) -> None:
        part.write_bytes(content)
        shutil.copymode(path, part)

    replace_whole(path, write)


def _cannot_write(path: Path, error: OSError) -> CannotGoOn:
    return CannotGoOn(
        f"{path} could not be written ({error.strerror or error}). Nothing was changed; mend that and run it again."
    )
