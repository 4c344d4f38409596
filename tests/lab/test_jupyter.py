"""`course.py lab` as a reader starts it: an empty home folder, the real server."""

import json
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from real_lab import lab


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    home = tmp_path_factory.mktemp("reader") / "home"
    with lab(home) as address:
        yield address, home


def get(address, path):
    parts = urlsplit(address)
    token = parse_qs(parts.query)["token"][0]
    request = urllib.request.Request(f"http://{parts.netloc}{path}", headers={"Authorization": f"token {token}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, answer.read().decode()


def test_the_printed_address_opens_lesson_01(server):
    address, _ = server
    assert "/lab/tree/notebooks/01-activations.ipynb?token=" in address
    with urllib.request.urlopen(address, timeout=60) as page:
        assert page.status == 200
    _, text = get(address, "/api/contents/notebooks/01-activations.ipynb")
    assert json.loads(text)["content"]["cells"][0]["source"].startswith("# 01 Activations")


def test_nbgraders_extensions_are_there_and_know_the_course(server):
    address, _ = server
    status, text = get(address, "/formgrader/api/assignments")
    assert status == 200
    listed = {entry["name"]: entry for entry in json.loads(text)}
    assert listed["01-activations"]["source_path"] == "solutions/01-activations"
    assert listed["01-activations"]["release_path"] == "exercises/01-activations"


def test_a_kernel_starts_and_nothing_is_written_into_the_home_folder(server):
    address, home = server
    parts = urlsplit(address)
    token = parse_qs(parts.query)["token"][0]
    request = urllib.request.Request(f"http://{parts.netloc}/api/kernels", b'{"name": "python3"}', method="POST")
    request.add_header("Authorization", f"token {token}")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 201
    assert list(home.iterdir()) == []


def test_jupyterlab_asks_nothing_at_the_first_start(server):
    address, _ = server
    _, text = get(address, "/lab/api/settings/@jupyterlab/apputils-extension:notification")
    settings = json.loads(text)["settings"]
    assert settings["fetchNews"] == "false"
    assert settings["checkForUpdates"] is False
