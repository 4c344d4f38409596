"""The lock: uv.lock, and requirements.txt which is exported from it.

The lock keeps versions and hashes and no download address, so that pip's and uv's own settings decide
where packages come from: a mirror, a proxy, a folder of wheels.
"""

import re
import subprocess
import sys
from pathlib import Path

from grader.base.paths import ROOT

HEADER = "# Exported from uv.lock by `python3 course.py lock`; not edited by hand.\n"


def run_uv(*arguments: str) -> str:
    """Run the environment's uv in the project's folder and return what it printed.

    Raises:
        subprocess.CalledProcessError: uv refused; its words are in `.stderr`.

    """
    command = [sys.executable, "-m", "uv", "--quiet", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def without_addresses(lock: str) -> str:
    """Return the text of a uv.lock in which every file is known by its name and hash alone."""
    lock = re.sub(r'registry = "[^"]*"', 'registry = "wheels"', lock)
    return re.sub(r'\burl = "[^"]*/([^"/]+)"', r'path = "\1"', lock)


def export_requirements() -> str:
    """Return requirements.txt as uv.lock has it: every package pinned, with hashes."""
    return HEADER + run_uv("export", "--frozen", "--all-extras", "--no-emit-project", "--no-header", "--no-annotate")


def write_lock(path: Path = ROOT / "uv.lock", upgrade: bool = False) -> None:
    """Resolve pyproject.toml into uv.lock, then export requirements.txt."""
    run_uv("lock", *(["--upgrade"] if upgrade else []))
    path.write_text(without_addresses(path.read_text("utf-8")), "utf-8")
    (ROOT / "requirements.txt").write_text(export_requirements(), "utf-8")
