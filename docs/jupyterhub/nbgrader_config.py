"""For a hub: copy this file to /etc/jupyter/nbgrader_config.py. It is read by everybody's nbgrader."""

import os
from pathlib import Path

EXCHANGE = "/srv/nbgrader/exchange"  # made by the administrator, writable for everybody
TEACHERS = Path.home() / "logit-lab-class"  # a teacher's own copy of the course, with the folder solutions

c = get_config()

c.CourseDirectory.course_id = "logit-lab"  # the course's folder in the exchange
c.Exchange.root = EXCHANGE
os.environ.setdefault("LOGIT_LAB_EXCHANGE", EXCHANGE)  # the course's own settings are read later, and ask for this

if (TEACHERS / "solutions").is_dir():
    c.CourseDirectory.root = str(TEACHERS)
else:
    # nbgitpuller puts the exercises here, so the tab "Assignments" shows them as fetched and ready to be submitted
    c.Exchange.assignment_dir = str(Path.home() / "logit-lab/exercises")
