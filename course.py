"""Start Logit Lab with nothing but Python: `python3 course.py lab`, `test`, `doctor` or any grader command.

The first run makes .venv beside this file and installs the locked dependencies into it; every run then
hands over to `python -m grader`. Help, and the answer to a command that does not exist, need nothing installed.
Only the standard library is used here, so that any Python can read it.
"""

import difflib
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "installed.txt"
LOG = HERE / "build" / "setup.log"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_GB = 6  # 2.9 GB installed, and as much again while files are unpacked

# The commands of grader/cli.py, each with the first sentence of its help; a test compares the two.
COMMANDS = {
    "lab": "Open JupyterLab on a lesson.",
    "setup": "Set the course up in .venv, and do nothing else.",
    "test": "Run the tests: lint and types, pytest, notebooks.",
    "doctor": "Say what is there and what is missing.",
    "release": "Make exercises/ from solutions/.",
    "new": "Make a lesson with exercise, check and tests.",
    "remove": "Take back what new has made.",
    "grade": "Grade a folder or a zip file of submissions into the gradebook.",
    "feedback": "Write a page for each graded student, for you to give back.",
    "export": "Write the marks for Canvas or Moodle, or as plain CSV.",
    "report": "Write a page on a graded class.",
    "check": "Run your own notebook and its visible tests.",
    "diagnose": "Say what is wrong with a saved Keras model.",
    "lock": "Pin the dependencies in uv.lock and requirements.txt.",
}

# pip's settings and uv's names for the same thing; whichever is set serves both.
SETTINGS = [
    ("PIP_INDEX_URL", "UV_DEFAULT_INDEX"),
    ("PIP_EXTRA_INDEX_URL", "UV_INDEX"),
    ("PIP_FIND_LINKS", "UV_FIND_LINKS"),
    ("PIP_CERT", "SSL_CERT_FILE"),
    ("PIP_NO_INDEX", "UV_NO_INDEX"),
]

NO_WHEELS = (
    "Some packages have no build for this machine ({machine}, Python {python}): TensorFlow has them for Linux with "
    "glibc, macOS on Apple silicon and Windows on x86-64. Run the course on one of these, or in a container there."
)

# What an installer's last words mean, and the way out.
FAILURES = [
    (
        r"no space left|disk quota|errno 28|os error 28",
        "The disk is full. Free {gb} GB and run the same command again.",
    ),
    (
        r"certificate|ssl",
        "The download was refused because a certificate is not trusted. If your network uses its own, "
        "set SSL_CERT_FILE to its certificate file and run the same command again.",
    ),
    (
        r"dns|resolve|connect|network|timed? ?out|unreachable|proxy|max retries|failed to (fetch|download)",
        "The packages could not be downloaded. Check the network; behind a proxy set HTTPS_PROXY, "
        "for a mirror set PIP_INDEX_URL. Then run the same command again.",
    ),
    (
        r"no (matching distribution|solution found|wheels)|not supported wheel|platform tag|doesn't have a source",
        NO_WHEELS,
    ),
]


class Stop(Exception):
    """There is no going on; the message is what to show."""


def problem_with_python():
    """Return the sentence that says why this Python cannot run the course, or None."""
    version = "%d.%d" % sys.version_info[:2]
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        other = "py -3.13 course.py" if os.name == "nt" else "python3.13 course.py"
        return f"This is Python {version}; the course needs 3.11, 3.12 or 3.13. Start it with one of them: {other} lab"
    if struct.calcsize("P") < 8:
        return "This Python is a 32-bit build and TensorFlow has only 64-bit ones: install 64-bit Python."
    return None


def wheels():
    """Return the locked TensorFlow wheels that fit this Python and this machine."""
    names = re.findall(r'path = "(tensorflow(?:_cpu)?-[^"]+[.]whl)"', (HERE / "uv.lock").read_text("utf-8"))
    system = {"linux": "manylinux", "darwin": "macosx", "win32": "win"}.get(sys.platform, sys.platform)
    if system == "manylinux" and platform.libc_ver()[0] != "glibc":
        system = "musllinux"
    kind = "-cp%d%d-%s" % (sys.version_info[0], sys.version_info[1], system)
    return [name for name in names if kind in name and name.endswith(platform.machine().lower() + ".whl")]


