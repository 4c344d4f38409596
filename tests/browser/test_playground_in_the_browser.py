"""The playground in a real Chromium: in a page without a kernel and without a network, and in JupyterLab."""

import re

import nbformat
import pytest
from figures.playground import playground
from figures.playground_words import BUTTONS, CONTROLS
from lab_pages import cell, choose, colour, contrast, end_kernels, open_notebook, sessions

pytestmark = pytest.mark.slow

PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>Playground</title><style>:root {{ color-scheme: light dark }} "
    "body {{ background: Canvas; color: CanvasText }}</style><main><h1>Playground</h1>{}</main></html>"
)
CUT = """root => [...root.querySelectorAll("*")].filter(each => !each.closest("svg") && each.offsetParent
    && (each.getBoundingClientRect().right > innerWidth || each.scrollWidth > each.clientWidth + 1)
    && getComputedStyle(each).display !== "inline").map(each => each.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Save a page that holds the playground."""
    path = tmp_path_factory.mktemp("page") / "playground.html"
    path.write_text(PAGE.format(playground().as_html()), "utf-8")
    return path.as_uri()


@pytest.fixture
def open_page(chrome, saved):
    """Open the saved page; it may ask for nothing and must not fail."""
    contexts, faults = [], []

    def opened(width=1280, fragment="", **about):
        context = chrome.new_context(viewport={"width": width, "height": 900}, offline=True, **about)
        contexts.append(context)
        tab = context.new_page()
        tab.on("pageerror", lambda error: faults.append(str(error)))
        tab.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or faults.append(asked.url))
        tab.goto(saved + fragment)
        tab.locator(".logit-lab-playground").wait_for()
        return tab

    yield opened
    for context in contexts:
        context.close()
    assert not faults


def steps(place):
    return int(place.locator("[data-readout=steps]").inner_text())


def says(place, words):
    place.locator(".reading").filter(has_text=re.compile(words)).wait_for(timeout=20_000)


def trained(tab, place, more=30):
    """Wait for some steps more."""
    before = steps(place)
    for _ in range(400):
        if steps(place) >= before + more:
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"{steps(place)} steps after 20 seconds")


def test_every_control_has_its_name_and_works_from_the_keyboard(open_page):
    tab = open_page()
    for name, words in CONTROLS.items():
        control = tab.get_by_label(words, exact=True)
        value = "each => each.type === 'checkbox' ? each.checked : each.value"
        there, back = ("Space", "Space") if name == "from_logits" else ("ArrowDown", "ArrowUp")
        if name == "seed":  # 0 is the lowest
            there, back = back, there
        control.focus()
        before = control.evaluate(value)
        tab.keyboard.press(there)
        assert control.evaluate(value) != before, words
        tab.keyboard.press(back)
        assert control.evaluate(value) == before, words
    tab.get_by_role("button", name="Step").focus()
    tab.keyboard.press("Enter")
    assert steps(tab) == 1
    says(tab, "The")
    tab.get_by_role("button", name="Play").focus()
    tab.keyboard.press("Space")
    trained(tab, tab)
    tab.keyboard.press("Space")  # the same button is Pause now
    says(tab, "[.]")
    rest = steps(tab)
    tab.wait_for_timeout(300)
    assert steps(tab) == rest
    tab.get_by_role("button", name="Reset").focus()
    tab.keyboard.press("Enter")
    assert steps(tab) == 0


def test_the_loss_that_is_not_told_stands_still_for_one_start_and_learns_for_another(open_page):
    tab = open_page(fragment="#playground?from_logits=false&threshold=0.5&seed=0&units=99&data=%3Cb%3E")
    assert tab.get_by_label(CONTROLS["units"]).input_value() == "8", "what the link says wrongly is left as it was"
    tab.get_by_role("button", name="Play").click()
    says(tab, "The loss does not move")
    tab.get_by_role("button", name="Pause").click()
    tab.get_by_label(CONTROLS["seed"]).fill("6")
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Play").click()
    trained(tab, tab, 300)
    tab.get_by_role("button", name="Pause").click()
    says(tab, "examples have the slope 0 and teach nothing")
    assert float(tab.locator("[data-readout=right]").inner_text()) > 0.9
    tab.get_by_label(CONTROLS["from_logits"]).check()
    assert steps(tab) >= 300, "from_logits is turned while it trains"
    says(tab, "The accuracy is reported as|The network learns")


