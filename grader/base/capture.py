"""Keeping to ourselves what other code prints: Python's streams, and the descriptors that C++ writes to."""

import contextlib
import io
import os
import warnings
from collections.abc import Iterator


@contextlib.contextmanager
def silenced_descriptors(*descriptors: int) -> Iterator[None]:
    """Send what is written to these file descriptors nowhere: TensorFlow's C++ does not ask sys.stderr."""
    kept = {descriptor: os.dup(descriptor) for descriptor in descriptors}
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for descriptor in descriptors:
            os.dup2(nowhere, descriptor)
        yield
    finally:
        for descriptor, copy in kept.items():
            os.dup2(copy, descriptor)
            os.close(copy)
        os.close(nowhere)


@contextlib.contextmanager
def captured_output() -> Iterator[list[warnings.WarningMessage]]:
    """Keep standard output and error to ourselves; yield the list of Python warnings raised meanwhile."""
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        yield caught
