"""What lesson 03 states of floats and of today's NumPy and Keras; Python's decimal and fractions are the oracles."""

import ast
import operator
import re
import sys
from decimal import Decimal, localcontext
from fractions import Fraction

import figures
import figures.roundoff as roundoff
import matplotlib.pyplot as plt
import ml_dtypes
import numpy as np
import pytest
import scipy.special
from kept_outputs import kept_text
from lesson_cells import cells, names, run_alone, texts_of
from ml_dtypes import bfloat16

LESSON = "03-roundoff"
CELLS = cells(LESSON)
DTYPES = [np.float64, np.float32, np.float16, bfloat16]
BITS = {np.float64: 52, np.float32: 23, np.float16: 10, bfloat16: 7}  # after the leading 1
by_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)


@pytest.fixture(autouse=True)
def quiet():
    """The lesson turns NumPy's warnings off; so do its tests, and back on."""
    with np.errstate(all="ignore"):
        yield


@pytest.fixture
def lesson(capsys):
    """The names that the lesson's cells make; its functions look each other up in here."""
    given = {"np": np, "finfo": ml_dtypes.finfo, "bfloat16": bfloat16, "dtypes": DTYPES}
    made = names(LESSON, ["neighbours", "first", "failures", "softplus"], z=np.zeros(1), **given)
    exec(CELLS["two-losses"], made)
    capsys.readouterr()
    return made


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def printed(id_):
    """Return what a compared cell of the lesson prints."""
    return kept_text(LESSON, id_)


def rows(id_):
    """Return the numbers that a cell prints, line by line, without the words."""
    number = r"(?<![\w.])-?(?:\d+\.?\d*(?:e[+-]\d+)?|inf)(?![\w(])"
    return [[float(found) for found in re.findall(number, line)] for line in printed(id_).splitlines()]


def log_1_plus_exp(z):
    """Return log(1 + e^z) in 120 digits."""
    with localcontext() as context:
        context.prec = 120
        return (1 + Decimal(float(z)).exp()).ln()


def off(value, exact):
    """Return the relative error of a float against a Decimal."""
    with localcontext() as context:
        context.prec = 60
        return float(abs(Decimal(float(value)) / exact - 1))


def nearest(x, dtype):
    """Return the number of a dtype that is nearest to a fraction, of two the even one, by integers alone."""
    exponent = 0
    while Fraction(2) ** (exponent + 1) <= abs(x):
        exponent += 1
    while Fraction(2) ** exponent > abs(x):
        exponent -= 1
    spacing = Fraction(2) ** (exponent - BITS[dtype])
    return round(x / spacing) * spacing


# --- two ways to one number


@by_dtype
def test_lesson_03_prints_both_ways_as_correct_rounding_gives_them(dtype):
    def r(x):
        return nearest(Fraction(x), dtype) if x else Fraction(0)

    n = r(10000)
    directly, by_detour = r(2 / n), r(r(1 + r(1 / n)) - r(1 - r(1 / n)))
    line = next(line for line in printed("two-ways").splitlines() if line.startswith(f"{dtype.__name__} "))
    assert line.split()[2] == f"{float(directly):.18f}"
    assert line.split()[-1] == f"{float(by_detour):.18f}"


def test_lesson_03_says_what_is_left_of_two_ten_thousandths():
    directly, by_detour = np.array([row[-2:] for row in rows("two-ways")]).T
    assert directly[0] - by_detour[0] == pytest.approx(2.2e-17, rel=0.05)
    assert f"{2.2e-17:.18f}" == "0.000000000000000022"
    assert "0.000000000000000022" in CELLS["two-ways-reading"]
    assert f"{by_detour[1]:.3e}" == "2.000e-04" != f"{by_detour[1]:.4e}", "wrong from the fifth digit on"
    assert f"{directly[1]:.4e}" == "2.0000e-04"
    assert by_detour[2] == by_detour[3] == 0
    assert abs(directly[3] / 0.0002 - 1) > 1e-3


