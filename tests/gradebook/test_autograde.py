"""nbgrader's own autograde on a hostile folder: it gets what came through the door, and nothing of what was linked."""

import sys

import pytest
from gradebooks import nbgrader, scores_in
from hostile_folders import NAME, NOTED, REJECTED, UNNOTED, Folder

if sys.platform != "linux":
    pytest.skip("elsewhere nbgrader's autograde is the stock one", allow_module_level=True)

pytestmark = pytest.mark.slow  # each submission starts a judge

BAD = ["pipe", "link-to-the-solution", "folder-links-to-another", "student-links-to-another", "holes", "empty"]
ODD = ["time-is-a-word", "time-is-a-pipe", "other-files"]


def test_each_hostile_folder_is_its_own_students_matter(tmp_path):
    submitted = tmp_path / "submitted"
    for student in ("a-honest", *ODD, "z-honest"):
        Folder(submitted / student, submitted / "a-honest").hand_in()
    for kind in (*BAD, *ODD):
        (REJECTED | NOTED | UNNOTED)[kind](Folder(submitted / kind, submitted / "a-honest"))
    made = nbgrader(
        tmp_path, "generate_assignment", NAME, f"--CourseDirectory.release_directory={tmp_path / 'released'}"
    )
    assert made.returncode == 0, made.stderr
    graded = nbgrader(tmp_path, "autograde", NAME)
    assert graded.returncode == 0, graded.stderr
    right = dict.fromkeys(["a-honest", "z-honest", *ODD], 10)
    assert scores_in(tmp_path / "gradebook.db") == right | dict.fromkeys(BAD, 0)
    files = {path.name for path in (tmp_path / "autograded").rglob("*") if not path.is_dir()}
    assert files == {f"{NAME}.ipynb"}
