"""The class's secret seed: where it is kept, and the key of each student that follows from it.

See docs/personal.md.
"""

import hashlib
import hmac
import os
import re
import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from grader.base import settings
from grader.base.errors import CannotGoOn
from grader.base.files import replace_whole
from grader.base.paths import BUILD
from grader.gradebook.faults import file_sentence

FILE = "secret-seed"
IN_USE = "Personal inputs are in use: every student's hidden tests draw their own, from the class's secret seed."
KEPT = (
    "The class's secret seed is kept in {path}. From now on hidden tests have inputs of each student's own; what was "
    "graded before is judged anew when it is graded again."
)
REMOVED = "There is no secret seed any more; hidden tests have the same inputs for everybody."
STILL = " But {variable} is set in the environment, and grading uses it."


@dataclass(frozen=True)
class Seed:
    """What all personal keys of a class follow from; empty where there is none.

    Attributes:
        key: made of the secret by make(), in hexadecimal digits.
    """

    key: str = field(default="", repr=False)

    def __bool__(self) -> bool:
        """Return whether there is one."""
        return bool(self.key)

    def personal_key(self, exercise: str, student: str) -> str:
        """Return a student's own key for an exercise, 64 hexadecimal digits, or "" where there is no seed."""
        return self._digest(f"{exercise}\0{student}")

    @property
    def digest(self) -> str:
        """What tells this seed from others and gives none of it away; "" where there is none."""
        return self._digest("\0which seed")

    def _digest(self, words: str) -> str:
        if not self.key:
            return ""
        return hmac.new(bytes.fromhex(self.key), words.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def make_seed(secret: str) -> Seed:
    """Return the seed of a secret; slowly, so that a short one cannot be found by trying millions."""
    words = unicodedata.normalize("NFC", secret).encode("utf-8", "surrogatepass")
    return Seed(hashlib.scrypt(words, salt=b"Logit Lab", n=2**14, r=8, p=1, dklen=32).hex())


def read_seed(folder: Path = BUILD) -> Seed:
    """Return the class's seed: of LOGIT_LAB_SEED, or else the one that keep() has kept; an empty one for neither.

    Raises:
        CannotGoOn: what is kept cannot be read.
    """
    if secret := settings.setting(settings.SEED):
        return make_seed(secret)
    path = folder / FILE
    try:
        key = path.read_text("ascii").strip()
    except FileNotFoundError:
        return Seed()
    except (OSError, UnicodeError):
        key = ""
    if not re.fullmatch("[0-9a-f]{64}", key):
        raise CannotGoOn(
            f"The class's secret seed in {path} cannot be read. Give it again: python3 course.py release --seed SECRET"
        )
    return Seed(key)


def seed_for_judging(elsewhere: bool = False) -> Seed:
    """Return the class's seed for grading, on this machine or on Linux machines elsewhere.

    Raises:
        CannotGoOn: it cannot be read, or the tests would run beside the submitted code, which could find it.
    """
    seed = read_seed()
    if seed and sys.platform != "linux" and not elsewhere:
        raise CannotGoOn(
            "This class has a secret seed, and on this system the tests run beside the submitted code, which could "
            "read it. Grade on a Linux machine, or do without the seed: python3 course.py release --no-seed"
        )
    return seed


def keep_seed(secret: str | None, remove: bool = False, folder: Path = BUILD) -> str:
    """Keep or remove the class's seed, as `grader release` is told.

    Args:
        secret: what it is made of; "-" reads that from standard input, "" removes the seed. Where it is None,
            LOGIT_LAB_SEED is taken; without that everything stays as it is.
        remove: remove the seed.
        folder: of the class.

    Returns:
        A sentence for the teacher, "" where nothing was asked.

    Raises:
        CannotGoOn: both are asked, standard input is empty, or the file cannot be written.
    """
    if remove and secret:
        raise CannotGoOn("--seed gives the class a secret seed and --no-seed takes it away: give one of the two.")
    if secret is None and not remove:
        secret = settings.setting(settings.SEED) or None
        if secret is None:
            return ""
    path = folder / FILE
    try:
        if not secret:
            path.unlink(missing_ok=True)
            return REMOVED + (STILL.format(variable=settings.SEED) if settings.setting(settings.SEED) else "")
        key = make_seed(_typed() if secret == "-" else secret).key
        replace_whole(path, lambda part: _write(part, key))
    except OSError as error:
        raise CannotGoOn(file_sentence(error)) from error
    return KEPT.format(path=path)


def _typed() -> str:
    """Return the secret from standard input; typed at a terminal it is not shown."""
    if sys.stdin.isatty():
        from getpass import getpass

        secret = getpass("The class's secret seed: ")
    else:
        secret = sys.stdin.readline().rstrip("\r\n")
    if not secret:
        raise CannotGoOn("No secret came on standard input. Write it there, or give it after --seed.")
    return secret


def _write(path: Path, key: str) -> None:
    """Write a file that nobody else can read at any time."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key + "\n")
