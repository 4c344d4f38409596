"""nbgrader's settings: sources in solutions/, releases in exercises/, everything of a class under build/."""

import os

from grader.paths import BUILD, ROOT


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
c.CourseDirectory.db_url = f"sqlite:///{(BUILD / 'gradebook.db').as_posix()}"
c.Exchange.root = str(BUILD / "exchange")

# The import of TensorFlow counts against the first cell; on a loaded machine it takes more than nbgrader's 30 s.
c.Execute.timeout = 120
