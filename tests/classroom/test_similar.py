"""Pairs that are more alike than their class: which are listed, which are not, and what a hostile notebook changes."""

import itertools
import json
import random
from collections import Counter

import near_copies
import numpy as np
import pytest
from near_copies import independent, make_class, notebook, write

from grader.base.errors import CannotGoOn
from grader.classroom.report.alike import list_pairs
from grader.classroom.similar import pairs as pairs_module
from grader.classroom.similar import similar_pairs
from grader.classroom.similar.forms import MOST_TOKENS, code_form, prose_form
from grader.classroom.similar.likeness import NEAR, compare
from grader.classroom.similar.reading import ADDED, Slot, read_answers
from grader.classroom.similar.surprise import _tail

TWO = frozenset(("anna", "boris"))
KNOWN = {"np": "numpy"}
SOFTMAX = """def softmax(z):
    e = np.exp(z - z.max())
    s = e.sum()
    return e / s
"""
ODD = {  # right or wrong, nobody else writes so
    "relu": "def relu(z):\n    return (z ** 2) ** 0.5 * (1 + np.sign(z)) / 2\n",
    "sigmoid": "def sigmoid(z):\n    half = np.tanh(z * 0.5)\n    return half * 0.5 + 0.5\n",
    "softmax": "def softmax(z):\n    w = 2.0 ** (z / np.log(2))\n    return (w.T / w.sum(-1).T).T\n",
    "sigmoid_gradient": "def sigmoid_gradient(z):\n    h = 1e-6\n    return (sigmoid(z + h) - sigmoid(z)) / h\n",
    "collapse": "def collapse(w1, b1, w2, b2):\n    i = np.eye(len(w1))\n    return i @ w1 @ w2, b2 + b1.dot(w2)\n",
}
EASY = {  # as the lesson has it, or nearly
    "relu": "def relu(z):\n    return np.maximum(0, z)\n",
    "sigmoid": "def sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n",
    "softmax": "def softmax(z):\n    e = np.exp(z)\n    return e / e.sum(axis=-1, keepdims=True)\n",
    "sigmoid_gradient": "def sigmoid_gradient(z):\n    return sigmoid(z) * (1 - sigmoid(z))\n",
    "collapse": "def collapse(w1, b1, w2, b2):\n    return w1 @ w2, b1 @ w2 + b2\n",
}
NUMBERED = "\n".join(f"    step_{k} = np.where(z > {k * 7}, z - {k} ** 3, np.cos(z) * {k / 8})" for k in range(1, 9))
LONG = f"def relu(z):\n{NUMBERED}\n    return step_1 + step_2 * step_3 - step_4 / step_5 + step_6 % step_7 + step_8\n"


def form(code):
    return code_form(code, KNOWN, ["softmax"])


def listed(folder, exercise="01-activations"):
    return {frozenset((pair.first, pair.second)): pair for pair in similar_pairs(exercise, folder)}


def classmates(count=40, exercise="01-activations", seed=1):
    """Return the answers of students who work alone, by name."""
    rng = random.Random(seed)
    return {f"s{k:02}": independent(exercise, rng, popular=True) for k in range(count)}


def handed_in(folder, students, exercise="01-activations", **added):
    """Write the notebooks of students; a keyword holds the cells that a student added."""
    cells = {name: notebook(exercise, answers, added.get(name, ())) for name, answers in students.items()}
    return write(folder, exercise, cells)


# --- what is the same answer ---


