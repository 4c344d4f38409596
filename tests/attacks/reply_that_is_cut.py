# Announces more bytes than it sends, and hangs up.
# ruff: noqa
# wants: softmax
# %% softmax
def softmax(z):
    import gc
    import socket

    from grader.judging.crossing.channel import HEADER, MAGIC, Channel

    channel = next(thing for thing in gc.get_objects() if isinstance(thing, Channel))
    channel._socket.sendall(HEADER.pack(MAGIC, 1000) + b"m")
    channel._socket.shutdown(socket.SHUT_RDWR)
