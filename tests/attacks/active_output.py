# Displays HTML and JavaScript in its cells.
# ruff: noqa
# %% relu
from IPython.display import HTML, SVG, Javascript, Markdown, display

display(HTML("<script>alert(1)</script>"), Javascript("alert(1)"), Markdown("<script>alert(1)</script>"))
display({"text/html": "<script>alert(1)</script>", "application/javascript": "alert(1)"}, raw=True)
get_ipython().run_cell_magic("html", "", "<script>alert(1)</script>")
get_ipython().display_pub.publish({"text/html": "<script>alert(1)</script>"})
print("\x1b]0;title\x07\x1b[2J\x1b[31m<script>alert(1)</script>\x00\x08\r")


def relu(z):
    return np.abs(z)


HTML("<script>alert(1)</script>")