@pytest.mark.parametrize(
    "other",
    [
        "def softmax(logits):\n    up = np.exp(logits - logits.max())\n    total = up.sum()\n    return up / total\n",
        'def softmax(z):\n  """Mine."""\n  e = np.exp( (z - z.max()) )  # up\n\n  s = e.sum()\n  return (e/s)',
        "import numpy\ndef softmax(z):\n    e = numpy.exp(z - z.max())\n    s = e.sum()\n    return e / s\n",
        "from numpy import exp\ndef softmax(z):\n    e = exp(z - z.max())\n    s = e.sum()\n    return e / s\n",
        "def softmax(z: list) -> list:\n    e: np.ndarray = np.exp(z - z.max())\n    s = e.sum()\n    return e / s",
        "def softmax(z):\n    e = np.exp(z - z.max())\n    s = e.sum()\n    e /= s\n    return e\n",
        "def softmax(z):\n    e = np.exp(z - z.max())\n    s = e.sum()\n    answer = e / s\n    return answer\n",
        "%matplotlib inline\n" + SOFTMAX + "    raise NotImplementedError()\n",
        SOFTMAX.replace("\n", "\r\n"),
    ],
    ids=["renamed", "reformatted", "imported whole", "imported", "annotated", "in place", "named", "left over", "CRLF"],
)
def test_the_same_answer_written_in_another_way_has_nearly_or_quite_the_same_form(other):
    from rapidfuzz.distance import Indel

    assert Indel.normalized_similarity(form(SOFTMAX), form(other)) >= 0.85
    if "/=" not in other:
        known = {**KNOWN, "exp": "numpy.exp"}
        assert code_form(other, known, ["softmax"]) == form(SOFTMAX)


def test_moved_statements_and_comparisons_turned_round_change_nothing():
    one = "def f(z):\n    a = np.exp(z)\n    b = np.log(z)\n    if a > 3:\n        return b\n    return a * b\n"
    two = "def f(z):\n    y = np.log(z)\n    x = np.exp(z)\n    if 3 < x:\n        return y\n    return x * y\n"
    assert form(one) == form(two)


@pytest.mark.parametrize(
    ("before", "after"), [("e / s", "s / e"), ("z.max()", "z.min()"), ("e / s", "e / s / 2"), ("z.max()", "z.max(-1)")]
)
def test_what_makes_an_answer_odd_stays_in_its_form(before, after):
    assert form(SOFTMAX) != form(SOFTMAX.replace(before, after))


@pytest.mark.parametrize(
    "code",
    [
        "",
        "# YOUR CODE HERE\nraise NotImplementedError()",
        "def softmax(z):\n    pass",
        'def softmax(z):\n    """Doc."""\n    ...',
    ],
)
def test_where_nothing_was_written_there_is_no_form(code):
    assert form(code) == ()


def test_code_that_does_not_parse_is_compared_as_tokens():
    broken, renamed = (
        SOFTMAX.replace("/ s", "/ s)"),
        SOFTMAX.replace("/ s", "/ s)").replace("e ", "up  ").replace("e.", "up."),
    )
    assert form(broken) == form(renamed) != ()


def test_words_of_a_text_are_compared_without_signs_and_each_chinese_character_is_a_word():
    assert (
        prose_form("The *loss* falls: at 0.5!")
        == prose_form("the loss\nfalls at 0,5")
        == ("the", "loss", "falls", "at", "0", "5")
    )
    assert prose_form("损失下降") == ("损", "失", "下", "降")


# --- the numbers, against slower and plainer ones ---


def lcs(one, two):
    row = [0] * (len(two) + 1)
    for x in one:
        before, row = row, [0]
        for k, y in enumerate(two):
            row.append(before[k] + 1 if x == y else max(before[k + 1], row[k]))
    return row[-1]


