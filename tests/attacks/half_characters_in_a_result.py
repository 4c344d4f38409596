# Returns and raises half a character, and has it in its name.
# ruff: noqa
# %% relu
def relu(z):
    relu.calls = getattr(relu, "calls", 0) + 1
    if relu.calls % 2:
        raise type("E\ud800", (Exception,), {})("\ud800")
    return ["\ud800", {"\ud800": "\ud800"}]


relu.__name__ = "\ud800"