def test_lesson_03_says_that_python_uses_float64_and_keras_float32(keras):
    assert sys.float_info.mant_dig == BITS[np.float64] + 1
    assert keras.config.floatx() == "float32"
    assert [8 * np.dtype(dtype).itemsize for dtype in DTYPES] == [64, 32, 16, 16]
    assert not hasattr(np, "bfloat16")


# --- the spacing of numbers


@by_dtype
def test_lesson_03_says_how_many_binary_digits_each_dtype_has(dtype):
    one = dtype(1)
    assert float(np.nextafter(one, dtype(2))) - 1 == float(np.spacing(one)) == 2.0 ** -BITS[dtype]
    assert f"{dtype.__name__:8}  {2.0 ** -BITS[dtype]:.1e} = 2 ** {-BITS[dtype]}" in printed("spacing-at-1")
    assert ml_dtypes.finfo(dtype).nmant == BITS[dtype]


@by_dtype
@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_lesson_03_says_that_each_sum_difference_product_and_quotient_is_rounded_to_the_nearest(dtype, operation):
    pairs = np.random.default_rng(0).uniform(0.1, 9, (200, 2)).astype(dtype)
    for x, y in pairs:
        exact = operation(Fraction(float(x)), Fraction(float(y)))
        assert Fraction(float(operation(x, y))) == (nearest(exact, dtype) if exact else 0), (x, y)


@by_dtype
def test_lesson_03_says_that_the_spacing_doubles_at_powers_of_two_and_nowhere_else(dtype):
    x = np.linspace(1, 16, 481).astype(dtype)
    spacing = np.spacing(x).astype(float)
    powers = 2.0 ** np.floor(np.log2(x.astype(float)))
    assert np.array_equal(spacing, powers * 2.0 ** -BITS[dtype])


def test_lesson_03_prints_the_spacings_of_float32():
    assert rows("neighbours") == [[1.192e-07, 5.960e-08]]
    for x, spacing in rows("spacings"):
        up = np.nextafter(np.float32(x), np.float32(np.inf))
        assert float(up) - x == pytest.approx(spacing, rel=1e-3)
    spacings = dict(rows("spacings"))
    assert spacings[1000] / spacings[1] == pytest.approx(512, rel=1e-3)


def test_lesson_03_says_that_the_next_larger_number_after_minus_1_is_half_as_far():
    up = np.nextafter(np.float32(-1), np.float32(np.inf))
    assert float(up) - -1 == 2.0**-24 == pytest.approx(6e-8, rel=0.01)
    assert np.spacing(np.float32(-1)) == -(2.0**-23), "np.spacing looks away from 0"


def test_lesson_03_says_which_numbers_are_in_all_four_dtypes():
    for dtype, line in zip(DTYPES, rows("on-entry"), strict=True):
        stored = [Fraction(float(dtype(x))) for x in (0.1, 0.5, 10000)]
        assert [float(x) for x in stored] == pytest.approx(line, abs=1e-9)
        assert stored == [nearest(x, dtype) for x in (Fraction(1, 10), Fraction(1, 2), Fraction(10000))]
        assert stored[0] != Fraction(1, 10)
        assert stored[1] == Fraction(1, 2)
        assert (stored[2] == 10000) == (dtype is not bfloat16)
    assert f"{0.1:.16f}" == "0.1" + "0" * 15
    assert f"{0.1:.17f}" != "0.1" + "0" * 16
    assert float(bfloat16(10000)) == 9984
    assert [float(np.spacing(bfloat16(x))) for x in (8128, 8192, 10000)] == [32, 64, 64]


def test_lesson_03_says_that_bfloat16_misses_two_ten_thousandths_because_it_has_no_such_number():
    assert float(bfloat16(10000)) == 9984
    nearest_to_it = float(bfloat16(0.0002))
    for n in (9984, 10000):
        assert float(bfloat16(2 / n)) == nearest_to_it == float(bfloat16(2) / bfloat16(n))
    assert f"{nearest_to_it:.18f}" in printed("two-ways"), "the number that was printed"
    assert f"{nearest_to_it:.8f}" == "0.00020027"
    assert all(Fraction(float(dtype(0.0002))) != Fraction(2, 10000) for dtype in DTYPES), "in none of the four"


