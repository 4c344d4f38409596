"""The live figures, without a browser: every control through its ends and its middle, looking at what is drawn."""

import io
import json
import re

import figures
import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.special
from data.bases import transfer_arms
from figures import style
from figures.activations import ACTIVATIONS
from figures.frames import place, value_at
from PIL import Image

ORACLES = {
    "none": (lambda z: z, lambda z: 1.0),
    "ReLU": (lambda z: max(0.0, z), lambda z: float(z > 0)),
    "sigmoid": (scipy.special.expit, lambda z: scipy.special.expit(z) * scipy.special.expit(-z)),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "step": (lambda z: float(z > 0), lambda z: 0.0),
}


def pixels(figure):
    return np.asarray(Image.open(io.BytesIO(figure.png())))


def alternative_text(figure):
    return re.search('<img alt="([^"]*)"', figure.as_html()).group(1)


def transfer_explorer():
    return figures.transfer_explorer(transfer_arms())


def threshold_explorer():
    rng = np.random.default_rng(0)
    return figures.threshold_explorer(rng.integers(0, 2, 60), rng.random(60))


def confusion_explorer():
    rng = np.random.default_rng(0)
    return figures.confusion_explorer(rng.random((90, 8, 8)), *rng.integers(0, 9, (2, 90)))


def word_score_explorer():
    return figures.word_score_explorer({"": 0.1, "a": 0.0, "wonderful": 2.0, "film": 0.3, "not": -0.4}, -0.3)


EXPLORERS = [
    figures.activation_explorer,
    figures.softmax_explorer,
    figures.logit_explorer,
    figures.numbers_explorer,
    figures.roundoff_explorer,
    figures.descent_explorer,
    figures.loss_explorer,
    word_score_explorer,
    threshold_explorer,
    confusion_explorer,
    figures.head_explorer,
    transfer_explorer,
    figures.range_explorer,
]


def neighbours(figure):
    """Return the places one step and five steps from here, for every control that has steps."""
    controls = list(figure.controls.values())
    here = [place(control) for control in controls]
    return [
        [*here[:k], there, *here[k + 1 :]]
        for k, control in enumerate(controls)
        for there in range(count(control))
        if abs(there - here[k]) in (1, 5)
    ]


def count(control):
    """Return how many places a control has, 0 when they cannot be counted."""
    if hasattr(control, "index"):
        return len(control.options)
    return round((control.max - control.min) / control.step) + 1 if hasattr(control, "step") else 0


def drawn_ahead(figure, places, monkeypatch):
    """Ask for pictures as the page does, and return those that are sent."""
    sent = []
    monkeypatch.setattr(figure.view, "send", sent.append)
    figure.view._handle_custom_msg({"names": [json.dumps(each, separators=(",", ":")) for each in places]}, [])
    [message] = sent
    return message["frames"]


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("z", [-8.0, -3.0, 0.0, 0.1, 8.0])
def test_the_points_and_the_text_are_the_activation_and_its_slope(name, z):
    figure = figures.activation_explorer()
    figure.controls["activation"].value = name
    figure.controls["z"].value = z
    output, slope = ORACLES[name][0](z), ORACLES[name][1](z)
    assert figure.point.get_xydata()[0] == pytest.approx([z, output])
    assert figure.slope_point.get_xydata()[0] == pytest.approx([z, slope], abs=1e-12)
    assert figure.guide.get_xdata() == [z, z]
    assert figure.text == f"{name} at z = {z:.1f}: output {output:.3g}, slope {slope:.3g}"
    assert alternative_text(figure) == figure.text


@pytest.mark.parametrize("name", ORACLES)
def test_the_curves_are_the_activation_and_its_slope_and_fit_into_the_picture(name):
    figure = figures.activation_explorer()
    figure.controls["activation"].value = name
    for curve, oracle in [(figure.curve, ORACLES[name][0]), (figure.slope, ORACLES[name][1])]:
        z, y = curve.get_data()
        assert y == pytest.approx([oracle(value) for value in z], abs=1e-9)
        low, high = figure.axes.get_ylim()
        assert low <= min(y)
        assert max(y) <= high


def test_the_slopes_are_the_derivatives_away_from_the_kinks():
    z, h = np.array([-3.0, -0.5, 0.5, 3.0]), 1e-6
    for name, (function, slope, _) in ACTIVATIONS.items():
        assert slope(z) == pytest.approx((function(z + h) - function(z - h)) / (2 * h), abs=1e-6), name


@pytest.mark.parametrize("control", ["z0", "z1", "z2", "z3"])
@pytest.mark.parametrize("z", [-5.0, 0.0, 5.0])
def test_the_bars_the_numbers_and_the_text_are_the_softmax_and_the_sigmoids(control, z):
    figure = figures.softmax_explorer()
    figure.controls[control].value = z
    logits = [widget.value for widget in figure.controls.values()]
    p, own = scipy.special.softmax(logits), scipy.special.expit(logits)
    assert [bar.get_height() for bar in figure.bars] == pytest.approx(p)
    assert [bar.get_height() for bar in figure.alone] == pytest.approx(own)
    assert [number.get_text() for number in figure.numbers] == [f"{value:.2f}" for value in [*p, *own]]
    assert figure.text.startswith("softmax " + ", ".join(f"{value:.3f}" for value in p) + "; sum 1.000;")
    assert f"the largest is class {np.argmax(p)}" in figure.text
    assert alternative_text(figure) == figure.text


