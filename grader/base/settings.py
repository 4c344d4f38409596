"""The settings that are read from the environment, by their names."""

import os

BUILD = "LOGIT_LAB_BUILD"  # the folder of a class: gradebook, journal, what was collected and judged
DB = "LOGIT_LAB_DB"  # the gradebook's address, where it is not a file in that folder
SEED = "LOGIT_LAB_SEED"  # the class's secret, for personal inputs
EXCHANGE = "LOGIT_LAB_EXCHANGE"  # the folder of nbgrader's exchange
PROGRESS = "LOGIT_LAB_PROGRESS"  # the file in which right answers are counted
WARM = "LOGIT_LAB_WARM"  # set in a process that is going to be forked


def setting(name: str) -> str:
    """Return what a setting is set to; "" where it is not set."""
    return os.environ.get(name, "")


def nbgrader_grades() -> bool:
    """Return whether nbgrader runs this code to give marks; it says so to the kernels that it starts for that."""
    return os.environ.get("NBGRADER_EXECUTION") == "autograde"