# --- subtracting neighbours


def test_lesson_03_says_that_the_subtraction_of_neighbours_is_exact():
    rng = np.random.default_rng(0)
    x, y = rng.uniform(1, 2, (2, 1000)).astype(np.float32)
    assert np.array_equal((x - y).astype(float), x.astype(float) - y.astype(float))
    assert printed("detour-followed").endswith("no error from the subtraction: True\n")


def test_lesson_03_says_by_how_much_each_step_of_the_detour_is_off():
    a, b = np.float32(1) + np.float32(1) / np.float32(10000), np.float32(1) - np.float32(1) / np.float32(10000)
    exact = Fraction(1, 10000)
    errors = [Fraction(float(a)) - 1 - exact, Fraction(float(b)) - 1 + exact, Fraction(float(a - b)) - 2 * exact]
    assert rows("detour-followed")[:2] == [[1.7e-8, -1.7e-8], [3.3e-8]]
    assert [float(error) for error in errors] == pytest.approx([1.7e-8, -1.7e-8, 3.3e-8], rel=0.03)
    assert abs(errors[0]) <= Fraction(1, 2**24) < Fraction(61, 10**9), "half a gap above 1: 6e-8"
    assert abs(errors[1]) <= Fraction(1, 2**25) < Fraction(31, 10**9), "half a gap below 1: 3e-8"
    assert np.float16(1) + np.float16(0.0001) == np.float16(1) - np.float16(0.0001) == 1


# --- where formulas break


def neighbours(dtype, value):
    here = dtype(value)
    return [np.nextafter(here, dtype(-np.inf)), here, np.nextafter(here, dtype(np.inf))]


def number_line(dtype):
    """Return all numbers from 0 to 200 of a dtype of 16 bits."""
    every = np.arange(2**15, dtype=np.uint16).view(dtype).astype(float)
    return np.sort(every[np.isfinite(every) & (every <= 200)])


@pytest.mark.parametrize("dtype", [np.float16, bfloat16], ids=lambda dtype: dtype.__name__)
def test_lesson_03_finds_by_halving_what_a_walk_over_all_numbers_finds(lesson, dtype):
    walk = number_line(dtype)
    for name, fails in lesson["failures"].items():
        found = lesson["first"](fails, dtype(0), dtype(1000))
        assert found == next(z for z in walk if fails(dtype(z))), name
        assert all(fails(dtype(z)) for z in walk if z > found), f"{name}: fails from there on"


@by_dtype
def test_lesson_03_prints_where_each_formula_fails(lesson, dtype):
    column = DTYPES.index(dtype)
    for (name, fails), line in zip(lesson["failures"].items(), printed("first-failures").splitlines()[1:], strict=True):
        assert line.startswith(name)
        stated = float(line[32:].split()[column])
        found = lesson["first"](fails, dtype(0), dtype(1000))
        assert stated == pytest.approx(found, abs=0.006)
        assert fails(dtype(found)), name
        assert not fails(np.nextafter(dtype(found), dtype(0))), name


@by_dtype
def test_lesson_03_says_why_it_is_there_that_they_fail(lesson, dtype):
    at = {name: lesson["first"](fails, dtype(0), dtype(1000)) for name, fails in lesson["failures"].items()}
    largest = Decimal(float(ml_dtypes.finfo(dtype).max)).ln()
    half_a_gap = -Decimal(2.0 ** -(BITS[dtype] + 1)).ln()
    for name, reason in [("e^z is infinite", largest), ("sigmoid(z) is 1", half_a_gap)]:
        distance = (at[name] - float(reason)) / float(np.spacing(dtype(at[name])))
        assert -1 < distance < 2, f"{name}: at the next logit that the dtype has"
    assert at["sigmoid(z) is 1"] == at["-log(1 - sigmoid(z)) is infinite"]
    assert at["e^z is infinite"] == at["softmax of (0, z) is nan"]
    assert at["sigmoid(z) is 1"] == min(at.values())
    assert rows("reasons")[DTYPES.index(dtype)] == pytest.approx([float(largest), float(half_a_gap)], abs=0.006)


