"""The process that reads models' files, forked for each file from one that has Keras imported.

It is what grader/diagnosis/of_file.py starts, but for the seconds in which TensorFlow is loaded.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from grader.base.settings import WARM

ROOT = Path(__file__).resolve().parents[2]


class WarmReader:
    """Stands for of_file.ask(); in each process that it forks, file_process.main() runs as in the real one."""

    def __init__(self):
        command = [sys.executable, "-B", __file__]
        env = {**os.environ, WARM: "1", "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.peak = 0  # bytes: the most memory that the last process had beside what it started with

    def ask(self, path, room):
        """Return what the process wrote; raise what of_file.ask() raises where it wrote nothing."""
        from grader.diagnosis.of_file import ENDED, TOO_LONG
        from grader.diagnosis.refusals import Refused

        self._process.stdin.write(json.dumps([str(path), str(room)]) + "\n")
        self._process.stdin.flush()
        status, self.peak = json.loads(self._process.stdout.readline())
        told = (room / "answer").read_bytes()
        if not told:
            raise Refused(TOO_LONG if status == -signal.SIGXCPU else ENDED)
        return told

    def close(self):
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()


def _read(path, room):
    from grader.diagnosis import file_process

    os.chdir(room)
    os.environ |= {"HOME": room, "TMPDIR": room, "KERAS_HOME": room}
    os.dup2(os.open(f"{room}/answer", os.O_WRONLY | os.O_CREAT), 1)  # where the real one writes its answer
    sys.argv[1:] = [path, room]
    file_process.main()


def _serve():
    import resource

    from grader.base.keras_import import keras  # noqa: F401
    from grader.diagnosis import diagnose  # noqa: F401

    for line in sys.stdin:
        path, room = json.loads(line)
        Path(room, "answer").touch()
        if child := os.fork():
            _, status, used = os.wait4(child, 0)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(json.dumps([os.waitstatus_to_exitcode(status), 1024 * (used.ru_maxrss - before)]), flush=True)
            continue
        try:
            _read(path, room)
        finally:
            os._exit(0)


if __name__ == "__main__":
    _serve()
