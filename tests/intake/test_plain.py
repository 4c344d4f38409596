"""A stranger's notebook file in our own form: the learner's text, nothing that swells, a sentence for the rest."""

import json
import subprocess
import sys

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.intake import plain
from grader.intake.files import Unreadable
from grader.intake.plain import MOST_CELLS, MOST_CODE, MOST_PROSE, NoNotebook, plain_notebook
from grader.intake.reader import Reader

pytestmark = pytest.mark.quick

SMALL = 20_000_000  # bytes that any plain notebook may have; the reader takes no more


def cells(raw):
    return json.loads(plain_notebook(raw))["cells"]


def notebook(*made, **fields):
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(made), **fields}).encode()


def code(source, **fields):
    return {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "outputs": [], **fields}


@pytest.mark.parametrize("version", [2, 3, 4])
def test_the_texts_are_those_that_nbformat_reads(version):
    made = new_notebook(cells=[new_code_cell("x = 1\ny = 2"), new_markdown_cell("# Größe −1"), new_code_cell("")])
    expected = [(cell.cell_type, cell.source) for cell in made.cells]
    raw = nbformat.writes(nbformat.convert(made, max(version, 3)), version=max(version, 3))
    raw = raw.replace('"nbformat": 3', '"nbformat": 2') if version == 2 else raw
    assert [(cell["cell_type"], cell["source"]) for cell in cells(raw.encode())] == expected


def test_a_plain_notebook_is_one_of_nbformat_45_and_stays_as_it_is():
    raw = plain_notebook(
        notebook(code("x", id=5), code("y", id="b"), {"cell_type": "strange"}, {"cell_type": ["code"]})
    )
    nbformat.validate(nbformat.reads(raw.decode(), as_version=4))
    assert plain_notebook(raw) == raw


def test_outputs_attachments_and_settings_are_left_out():
    raw = notebook(code("x", outputs=[{"data": "secret"}], attachments="secret"), metadata={"widgets": "secret"})
    assert b"secret" not in plain_notebook(raw)


BROKEN = {
    "empty": b"",
    "not JSON": b"{oops",
    "not text": b"\xff\xfe\x00",
    "deeply nested": b"[" * 100_000,
    "deeply nested in a cell": b'{"nbformat": 4, "cells": [' + b'{"a":' * 100_000,
    "a list": b"[]",
    "a number": b"7",
    "a number of a million digits": b"1" * 1_000_000,
    "no nbformat": b'{"cells": []}',
    "nbformat is a truth": b'{"nbformat": true, "cells": []}',
    "nbformat 5": b'{"nbformat": 5, "cells": []}',
    "nbformat of 4000 digits": b'{"nbformat": ' + b"4" * 4000 + b', "cells": []}',
    "nbformat 3 without worksheets": b'{"nbformat": 3}',
    "a worksheet of another kind": b'{"nbformat": 3, "worksheets": [[]]}',
    "cells of another kind": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 3}',
    "cells that are too many": notebook(*[code("")] * (MOST_CELLS + 1)),
    "cells that are too many in worksheets": json.dumps(
        {"nbformat": 3, "worksheets": [{"cells": [code("")] * 600}] * 2}
    ).encode(),
    "too much code": notebook(code("x" * (MOST_CODE // 2)), code("x" * (MOST_CODE // 2 + 1))),
}


@pytest.mark.parametrize("raw", BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_no_notebook_is_refused_in_one_sentence(raw):
    with pytest.raises(NoNotebook, match=r"^The .{10,120}[.?]$"):
        plain_notebook(raw)


def test_a_heading_of_nbformat_3_has_six_levels_at_most():
    heading = {"cell_type": "heading", "level": 10**9, "source": "x"}
    raw = json.dumps({"nbformat": 3, "worksheets": [{"cells": [heading]}]}).encode()
    assert cells(raw)[0]["source"] == "###### x"


def test_prose_that_is_too_long_is_cut_and_costs_nothing():
    prose = [{"cell_type": "markdown", "source": "x" * 300_000} for _ in range(30)]
    found = cells(notebook(*prose, code("answer = 1")))
    assert found[-1]["source"] == "answer = 1"
    assert sum(len(cell["source"]) for cell in found) < MOST_PROSE + 30 * 100
    assert "was cut here" in found[0]["source"]


def test_half_a_character_becomes_one_that_a_file_can_hold():
    assert cells(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "# \\ud800"}]}')[0]["source"] == "# ?"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=20,
)
CELLS = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown", "raw", "heading", "html"]) | JSON},
    optional=dict.fromkeys(
        ["source", "input", "id", "metadata", "level"], JSON | st.just({"nbgrader": {"grade_id": 1}})
    ),
)
NOTEBOOKS = st.fixed_dictionaries(
    {"nbformat": st.sampled_from([1, 2, 3, 4, 5]) | JSON},
    optional={
        "cells": st.lists(CELLS | JSON, max_size=5) | JSON,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": st.lists(CELLS | JSON, max_size=5)}) | JSON) | JSON,
    },
)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200) | (NOTEBOOKS | JSON).map(lambda data: json.dumps(data).encode()))
def test_whatever_the_file_holds_it_is_a_small_notebook_or_one_sentence(raw):
    found = notebook_or_reason(plain_notebook, raw)
    if isinstance(found, str):
        assert found.endswith((".", "?"))
        assert found.isprintable()
    else:
        nbformat.validate(nbformat.reads(found.decode(), as_version=4))
        assert plain_notebook(found) == found