def test_likeness_and_counts_are_what_their_definitions_say():
    rng = random.Random(3)
    base = [tuple(rng.choices("abcdefgh", k=12)) for _ in range(4)]
    forms = {}
    for k in range(30):
        mine = list(rng.choice(base))
        for _ in range(rng.randrange(3)):
            mine[rng.randrange(len(mine))] = rng.choice("abcdefgh")
        forms[f"s{k:02}"] = [tuple(mine)]
    shown = base[0]
    found = compare(Slot("relu", forms=forms, explained=[shown]), sorted(forms))
    like = lambda one, two: 2 * lcs(one, two) / (len(one) + len(two))  # noqa: E731  # the definition, on one line
    seen = 0
    for (one, (a,)), (two, (b,)) in itertools.combinations(forms.items(), 2):
        near = like(a, b)
        count = sum(max(like(a, c), like(b, c)) >= near - 1e-6 for (c,) in forms.values())
        told = found.shared(int(one[1:]), int(two[1:]))
        rare = near >= NEAR and max(like(a, shown), like(b, shown)) < near - 1e-6 and count <= len(forms) // 4
        assert bool(told) == rare
        if told:
            seen += 1
            assert found.near[told] == pytest.approx(near)
            assert found.count[told] == count
            assert found.bits[told] == pytest.approx(np.log2(len(forms) / count))
    assert seen > 10


def test_the_chance_of_a_sum_is_that_of_all_combinations_counted_out():
    chances = [np.array([0.5, 0.25, 0.25]), np.array([0.9, 0.0, 0.1]), np.array([0.2, 0.8])]
    combinations = Counter()
    for picks in itertools.product(*(range(len(each)) for each in chances)):
        combinations[sum(picks)] += np.prod([each[pick] for each, pick in zip(chances, picks, strict=True)])
    for total, value in enumerate(_tail(chances)):
        assert value == pytest.approx(sum(share for each, share in combinations.items() if each >= total))


# --- which pairs are listed ---


@pytest.mark.slow
@pytest.mark.parametrize("popular", [True, False])
@pytest.mark.parametrize(
    ("exercise", "least"), [("01-activations", 0.6), ("02-logits", 0.45), ("04-losses", 0.4)], ids=["01", "02", "04"]
)
def test_most_copies_in_disguise_are_listed_and_hardly_any_independent_pair(tmp_path, exercise, least, popular):
    found = planted = innocent = 0
    for seed in range(100, 104):  # others than the limits were chosen on
        pairs = make_class(tmp_path / str(seed), exercise, 55, seed, popular)
        told = set(listed(tmp_path / str(seed), exercise))
        found, planted, innocent = (
            found + len(told & set(pairs)),
            planted + len(pairs),
            innocent + len(told - set(pairs)),
        )
    assert found >= least * planted
    assert innocent <= 4 * 1.5  # of 4 x 1,770 pairs


def test_a_pair_that_shares_what_nobody_else_wrote_is_told_with_counts_and_paths(tmp_path):
    students = {**classmates(), "anna": ODD, "boris": ODD}
    pair = similar_pairs("01-activations", handed_in(tmp_path, students))[0]  # the others are there by chance
    assert (pair.first, pair.second) == ("anna", "boris")
    assert pair.answers == tuple(ODD)
    assert pair.likeness == 1
    assert [told for _, told in pair.details] == ["2 of 42 wrote it so"] * 5
    assert pair.notebooks == tuple(
        str(tmp_path / name / "01-activations/01-activations.ipynb") for name in ("anna", "boris")
    )


@pytest.mark.parametrize("disguise", near_copies.DISGUISES)
def test_each_disguise_of_odd_answers_is_seen_through(tmp_path, disguise):
    rng = random.Random(disguise)
    copy = near_copies.copied(ODD, disguise, "01-activations", rng)
    assert TWO in listed(handed_in(tmp_path, {**classmates(), "anna": ODD, "boris": copy}))


def test_renaming_the_students_changes_the_names_and_nothing_else(tmp_path):
    students = {**classmates(), "anna": ODD, "boris": ODD}
    turned = {name[::-1]: answers for name, answers in reversed(students.items())}
    one, two = listed(handed_in(tmp_path / "a", students)), listed(handed_in(tmp_path / "b", turned))
    assert {frozenset(name[::-1] for name in pair) for pair in two} == set(one)
    assert [pair.common for pair in one.values()] == [pair.common for pair in two.values()]


