"""nbgrader's settings: sources in solutions/, releases in exercises/, everything of a class under build/."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from grader.base.paths import BUILD, ROOT, tools_on_path
from grader.base.settings import EXCHANGE, setting
from grader.gradebook.address import COURSE, be_patient, gradebook_address


def under_build(name: str) -> str:
    """Return a folder of the class, as nbgrader and formgrader want it: relative to the course."""
    return os.path.relpath(BUILD / name, ROOT)


c = get_config()

c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.submitted_directory = under_build("submitted")
c.CourseDirectory.autograded_directory = under_build("autograded")
c.CourseDirectory.feedback_directory = under_build("feedback")
c.CourseDirectory.db_url = gradebook_address()  # LOGIT_LAB_DB, or SQLite in the build folder
if not c.CourseDirectory.db_url.startswith("sqlite"):
    c.CourseDirectory.course_id = COURSE  # nbgrader's own "" is refused: PostgreSQL insists that there be such a course
be_patient()
tools_on_path()  # nbgrader calls alembic by its name
c.Exchange.root = setting(EXCHANGE) or str(BUILD / "exchange")  # on a hub all share one
with suppress(OSError):  # `nbgrader collect` opens the gradebook, and SQLite makes no folders
    BUILD.mkdir(parents=True, exist_ok=True)
if Path(c.Exchange.root).is_dir():  # not where a hub has an exchange of another kind
    c.ExchangeFactory.collect = (
        "grader.gradebook.collect.Collect"  # stock follows links, and takes what others put there
    )

# `nbgrader autograde` and formgrader's button judge as `grader grade` does: stock nbgrader runs the tests where the
# submitted code runs, which can then read and change them. Only Linux has the sandbox; elsewhere it is stock.
if sys.platform == "linux":
    c.Autograde.sanitize_preprocessors = ["grader.gradebook.autograde.PutTests"]
    c.Autograde.autograde_preprocessors = [
        "grader.gradebook.autograde.Judge",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
    ]
    if "nbgrader.apps" in sys.modules:  # one of nbgrader's own commands, or formgrader
        from grader.gradebook.autograde import guard_nbgrader

        guard_nbgrader()

c.AssignLatePenalties.plugin_class = "grader.gradebook.late.LatePenalty"
if "nbgrader.apps" in sys.modules:  # formgrader, in which marks are given by hand
    from grader.gradebook.hand_marks import count_marks_by_hand

    count_marks_by_hand()
c.HTMLExporter.preprocessors = ["grader.gradebook.hand_marks.ShowMarkingScheme"]

# Stock feedback prints the hidden tests for everybody to read, and loads its formulas from the internet.
c.GenerateFeedback.exporter_class = "grader.classroom.feedback.page.HandedBack"
c.HandedBack.template_name = "handed_back"
c.HandedBack.extra_template_basedirs = [str(ROOT / "grader/classroom/feedback/templates")]
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "nbgrader.preprocessors.ClearHiddenTests",
    "grader.gradebook.pages.WithholdOutputs",  # where students have inputs of their own
]

# What learners wrote is shown in formgrader, which has Jupyter's origin, and to students: nothing in it may act.
c.HTMLExporter.sanitize_html = True
c.TemplateExporter.filters = {
    "markdown2html": "grader.gradebook.pages.inactive_markdown",
    "clean_html": "grader.gradebook.pages.inactive_html",
    "highlight_code": "grader.gradebook.pages.inactive_code",
}

if sys.platform != "linux":  # there the import of TensorFlow counts against the first cell, and 30 s are too few
    c.Execute.timeout = 120
