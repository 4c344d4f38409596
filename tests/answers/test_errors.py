"""An error of Python's, a loop without an end and a result of another kind get words that lead on."""

import linecache
import re
import signal
import threading
import time

import numpy as np
import pytest

from grader.answers import compare
from grader.answers.compare import judge_function
from grader.answers.errors import KINDS, error_hint
from grader.answers.observe import Limited, Observation, Raised, Remote, names_in, observe
from grader.base.hints import BESIDE, OF_ANY_ANSWER, PROMISED, SHAPES, WHERE_COMPUTES_BOTH
from grader.base.time_limit import TookTooLong, limit_time
from grader.checks.activations import COLLAPSE, RELU, SIGMOID, SOFTMAX, check_relu, check_sigmoid
from grader.checks.digits import EPOCHS_BEFORE_OVERFITTING, MOST_CONFUSED_PAIR
from grader.checks.logits import LOGIT, PREDICT_CLASS_FROM_PROBABILITY
from grader.checks.roundoff import SPACING_AT

pytestmark = pytest.mark.quick


def written(name, code):
    """Return a function as a learner's cell defines it, with lines that can be shown."""
    file = f"<cell of {name} {abs(hash(code))}>"
    linecache.cache[file] = (len(code), None, code.splitlines(True), file)
    names = {"np": np}
    exec(compile(code, file, "exec"), names)
    return names[name]


def verdict_on(answer, body, arguments="z"):
    return judge_function(answer, written(answer.name, f"def {answer.name}({arguments}):\n    {body}"))


SAID = {  # the code: what is seen of it, and what to look at
    "return log(z)": ("name 'log' is not defined, at the line `return log(z)`.", "write np.log"),
    "return np.maximun(0, z)": ("`return np.maximun(0, z)`. Did you mean 'maximum'?", "no such name"),
    "return math.sqrt(z)": ("name 'math'", "`import math`"),
    "logits = z; return np.maximum(0, logit)": ("Did you mean 'logits'?", "spelling mistake"),
    "return np.maximum(0)": ("positional argument", "other arguments than it takes"),
    "return np.max(0, z)": ("`return np.max(0, z)`", "np.maximum takes the larger"),
    "return relu(z)": ("RecursionError", "calls itself again and again"),
    "total += z": ("UnboundLocalError", "Give it a first value"),
    "return np.array([z])[3]": ("out of bounds", "Python counts from 0"),
    "return z.clip(0)": ("no attribute 'clip'", "write np.clip(...)"),
    "return np(z)": ("not callable", "Is a * missing"),
    "return 0 + np.exp": ("unsupported operand", "Call it, with round brackets"),
    "np = 5; return np.maximum(0, z)": ("no attribute 'maximum'", "`np` is the name of a variable"),
    "import torch; return torch.relu(z)": ("No module named 'torch'", "not installed"),
    "raise NotImplementedError": ("it is not written yet", "in place of `raise"),
    "return (v for v in [z])": ("returned a generator", "square brackets"),
    "return np.exp": ("returned a ufunc", "Call it"),
    "return ...": ("returned an ellipsis", "three dots"),
    "return str(np.maximum(0, z))": ("gave '0.0'", "result is text"),
}


@pytest.mark.parametrize("body", SAID)
def test_what_stopped_an_answer_and_what_to_look_at_is_said(body):
    verdict = verdict_on(RELU, body)
    seen, hint = SAID[body]
    assert seen in verdict.seen
    assert hint in verdict.hint
    assert not any(words in verdict.hint for words in (PROMISED["list"], "The shape is"))


def test_that_one_number_is_allowed_is_said_where_arrays_go_through_and_only_there():
    number = PROMISED["one number"]
    assert verdict_on(RELU, "return np.maximum(z, np.zeros(z.shape))").hint.endswith(number)
    assert verdict_on(RELU, "z[0]; return np.maximum(0, z)").hint.endswith(number)
    for body in ("return pmax(0, z)", "return np.maximum(0)", "return z.clamp(0)", "return relu(z)"):
        assert number not in verdict_on(RELU, body).hint
    without_threshold = verdict_on(PREDICT_CLASS_FROM_PROBABILITY, "return (p > 0.5).astype(int)", "p")
    assert "takes 1 positional argument" in without_threshold.seen
    assert without_threshold.hint.endswith("those in your def line.")


def test_an_axis_that_one_example_does_not_have_is_told_with_its_shape():
    verdict = verdict_on(
        SOFTMAX, "e = np.exp(z - z.max(axis=1, keepdims=True)); return e / e.sum(axis=1, keepdims=True)"
    )
    assert "axis=-1 is the last axis" in verdict.hint
    assert verdict.hint.endswith("The shape is (3,) here, and the exercise allows that.")