def test_answers_that_much_of_the_class_wrote_are_no_place_to_look(tmp_path):
    students = classmates()
    for name in list(students)[::3]:
        students[name] = EASY
    told = listed(handed_in(tmp_path, students))
    assert not [pair for pair in told if pair <= set(list(students)[::3])]


def test_where_all_wrote_the_same_there_is_nothing_to_tell(tmp_path):
    assert similar_pairs("01-activations", handed_in(tmp_path, dict.fromkeys(classmates(), ODD))) == []


def test_one_short_odd_answer_alone_is_too_little(tmp_path):
    students = classmates(10)
    distinct = {
        name: {**answers, "relu": f"def relu(z):\n    return z if z > {k} else {k * k}\n"}
        for k, (name, answers) in enumerate(students.items())
    }
    distinct |= {name: {"relu": ODD["relu"]} for name in ("anna", "boris")}
    assert TWO not in listed(handed_in(tmp_path, distinct))


def test_the_same_wrong_idea_written_in_different_words_is_no_place_to_look(tmp_path):
    mine = {
        "relu": "def relu(z):\n    return np.abs(z)\n",
        "softmax": "def softmax(z):\n    return np.exp(z) / np.sum(np.exp(z))\n",
        "sigmoid": "def sigmoid(z):\n    return np.tanh(z)\n",
    }
    yours = {
        "relu": "def relu(z):\n    return np.sqrt(z * z)\n",
        "softmax": "def softmax(z):\n    top = [math.exp(v) for v in z.ravel()]\n    return np.array(top) / sum(top)\n",
        "sigmoid": "def sigmoid(z):\n    a, b = np.exp(z), np.exp(-z)\n    return (a - b) / (a + b)\n",
    }
    assert TWO not in listed(handed_in(tmp_path, {**classmates(), "anna": mine, "boris": yours}))


def test_what_the_course_itself_shows_is_explained_however_few_hand_it_in(tmp_path):
    cells = json.loads((near_copies.ROOT / "solutions/01-activations/01-activations.ipynb").read_text("utf-8"))["cells"]
    shown = {
        cell["id"].replace("-", "_"): "".join(cell["source"]) for cell in cells if cell["id"].replace("-", "_") in EASY
    }
    assert set(shown) == set(EASY)
    others = {
        name: near_copies.copied(ODD, "other numbers", "01-activations", random.Random(name)) for name in classmates(30)
    }
    told = listed(handed_in(tmp_path, {**others, "anna": shown, "boris": shown}))
    assert TWO not in told


def test_one_long_passage_that_nobody_else_has_is_enough(tmp_path):
    students = classmates()
    students["anna"] = {**students["s00"], "relu": LONG}
    students["boris"] = {**students["s01"], "relu": LONG.replace("step_", "part")}
    folder = handed_in(tmp_path, students)
    assert "relu" in listed(folder)[TWO].answers
    handed_in(folder, {name: {**students[name], "relu": LONG} for name in list(students)[:15]})
    assert TWO not in listed(folder)


def test_cells_that_students_added_count_and_trying_out_an_answer_does_not(tmp_path):
    students = {**classmates(), "anna": {}, "boris": {}}
    own = LONG.replace("relu", "check_mine")
    tried = ["relu(np.array([-1, 2]))"]
    told = listed(
        handed_in(
            tmp_path, students, anna=[*tried, own], boris=[own.replace("step", "s"), *tried], s01=tried, s02=tried
        )
    )
    assert told[TWO].answers == (ADDED,)


TEXT = (
    "In the first run the threshold sits at one half although the outputs are logits, so every point between zero and "
    "one half lands in the wrong class, which I noticed when I sorted the outputs of my neighbour's cat photos by size."
)