def problem_with_wheels():
    """Return the sentence that says that TensorFlow has no build for this machine, or None."""
    if wheels():
        return None
    facts = {"machine": sysconfig.get_platform(), "python": "%d.%d" % sys.version_info[:2]}
    return NO_WHEELS.format(**facts)


def problem_with_making_an_environment():
    """Return the sentence that says why .venv cannot be made here, or None."""
    if not importlib.util.find_spec("venv") or not importlib.util.find_spec("ensurepip"):
        return (
            "This Python cannot make environments because its ensurepip is missing. On Debian and Ubuntu: "
            "sudo apt install python3-venv; elsewhere install Python from python.org. Then run the command again."
        )
    free = shutil.disk_usage(HERE).free / 1e9
    if free < NEEDED_GB:
        return f"The disk has {free:.1f} GB free and setting up needs {NEEDED_GB}. Free some and run the command again."
    if not os.access(HERE, os.W_OK):
        return f"The folder {HERE} cannot be written to. Copy the course to a folder of yours and start it there."
    return None


def locked():
    """Return a fingerprint of what must be installed; when it changes, the next start installs again."""
    files = [HERE / "requirements.txt", HERE / "pyproject.toml"]
    text = b"".join(file.read_bytes() for file in files) + str(HERE).encode()
    return hashlib.sha256(text).hexdigest()


def is_installed():
    """Return whether .venv holds what the lock asks for."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == locked()


def environment():
    """Return the environment for the installers: a mirror that is set for pip serves uv, and the reverse."""
    env = dict(os.environ, VIRTUAL_ENV=str(VENV), PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_REQUIRE_VIRTUALENV="0")
    for one, other in SETTINGS:
        value = env.get(one) or env.get(other)
        if value:
            env[one] = env[other] = value
    env.pop("PYTHONPATH", None)
    env.pop("PYTHONHOME", None)
    return env


def run(command, label):
    """Run one installer with its words going to the log; return whether it succeeded."""
    started, shows = time.monotonic(), sys.stderr.isatty()
    with LOG.open("a", encoding="utf-8") as log:
        log.write("\n$ " + " ".join(map(str, command)) + "\n")
        log.flush()
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=HERE, env=environment())
        try:
            while process.poll() is None:
                time.sleep(0.2)
                if shows:
                    sys.stderr.write(f"\r  {label} ... {time.monotonic() - started:.0f} s ")
                    sys.stderr.flush()
        except BaseException:
            process.kill()
            raise
    sys.stderr.write(("\r" if shows else "") + f"  {label} ... {time.monotonic() - started:.0f} s \n")
    return process.returncode == 0


def reason():
    """Return one sentence for the failure that the log ends with."""
    words = LOG.read_text("utf-8", errors="replace").rsplit("\n$ ", 1)[-1]
    facts = {"gb": NEEDED_GB, "machine": sysconfig.get_platform(), "python": "%d.%d" % sys.version_info[:2]}
    for pattern, sentence in FAILURES:
        if re.search(pattern, words, re.IGNORECASE):
            return sentence.format(**facts)
    return "Installing failed; the reason is at the end of build/setup.log. `python3 course.py doctor` looks further."


def make_environment():
    """Make .venv afresh.

    Raises:
        Stop: there is no way to make it on this machine.

    """
    problem = problem_with_making_an_environment()
    if problem:
        raise Stop(problem)
    shutil.rmtree(VENV, ignore_errors=True)
    if not run([sys.executable, "-m", "venv", VENV], "making .venv"):
        raise Stop(reason())


def uv_line():
    """Return the requirement `uv==...` with its hashes, as requirements.txt has it."""
    text = (HERE / "requirements.txt").read_text("utf-8")
    return re.search(r"^uv==(?:.*\\\n)*.*\n", text, re.MULTILINE).group()


def install():
    """Install the locked dependencies and the grader itself: by uv, or by pip where uv will not run.

    Raises:
        Stop: neither could do it.

    """
    only_uv = HERE / "build" / "uv.txt"
    only_uv.write_text(uv_line(), "utf-8")
    pip, uv = [PYTHON, "-m", "pip", "install"], [PYTHON, "-m", "uv", "pip", "install", "--compile-bytecode"]
    label = "installing TensorFlow, JupyterLab and the rest (3 GB)"
    has_uv = run([*pip, "-r", only_uv], "installing uv")
    if (
        has_uv
        and run([*uv, "-r", "requirements.txt"], label)
        and run([*uv, "--no-deps", "-e", "."], "adding the grader")
    ):
        return
    if run([*pip, "-r", "requirements.txt"], label + " with pip") and run(
        [*pip, "--no-deps", "-e", "."], "adding the grader"
    ):
        return
    raise Stop(reason())


def set_up():
    """Bring .venv to what the lock asks for; at once when it is there already.

    Raises:
        Stop: it cannot be done; the message says why and what to do.

    """
    if is_installed():
        return
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text(f"{sys.version}\n{sysconfig.get_platform()}\n", "utf-8")
    print("Setting up in .venv (once):", file=sys.stderr)
    if not PYTHON.exists() or subprocess.call([PYTHON, "-c", "import pip"], stderr=subprocess.DEVNULL) != 0:
        make_environment()
    install()
    STAMP.write_text(locked())


def doctor():
    """Print what this machine has and lacks for setting up; return whether anything is missing."""
    free = shutil.disk_usage(HERE).free / 1e9
    print(f"Python       {sys.version.split()[0]}, {struct.calcsize('P') * 8}-bit, {sysconfig.get_platform()}")
    print(f"Wheels       {', '.join(wheels()) or 'none for this machine'}")
    print(f"Disk         {free:.1f} GB free")
    print(f"Environment  {'.venv is complete' if is_installed() else '.venv is not complete'}")
    problem = problem_with_python() or problem_with_wheels()
    problem = problem or (None if is_installed() else problem_with_making_an_environment())
    if problem or not is_installed():
        print("To do        " + (problem or "run: python3 course.py lab"))
    return bool(problem) or not is_installed()


def hand_over(arguments):
    """Run `python -m grader` in .venv with these arguments, in this process's place where the system can."""
    command = [str(PYTHON), "-m", "grader", *arguments]
    env = dict(os.environ, PATH=str(BIN) + os.pathsep + os.environ.get("PATH", ""), VIRTUAL_ENV=str(VENV))
    env.pop("PYTHONHOME", None)
    if os.name == "nt":
        return subprocess.call(command, env=env)
    sys.stdout.flush()
    os.execve(command[0], command, env)


