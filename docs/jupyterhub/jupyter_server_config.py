"""For a hub: copy this file to /etc/jupyter/jupyter_server_config.py. It is read by everybody's own Jupyter server.

What a reader has done is kept in the reader's home: the shared copy of the course cannot be written to.
"""

import os
import sys
from pathlib import Path

KEPT = Path.home() / ".local/share/logit-lab"
TEACHERS = Path.home() / "logit-lab-class"  # a teacher's own copy of the course, with the folder solutions

if (TEACHERS / "solutions").is_dir():
    # the grader of that copy is used: it knows the hidden tests, and the class's data lie in its folder build
    sys.path.insert(0, str(TEACHERS))
    os.environ["PYTHONPATH"] = str(TEACHERS)
else:
    KEPT.mkdir(parents=True, exist_ok=True)
    os.environ["LOGIT_LAB_BUILD"] = str(KEPT)
    os.environ["LOGIT_LAB_PROGRESS"] = str(KEPT / "progress.json")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # TensorFlow's log does not belong into a lesson
