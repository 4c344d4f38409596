"""The report of a class of two hundred, really graded, against what was generated; and its page in a real Chromium.

Without Chromium the tests of the page are skipped; where CI=true they fail, for there it must be installed.
"""

import csv
import json
from collections import Counter, defaultdict

import pytest
from made_classes import make_class

from grader.classroom.report.records import NO_IDEA

pytestmark = pytest.mark.slow  # a class of 200

COUNT = 200
NAME = "01-activations"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_class(tmp_path_factory.mktemp("class") / "submitted", COUNT)


@pytest.fixture(scope="module")
def build(made, grader):
    """Grade the class and write its report; return the build folder."""
    build = made.folder.parent / "build"
    for command in (
        ["grade", NAME, "--submitted", made.folder],
        ["report", NAME, "--json", build / "class.json", "--csv", build / "class.csv"],
        ["report", NAME, "--anonymous", "--html", build / "anonymous.html"],
    ):
        done = grader(*command, build=build)
        assert done.returncode == 0, done.stderr
    return build


@pytest.fixture(scope="module")
def told(build):
    return json.loads((build / "class.json").read_text("utf-8"))


@pytest.fixture
def open_page(chrome, build):
    """Open the report; what it asks the network for and what the browser complains of fails the test."""
    pages, trouble = [], []

    def show(file=build / f"reports/{NAME}.html", **settings):
        page = chrome.new_page(**{"viewport": {"width": 1280, "height": 900}, **settings})
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: None if request.url == file.as_uri() else trouble.append(request.url))
        page.goto(file.as_uri())
        pages.append(page)
        return page

    yield show
    for page in pages:
        page.close()
    assert not trouble


# What was counted, against what was generated.


def test_every_submission_is_what_it_was_made_to_be(made, told):
    assert len({each.kind for each in made.expected.values()}) == 5
    found = {
        each["student"]: (
            each["status"],
            each["score"],
            {answer["name"]: answer["misconception"] for answer in each["answers"]},
        )
        for each in told["students"]
    }
    assert found == {name: (each.status, each.score, each.misconceptions) for name, each in made.expected.items()}


def test_the_counts_of_the_scores_and_answers_are_those_that_were_generated(made, told):
    scores = Counter(each.score for each in made.expected.values())
    assert {bar["from"]: bar["together"] for bar in told["scores"]["bars"]} == {
        float(score): scores[score] for score in range(0, 11, 2)
    }
    assert told["statuses"] == Counter(each.status for each in made.expected.values())
    for item in told["answers"]:
        shown = [each.misconceptions[item["name"]] for each in made.expected.values() if each.status != "rejected"]
        assert item["solved"] == shown.count(None)
        assert item["not_attempted"] == shown.count("not-attempted")
        assert item["wrong"] == len(shown) - shown.count(None) - shown.count("not-attempted")
        assert item["not_judged"] == COUNT - len(shown)
        assert item["separation"]["value"] > 0.2, "the strong were made to answer better"


def test_each_misconception_is_shared_by_whom_it_was_given_to(made, told):
    expected = defaultdict(set)
    for name, each in made.expected.items():
        for id_ in filter(None, each.misconceptions.values()):
            expected[id_].add(name)
    assert {each["id"]: set(each["students"]) for each in told["misconceptions"]} == expected
    ideas = [each for each in told["misconceptions"] if each["idea"]]
    assert [len(each["students"]) for each in ideas] == sorted((len(each["students"]) for each in ideas), reverse=True)
    assert all(each["examples"] and each["hint"] and each["sections"] for each in ideas)


def test_those_in_need_are_the_broken_the_weak_and_the_ones_with_many_wrong_ideas(made, told):
    expected = {
        name
        for name, each in made.expected.items()
        if each.status != "graded" or each.score < 5 or len({*each.misconceptions.values()} - {None, *NO_IDEA}) >= 3
    }
    assert set(told["in_need"]) == expected


def test_the_csv_has_a_row_for_each_student(made, build):
    with (build / "class.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        name: each.score for name, each in made.expected.items()
    }


# The page.


