# Writes large files, many files and a sparse one.
# ruff: noqa
# %% relu
import os

for number in range(40):
    try:
        with open(f"{OUT['marker']}-{number}", "wb") as file:
            for _ in range(80):
                file.write(bytes(2**20))
    except OSError as error:
        print(error)
try:
    for number in range(100_000):
        os.close(os.open(f"{OUT['marker']}-empty-{number}", os.O_CREAT))
except OSError as error:
    print(error)
try:
    os.truncate(f"{OUT['marker']}-0", 2**40)
except OSError as error:
    print(error)


def relu(z):
    return np.abs(z)
