"""What is put out of nbgrader's way changes how fast it starts, and nothing else."""

import os
import subprocess
import sys

import nbgrader.api
from conftest import ROOT

from grader.base.paths import tools_on_path
from grader.gradebook.address import _newest_version

ASK = """
import sys
from grader.gradebook.fast_start import without_grammars
without_grammars()
import jsonschema, nbformat
from grader.base.paths import ROOT
for path in sorted(ROOT.glob("notebooks/*.ipynb")):
    nbformat.validate(nbformat.read(path, as_version=4))
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code"}]})
except nbformat.ValidationError:
    print("refused", "rfc3987_syntax.syntax_helpers" in sys.modules, "date" in jsonschema.FormatChecker.checkers)
"""


def test_a_new_gradebook_gets_the_version_that_alembic_names():
    tools_on_path()
    original = [value for value in vars(nbgrader.api).values() if getattr(value, "__name__", "") == "_temp_alembic_ini"]
    with original[0]("sqlite://") as settings:
        heads = subprocess.run(["alembic", "-c", settings, "heads"], capture_output=True, text=True, check=True).stdout
    assert heads.split()[0] == _newest_version()


def test_notebooks_are_validated_without_the_grammar_of_a_format_that_they_do_not_have():
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # which leaves it out, too
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["refused", "False", "True"], done.stderr
