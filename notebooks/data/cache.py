"""Where Keras keeps what it has downloaded."""

import os
from pathlib import Path


def keras_home() -> Path:
    """Return the folder in which Keras keeps what it has downloaded, found as Keras finds it, be it there or not."""
    home = Path.home()
    default = (home if os.access(home, os.W_OK) else Path("/tmp")) / ".keras"
    return Path(os.environ.get("KERAS_HOME", default)).expanduser()