def test_lesson_03_says_how_the_two_small_dtypes_differ():
    around = [float(x) for x in neighbours(bfloat16, 88.72)]
    assert 88.5 in around
    assert 89 in around
    assert 88.72 not in around
    assert ml_dtypes.finfo(np.float16).max == 65504
    assert (BITS[bfloat16] + 1) * 3 == BITS[np.float32] + 1, "a third of its digits"
    assert np.isfinite(np.exp(bfloat16(88.5)))
    assert not np.isfinite(np.exp(np.float16(12)))


def test_lesson_03_finds_the_sigmoid_of_keras_to_be_1_where_it_says(keras, lesson):
    z = np.array([16.62, 16.65], dtype=np.float32)
    assert (np.asarray(keras.activations.sigmoid(z)) == 1).tolist() == [False, True]


# --- log-sum-exp, log-softmax


def test_lesson_03_repairs_log_sum_exp_for_large_and_for_small_logits():
    assert printed("plain-log-sum-exp").split() == ["inf", "-inf"]
    exact = [c + Decimal(2).ln() for c in (1000, -1000)]
    assert [line[0] for line in rows("shifted-log-sum-exp")] == pytest.approx([float(x) for x in exact], abs=1e-4)
    for c in (1000.0, -1000.0):
        assert scipy.special.logsumexp([c, c]) == pytest.approx(c + np.log(2))


def test_lesson_03_says_that_a_batch_needs_a_largest_logit_for_each_row():
    z = np.array([[0.0, 1.0], [-1000.0, -1001.0]])
    whole = z.max() + np.log(np.exp(z - z.max()).sum(axis=-1))
    each = z.max(axis=-1) + np.log(np.exp(z - z.max(axis=-1, keepdims=True)).sum(axis=-1))
    assert np.isneginf(whole[1])
    assert each == pytest.approx(scipy.special.logsumexp(z, axis=-1))


def test_lesson_03_repairs_log_softmax():
    assert printed("log-of-softmax") == "[0. 1.] [-inf   0.]\n"
    assert printed("log-softmax") == "[-10000.      0.]\n"
    assert scipy.special.log_softmax([0.0, 10000.0]).tolist() == [-10000, 0]


def test_lesson_03_says_which_order_of_log_softmax_keeps_the_digits():
    exact = float(-log_1_plus_exp(-3))
    first, second = (line[0] for line in rows("order"))
    assert second == pytest.approx(exact, abs=1e-6)
    assert abs(first - exact) > 1e-4
    assert np.spacing(np.float32(10000)) == pytest.approx(0.001, rel=0.03)


def test_the_solution_of_log_softmax_takes_the_order_that_keeps_the_digits():
    made = {"np": np}
    exec(texts_of(LESSON)["log-sum-exp"], made)
    exec(texts_of(LESSON)["log-softmax"], made)
    z = np.array([[10000, 10003], [-10003, -10000]], dtype=np.float32)
    found = made["log_softmax"](z)
    assert found.dtype == np.float32
    assert found[:, 1] == pytest.approx([float(-log_1_plus_exp(-3))] * 2, rel=1e-6)
    assert made["log_softmax"](np.array([0.0, 10000.0])).tolist() == [-10000, 0]


# --- log1p, softplus


def test_lesson_03_says_at_which_digit_the_logarithm_near_1_goes_wrong():
    for x, plain, by_log1p in rows("log1p"):
        with localcontext() as context:
            context.prec = 60
            exact = (1 + Decimal(x)).ln()
        assert off(by_log1p, exact) < 1e-8
        assert f"{np.log1p(x):.14e}" == f"{float(exact):.14e}"
        assert plain == pytest.approx(np.log(1 + x), rel=1e-8)
    plain = [line[1] for line in rows("log1p")]
    assert plain[0] == rows("log1p")[0][2]
    assert [f"{plain[1]:.7e}", f"{plain[1]:.8e}"] == ["1.0000001e-10", "1.00000008e-10"], "wrong in the ninth digit"
    assert f"{plain[2]:.1e}" == "1.1e-15", "wrong in the second digit"
    assert plain[3] == 0


