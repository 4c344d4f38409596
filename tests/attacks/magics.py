# Starts programs and other cells through magics.
# ruff: noqa
# %% relu
def relu(z):
    return np.abs(z)


shell = get_ipython()
lines = ["cat " + OUT["solution"], "ls -la " + OUT["project"], "touch " + OUT["marker"], "echo $$ ran"]
acts = [(act, line) for act in (shell.getoutput, shell.system, shell.system_raw) for line in lines]
acts += [(lambda line: shell.run_line_magic("sx", line), line) for line in lines]
acts += [
    (lambda name: shell.run_line_magic(name, OUT["solution"]), name) for name in ("run", "load", "pycat", "notebook")
]
acts += [(lambda place: shell.run_cell_magic("writefile", place, "changed"), place) for place in OUT["canaries"]]
acts += [(lambda name: shell.run_cell_magic(name, "", "echo ran"), name) for name in ("bash", "script cat")]
for act, about in acts:
    try:
        print(act(about))
    except BaseException as error:
        print(about, type(error))