def test_the_number_of_arguments_is_told_from_the_call_itself():
    for arguments in ("", "z, slope"):
        verdict = verdict_on(RELU, "return 0", arguments)
        assert verdict.seen.startswith("relu(-2.0) stopped with TypeError: relu() ")
        assert "Compare them with those in your def line" in verdict.hint


def test_a_missing_return_is_told_beside_the_error_and_on_one_way_alone():
    verdict = verdict_on(RELU, "max(0, z)")
    assert (verdict.misconception, verdict.seen) == ("returns-nothing", "relu(-2.0) returned nothing (None).")
    assert "truth value" in verdict.also[0]
    one_way = verdict_on(RELU, "if np.all(np.asarray(z) > 0): return z")
    assert one_way.misconception == "returns-nothing"
    assert "Each branch of an if needs one" in one_way.hint


def test_every_kind_of_error_has_words_that_its_own_example_finds_and_every_pattern_is_one():
    for type_, words, hint in KINDS:
        re.compile(words)
        assert type_
        assert hint.endswith((".", "?"))
    assert error_hint(Raised("NotImplementedError", "", "sigmoid")).startswith("The answer calls sigmoid")
    assert error_hint(Raised("StrangeError", "?", "relu", "x")) == OF_ANY_ANSWER["raises-error"]
    assert "None" in error_hint(Raised("AttributeError", "'NoneType' object has no attribute 'shape'", "f", "x.shape"))
    assert "begin with tabs" in error_hint(Raised("TabError", "inconsistent use of tabs"))
    assert "input() waits" in error_hint(Raised("EOFError", "EOF when reading a line"))


# A loop without an end

ENDLESS = "n = 0\n    while n < 10:\n        z = np.maximum(0, z)\n    return z"


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(compare, "SECONDS", 0.05)


def test_a_loop_without_an_end_is_told_with_its_own_line_and_the_answer_is_not_called_again(impatient):
    calls = []

    def relu(z):
        calls.append(z)
        while True:
            z = np.maximum(0, z)

    began = time.process_time()
    verdict = judge_function(RELU, relu)
    assert len(calls) == 1
    assert time.process_time() - began < 2
    assert verdict.misconception == "does-not-end"
    assert re.match(
        r"relu\(-2.0\) did not come to an end, at the line `(while True:|z = np.maximum.*)`\.$", verdict.seen
    )
    assert "raise" not in verdict.as_text()
    assert verdict_on(RELU, ENDLESS).hint == OF_ANY_ANSWER["does-not-end"]


def test_what_does_not_end_when_a_fit_asks_is_not_called_again_and_the_verdict_stands(impatient):
    calls = []

    def logit(p):
        calls.append(p)
        while np.ndim(p) == 0 and p < 1e-9:
            pass
        return 2 * np.log(p / (1 - p))

    assert judge_function(LOGIT, logit).misconception == "does-not-end"
    count = len(calls)
    assert count < len(LOGIT.probes)


def test_a_learners_except_does_not_swallow_the_end(impatient):
    verdict = verdict_on(
        RELU, "while True:\n        try:\n            z = z + 0\n        except Exception:\n            pass"
    )
    assert verdict.misconception == "does-not-end"


def test_a_function_that_took_too_long_is_not_called_again_whoever_asks():
    class Far(Remote):
        asked = 0

        def observed(self, calls, items, seconds=60):
            self.asked += 1
            return [Observation(None, raised=Raised(TookTooLong.__name__, ""))] * len(calls)

    far = Far()
    limited = Limited(far)
    assert [seen.endless for seen in limited.observed([((1,), {}), ((2,), {})], 1)] == [True, True]
    assert observe(limited, (3,)).endless
    assert far.asked == 1
    with pytest.raises(RuntimeError, match="TookTooLong"):
        limited(4)


def test_after_a_limit_the_timers_and_handlers_are_as_they_were(impatient):
    before = signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)
    assert verdict_on(RELU, ENDLESS).misconception == "does-not-end"
    assert (signal.getsignal(signal.SIGALRM), signal.getsignal(signal.SIGPROF)) == before
    assert signal.getitimer(signal.ITIMER_PROF) == signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    with limit_time(60, 60) as interrupted:
        pass
    assert interrupted == []


def test_beside_the_main_thread_there_is_no_limit_and_no_error():
    found = []
    thread = threading.Thread(target=lambda: found.append(Limited(lambda z: z + 1).observed([((1,), {})], 1)))
    thread.start()
    thread.join()
    assert found[0][0].returned == 2


# What is shown, and what is said of it


