# A thread sends replies of its own between those of the learner's process.
# ruff: noqa
# loses: others
# %% relu
import gc
import threading

from grader.judging.crossing.codec import encode
from grader.judging.crossing.channel import HEADER, MAGIC, Channel

channel = next(thing for thing in gc.get_objects() if isinstance(thing, Channel))


def answer():
    data = encode({"changed": False, "warned": "", "raised": None, "returned": {"kind": "plain", "value": 0.0}})
    try:
        while True:
            channel._socket.sendall(HEADER.pack(MAGIC, len(data)) + data)
    except OSError:
        pass


def relu(z):
    threading.Thread(target=answer, daemon=True).start()
    return np.abs(z)
