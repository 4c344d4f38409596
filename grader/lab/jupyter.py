"""Jupyter kept inside the project: its settings, its runtime files, and the start of JupyterLab."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from grader.base.errors import CannotGoOn
from grader.base.paths import BUILD, NOTEBOOKS, ROOT, tools_on_path
from grader.gradebook.faults import file_sentence

FOLDERS = {
    "JUPYTER_CONFIG_DIR": "config",
    "JUPYTER_DATA_DIR": "data",
    "JUPYTER_RUNTIME_DIR": "runtime",
    "JUPYTERLAB_SETTINGS_DIR": "lab/user-settings",
    "JUPYTERLAB_WORKSPACES_DIR": "lab/workspaces",
    "IPYTHONDIR": "ipython",
    "MPLCONFIGDIR": "matplotlib",
}


def keep_inside(folder: Path = BUILD / "jupyter") -> None:
    """Point everything that Jupyter, IPython and matplotlib write into the project; the user's own stays as it is.

    Raises:
        CannotGoOn: there is no writing there.
    """
    for variable, name in FOLDERS.items():
        try:
            (folder / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CannotGoOn(file_sentence(error)) from error
        os.environ[variable] = str(folder / name)
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = os.environ.get("TF_CPP_MIN_LOG_LEVEL", "3")
    tools_on_path()


def ask_nothing() -> None:
    """Settle JupyterLab's own first questions (news, updates), unless the reader has settled them."""
    folder = Path(os.environ["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "apputils-extension"
    file = folder / "notification.jupyterlab-settings"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}), "utf-8")


def lessons() -> list[str]:
    """Return the names of the lessons, in order."""
    return sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]*-*.ipynb"))


def lab_command(lesson: str, browser: bool, port: int) -> list[str]:
    """Return the command that opens JupyterLab on a lesson.

    Raises:
        CannotGoOn: there is no such lesson.
    """
    ask_nothing()
    matches = [name for name in lessons() if name.startswith(lesson)]
    if not matches:
        raise CannotGoOn(f"There is no lesson {lesson!r}. There are: {', '.join(lessons())}.")
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}", f"--ServerApp.port={port}"]
    command += [f"--LabApp.default_url=/lab/tree/notebooks/{matches[0]}.ipynb", "--ServerApp.log_level=WARN"]
    # the search for language servers starts other people's programs, and those write into the home folder
    command.append("--LanguageServerManager.autodetect=False")
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # a container's only user is often root
    return command


def open_lab(lesson: str, browser: bool, port: int) -> NoReturn:
    """Run JupyterLab in this process's place, or where the system cannot (Windows), wait for its end and leave.

    Raises:
        CannotGoOn: there is no such lesson.
    """
    command = lab_command(lesson, browser, port)
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    sys.stdout.flush()
    os.execv(command[0], command)
