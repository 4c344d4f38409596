"""A filled file, and what its teacher is told besides."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.base.text import clean

SHOWN = 20  # names in one line; the number is told in full


@dataclass
class Filled:
    """The bytes to write, and sentences for the teacher."""

    content: bytes
    notes: list[str] = field(default_factory=list)


def list_students(what: str, names: Sequence[str]) -> list[str]:
    """Return one line `2 students ...: ana, bo` or, when there are no names, none."""
    if not names:
        return []
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    shown = ", ".join(clean(name, "?") for name in names[:SHOWN])
    return [f"{len(names)} {'student' if len(names) == 1 else 'students'} {what}: {shown}{more}."]
