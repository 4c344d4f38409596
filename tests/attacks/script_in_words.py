# Returns words that are a script.
# ruff: noqa
# %% relu
def relu(z):
    return np.array(["<script>alert(1)</script>\x1b[31m"])
