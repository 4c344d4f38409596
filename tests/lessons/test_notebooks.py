"""Every notebook keeps the house rules, so that a reader finds the same shape everywhere."""

import ast
import itertools
import re
from urllib.parse import unquote

import nbformat
import pytest
from conftest import ROOT
from figures import style
from kept_outputs import compared_cells, kept_outputs
from learner_answers import TABLES

pytestmark = pytest.mark.quick

START = ROOT / "notebooks/00-start.ipynb"
LESSONS = sorted(set((ROOT / "notebooks").glob("*.ipynb")) - {START})
SOURCES = sorted((ROOT / "solutions").glob("*/*.ipynb"))
EVERY = [START, *LESSONS, *SOURCES, *sorted((ROOT / "exercises").glob("*/*.ipynb"))]
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read(path):
    return nbformat.read(path, as_version=4)


def prose(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def headings(notebook):
    return [line for text in prose(notebook) for line in text.splitlines() if re.match("#+ ", line)]


def by_name(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: f"{path.parent.name}/{path.stem}")


@by_name(EVERY)
def test_a_notebook_is_valid_and_runs_in_the_kernel_that_every_jupyter_has(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"


@by_name(EVERY)
def test_a_notebook_has_one_title_and_it_comes_first(path):
    titles = [line for line in headings(read(path)) if line.startswith("# ")]
    assert len(titles) == 1
    assert read(path).cells[0].source.startswith(titles[0])


@by_name(EVERY)
def test_cell_ids_are_readable_and_unique(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(set(ids)) == len(ids)
    assert all(SLUG.fullmatch(id_) for id_ in ids)


@by_name(EVERY)
def test_no_output_stands_in_a_notebook_before_its_cell_is_run(path):
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None), cell.id


@by_name(EVERY)
def test_the_outputs_of_all_compared_cells_are_kept_beside_the_tests(path):
    kept = kept_outputs(path.stem) if path.parent.name == "notebooks" else {}
    assert list(kept) == compared_cells(read(path))


@by_name(LESSONS)
def test_a_lesson_is_one_sitting_of_short_cells(path):
    cells = read(path).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    lines = sorted(len(source.splitlines()) for source in code)
    assert len(cells) <= 60
    assert lines[len(lines) // 2] <= 10
    assert lines[-1] <= 25
    assert sum("import " in source for source in code) == 1


@by_name(LESSONS)
def test_prose_stands_before_every_code_cell(path):
    kinds = [cell.cell_type for cell in read(path).cells]
    assert kinds[0] == "markdown"
    assert not any(pair == ("code", "code") for pair in itertools.pairwise(kinds))


@by_name(LESSONS)
def test_a_lesson_has_the_parts_that_every_lesson_has(path):
    found = headings(read(path))
    assert found[-3:] == ["## Check yourself", "## What to remember", "## Onward"]
    assert any(re.search(r"_explorer\(.*\)$", cell.source) for cell in read(path).cells)


@by_name(LESSONS)
def test_every_figure_of_pyplot_is_shown_with_words(path):
    for cell in read(path).cells:
        if cell.cell_type == "code" and "plt." in cell.source and "import" not in cell.source:
            last = ast.parse(cell.source).body[-1].value
            assert last.func.id == "picture", f"{cell.id} does not end in picture(figure, words)"
            assert len(last.args[1].value) > 40, cell.id


@by_name(LESSONS)
def test_the_pictures_of_a_lesson_have_colours_that_suit_light_and_dark(path):
    sources = (cell.source for cell in read(path).cells if cell.cell_type == "code")
    used = set(re.findall("#[0-9A-Fa-f]{6}", " ".join(sources)))
    assert used <= {style.BLUE, style.VERMILION, style.GREEN, style.GREY}


@by_name(LESSONS)
def test_a_lesson_links_to_its_exercise_and_to_the_next_lesson(path):
    onward = read(path).cells[-1].source
    later = [lesson.name for lesson in LESSONS if lesson.name > path.name][:1] or ["00-start.ipynb"]
    exercise = f"../exercises/{path.stem}/{path.stem}.ipynb"
    assert (exercise in onward) == (path.parent / exercise).exists()
    assert later[0] in onward


@by_name(LESSONS)
def test_the_text_keeps_to_the_houses_tone(path):
    text = re.sub(r"`[^`]*`|\$[^$]*\$|!\[|<[^>]*>", "", " ".join(prose(read(path))))
    assert "!" not in text
    assert not re.search(r"\b(simply|obviously|just|trivial(ly)?)\b", text, re.IGNORECASE)


@by_name(EVERY)
def test_every_relative_link_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)]+)\)", " ".join(prose(read(path)))):
        file = unquote(target.split("#")[0])
        assert (path.parent / file).exists(), target


@pytest.mark.parametrize("answer", TABLES, ids=lambda answer: answer.name)
def test_every_hint_links_to_a_section_that_the_lesson_has(answer):
    file, place = answer.section.split("#")
    [cell] = [cell for cell in read(ROOT / "notebooks" / file).cells if cell.id == place]
    assert re.search("^## .", cell.source, re.MULTILINE)
