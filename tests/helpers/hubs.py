"""A small hub, set up as docs/jupyterhub.md says: folders, people, nbgrader's commands, Jupyter servers."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import SimpleNamespace

from conftest import ROOT, SAMPLES
from other_users import as_user, give, users
from real_lab import free_port

NAME = "01-activations"
NOTEBOOK = f"{NAME}/{NAME}.ipynb"
# nbgrader's program, which starts a second sooner when jsonschema leaves out what no notebook has
NBGRADER = [
    sys.executable,
    "-c",
    "from grader.gradebook.fast_start import without_grammars; without_grammars(); "
    "from nbgrader.apps.nbgraderapp import main; main()",
]
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "data")


class Hub:
    """A small hub's folders and people: a teacher, a student who pulled the course, one who fetches, one who cheats."""

    def __init__(self, root):
        self.root = root
        self.teacher, self.pulled, self.fetched, self.cheat = self.people = [
            SimpleNamespace(role=role, user=user, home=root / "home" / role)
            for role, user in zip(["teacher", "pulled", "fetched", "cheat"], users(4), strict=True)
        ]
        self.apart = self.teacher.user != self.cheat.user
        self.exchange, self.shared = root / "exchange", root / "course"
        for folder in (root, root / "home", root / "etc"):
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        self.exchange.mkdir()
        self.exchange.chmod(0o777)
        for name in ("jupyter_server_config.py", "nbgrader_config.py"):
            text = (ROOT / "docs/jupyterhub" / name).read_text("utf-8")
            (root / "etc" / name).write_text(text.replace("/srv/nbgrader/exchange", str(self.exchange)), "utf-8")
        copy_course(self.shared, "grader", "exercises")
        copy_course(self.teacher.home / "logit-lab-class", "grader", "exercises", "solutions")
        copy_course(self.pulled.home / "logit-lab", "exercises")
        shutil.copy(SAMPLES / "all-right" / NOTEBOOK, self.pulled.home / "logit-lab/exercises" / NOTEBOOK)
        self.fetched.home.mkdir()
        self.cheat.home.mkdir()
        for person in self.people:
            give(person.home, person.user)

    def environment(self, person):
        """Return what the hub's own settings put into a person's terminals."""
        course = person.home / "logit-lab-class" if person is self.teacher else self.shared
        own = {"HOME": str(person.home), "PYTHONPATH": str(course), "JUPYTER_CONFIG_PATH": str(self.root / "etc")}
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", **own}

    def start(self, person, *command, cwd=None, **settings):
        everything = [*as_user(person.user), *map(str, command)]
        return subprocess.Popen(everything, cwd=cwd or person.home, env=self.environment(person), text=True, **settings)

    def run(self, person, *command, cwd=None):
        """Run a command to its end; return its exit status and all that it said."""
        process = self.start(person, *command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said, _ = process.communicate(timeout=180)
        return process.returncode, said

    def nbgrader(self, person, step, *arguments):
        folder = person.home / "logit-lab-class" if person is self.teacher else person.home
        named = ["--student", person.role] if step == "submit" and not self.apart else []
        one_user = ["--ExchangeCollect.check_owner=False"] if step == "collect" and not self.apart else []
        status, said = self.run(person, *NBGRADER, step, NAME, *named, *one_user, *arguments, cwd=folder)
        assert status == 0, said
        return said

    def student(self, person):
        return person.user if self.apart else person.role

    def inbound(self):
        return self.exchange / "logit-lab/inbound"

    def plant(self, name, **files):
        """Have the cheat put a submission in a name into the exchange; a path stands for a link to it."""
        code = (
            "import json, os, sys; folder, files = json.loads(sys.argv[1]); os.umask(0); os.mkdir(folder); "
            "[os.symlink(text[5:], f'{folder}/{name}') if text.startswith('link ') else "
            "open(f'{folder}/{name}', 'w').write(text) for name, text in files.items()]"
        )
        files = {key.replace("_txt", ".txt").replace("notebook", f"{NAME}.ipynb"): text for key, text in files.items()}
        folder = str(self.inbound() / f"{name}+{NAME}+2101-01-01 00:00:00.000000 UTC+forged")
        status, said = self.run(self.cheat, sys.executable, "-c", code, json.dumps([folder, files]))
        assert status == 0, said


def copy_course(folder, *parts):
    folder.mkdir(parents=True)
    for name in ("nbgrader_config.py", "pyproject.toml"):
        shutil.copyfile(ROOT / name, folder / name)
    for name in parts:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)


@contextlib.contextmanager
def server(hub, person):
    """Run a person's Jupyter server, started in the home folder as a hub does; yield a function that asks it."""
    port = free_port()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", f"--port={port}", "--IdentityProvider.token=t"]
    with (hub.root / f"{person.role}.log").open("w") as log:
        process = hub.start(person, *command, "--allow-root", stdout=log, stderr=log)
    try:
        yield lambda path: ask(f"http://127.0.0.1:{port}{path}", process)
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def ask(address, process):
    """Return a server's answer; wait for a server that is still starting."""
    request = urllib.request.Request(address, headers={"Authorization": "token t"})
    deadline = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.URLError as error:
            starting = isinstance(error.reason, ConnectionRefusedError) and process.poll() is None
            if not starting or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
