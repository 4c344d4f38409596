"""Running an attempt of sandbox_attempts.py in a sandbox, and what comes of it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

CHILD = Path(__file__).with_name("sandbox_child.py")
PATIENCE = 240  # seconds until a hanging child fails its test
ORDINARY = 21474  # a user that nobody is

DEFAULTS = {"user": 0, "limits": {}, "readable": [], "systems": [], "imports": [], "root_open_as": 0, "arguments": []}


@dataclass(frozen=True)
class Outcome:
    """What an attempt returned or raised, how its process ended, and what it left in its folder outside."""

    result: Any = None
    error: str | None = None
    errno: int | None = None
    message: str = ""
    status: int | None = None
    left: tuple[str, ...] = ()


def command(attempt: Callable[..., Any] | str, *arguments: Any, **settings: Any) -> list[str]:
    name = attempt if isinstance(attempt, str) else attempt.__name__
    return [sys.executable, str(CHILD), json.dumps({**DEFAULTS, **settings, "attempt": name, "arguments": arguments})]


def run(attempt: Callable[..., Any], *arguments: Any, **settings: Any) -> Outcome:
    """Make one attempt in a sandbox; returns when nobody inside holds the standard output any more."""
    process = subprocess.run(
        command(attempt, *arguments, **settings), capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    assert process.returncode == 0, process.stderr
    lines = [json.loads(line) for line in process.stdout.splitlines() if line.startswith("{")]
    whole = {name: value for line in lines for name, value in line.items() if name != "child"}
    assert "not entered" not in whole, whole
    return Outcome(**whole)


def missing(*systems: str, user: int = 0) -> list[str]:
    """Return what a fresh process on such a system says is missing."""
    process = subprocess.run(
        command("missing", systems=systems, user=user), capture_output=True, timeout=PATIENCE, check=True, text=True
    )
    answer = json.loads(process.stdout)
    assert not answer["tensorflow"]
    return answer["result"]


def users() -> list[Any]:
    """Return the users to test as: root and an ordinary one, or only whoever runs the tests."""
    if os.name == "nt" or os.getuid() != 0:
        return [pytest.param(0, id="as-this-user")]
    return [pytest.param(0, id="as-root"), pytest.param(ORDINARY, id="as-ordinary-user")]
