"""What learners and their notebooks import: diagnose, Diagnose, progress, examine, Keras without its messages."""

import importlib

from grader.base.old_names import answer_to_old_names

PUBLIC = {
    "Diagnose": "grader.diagnosis.callback",
    "diagnose": "grader.diagnosis.diagnose",
    "examine": "grader.lab.doctor",
    "keras": "grader.base.keras_import",
    "progress": "grader.answers.progress",
    "tf": "grader.base.keras_import",
}
__all__ = ["Diagnose", "diagnose", "examine", "keras", "progress", "tf"]

answer_to_old_names()


def __getattr__(name: str) -> object:
    """Import what is asked for when it is asked for: TensorFlow takes seconds, and most commands do without."""
    if name not in PUBLIC:
        raise AttributeError(f"module 'grader' has no attribute {name!r}")
    return getattr(importlib.import_module(PUBLIC[name]), name)