def test_a_text_that_two_share_is_found_although_words_were_changed(tmp_path):
    students = classmates(exercise="02-logits")
    told = TEXT.replace("although", "even though").replace("photos", "images").replace(",", " -")
    rng = random.Random(0)
    words = prose_form(TEXT)
    for name in students:
        students[name] = {**students[name], "two_runs": " ".join(rng.sample(words, 25))}
    students |= {"anna": {**students["s00"], "two_runs": TEXT}, "boris": {**students["s01"], "two_runs": told}}
    assert "two_runs" in listed(handed_in(tmp_path, students, "02-logits"), "02-logits")[TWO].answers


def test_an_answer_whose_cell_lost_its_name_is_known_by_its_function(tmp_path):
    lost = json.loads(notebook("01-activations", ODD))
    for cell in lost["cells"]:
        cell["metadata"] = {}
        cell.pop("id")
    students = {**classmates(), "anna": ODD}
    folder = handed_in(tmp_path, students)
    write(folder, "01-activations", {"boris": json.dumps({**lost, "nbformat_minor": 4})})
    assert listed(folder)[TWO].answers == tuple(ODD)


# --- what is handed in is not trusted ---

DEEP = {
    "parentheses": "x = " + "(" * 5000 + ")" * 5000,
    "minus signs": "x = " + "-" * 9000 + "1",
    "a sum": "x = " + "+".join("a" * 4500),
    "members": "x = a" + ".b" * 4500,
    "lists": "[" * 4000,
    "elifs": "if a: b\n" + "elif a: b\n" * 900,
    "blocks": "".join(" " * k + "if a:\n" for k in range(99)) + " " * 99 + "b",
    "a long number": "x = " + "9" * 9000,
    "a hexadecimal number": "x = 0x" + "f" * 9000,
    "quotes": "'''" + '"\\' * 4000,
    "names and commas": "a," * 4900 + "(",
    "fors": "for " * 2400 + "(",
    "defs": "def a(" * 1600,
    "zeros": "x\0y = 1",
    "an f-string": "x = f'{f\"{f'''{a}'''}\"}'",
    "megabytes": "x = 1\n" * 700_000,
    "one long line": "x" * 3_000_000,
    "half a character": "x = '\ud800'",
}


@pytest.mark.parametrize("code", DEEP.values(), ids=DEEP)
def test_a_cell_made_to_break_the_parser_gets_a_form_of_bounded_length(code):
    assert len(code_form(code, KNOWN, ["relu"])) <= MOST_TOKENS


def test_hostile_files_hide_nobody_elses_likeness(tmp_path):
    folder = handed_in(tmp_path, {**classmates(), "anna": ODD, "boris": ODD})
    odd_cells = [
        None,
        5,
        {},
        {"cell_type": "code"},
        {"cell_type": 3, "source": 7},
        {"cell_type": "code", "id": [], "source": [1, None], "metadata": []},
    ]
    bad = {
        "empty": b"",
        "bytes": bytes(range(256)),
        "not UTF-8": b'{"cells": ["\xff\xfe"], "nbformat": 4}',
        "no notebook": b'{"answer": 42}',
        "nested": b"[" * 100_000,
        "odd cells": json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": odd_cells}),
        **{
            f"deep {k}": notebook("01-activations", {"relu": code}, [code])
            for k, code in enumerate(DEEP.values())
            if "\ud800" not in code
        },
        "half": notebook("01-activations", {"relu": DEEP["half a character"]}).encode("utf-8", "surrogatepass"),
    }
    write(folder, "01-activations", bad)
    (folder / "nobody").mkdir()
    (folder / "link" / "01-activations").mkdir(parents=True)
    (folder / "link" / "01-activations" / "01-activations.ipynb").symlink_to(
        folder / "anna/01-activations/01-activations.ipynb"
    )
    told = listed(folder)
    assert TWO in told
    assert not [pair for pair in told if "link" in pair]
    json.dumps([pair.details for pair in told.values()]).encode()


