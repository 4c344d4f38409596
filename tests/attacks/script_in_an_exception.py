# Raises an exception whose name, words and line are a script and escape sequences for a terminal.
# ruff: noqa
# %% relu
Script = type("<script>alert(1)</script>", (Exception,), {})


def relu(z):
    raise Script("\x1b]0;title\x07\x1b[2J<img src=x onerror=alert(1)>")  # <script>alert(1)</script>
