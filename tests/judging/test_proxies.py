"""The judge with proxies in place of the learner's functions says what a check in one process says."""

import itertools

import pytest
from learner_answers import BLOCKS, IMPORTS

from grader.checks import module_name
from grader.judging.workers import pool

pytestmark = pytest.mark.slow  # TensorFlow is started for it, models are built, and trained


@pytest.fixture(scope="module")
def worker():
    with pool.worker(trusted=True) as warm:
        yield warm


def by_file():
    blocks = itertools.groupby(BLOCKS, key=lambda param: param.id.split("-")[0])
    return [pytest.param(name, [param.values for param in each], id=name) for name, each in blocks]


def said(told):
    """Return the misconception that a test cell names, None for a right answer, and what was seen."""
    if told["verdict"]:
        return told["verdict"]["misconception"], told["verdict"]["seen"]
    errors = [output["evalue"] for output in told["outputs"] if output["output_type"] == "error"]
    return "an error" if errors else None, str(errors)


@pytest.mark.parametrize(("file", "blocks"), by_file())
def test_learners_answers_are_judged_through_proxies_as_they_are_without(worker, file, blocks):
    module = module_name(file.replace("_", "-"))
    cells = [{"source": IMPORTS, "test": False}]
    for name, _, code in blocks:
        test = f"from grader.checks.{module} import check_{name}\n\ncheck_{name}({name})"
        cells += [{"source": code, "test": False}, {"source": test, "test": True}]
    ran, stopped = worker.run(cells)
    assert stopped == ""
    differ = []
    for (name, expected, code), told in zip(blocks, ran[2::2], strict=True):
        misconception, seen = said(told)
        if misconception != expected:
            differ.append((name, expected, misconception, seen, code))
    assert differ == []
