# Never returns and catches the exception that should end it: the judge has to lose patience.
# ruff: noqa
# impatient
# wants: softmax
# %% softmax
def softmax(z):
    import time

    while True:
        try:
            time.sleep(1000)
        except BaseException:
            pass
