# Starts programs, with libraries and code of its own put before them.
# ruff: noqa
# %% relu
import os
import subprocess
import sys

with open("own.so", "wb") as file:
    file.write(b"\x7fELF" + bytes(1000))
with open("own.sh", "w") as file:
    file.write("#!/bin/sh\necho ran\n")
os.chmod("own.sh", 0o777)
os.environ.update(LD_PRELOAD="./own.so", PYTHONPATH=".", PYTHONSTARTUP="own.py", PYTHONINSPECT="1", BASH_ENV="own.sh")
python = os.path.realpath(sys.executable)
loader = "/lib64/ld-linux-x86-64.so.2"
for command in (
    ["./own.sh"],
    ["/bin/sh", "-c", "echo"],
    [sys.executable, "-V"],
    [python, "-V"],
    ["/usr/bin/env"],
    [loader],
):
    for act in (
        lambda: subprocess.run(command, capture_output=True),
        lambda: os.posix_spawn(command[0], command, {}),
        lambda: os.spawnv(os.P_WAIT, command[0], command) and 1 / 0,
        lambda: os.popen("echo ran"),
        lambda: os.system("echo ran") and 1 / 0,
        lambda: os.execv(command[0], command),
    ):
        try:
            print(OUT["success"], command, act())
        except (OSError, ZeroDivisionError) as error:
            print(error)


def relu(z):
    return np.abs(z)
