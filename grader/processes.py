"""Starting another program."""

import os
import subprocess
import sys
from typing import NoReturn


def hand_over(command: list[str]) -> NoReturn:
    """Run a program in this process's place, or where the system cannot (Windows), wait for its end and leave."""
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)
