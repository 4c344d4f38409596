"""The live figures, without a browser: every control through its ends and its middle, looking at what is drawn."""

import io
import re

import figures
import matplotlib.pyplot as plt
import numpy as np
import pytest
import scipy.special
from figures import style
from figures.activations import ACTIVATIONS
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
    return re.search('<img alt="([^"]*)"', figure.view.value).group(1)


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
    assert figure.text == f"{name} at z = {z:.1f}: output {output:.3f}, slope {slope:.3f}"
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


@pytest.mark.parametrize("make", [figures.activation_explorer, figures.softmax_explorer])
def test_a_step_of_a_slider_draws_the_moving_part_alone(make):
    figure = make()
    slider = list(figure.controls.values())[-1]
    before, views = pixels(figure), [figure.view.value]
    for value in (slider.min, slider.max):
        slider.value = value
        views.append(figure.view.value)
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
