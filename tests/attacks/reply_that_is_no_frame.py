# Sends bytes that are no message, such as HTTP and a pickle.
# ruff: noqa
# wants: softmax
# %% softmax
def softmax(z):
    import gc
    import pickle

    from grader.judging.crossing.channel import Channel

    channel = next(thing for thing in gc.get_objects() if isinstance(thing, Channel))
    channel._socket.sendall(b"GET / HTTP/1.0\r\n\r\n" + pickle.dumps(print))