def test_nothing_that_was_handed_in_is_run(tmp_path):
    witness = tmp_path / "witness"
    code = f"open({str(witness)!r}, 'w')\n" + ODD["relu"]
    handed_in(tmp_path / "class", {**classmates(10), "anna": {"relu": code}, "boris": {"relu": code}})
    similar_pairs("01-activations", tmp_path / "class")
    assert not witness.exists()


def test_equal_answers_are_compared_once_however_many_wrote_them(tmp_path):
    students = {f"s{k}": (ODD, EASY)[k % 2] for k in range(300)}
    slots = read_answers("01-activations", handed_in(tmp_path, students))
    compared = compare(slots["softmax"], sorted(students))
    assert compared.near.shape == (2, 2)
    assert compared.places.shape == (1, 300)


# --- what is told ---


def test_too_little_or_too_much_to_compare_is_said_in_one_sentence(tmp_path, monkeypatch):
    folder = handed_in(tmp_path, {"anna": ODD})
    assert similar_pairs("01-activations", folder) == []
    with pytest.raises(CannotGoOn, match="There is no exercise"):
        similar_pairs("no-such", folder)
    with pytest.raises(CannotGoOn, match="There is no folder"):
        similar_pairs("01-activations", tmp_path / "elsewhere")
    monkeypatch.setattr(pairs_module, "MOST_STUDENTS", 0)
    with pytest.raises(CannotGoOn, match="leave out --similar"):
        similar_pairs("01-activations", folder)


def test_the_listing_says_where_to_look_and_blames_nobody(tmp_path):
    found = similar_pairs("01-activations", handed_in(tmp_path, {**classmates(), "anna": ODD, "boris": ODD}))[:1]
    text = "\n".join(list_pairs(found))
    assert "1 pair, the least expected first" in text
    assert "no proof of copying" in text
    assert "relu (2 of 42 wrote it so), sigmoid (2 of 42 wrote it so)" in text
    assert all(path in text for path in found[0].notebooks)
    assert not any(word in text.lower() for word in ("cheat", "plagiar", "copied", "guilty", "suspect"))
    assert "none" in "\n".join(list_pairs([]))
    assert "And 5 more" in "\n".join(list_pairs(found * 25))


def test_without_names_neither_listing_nor_files_hold_one(tmp_path, monkeypatch):
    from grader.classroom.report.making import make_report
    from grader.classroom.report.records import Class, Student
    from grader.classroom.similar import finder
    from grader.judging.results import AnswerResult

    students = {**classmates(), "annapetrova": ODD, "borisli": ODD}
    handed_in(tmp_path / "submitted", students)
    results = tuple(AnswerResult(name, 2, 2, True) for name in ODD)
    graded = tuple(Student(name, "graded", "", 10, 10, results) for name in students)
    monkeypatch.setattr("grader.classroom.report.source.read_class", lambda name, *_: Class(name, graded))
    monkeypatch.setattr(pairs_module, "BUILD", tmp_path)
    lines = []
    find = finder("01-activations")
    files = make_report("01-activations", tmp_path / "a.html", tmp_path / "a.json", None, True, find, lines.append)
    told = "\n".join([*lines, *(file.read_text("utf-8") for file in files)])
    assert told.count("2 of 42 wrote it so") >= 3 * 5 - 5 * 1  # the lines and the page; JSON has the numbers
    assert "annapetrova" not in told
    assert str(tmp_path) not in told
    make_report("01-activations", tmp_path / "b.html", None, None, False, find, lines.append)
    assert "annapetrova and borisli" in "\n".join(lines)
    assert "annapetrova" in (tmp_path / "b.html").read_text("utf-8")


def test_the_command_lists_places_to_look_of_a_graded_class(sample_class, grader):
    build, _, _ = sample_class
    done = grader("report", "01-activations", "--similar", "--json", build / "similar.json", build=build)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Places to look: ")
    assert "similar" in json.loads((build / "similar.json").read_text("utf-8"))
    plain = grader("report", "01-activations", build=build)
    assert "Places" not in plain.stdout