def test_that_np_where_computes_both_branches_is_said_to_whoever_uses_it():
    naive = "1 / (1 + np.exp(np.negative(z)))"
    with_where = verdict_on(SIGMOID, f"return np.where(np.asarray(z) > 0, {naive}, {naive})")
    without = verdict_on(SIGMOID, f"return {naive}")
    assert with_where.misconception == without.misconception == "sigmoid-overflow"
    assert with_where.hint == f"{without.hint} {WHERE_COMPUTES_BOTH}"
    assert "where" not in without.hint
    assert names_in(lambda z: [np.where(v, 1, 0) for v in z]) >= {"np", "where"}


def test_the_shape_is_spoken_of_as_the_exercise_asks_for_it():
    body = "m = m - np.diag(np.diag(m)); return np.where(m == m.max())"
    assert verdict_on(MOST_CONFUSED_PAIR, body, "m").hint == SHAPES["items"]
    body = "return np.argmin(v, keepdims=True) + 1"
    assert verdict_on(EPOCHS_BEFORE_OVERFITTING, body, "v").hint == SHAPES["numbers"]
    assert verdict_on(RELU, "return np.maximum(0, z).ravel()").hint == SHAPES["numbers"]
    body = "e = np.exp(z - np.max(z, -1, keepdims=True)); return (e / e.sum(-1, keepdims=True))[None]"
    assert verdict_on(SOFTMAX, body).hint == SHAPES["arrays"]


def test_digits_are_shown_so_that_a_rounded_result_is_seen_to_be_one():
    assert verdict_on(LOGIT, "return np.round(np.log(p / (1 - p)), 3)", "p").seen == (
        "logit(0.75) gave 1.099 and no further digits."
    )
    body = "return float(np.nextafter(dtype(x), dtype(np.inf)))"
    assert verdict_on(SPACING_AT, body, "x, dtype=np.float64").seen.endswith(" gave 1.0000000000000002.")
    body = "e = np.exp(-np.abs(z)); return np.round(np.where(np.asarray(z) > 0, 1, e) / (1 + e))"
    rounded = verdict_on(SIGMOID, body)
    assert rounded.misconception == "classes-not-probabilities"


def test_what_runs_out_of_range_beside_a_mistake_is_shown_with_its_input():
    (beside,) = verdict_on(SOFTMAX, "e = np.exp(z); return (e / e.sum(axis=-1, keepdims=True))[..., ::-1]").also
    shown, _, look = beside.partition(" in exp. ")
    assert shown == "softmax(np.array([1000., 0.])) gave [0, nan] and warned: overflow encountered"
    assert look == BESIDE["out-of-range"]


def test_of_two_mistakes_the_input_shows_the_first():
    verdict = verdict_on(SOFTMAX, "return np.exp(z) / np.sum(np.exp(z), axis=0)")
    assert verdict.misconception == "softmax-wrong-axis"
    assert "1000" not in verdict.seen


def test_a_namedtuple_is_the_tuple_that_it_is():
    code = "from collections import namedtuple\nLayer = namedtuple('Layer', 'w b')\n"
    code += "def collapse(w1, b1, w2, b2):\n    return Layer(w1 @ w2, b1 @ w2 + b2)"
    assert judge_function(COLLAPSE, written("collapse", code)).passed


# The check itself


def test_another_answers_function_is_told_as_such_and_one_of_ones_own_name_is_not():
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    verdict = check_relu.judge(sigmoid)
    assert verdict.misconception == "another-function"
    assert verdict.seen == "this is the check of relu, and it was given the function sigmoid."
    assert "<code>check_relu(relu)</code>" in verdict.as_html()
    assert "`check_relu(relu)`" in verdict.as_text()
    assert check_relu.judge(np.abs).misconception == "relu-absolute"
    assert check_sigmoid.judge(sigmoid).misconception == "sigmoid-overflow"


def test_a_check_alone_in_a_cell_says_how_it_is_used():
    shown = repr(check_relu)
    assert all(word in shown for word in ("check_relu(relu)", "check_relu.hint()", "check_relu.solution()"))
    assert len(shown) < 120


def test_a_model_that_is_given_first_is_no_number():
    class Model:
        layers = ()

    from grader.answers.advice import promise_text
    from grader.answers.run import Run
    from grader.answers.table import Probe

    stopped = Observation(None, raised=Raised("TypeError", "no", "f", "f(model)"))
    run = Run(Probe((Model(), np.ones(3))), stopped, Observation((np.ones(1),)))
    fine = Run(Probe((np.ones(3),)), Observation((np.ones(1),)), Observation((np.ones(1),)))
    assert promise_text(run, [run, fine]) == ""