def test_lesson_03_has_a_softplus_that_is_right_at_both_ends(lesson):
    for z in [-100.0, -40.0, -1.0, 0.0, 1e-3, 15.0, 36.0, 700.0]:
        assert off(lesson["softplus"](z), log_1_plus_exp(z)) < 1e-15, z
    assert lesson["softplus"](1000.0) == 1000
    z = np.linspace(-80, 80, 321, dtype=np.float32)
    assert lesson["softplus"](z).dtype == np.float32
    assert all(off(value, log_1_plus_exp(x)) < 3e-7 for x, value in zip(z, lesson["softplus"](z), strict=True))


def test_lesson_03_says_which_plain_softplus_fails_where():
    z = np.array([-40.0, 0.0, 1000.0])
    assert (np.log(1 + np.exp(z))[0], np.log(1 + np.exp(z))[2]) == (0, np.inf)
    assert np.log1p(np.exp(z))[0] == pytest.approx(float(log_1_plus_exp(-40)), rel=1e-14)
    assert np.isinf(np.log1p(np.exp(z))[2])
    assert "inf" not in printed("softplus")


@pytest.mark.parametrize("z", [-80.0, -20.0, -1.0, 0.0, 15.0, 17.0, 40.0, 1000.0])
def test_lesson_03_says_that_keras_computes_softplus_for_an_example_of_class_0(keras, lesson, z):
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    seen = float(loss(np.zeros((1, 1), np.float32), np.array([[z]], np.float32)))
    assert seen == pytest.approx(lesson["softplus"](z), rel=1e-5, abs=0)


@pytest.mark.parametrize("z", [17.0, 20.0, 40.0])
def test_lesson_03_says_that_nothing_is_learned_where_the_probability_is_clipped_but_from_the_logit(keras, z):
    import tensorflow as tf

    logit, y = tf.constant([[z]]), np.zeros((1, 1), np.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logit)
        clipped = keras.losses.binary_crossentropy(y, 1 / (1 + tf.exp(-logit)))
        given_the_logit = keras.losses.binary_crossentropy(y, logit, from_logits=True)
    assert float(tape.gradient(clipped, logit)[0, 0]) == 0
    assert float(tape.gradient(given_the_logit, logit)[0, 0]) == pytest.approx(1)


def test_lesson_03_says_that_keras_can_sometimes_find_the_logit_behind_a_probability(keras):
    z, y = np.array([[40.0]], np.float32), np.zeros((1, 1), np.float32)
    p = keras.activations.sigmoid(z)
    assert float(keras.losses.BinaryCrossentropy()(y, p)) == pytest.approx(40)
    assert float(keras.losses.BinaryCrossentropy()(y, np.asarray(p))) == pytest.approx(15.942, abs=1e-3)


def test_lesson_03_says_how_to_write_the_logarithm_of_a_sigmoid(lesson):
    for z in [-30.0, -1.0, 0.0, 30.0]:
        assert -lesson["softplus"](-z) == pytest.approx(scipy.special.log_expit(z), rel=1e-14)
    assert -lesson["softplus"](1000.0) == -1000


# --- two classes or many


def test_lesson_03_prints_the_two_losses_as_they_are(lesson):
    for z, binary, softmax, true in rows("two-losses")[1:]:
        assert true == pytest.approx(float(log_1_plus_exp(z)), abs=6e-5)
        assert binary == pytest.approx(float(lesson["binary_loss"](np.float32(z))), abs=1e-4)
        assert softmax == pytest.approx(true, abs=1e-4) or z > 88.72
        assert np.isinf(binary) == (z > 16.64)
        assert np.isinf(softmax) == (z > 88.72)


def test_lesson_03_says_that_the_loss_through_softmax_is_accurate_while_exp_does_not_overflow(lesson):
    for z in np.linspace(0.5, 88.7, 400, dtype=np.float32):
        assert off(lesson["softmax_loss"](z), log_1_plus_exp(z)) < 5e-7
    assert np.isinf(lesson["softmax_loss"](np.float32(88.73)))


