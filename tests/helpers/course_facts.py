"""What the files for other people's machines are held to: the course's Pythons and commands, and bash's grammar."""

import re
import subprocess
import sys
import tomllib

import pytest
import typer
from conftest import ROOT
from packaging.specifiers import SpecifierSet

from grader.cli import app

SHELL = pytest.mark.skipif(sys.platform == "win32", reason="these are scripts for Linux")


def pythons():
    """Return the Pythons that pyproject.toml asks for."""
    wanted = SpecifierSet(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"])
    return [f"3.{minor}" for minor in range(40) if wanted.contains(f"3.{minor}")]


def commands():
    """Return the names of the course's commands."""
    return set(typer.main.get_command(app).commands)


def asked(text):
    """Return the commands of the course that a text uses."""
    return set(re.findall(r"(?:course\.py|-m grader) ([a-z]+)(?![\w.])", text))


def bash(text):
    """Return what bash has to say about the grammar of a script; nothing when it is right."""
    return subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True).stderr