def usage():
    """Return what `course.py --help` says before the grader is installed."""
    python = "py" if os.name == "nt" else "python3"
    lines = [f"  {name:<10}{sentence}" for name, sentence in COMMANDS.items()]
    return "\n".join(
        [
            f"Usage: {python} course.py COMMAND [OPTIONS]",
            "",
            *lines,
            "",
            "The first command that needs it installs the course in .venv (3 GB, once).",
            "The options of each command are explained when that is done:",
            f"  {python} course.py setup",
            f"  {python} course.py COMMAND --help",
        ]
    )


def unknown(command):
    """Return the sentence for a command that does not exist."""
    near = difflib.get_close_matches(command.lower(), COMMANDS, 1)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"There is no command {command!r}.{meant} The commands are: {', '.join(COMMANDS)}."


def main(arguments):
    """Set up, then hand over; return the exit status."""
    try:
        if arguments and arguments[0] not in (*COMMANDS, "--help"):
            raise Stop(unknown(arguments[0]))
        asks = not arguments or "--help" in arguments
        if asks and not is_installed():
            print(usage())
            return 0 if arguments else 2  # as the grader does
        if arguments[:1] == ["doctor"] and not asks and doctor():
            return 1
        problem = problem_with_python() or problem_with_wheels()
        if problem:
            raise Stop(problem)
        set_up()
        return hand_over(arguments)
    except Stop as stop:
        sentence = str(stop)
    except KeyboardInterrupt:
        sentence = "Stopped. Run the same command again to go on."
    except BrokenPipeError:  # whoever reads has seen enough
        sys.stdout = None
        return 1
    except OSError as error:
        sentence = f"Setting up stopped: {error.strerror or error}: {error.filename or HERE}."
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