def test_the_page_shows_the_counts_that_were_generated(made, open_page):
    page = open_page()
    scores = Counter(each.score for each in made.expected.values())
    labels = page.get_by_role("img", name="How many students have how many points").locator("text").all_text_contents()
    shown = [int(text) for text in labels if text.isdigit()]
    assert shown == [number for score in range(0, 11, 2) for number in (scores[score], score)]
    assert page.get_by_role("table", name="How many of the 200").locator("tbody tr").count() == 5
    titles = page.locator("#misconceptions ~ .ideas").first.get_by_role("heading").all_inner_texts()
    assert len(titles) == len(
        {id_ for each in made.expected.values() for id_ in each.misconceptions.values()} - {None, *NO_IDEA}
    )
    bars = page.locator("rect.bar-graded").evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert min(bars) > 1


def test_names_that_were_left_out_are_nowhere(made, open_page, build):
    page = open_page(build / "anonymous.html")
    source = page.content()
    assert not [name for name in made.expected if name in source]
    assert page.get_by_text("Names are left out").is_visible()


def test_screen_readers_find_landmarks_headings_and_tables(open_page):
    page = open_page()
    for role in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(role).count() == 1
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    answers = ["Scores", "Answers", "Misconceptions", "Students in need"]
    assert headings == ["In short", "The next lesson", *answers, "How it is computed"]
    need = page.get_by_role("table", name="The lowest score first")
    assert need.get_by_role("columnheader").all_inner_texts() == ["student", "points", "why", "what to talk about"]
    assert need.get_by_role("rowheader").count() > 50


def test_the_keyboard_alone_reaches_everything_and_is_seen_where_it_is(open_page):
    page = open_page()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="To the report")
    assert skip.evaluate("each => each === document.activeElement && each.getBoundingClientRect().left >= 0")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    summary = page.locator("summary").first
    for _ in range(40):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        if summary.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    assert page.get_by_role("table", name="Students by their points").is_visible()


def test_a_link_leads_from_a_student_to_what_is_to_be_talked_about(open_page):
    page = open_page()
    link = page.locator(".talk a").first
    target = page.locator(link.get_attribute("href"))
    link.click()
    assert target.get_by_role("heading").inner_text() == link.inner_text()
    page.wait_for_function("each => each.getBoundingClientRect().top < innerHeight", arg=target.element_handle())


CONTRASTS = """() => {
    const parse = text => text.match(/[\\d.]+/g).map(Number);
    const light = colour => {
        const [r, g, b] = colour.map(each => each / 255).map(
            each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ratio = (one, two) => {
        const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const ground = element => {
        for (; element; element = element.parentElement) {
            const colour = parse(getComputedStyle(element).backgroundColor);
            if (colour.length === 3 || colour[3] > 0) return colour.slice(0, 3);
        }
    };
    const texts = [], shapes = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || element.closest("title, desc")) continue;
        const style = getComputedStyle(element);
        const colour = element.closest("svg") ? style.fill : style.color;
        texts.push([ratio(parse(colour).slice(0, 3), ground(element)), walker.currentNode.textContent.trim()]);
    }
    const drawn = "rect.bar-solved, rect.bar-wrong, rect.bar-graded, circle, line.stripe";
    for (const shape of document.querySelectorAll(drawn)) {
        const style = getComputedStyle(shape), colour = shape.tagName === "line" ? style.stroke : style.fill;
        shapes.push([ratio(parse(colour).slice(0, 3), ground(shape)), shape.getAttribute("class")]);
    }
    return [texts.sort((a, b) => a[0] - b[0])[0], shapes.sort((a, b) => a[0] - b[0])[0]];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_bars_stand_out_from_the_ground_as_wcag_asks(open_page, scheme):
    page = open_page(color_scheme=scheme)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 22, 26)"
    assert dark == (scheme == "dark")
    text, shape = page.evaluate(CONTRASTS)
    assert text[0] >= 4.5, text
    assert shape[0] >= 3, shape


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_wider_than_the_window(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    widest = page.locator("p, dd").evaluate_all("all => Math.max(...all.map(each => each.clientWidth))")
    assert widest <= 46 * 16, "longer lines are hard to read"


def test_on_paper_everything_is_dark_on_white_and_unfolded(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.get_by_role("navigation").count() == 0
    assert page.get_by_role("table", name="Students by their points").is_visible()
    assert page.locator("details .names li").last.is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
