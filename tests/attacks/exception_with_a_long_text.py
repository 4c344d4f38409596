# Raises an exception whose text and type have ten million letters.
# ruff: noqa
# %% relu
def relu(z):
    raise type("E" * 10_000_000, (Exception,), {})("x" * 10_000_000)