def test_classes_that_share_the_largest_probability_are_all_named():
    text = figures.softmax_explorer(1.0, 1.0, 1.0, 1.0).text
    assert "; equally large are classes 0, 1, 2 and 3; " in text
    assert "; equally large are classes 1 and 2; " in figures.softmax_explorer(0.0, 2.0, 2.0, -1.0).text


@pytest.mark.parametrize("make", [figures.activation_explorer, figures.softmax_explorer])
def test_a_step_of_a_slider_draws_the_moving_part_alone(make):
    figure = make()
    slider = list(figure.controls.values())[-1]
    before, views = pixels(figure), [figure.view.now["picture"]]
    for value in (slider.min, slider.max):
        slider.value = value
        views.append(figure.view.now["picture"])
    assert figure.full_draws == 1
    assert len(set(views)) == 3
    assert not np.array_equal(pixels(figure), before)


@pytest.mark.parametrize("make", [figures.activation_explorer, figures.softmax_explorer])
def test_back_at_the_first_values_the_picture_is_the_first_one(make):
    figure = make()
    slider, first = list(figure.controls.values())[-1], figure.png()
    start = slider.value
    slider.value = slider.max
    slider.value = start
    assert figure.png() == first


@pytest.mark.parametrize("make", EXPLORERS)
def test_a_picture_drawn_ahead_is_the_one_that_the_reader_would_find_there(make, monkeypatch):
    figure = make()
    for name, control in figure.controls.items():  # from the middle, so that there are steps to both sides
        if count(control):
            figure.controls[name].value = value_at(control, count(control) // 2)
    frames = drawn_ahead(figure, neighbours(figure), monkeypatch)
    assert frames
    for frame in frames:
        for control, where in zip(figure.controls.values(), json.loads(frame["name"]), strict=True):
            control.value = value_at(control, where)
        assert figure.view.now == frame


@pytest.mark.parametrize("make", EXPLORERS)
def test_drawing_ahead_leaves_the_figure_as_it_is(make, monkeypatch):
    figure = make()
    now, picture = figure.view.now, figure.png()
    drawn_ahead(figure, neighbours(figure), monkeypatch)
    assert (figure.view.now, figure.png()) == (now, picture)
    assert figure.full_draws == 1


def test_what_needs_another_still_part_is_not_drawn_ahead(monkeypatch):
    figure = figures.activation_explorer()
    frames = drawn_ahead(figure, [[0, 100], [1, 101]], monkeypatch)
    assert [frame["name"] for frame in frames] == ["[1,101]"]
    assert frames[0]["text"] == "ReLU at z = 2.1: output 2.1, slope 1"


@pytest.mark.parametrize("make", EXPLORERS)
def test_every_value_of_a_control_has_a_place_of_its_own(make):
    figure = make()
    for control in figure.controls.values():
        control.unobserve(figure.refresh, "value")  # places alone, no pictures
        for where in range(count(control)):
            control.value = value_at(control, where)
            assert place(control) == where


def test_the_picture_of_a_training_is_never_drawn_ahead():
    figure = figures.training_explorer(lambda rate: None, (np.zeros(1), np.zeros(1)), (np.zeros(1), np.zeros(1)))
    assert not figure.view.ahead
    assert figures.activation_explorer().view.ahead


def test_another_activation_draws_everything_once():
    figure = figures.activation_explorer()
    figure.controls["activation"].value = "sigmoid"
    assert figure.full_draws == 2


def test_an_error_while_drawing_is_not_swallowed(monkeypatch):
    figure = figures.activation_explorer()

    def broken(values):
        raise ZeroDivisionError("no picture")

    monkeypatch.setattr(figure, "move", broken)
    with pytest.raises(ZeroDivisionError, match="no picture"):
        figure.controls["z"].value = 1.0


def test_the_figures_stay_out_of_pyplot():
    figures.activation_explorer()
    figures.softmax_explorer()
    assert plt.get_fignums() == []


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


@pytest.mark.parametrize("ground", ["#ffffff", "#111111", "#212121"])
@pytest.mark.parametrize("colour", [style.BLUE, style.VERMILION, style.GREEN, style.GREY])
def test_every_colour_has_a_contrast_of_three_on_light_and_on_dark(colour, ground):
    # the formula and the 3 : 1 are those of WCAG 2.1, "Non-text Contrast"
    dark, light = sorted([luminance(colour), luminance(ground)])
    assert (light + 0.05) / (dark + 0.05) >= 3


def test_the_picture_is_transparent_where_nothing_is_drawn():
    assert pixels(figures.softmax_explorer())[0, -1, 3] == 0


def test_every_control_has_a_label():
    for figure in (figures.activation_explorer(), figures.softmax_explorer()):
        assert all(control.description for control in figure.controls.values())


def test_a_page_without_a_kernel_shows_the_picture_and_its_text():
    figure = figures.softmax_explorer()
    bundle = figure._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "data:image/png;base64," in bundle["text/html"]
    assert figure.text in bundle["text/html"]
