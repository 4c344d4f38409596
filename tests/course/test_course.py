"""course.py: from Python alone to a running course, and one plain sentence when that cannot be."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tomllib
import types

import pytest
import typer
from conftest import ROOT

from grader.cli import app
from grader.lab import lock as dependencies

pytestmark = pytest.mark.quick


@pytest.fixture
def course(tmp_path, monkeypatch):
    """course.py as a module, in a folder of its own that holds what it reads."""
    for name in ("course.py", "requirements.txt", "pyproject.toml", "uv.lock"):
        shutil.copy(ROOT / name, tmp_path / name)
    spec = importlib.util.spec_from_file_location("course", tmp_path / "course.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.LOG.parent.mkdir()
    return module


def version(*numbers):
    return types.SimpleNamespace(version_info=numbers, version=".".join(map(str, numbers)), executable=sys.executable)


# --- what is answered before anything is installed


def test_the_commands_of_course_py_are_those_of_the_grader_with_the_first_sentence_of_their_help(course):
    commands = typer.main.get_command(app).commands
    first = {name: re.match(r".*?[.](?=\s|$)", command.help, re.DOTALL)[0] for name, command in commands.items()}
    assert first == course.COMMANDS


@pytest.mark.parametrize("arguments", [[], ["--help"], ["grade", "--help"]], ids=" ".join)
@pytest.mark.parametrize("numbers", [(3, 6, 15), (3, 12, 1)])
def test_help_lists_every_command_and_installs_nothing(course, monkeypatch, capsys, numbers, arguments):
    monkeypatch.setattr(course.sys, "version_info", numbers)
    assert course.main(arguments) == (0 if arguments else 2), "as the grader's own help does"
    told = capsys.readouterr()
    assert all(f"  {name} " in told.out and sentence in told.out for name, sentence in course.COMMANDS.items())
    assert told.err == ""
    assert not course.VENV.exists()


MISSPELT = {"grdae": "grade", "Lab": "lab", "tests": "test", "doktor": "doctor", "--version": None, "": None}


@pytest.mark.parametrize(("word", "meant"), MISSPELT.items())
def test_a_command_that_does_not_exist_is_told_with_the_nearest_one_and_installs_nothing(course, capsys, word, meant):
    assert course.main([word, "--submitted", "x"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"There is no command {word!r}." + (f" Did you mean {meant}?" if meant else " The commands"))
    assert told.endswith(f"The commands are: {', '.join(course.COMMANDS)}.\n")
    assert not course.VENV.exists()


def test_once_it_is_installed_the_grader_explains_itself(course, monkeypatch):
    monkeypatch.setattr(course, "is_installed", lambda: True)
    monkeypatch.setattr(course, "hand_over", lambda arguments: arguments)
    monkeypatch.setattr(course, "doctor", lambda: pytest.fail("it looks, and was asked how to use it"))
    for arguments in ([], ["--help"], ["grade", "--help"], ["doctor", "--help"]):
        assert course.main(arguments) == arguments


# --- what setting up needs


@pytest.mark.parametrize("numbers", [(3, 6, 15), (3, 10, 2), (3, 14, 0)])
def test_a_python_that_is_too_old_or_too_new_is_told_which_ones_work(course, monkeypatch, capsys, numbers):
    monkeypatch.setattr(course.sys, "version_info", numbers)
    assert course.main(["lab"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"This is Python {numbers[0]}.{numbers[1]}; the course needs 3.11, 3.12 or 3.13.")
    assert told.count("\n") == 1


def test_the_oldest_python_3_can_read_course_py():
    ast.parse((ROOT / "course.py").read_text("utf-8"), feature_version=(3, 6))


def test_course_py_needs_nothing_but_the_standard_library():
    tree = ast.parse((ROOT / "course.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names)


def test_a_32_bit_python_is_told_to_be_replaced(course, monkeypatch, capsys):
    monkeypatch.setattr(course.struct, "calcsize", lambda _: 4)
    assert course.main(["lab"]) == 2
    assert capsys.readouterr().err == "This Python is a 32-bit build and TensorFlow has only 64-bit ones: " + (
        "install 64-bit Python.\n"
    )


def test_a_python_without_ensurepip_is_told_the_package_to_install(course, monkeypatch, capsys):
    found = importlib.util.find_spec
    monkeypatch.setattr(course.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else found(name))
    assert course.main(["lab"]) == 2
    told = capsys.readouterr().err
    assert "sudo apt install python3-venv" in told
    assert "Traceback" not in told


def test_a_full_disk_is_told_before_anything_is_downloaded(course, monkeypatch, capsys):
    monkeypatch.setattr(course.shutil, "disk_usage", lambda _: types.SimpleNamespace(free=1_500_000_000))
    assert course.main(["lab"]) == 2
    assert "The disk has 1.5 GB free and setting up needs 6." in capsys.readouterr().err
    assert not course.VENV.exists()


MACHINES = [
    ("linux", "x86_64", "glibc", True),
    ("linux", "aarch64", "glibc", True),
    ("linux", "x86_64", "", False),  # musl, as in Alpine
    ("linux", "riscv64", "glibc", False),
    ("darwin", "arm64", "", True),
    ("darwin", "x86_64", "", False),
    ("win32", "AMD64", "", True),
    ("win32", "ARM64", "", False),
]


@pytest.mark.parametrize(("system", "machine", "libc", "known"), MACHINES)
def test_a_machine_that_tensorflow_has_no_wheel_for_is_told_so_at_once(
    course, monkeypatch, system, machine, libc, known
):
    monkeypatch.setattr(course.sys, "platform", system)
    monkeypatch.setattr(course.platform, "machine", lambda: machine)
    monkeypatch.setattr(course.platform, "libc_ver", lambda: (libc, ""))
    assert bool(course.wheels()) is known
    assert (course.problem_with_wheels() is None) is known


WORDS = {
    "error: Failed to fetch: `/simple/numpy/`: dns error": "could not be downloaded",
    "ERROR: Could not install packages: [Errno 28] No space left on device": "The disk is full. Free 6 GB",
    "SSLError: certificate verify failed: self-signed certificate": "SSL_CERT_FILE",
    "Distribution `tensorflow` doesn't have a source distribution or wheel": "have no build for",
    "something that nobody has seen": "the reason is at the end of build/setup.log",
}


@pytest.mark.parametrize(("words", "told"), WORDS.items(), ids=WORDS.values())
def test_an_installers_last_words_become_one_sentence_with_the_way_out(course, words, told):
    course.LOG.write_text(f"first\n$ uv pip install\nall well\n$ pip install\n{words}\n")
    assert told in course.reason()
    assert course.reason().count("\n") == 0


@pytest.mark.slow  # it makes an environment
def test_without_a_network_setting_up_ends_in_a_sentence_and_the_next_run_goes_on(course, tmp_path):
    nowhere = "http://127.0.0.1:9/simple"  # the discard port: nobody answers
    env = {
        **os.environ,
        "PIP_INDEX_URL": nowhere,
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_RETRIES": "0",
        "PIP_NO_CACHE_DIR": "1",
    }
    env |= {"PIP_CONFIG_FILE": os.devnull, "UV_NO_CACHE": "1", "UV_HTTP_RETRIES": "0"}
    command = [sys.executable, str(tmp_path / "course.py"), "lab"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 2
    assert "The packages could not be downloaded. Check the network;" in done.stderr
    assert "Traceback" not in done.stderr
    assert not course.is_installed()


def test_a_mirror_that_is_set_for_one_installer_serves_the_other(course, monkeypatch):
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "PIP_CERT", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "http://mirror.example/simple")
    monkeypatch.setenv("SSL_CERT_FILE", "/certificates/own.pem")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    env = course.environment()
    assert env["UV_DEFAULT_INDEX"] == "http://mirror.example/simple"
    assert env["PIP_CERT"] == "/certificates/own.pem"
    assert env["HTTPS_PROXY"] == "http://proxy.example:3128"


def test_a_changed_lock_makes_the_next_start_install_again(course):
    course.VENV.mkdir()
    course.PYTHON.parent.mkdir()
    course.PYTHON.touch()
    course.STAMP.write_text(course.locked())
    assert course.is_installed()
    (course.HERE / "requirements.txt").write_text("other")
    assert not course.is_installed()


def test_requirements_txt_is_what_the_lock_exports():
    assert (ROOT / "requirements.txt").read_text("utf-8") == dependencies.export_requirements()


def test_the_lock_holds_every_dependency_that_pyproject_toml_asks_for():
    subprocess.run([sys.executable, "-m", "uv", "lock", "--check", "--offline", "--quiet"], cwd=ROOT, check=True)


def test_the_lock_names_no_address():
    assert "//" not in (ROOT / "uv.lock").read_text("utf-8")
    assert "//" not in (ROOT / "requirements.txt").read_text("utf-8")


def test_every_locked_file_has_its_hash():
    lock = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))
    files = [file for package in lock["package"] for file in package.get("wheels", [])]
    assert len(files) > 500
    assert all(re.fullmatch("sha256:[0-9a-f]{64}", file["hash"]) for file in files)


def test_addresses_are_taken_out_of_a_lock_and_names_and_hashes_stay():
    lock = (
        'source = { registry = "https://a.example/simple" }\n{ url = "https://b.example/x/n-1.whl", hash = "sha256:0" }'
    )
    assert dependencies.without_addresses(lock) == (
        'source = { registry = "wheels" }\n{ path = "n-1.whl", hash = "sha256:0" }'
    )


def test_tensorflow_for_the_cpu_is_taken_where_it_exists():
    text = (ROOT / "requirements.txt").read_text("utf-8")
    marker = re.search(r"^tensorflow-cpu==\S+ ; (.*)", text, re.MULTILINE).group(1)
    assert "x86_64" in marker
    assert "win32" in marker
    assert re.search(r"^tensorflow==\S+ ; .*darwin", text, re.MULTILINE)
