# Prints ten million lines, escapes, carriage returns and huge display data, and shows them again in every cell.
# ruff: noqa
# %% relu
import sys

from IPython.display import HTML, Javascript, display

line = "\x1b[2J\x1b]0;x\x07\r" + "x" * 20 + "\n"
for _ in range(100):
    sys.stdout.write(line * 100_000)
    print(line * 100, file=sys.stderr)
display(HTML("<script>alert(1)</script>" * 10_000), Javascript("alert(1)"))
display({"application/x-rare": "x" * 10**6, "text/latex": "$\\href{javascript:alert(1)}{x}$"}, raw=True)


def relu(z):
    print("\x1b[31m" * 10_000)
    return np.abs(z)
