"""Commands run as other users of this machine, where the tests run as root; as this user where they do not."""

import os
import pwd
import subprocess
import sys
from functools import cache
from pathlib import Path

from conftest import ROOT

# Python may lie in a folder that only root enters; in a mount namespace of its own that folder shows Python alone.
SHOW = """
set -e
hidden=$1 needed=$2
shift 2
mount --bind "$needed" /mnt
mount -t tmpfs -o mode=755 none "$hidden"
mkdir -p "$needed"
mount --move /mnt "$needed"
exec "$@"
"""


@cache
def users(count):
    """Return the names of users who are not each other, or the name of this one as often."""
    me = pwd.getpwuid(os.getuid()).pw_name
    if os.getuid() == 0 and sys.platform == "linux":
        names = [entry.pw_name for entry in pwd.getpwall() if 0 < entry.pw_uid < 1000][:count]
        if len(names) == count and all(works(name) for name in names):
            return names
    return [me] * count


def works(name):
    command = [*as_user(name), sys.executable, "-c", "import ssl, grader"]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0


def as_user(name):
    """Return what to put before a command so that a user runs it; nothing for this user."""
    entry = pwd.getpwnam(name)
    if entry.pw_uid == os.getuid():
        return []
    become = ["setpriv", f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]
    python = Path(sys.base_prefix)
    hidden = next((str(folder) for folder in reversed(python.parents) if not folder.stat().st_mode & 0o001), None)
    return ["unshare", "--mount", "sh", "-c", SHOW, "show", hidden, str(python), *become] if hidden else become


def give(folder, name):
    """Make a folder with all that is in it a user's own, closed to others."""
    entry = pwd.getpwnam(name)
    folder.chmod(0o700)
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
