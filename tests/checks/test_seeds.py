"""The seed decides nothing: what the visible probes say of an answer, every seed says."""

import dataclasses

import numpy as np
import pytest
from learner_answers import BLOCKS, CHECKS, FUNCTIONS, IMPORTS

from grader.answers.compare import judge_function

pytestmark = pytest.mark.slow
TABLES = {answer.name: answer for answer in FUNCTIONS if not callable(answer.tries) and answer.probes[0].arguments}
WRONG = [param for param in BLOCKS if param.values[0] in TABLES and param.values[1]]
SEEDS = range(40)


@pytest.mark.parametrize("name", TABLES)
def test_every_wrong_answer_gets_the_same_verdict_on_the_inputs_of_forty_seeds(name):
    table = TABLES[name]
    drawn = [probe for seed in SEEDS for probe in table.more(np.random.default_rng(seed))]
    everywhere, differ = dataclasses.replace(table, tries=[*table.probes, *drawn]), []
    for param in (param for param in WRONG if param.values[0] == name):
        namespace = {}
        exec(IMPORTS + param.values[2], namespace)
        visible = judge_function(CHECKS[name].table, namespace[name])
        found = judge_function(everywhere, namespace[name]).misconception
        if found != visible.misconception:
            differ.append((param.id, visible.misconception, found))
    assert differ == []