def test_a_setting_is_shared_as_code_and_as_a_link(open_page):
    tab = open_page(fragment="?token=secret&other=kept")
    tab.get_by_label(CONTROLS["end"]).select_option("own sigmoid")
    tab.get_by_label(CONTROLS["learning_rate"]).fill("0.05")
    tab.get_by_label(CONTROLS["from_logits"]).uncheck()
    tab.get_by_text(BUTTONS["share"]).click()
    code = tab.get_by_label(BUTTONS["code"]).input_value()
    assert code == 'playground(end="own sigmoid", from_logits=False, learning_rate=0.05)'
    setting = eval(code, {"playground": playground}).about["setting"]
    link = tab.get_by_label(BUTTONS["link"]).input_value()
    assert "other=kept" in link
    assert "secret" not in link, "JupyterLab's token opens more than the playground"
    other = open_page(fragment=link[link.index("#") :])
    assert other.get_by_label(BUTTONS["code"]).input_value() == code
    assert setting["end"] == "own sigmoid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_at_320_pixels_and_all_words_can_be_read(open_page, scheme):
    tab = open_page(320, color_scheme=scheme, has_touch=True)
    tab.get_by_text(BUTTONS["share"]).tap()
    root = tab.locator(".logit-lab-playground")
    assert root.evaluate(CUT) == []
    assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for words in ("label", "button", "select", ".reading", ".readout", "figcaption", ".key", "summary"):
        ink, paper = (colour(root.locator(words).first, style) for style in ("color", "background-color"))
        assert contrast(ink, paper) >= 4.5, words
    tab.get_by_role("button", name="Play").tap()
    trained(tab, tab)


def test_with_reduced_motion_a_picture_a_second_is_shown_and_the_line_is_announced_at_rest(open_page):
    tab = open_page(reduced_motion="reduce")
    assert steps(tab) == 0, "nothing plays by itself"
    tab.evaluate("""() => {
        window.shown = 0;
        const steps = document.querySelector("[data-readout=steps]");
        new MutationObserver(() => window.shown++).observe(steps, {childList: true});
    }""")
    tab.get_by_role("button", name="Play").click()
    line = tab.locator(".reading")
    assert line.get_attribute("aria-live") == "off"
    trained(tab, tab)
    tab.wait_for_timeout(1000)
    assert tab.evaluate("window.shown") * 20 <= steps(tab), "many steps for a picture"
    tab.get_by_role("button", name="Pause").click()
    assert line.get_attribute("aria-live") == "polite"


@pytest.fixture
def in_lab(lab_tab, address, course_copy):
    """Open the playground in JupyterLab, in a notebook of one cell."""
    code = nbformat.v4.new_code_cell('from figures import playground\nplayground(data="circles")', id="playground")
    notebook = nbformat.v4.new_notebook(cells=[code])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    nbformat.write(notebook, course_copy / "notebooks/playground.ipynb")
    open_notebook(lab_tab, "notebooks/playground.ipynb")
    choose(lab_tab, "Run", "Run All Cells")
    found = cell(lab_tab, "playground", notebook)
    found.locator(".logit-lab-playground").wait_for(timeout=60_000)
    yield found
    end_kernels(address)


def test_the_playground_lives_on_in_jupyterlab_when_its_kernel_is_gone(in_lab, lab_tab, address):
    assert b"playground" in sessions(address)
    end_kernels(address)
    in_lab.get_by_role("button", name="Play").click()
    trained(lab_tab, in_lab)
    units = in_lab.get_by_label(CONTROLS["units"])
    units.focus()
    lab_tab.keyboard.press("ArrowUp")
    assert units.input_value() == "9", "the key is the control's and not JupyterLab's"
    in_lab.get_by_role("button", name=re.compile("Play|Pause")).first.focus()
    says(in_lab, "[.]")


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_the_playground_can_be_read_in_both_themes_of_jupyterlab(in_lab, lab_tab, theme):
    choose(lab_tab, "Settings", "Theme", theme)
    lab_tab.wait_for_function(f"document.body.dataset.jpThemeLight === '{str(theme.endswith('Light')).lower()}'")
    for words in (".reading", "label", "button", "select", "svg text"):
        ink = colour(in_lab.locator(words).first, "fill" if words == "svg text" else "color")
        assert contrast(ink, colour(in_lab.locator(words).first, "background-color")) >= 4.5, words