def test_lesson_03_says_that_more_classes_do_not_change_that(lesson):
    for z in np.linspace(1, 88.7, 100, dtype=np.float32):
        ten = np.array([z, *[0] * 9], dtype=np.float32)
        exact = (Decimal(float(z)).exp() + 9).ln()
        assert off(-np.log(lesson["softmax"](ten))[1], exact) < 5e-7


def test_lesson_03_says_from_where_the_binary_loss_is_1_percent_wrong(lesson):
    z = np.arange(10, 16.6, 0.003, dtype=np.float32)
    errors = np.array([off(lesson["binary_loss"](x), log_1_plus_exp(x)) for x in z])
    (first,), (worst, share) = ([line[-1]] if k == 0 else line for k, line in enumerate(rows("one-percent")))
    assert first == pytest.approx(z[errors > 0.01][0], abs=0.011)
    assert worst == pytest.approx(z[errors[z < 16].argmax()], abs=0.011)
    assert share / 100 == pytest.approx(errors[z < 16].max(), abs=0.001)
    after = errors[(z > 14.7) & (z < 16)]
    assert np.count_nonzero(np.diff(after > 0.01)) >= 4, "up and down"
    assert after.min() < 0.001


def test_lesson_03_says_that_1_minus_a_sigmoid_lies_on_whole_steps(lesson):
    step = 2.0**-24
    for z in np.linspace(8, 16.5, 50, dtype=np.float32):
        assert float(1 - lesson["sigmoid"](z)) % step == 0
    assert [line[-1] for line in rows("why-binary")] == [6.00, 5.13]
    assert float(scipy.special.expit(-15.0)) / step == pytest.approx(5.13, abs=0.01)
    assert float(scipy.special.expit(-15.0)) == pytest.approx(3e-7, rel=0.03)
    assert step / float(np.spacing(np.float32(3e-7))) == pytest.approx(2e6, rel=0.05), "two million times as dense"


def test_lesson_03_says_that_the_other_side_of_the_sigmoid_is_right_until_exp_overflows(lesson):
    for z in np.linspace(0.5, 88.7, 100, dtype=np.float32):
        assert off(-np.log(lesson["sigmoid"](-z)), log_1_plus_exp(z)) < 5e-7
    for z, loss in rows("without-the-subtraction"):
        assert loss == pytest.approx(z, abs=1e-3) or (z, loss) == (89, np.inf)


# --- a loss that sees only probabilities


def test_lesson_03_says_at_which_losses_keras_stops_when_it_is_given_probabilities(keras):
    loss = keras.losses.BinaryCrossentropy(from_logits=False)
    assert keras.config.epsilon() == 1e-7
    seen = [float(loss(np.full((1, 1), y, np.float32), np.full((1, 1), 1 - y, np.float32))) for y in (1, 0)]
    assert seen == pytest.approx([16.118, 15.942], abs=6e-4)
    assert [line[-1] for line in rows("ceilings")] == [16.118, 15.942]


def test_lesson_03_says_that_1_minus_1e_7_is_not_in_float32():
    highest = np.float32(1) - np.float32(1e-7)
    assert float(highest) == 1 - 2 * 2.0**-24 == 1 - 2.0**-23
    assert f"{2.0**-23:.1e}" == "1.2e-07"


def test_lesson_03_says_that_a_clipped_loss_is_the_same_for_17_20_and_40(keras, lesson):
    z = np.array([[10], [17], [20], [40]], dtype=np.float32)
    p = lesson["sigmoid"](z)
    y = np.zeros_like(p)
    seen = np.asarray(keras.losses.binary_crossentropy(y, p))
    table = np.array(rows("clipped"))
    assert seen == pytest.approx(table[:, 1], abs=1e-3)
    assert [float(log_1_plus_exp(x)) for x in z[:, 0]] == pytest.approx(table[:, 2], abs=6e-4)
    assert len(set(seen[1:])) == 1


# --- check yourself