def notebook_or_reason(act, raw):
    """Return what a file is read as, or the sentence that says why it is not."""
    try:
        return act(raw)
    except (NoNotebook, Unreadable) as reason:
        return str(reason)


# The process


def read(reader, raw):
    return reader.read(len(raw), [raw])


SWELLING = {
    "a million empty objects": notebook(metadata=[{}] * 1_000_000),
    "sixteen million empty objects": b'{"nbformat": 4, "cells": [], "x": [' + b"{}," * 16_000_000 + b"{}]}",
    "a heading of level 10^9": b'{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"heading","level":1000000000}]}]}',
    "400,000 cells": b'{"nbformat":4,"cells":[' + b'{"cell_type":"code"},' * 400_000 + b'{"cell_type":"code"}]}',
    "fifty million letters": notebook(code("x" * 49_000_000)),
    "wide letters": b'{"nbformat": 4, "cells": [], "x": "' + "\U0001f600".encode() * 12_000_000 + b'"}',
}


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=[pytest.mark.slow] * kind.startswith("sixteen")) for kind in SWELLING]
)
def test_what_swells_ends_in_its_own_process_and_the_next_file_is_read(kind):
    with Reader() as reader:
        found = notebook_or_reason(lambda raw: read(reader, raw), SWELLING[kind])
        assert len(found) < SMALL if isinstance(found, bytes) else found.startswith("The notebook ")
        assert json.loads(read(reader, notebook(code("y"))))["cells"][0]["source"] == "y"


@pytest.mark.skipif(sys.platform == "win32", reason="only the last resort of wall time is there")
def test_a_file_that_takes_too_long_is_told_and_the_next_one_is_read(monkeypatch):
    monkeypatch.setattr(plain, "SECONDS", 0.01)
    with Reader() as reader:
        with pytest.raises(Unreadable, match="within the time"):
            read(reader, b"[" + b"1," * 3_000_000)
        assert read(reader, notebook(code("y")))


def test_the_process_has_nothing_of_the_course_and_gets_nothing_of_the_environment(monkeypatch):
    told = []
    monkeypatch.setattr(subprocess, "Popen", lambda command, **settings: told.append((command, settings)))
    with pytest.raises(AttributeError):
        read(Reader(), b"")
    ((command, settings),) = told
    assert command[1:3] == ["-I", "-S"]
    assert set(settings["env"]) == {"PYTHONUTF8"}


def test_what_is_written_to_nobody_ends_in_a_sentence():
    with Reader() as reader:
        read(reader, notebook())
        reader._process.kill()
        reader._process.wait()
        with pytest.raises(Unreadable):
            read(reader, notebook())
        assert read(reader, notebook())
