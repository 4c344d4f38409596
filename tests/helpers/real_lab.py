"""The real JupyterLab, started as a reader starts it, and Chromium to look at it; for tests and benchmarks."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"]


def free_port():
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def copy_of_the_course(folder):
    """Copy what a reader has into a folder, so that a browser can write into notebooks; return the folder."""
    parts = ["course.py", "nbgrader_config.py", "pyproject.toml", "requirements.txt", "README.md"]
    for name in parts:
        shutil.copyfile(ROOT / name, folder / name)
    left_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ["grader", "notebooks", "exercises", "solutions"]:
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    return folder


@contextlib.contextmanager
def lab(home, lesson="01", seconds=90, root=ROOT):
    """Run `course.py lab --no-browser` in an empty home and yield the address that it prints; end it afterwards.

    A copy of the course is run by this environment's Python, without a set-up of its own.
    """
    home.mkdir(parents=True, exist_ok=True)
    start = ["course.py"] if root == ROOT else ["-m", "grader"]
    command = [sys.executable, *start, "lab", lesson, "--no-browser", "--port", str(free_port())]
    env = {**os.environ, "HOME": str(home), "LOGIT_LAB_BUILD": str(home.parent / "lab-build")}
    if root != ROOT:
        env["PYTHONPATH"] = str(root)
    log = home.parent / "lab.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=root, env=env, stdout=out, stderr=out, start_new_session=True)
    try:
        yield _address(log, process, seconds)
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the server ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(log, process, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\S+", log.read_text())
        if found:
            return found.group()
        time.sleep(0.1)
    raise RuntimeError(f"JupyterLab printed no address:\n{log.read_text()}")


def chromium():
    """Return the path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, ["chromium", "chromium-browser", "google-chrome"])), None)


@contextlib.contextmanager
def browser():
    """Yield a headless Chromium."""
    from playwright.sync_api import sync_playwright

    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=chromium(), args=QUIET + as_root)
        try:
            yield chrome
        finally:
            chrome.close()


@contextlib.contextmanager
def page(width=1280, height=900):
    """Yield a page of a headless Chromium."""
    with browser() as chrome:
        yield chrome.new_page(viewport={"width": width, "height": height})