def test_lesson_03_says_where_counting_in_float32_stops():
    count = np.float32(2**24)
    assert count + np.float32(1) == count == 16777216
    assert count - np.float32(1) < count
    assert np.spacing(count) == 2


def test_lesson_03_says_that_a_little_inside_the_logarithm_does_not_bring_the_digits_back(lesson):
    z = np.array([17, 40], dtype=np.float32)
    loss = -np.log(1 - lesson["sigmoid"](z) + np.float32(1e-7))
    assert loss[0] == loss[1] == pytest.approx(16.1, abs=0.05)


# --- the live figures


@pytest.mark.parametrize("digits", [1, 3, 5])
@pytest.mark.parametrize("x", [0.3, 0.5, 1.0, 4.7, 7.9])
def test_the_number_line_shows_x_rounded_to_the_nearest_number(digits, x):
    figure = figures.numbers_explorer()
    figure.controls["digits"].value = digits
    figure.controls["x"].value = x
    every = np.array([segment[0][0] for segment in figure.marks.get_segments()])
    rounded = figure.rounded.get_xydata()[0][0]
    low, high = figure.gap.get_xdata()
    assert abs(rounded - x) == pytest.approx(np.abs(every - x).min())
    assert figure.point.get_xydata()[0][0] == x
    assert {low, rounded, high} <= set(every)
    assert low <= x < high
    assert not np.any((every > low) & (every < high)), "neighbours"
    assert f"{x:.1f} is rounded to {rounded:g}; spacing {high - low:g} here" in figure.text
    assert figure.full_draws == (1 if digits == 3 else 2)


def test_the_number_line_has_the_numbers_of_bfloat16_when_it_has_seven_digits():
    every = np.arange(2**16, dtype=np.uint16).view(bfloat16).astype(float)
    shown = np.sort(every[(every >= 0.25) & (every <= 8)])
    assert np.array_equal(roundoff.numbers(7).ravel(), shown)


@pytest.mark.parametrize("way", roundoff.WAYS)
def test_each_way_is_log_1_plus_e_to_the_z_and_stays_in_its_dtype(way):
    z = np.linspace(-3, 3, 13)
    assert roundoff.WAYS[way](z) == pytest.approx(np.log1p(np.exp(z)), rel=1e-13)
    for dtype in DTYPES:
        assert roundoff.WAYS[way](z.astype(dtype)).dtype == dtype


@pytest.mark.parametrize("way", roundoff.WAYS)
@pytest.mark.parametrize("z", [-60.0, -20.0, 0.0, 15.0, 20.0, 89.0, 100.0])
def test_the_points_and_the_text_are_the_errors_at_z(way, z):
    figure = figures.roundoff_explorer()
    figure.controls["way"].value = way
    figure.controls["z"].value = z
    assert figure.text.startswith(f"{way} at z = {z:.1f}: true value {float(log_1_plus_exp(z)):.6g};")
    assert figure.guide.get_xdata() == [z, z]
    for dtype, point in figure.points.items():
        value = float(roundoff.WAYS[way](np.array([z], dtype=dtype))[0])
        assert f"{dtype.__name__} {value + 0.0:.6g} (" in figure.text
        error = off(value, log_1_plus_exp(z)) if np.isfinite(value) else np.inf
        assert point.get_xydata()[0] == pytest.approx([z, np.clip(error, 1e-18, 100)], rel=1e-6)
        line = figure.lines[dtype].get_xydata()
        assert line[np.abs(line[:, 0] - z).argmin()] == pytest.approx(point.get_xydata()[0], rel=1e-6)


def test_the_text_of_the_roundoff_figure_has_no_sign_before_0_and_no_error_of_what_is_no_number():
    figure = figures.roundoff_explorer()
    figure.controls["way"].value, figure.controls["z"].value = "−log(1 − sigmoid(z))", -60.0
    assert "float32 0 (100%)" in figure.text
    assert "-0 (" not in figure.text
    figure.controls["z"].value = 60.0
    assert "float32 inf (no number)" in figure.text
    assert not re.search(r"e-(?:[2-9]\d|1[89])\)", figure.text.split("computed")[1]), "below the last digit"


