"""A folder that is no class's is refused; a notebook that lies elsewhere is told by its name."""

import pytest
from conftest import ROOT

from grader.base.errors import CannotGoOn
from grader.intake.misplaced import missing_text, refuse_other_folder

NAME = "01-activations"
WANTED = f"{NAME}/{NAME}.ipynb"
pytestmark = pytest.mark.quick


def put(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("{}")
    return folder


@pytest.mark.parametrize("folder", ["exercises", "solutions", "notebooks/../exercises"])
def test_the_courses_own_folders_are_no_class(folder):
    with pytest.raises(
        CannotGoOn, match=f"is a folder of the course.* Give the folder that holds STUDENT/{WANTED}[.]$"
    ):
        refuse_other_folder(ROOT / folder, NAME)


def test_a_students_folder_is_no_class(tmp_path):
    put(tmp_path / "anna", WANTED, "02-logits/02-logits.ipynb")
    with pytest.raises(CannotGoOn, match=r"anna looks like one student's folder.* Give the folder above it[.]$"):
        refuse_other_folder(tmp_path / "anna", NAME)
    refuse_other_folder(tmp_path, NAME)


@pytest.mark.parametrize(
    ("paths", "there"),
    [
        ([], "There is no notebook in them, either."),
        (["anna/notes.txt"], "There is no notebook in them, either."),
        (["anna/02-logits/02-logits.ipynb"], "There is anna/02-logits/02-logits.ipynb."),
        (["a/other.ipynb", f"b/{NAME}/{NAME} (1).ipynb"], f"There is b/{NAME}/{NAME} (1).ipynb."),
    ],
)
def test_a_class_in_which_nobody_has_the_notebook_is_told_what_was_looked_for_and_what_is_there(tmp_path, paths, there):
    with pytest.raises(CannotGoOn) as told:
        refuse_other_folder(put(tmp_path, *paths), NAME)
    assert str(told.value) == f"No folder in {tmp_path} holds {WANTED}. {there} Give the folder that holds " + (
        f"STUDENT/{WANTED}."
    )


def test_one_notebook_is_a_class_whatever_the_others_have(tmp_path):
    put(tmp_path, "anna/notes.txt", f"ben/{WANTED}")
    (tmp_path / "cy").touch()
    refuse_other_folder(tmp_path, NAME)


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        ([f"{NAME}/{NAME} (1).ipynb"], f"{NAME}/{NAME} (1).ipynb"),
        ([f"{NAME}.ipynb", "02-logits/02-logits.ipynb"], f"{NAME}.ipynb"),
        ([f"{NAME}/домашняя работа.ipynb"], f"{NAME}/домашняя работа.ipynb"),
    ],
)
def test_a_notebook_of_another_name_or_in_another_place_is_told_with_what_to_do(tmp_path, paths, found):
    told = missing_text(put(tmp_path, *paths), NAME)
    words = f"There is {found}. If that is the exercise, move it to {WANTED}."
    assert told == f"There is no file {WANTED} in the student's folder. {words}"


def test_a_name_that_a_page_or_a_terminal_would_act_on_is_not_shown_and_no_link_is_followed(tmp_path):
    put(tmp_path / "a", "<img src=x>.ipynb", "[a](b).ipynb", "\x1b[2J.ipynb", "*x*.ipynb", ".ipynb_checkpoints/x.ipynb")
    put(tmp_path / "secret", "marks.ipynb")
    (tmp_path / "a/linked").symlink_to(tmp_path / "secret")
    (tmp_path / "a/linked.ipynb").symlink_to(tmp_path / "secret/marks.ipynb")
    assert missing_text(tmp_path / "a", NAME) == f"There is no file {WANTED} in the student's folder."
