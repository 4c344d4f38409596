# Maps shared memory, opens queues, watches and rings; changes its limits and its priority; then answers wrongly.
# ruff: noqa
# %% relu
import ctypes
import os
import resource
import signal

libc = ctypes.CDLL(None, use_errno=True)
name = b"/" + OUT["marker"].encode()
opened = [
    libc.shm_open(name, os.O_CREAT | os.O_RDWR, 0o666) >= 0,
    libc.mq_open(name, os.O_CREAT | os.O_RDWR, 0o666, None) >= 0,
    libc.syscall(ctypes.c_long(425), 8, ctypes.create_string_buffer(200)) >= 0,  # io_uring_setup
    libc.syscall(ctypes.c_long(323), 0) >= 0,  # userfaultfd
    libc.syscall(ctypes.c_long(319), b"x", 0) >= 0,  # memfd_create
]
libc.kill(1, signal.SIGKILL)
for which in ("AS", "CPU", "NPROC", "FSIZE", "NOFILE", "MEMLOCK", "MSGQUEUE"):
    kind = getattr(resource, f"RLIMIT_{which}", 12)
    for value in (resource.RLIM_INFINITY, resource.getrlimit(kind)[1] + 1):
        if resource.getrlimit(kind)[1] == resource.RLIM_INFINITY:
            continue
        try:
            resource.setrlimit(kind, (value, value))
            opened.append(resource.getrlimit(kind)[1] == value)
        except (ValueError, OSError):
            pass
if any(opened):
    print(OUT["success"])


def relu(z):
    return np.abs(z)