def lines(way):
    """Return for each dtype the errors that the figure draws for a way, by logit."""
    figure = figures.roundoff_explorer()
    figure.controls["way"].value = way
    return {dtype: dict(line.get_xydata()) for dtype, line in figure.lines.items()}


def test_lesson_03_says_that_softplus_alone_stays_on_the_floor_on_both_sides():
    *others, softplus = roundoff.WAYS
    for dtype, line in lines(softplus).items():
        on_floor = [error for z, error in line.items() if dtype is not np.float16 or z > -9.5]
        assert max(on_floor) < 4 * 2.0 ** -(BITS[dtype] + 1), "a few half gaps"
        assert line[-20.0] < 0.1 or dtype is np.float16
        assert line[100.0] < 1e-16
    float16 = lines(softplus)[np.float16]
    assert max(error for z, error in float16.items() if -12 < z < -11) > 4 * 2.0**-11, "fewer digits below -10"
    assert max(error for z, error in float16.items() if -17 < z < -15) > 0.1, "and fewer"
    assert all((error == 1) == (z <= -17.34) for z, error in float16.items() if -18 < z < -17.3)
    assert rows("first-failures")[2][-2] == 17.34, "of e^-z, in float16"
    assert "from −17.34 on there are none" in CELLS["figure-reading"]
    for way in others:
        assert all(line[-40.0] == pytest.approx(1) for line in lines(way).values()), "the others add to 1"


def test_lesson_03_says_which_ways_fail_on_the_right():
    through_probability, *four, log_sum_exp, softplus = roundoff.WAYS
    assert lines(through_probability)[np.float64][40.0] == 100
    for way in four:
        line = lines(way)
        assert [line[dtype][60.0] == 100 for dtype in DTYPES] == [False, False, True, False]
        assert [line[dtype][90.0] == 100 for dtype in DTYPES] == [False, True, True, True]
    for way in (log_sum_exp, softplus):
        assert all(line[100.0] < 1e-16 for line in lines(way).values())


def test_lesson_03_says_that_log_sum_exp_loses_a_loss_of_two_billionths():
    z = np.array([-20.0], dtype=np.float32)
    assert roundoff.WAYS["log-sum-exp of (z, 0)"](z) == 0
    assert float(log_1_plus_exp(-20)) == pytest.approx(2e-9, rel=0.04)


@pytest.mark.parametrize("make", [figures.numbers_explorer, figures.roundoff_explorer])
def test_a_step_of_a_slider_draws_the_moving_part_alone_and_finds_its_way_back(make):
    figure = make()
    slider, first = list(figure.controls.values())[-1], figure.png()
    start = slider.value
    pictures = {first}
    for value in (slider.min, slider.max, start):
        slider.value = value
        pictures.add(figure.png())
    assert figure.full_draws == 1
    assert len(pictures) == 3
    assert figure.png() == first
    assert all(control.description for control in figure.controls.values())
    assert plt.get_fignums() == []


def test_the_panel_keeps_its_place_when_another_way_is_chosen():
    figure = figures.roundoff_explorer()
    before = figure.axes.get_position().bounds
    for way in [*roundoff.WAYS, next(iter(roundoff.WAYS))]:
        figure.controls["way"].value = way
    assert figure.axes.get_position().bounds == pytest.approx(before, abs=0.01)


# --- the lesson itself


def test_lesson_03_does_without_tensorflow_and_keras():
    lines = [node for node in ast.parse(CELLS["imports"]).body if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = [getattr(node, "module", None) or ", ".join(name.name for name in node.names) for node in lines]
    assert modules == ["numpy", "figures", "ml_dtypes"]
    run_alone(LESSON, without={"tensorflow", "keras"})


@pytest.mark.parametrize("section", ["Log-sum-exp", "Log-softmax", "Softplus", "The spacing of numbers"])
def test_lesson_03_has_the_sections_that_the_hints_of_its_exercise_point_to(section):
    assert sum(f"## {section}" in source.splitlines() for source in CELLS.values()) == 1
