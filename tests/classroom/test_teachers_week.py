"""From a platform's download to marks and feedback that it takes back, through the commands alone."""

import json
import zipfile

import pytest
from conftest import SAMPLES
from gradebooks import scores_in

NAME = "01-activations"
RIGHT, WRONG = (SAMPLES / each / NAME / f"{NAME}.ipynb" for each in ("all-right", "two-wrong"))
CANVAS = {
    "abelanna_12345_67890_01-activations.ipynb": RIGHT,
    "bakerben_LATE_12346_67891_01-activations-1.ipynb": WRONG,
}
MOODLE = {
    "Anna Abel_4711_assignsubmission_file_/01-activations.ipynb": RIGHT,
    "Ben Baker_4712_assignsubmission_file_/my work.ipynb": WRONG,
}
CANVAS_LIST = (
    "Student,ID,SIS User ID,SIS Login ID,Section,01-activations (9)\n"
    "    Points Possible,,,,,10\n"
    '"Abel, Anna",12345,s1,anna,A,\n"Baker, Ben",12346,s2,ben,A,\n"Cox, Cy",12347,s3,cy,A,\n"Student, Test",9,,x,A,\n'
)
MOODLE_LIST = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Feedback comments\n"
    "Participant 4711,Anna Abel,a@x.edu,,,10.00,\nParticipant 4712,Ben Baker,b@x.edu,,,10.00,\n"
    "Participant 4713,Cy Cox,c@x.edu,,,10.00,\n"
)


class Week:
    """A class's folder, the commands of the course in it, and what they leave."""

    def __init__(self, folder, grader, members, roster):
        self.folder, self._grader = folder, grader
        self.given, self.roster = folder / "download.zip", folder / "list.csv"
        with zipfile.ZipFile(self.given, "w") as archive:
            for name, source in members.items():
                archive.write(source, name)
        self.roster.write_text(roster)

    def __call__(self, *words, status=0):
        done = self._grader(*words, build=self.folder / "build")
        assert done.returncode == status, done.stderr
        return done

    def grade(self, *words):
        return self("grade", NAME, "--submitted", self.given, *words)


@pytest.fixture(scope="module", params=["Canvas", "Moodle"])
def week(request, tmp_path_factory, grader):
    members, roster = {"Canvas": (CANVAS, CANVAS_LIST), "Moodle": (MOODLE, MOODLE_LIST)}[request.param]
    made = Week(tmp_path_factory.mktemp("week"), grader, members, roster)
    made.platform = request.param
    made.names = {"Canvas": ("abelanna_12345", "bakerben_12346"), "Moodle": ("Anna Abel_4711", "Ben Baker_4712")}[
        request.param
    ]
    made.trial = made.grade("--dry-run")
    assert not (made.folder / "build/gradebook.db").exists()
    made.done = made.grade("--class", made.roster, "--json", made.folder / "out.json")
    made.entries = json.loads((made.folder / "out.json").read_text("utf-8"))["submissions"]
    return made


def test_a_trial_run_says_who_has_handed_in_what_and_grades_nobody(week):
    assert week.trial.stdout.startswith("2 handed in, 1 named as asked, 1 named otherwise.\n")
    assert f"{week.names[1]}: The notebook was handed in under another name: " in week.trial.stdout


def test_the_download_is_graded_as_it_comes_and_who_is_missing_has_no_mark(week):
    assert "2 handed in, 1 named as asked, 1 named otherwise, 1 not handed in." in week.done.stdout
    scores = {each["student"]: (each["status"], each["score"]) for each in week.entries}
    missing = next(each for each in scores if each not in week.names)
    first, second = week.names
    assert scores == {first: ("graded", 10), second: ("graded", 6), missing: ("not_handed_in", None)}
    assert scores_in(week.folder / "build/gradebook.db") == {first: 10, second: 6}
    assert ("Canvas marks it as late." in week.done.stdout.replace("\n", " ")) == (week.platform == "Canvas")


def test_the_marks_go_back_to_the_rows_by_the_platforms_numbers(week):
    option = {"Canvas": "--canvas", "Moodle": "--worksheet"}[week.platform]
    week("export", NAME, option, week.roster, "--out", week.folder / "back.csv")
    rows = (week.folder / "back.csv").read_text("utf-8").splitlines()
    marks = {"Canvas": (",10", ",6", "A,"), "Moodle": (",10,10.00,", ",6,10.00,", ",,10.00,")}[week.platform]
    for row, mark in zip(
        [row for row in rows if "A" in row and "Student" not in row and "Full" not in row], marks, strict=False
    ):
        assert mark in row


def test_feedback_goes_back_under_the_names_that_the_platform_knows(week):
    option = {"Canvas": "--canvas-zip", "Moodle": "--moodle-zip"}[week.platform]
    done = week("feedback", NAME, option, week.folder / "back.zip")
    assert "2 of them are in" in done.stdout
    with zipfile.ZipFile(week.folder / "back.zip") as archive:
        names = archive.namelist()
        page = archive.read(names[1]).decode()
    expected = {
        "Canvas": ["abelanna_12345_67890_01-activations.html", "bakerben_LATE_12346_67891_01-activations.html"],
        "Moodle": [f"{path.split('/')[0]}/{NAME}.html" for path in MOODLE],
    }
    assert names == expected[week.platform]
    assert "All rows together sum to 1" in page
    other = {"Canvas": "--moodle-zip", "Moodle": "--canvas-zip"}[week.platform]
    refused = week("feedback", NAME, other, week.folder / "no.zip", status=2)
    assert "No submission to 01-activations was handed over as" in refused.stderr


def test_a_submission_is_taken_back_with_its_files_and_graded_anew_by_the_next_run(week):
    build, name = week.folder / "build", week.names[1]
    week("grade", NAME, "--forget", name)
    assert set(scores_in(build / "gradebook.db")) == {week.names[0]}
    assert not (build / "submitted" / name / NAME).exists()
    assert not (build / "autograded" / name / NAME).exists()
    refused = week("grade", NAME, "--forget", name, status=2)
    assert f"The gradebook holds no submission of {name} to {NAME}." in refused.stderr
    week.grade()
    assert scores_in(build / "gradebook.db") == dict(zip(week.names, (10, 6), strict=True))
