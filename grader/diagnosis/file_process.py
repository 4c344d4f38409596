"""The process that reads a stranger's file and diagnoses the model in it: `python -m grader.diagnosis.file_process`.

What it found goes back as JSON. TensorFlow is loaded here and nowhere else.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

from grader.base.text import first_line
from grader.diagnosis.file_kinds import INSTEAD
from grader.diagnosis.file_parts import FILE_BYTES, bytes_on_disk
from grader.diagnosis.limits import limit_resources, stay_in
from grader.diagnosis.refusals import OwnCode, Refused
from grader.diagnosis.saved_file import is_out_of_memory, load_model

MEMORY = 1_500_000_000  # bytes beside those of Keras and TensorFlow: a picture of 1,000 x 1,000 through a U-Net
MEMORY_TIMES = 6  # the file's bytes: read, as variables, what an optimizer keeps, and a copy at work
SECONDS = 120  # of processor time; 10^8 parameters take 13


def memory_for(path: Path) -> int:
    """Return how many bytes may be asked for to read a file."""
    return MEMORY + MEMORY_TIMES * bytes_on_disk(path)


def look(path: Path, room: Path) -> dict[str, Any]:
    """Return what is found in a file: {"diagnosis": ...}, or {"problem": a sentence}."""
    from grader.diagnosis.diagnose import diagnose

    try:
        return {"diagnosis": diagnose(load_model(path, room)).as_dict()}
    except OwnCode as own:
        why = f"It holds {own.what}, which is code of its own, and nothing that a file brings is run."
        return {"problem": f"{why} {INSTEAD}"}
    except Refused as refused:
        return {"problem": str(refused)}
    except Exception as error:  # whatever a stranger's model brings about
        if is_out_of_memory(error):
            return {"problem": f"To read it takes more than {memory_for(path) / 1e9:.1f} GB of memory. {INSTEAD}"}
        return {"problem": f"diagnose() stopped at it by {type(error).__name__}: {first_line(error)}. {INSTEAD}"}


def serve(path: Path, room: Path, answer_to: int) -> None:
    """Write what is found in a file to a descriptor; nothing of this process is as before afterwards."""
    from grader.base.keras_import import keras

    keras.config.disable_interactive_logging()
    limit_resources(memory_for(path), SECONDS, FILE_BYTES + MEMORY)
    stay_in(room)
    with os.fdopen(answer_to, "w", encoding="ascii") as stream:
        json.dump(look(path, room), stream)


def main() -> None:
    """Serve the path and the room in the arguments; the answer goes to standard output, and nothing else does."""
    answer_to, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    for number in (1, 2):
        os.dup2(nowhere, number)
    serve(Path(sys.argv[1]), Path(sys.argv[2]), answer_to)


if __name__ == "__main__":
    main()
