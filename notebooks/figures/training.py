"""Lesson 07: training against validation, drawn while fit runs in a thread of its own."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from ipywidgets import Button, HBox, IntSlider, Layout, VBox
from matplotlib.artist import Artist
from matplotlib.ticker import MaxNLocator

from figures.live import LiveFigure, Values
from figures.style import BLUE, GREY, VERMILION, slider

Data = tuple[np.ndarray, np.ndarray]
CURVES = ("loss", "val_loss", "accuracy", "val_accuracy")  # as fit names them


class TrainingExplorer(LiveFigure):
    """Loss and accuracy by epoch, of training and of validation; buttons start and stop a training.

    The sliders choose the next training, not the one that runs. Nothing trains before the button is pressed.

    Attributes:
        history: the curves so far, under the names that fit gives them.
        model: the model that trains, or has trained.
        training: whether a training runs now.
        error: what went wrong in the thread, or None.
        redraws: how often the running or last training asked for a new picture.
    """

    panels = (1, 2)
    ahead = False  # the picture depends on the training, too
    pause = 0.25  # seconds between two redraws by a training: at most 4 a second

    def __init__(self, build: Callable[[float], Any], train: Data, validation: Data, seed: int | None = None) -> None:
        """Show empty axes; build(dropout rate) must return a compiled model with the metric 'accuracy'."""
        self.build, self.data, self.validation, self.seed = build, train, validation, seed
        self.history: dict[str, list[float]] = {name: [] for name in CURVES}
        self.before: dict[str, list[float]] = {name: [] for name in CURVES}
        self.model: Any = None
        self.error: BaseException | None = None
        self.redraws = 0
        self.state = "nothing has been trained yet: choose and press Train"
        self.asked: tuple[float, int] = (0.2, 20)  # the rate and the epochs of the training that is shown
        self.training = False
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._drawn = -np.inf
        self.start_button = Button(description="Train", tooltip="train a new model with these two values")
        self.stop_button = Button(description="Stop", tooltip="stop after this batch", disabled=True)
        self.start_button.on_click(self.start)
        self.stop_button.on_click(self.stop)
        epochs = IntSlider(description="epochs", min=1, max=40, value=20, layout=Layout(width="32em"))
        epochs.style.description_width = "11em"
        super().__init__(rate=slider("dropout rate", 0, 0.8, 0.2), epochs=epochs)

    def start(self, button: object = None) -> None:
        """Train a new model in a thread; while one trains, do nothing."""
        if self.training:
            return
        self.asked = (float(self.controls["rate"].value), int(self.controls["epochs"].value))
        self.before, self.history = self.history, {name: [] for name in CURVES}
        self.error, self.redraws, self._drawn = None, 0, -np.inf
        self.state = "building the model"
        self._stop.clear()
        self._busy(True)
        self._thread = threading.Thread(target=self._train, args=self.asked, name="training", daemon=True)
        self._redraw()
        self._thread.start()

    def stop(self, button: object = None) -> None:
        """Ask the training to end after the batch that it is at."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> None:
        """Wait for the training to end.

        Raises:
            TimeoutError: it has not ended in this time.
            BaseException: what went wrong in it.
        """
        if self._thread is not None:
            self._thread.join(timeout)
        if self._thread is not None and self._thread.is_alive():
            raise TimeoutError("The training still runs.")
        if self.error is not None:
            raise self.error

    def _train(self, rate: float, epochs: int) -> None:
        """Build and fit, in the thread; an error is shown, kept and raised again."""
        from grader.base.keras_import import keras  # here, so that the lessons on NumPy start without TensorFlow

        explorer = self

        class Watch(keras.callbacks.Callback):
            def on_train_batch_end(self, batch: int, logs: object = None) -> None:
                self.model.stop_training = self.model.stop_training or explorer._stop.is_set()

            def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
                explorer._epoch_ended(epoch + 1, epochs, logs or {})

        try:
            if self.seed is not None:
                keras.utils.set_random_seed(self.seed)
            self.model = self.build(rate)
            about = {"validation_data": self.validation, "verbose": 0, "callbacks": [Watch()]}
            self.model.fit(*self.data, epochs=epochs, **about)
        except BaseException as error:
            self.error = error
            self.state = f"the training failed: {type(error).__name__}: {error}"
            raise
        else:
            done = len(self.history["loss"])
            self.state = f"{'done' if done == epochs else 'stopped'} after epoch {done} of {epochs}"
        finally:
            time.sleep(max(0.0, self._drawn + self.pause - time.monotonic()))
            self._redraw()
            self._busy(False)

    def _epoch_ended(self, epoch: int, epochs: int, logs: dict[str, float]) -> None:
        """Keep the epoch's numbers; draw them unless the last picture is too young."""
        with self._lock:  # a slider may be drawing in the other thread
            for name in CURVES:
                self.history[name].append(float(logs[name]))
            self.state = f"epoch {epoch} of {epochs}"
        if time.monotonic() - self._drawn >= self.pause:
            self._redraw()

    def _redraw(self) -> None:
        self._drawn = time.monotonic()
        self.redraws += 1
        self.refresh()

    def _busy(self, busy: bool) -> None:
        self.training = busy
        self.start_button.disabled, self.stop_button.disabled = busy, not busy

    def scene(self, values: Values) -> object:
        """The axes are as long as the training that is shown."""
        return self.asked[1] if self.model is not None or self.training else values["epochs"]

    def stage(self, values: Values) -> list[Artist]:
        """Draw empty axes; all curves move."""
        epochs = self.scene(values)
        self.lines, self.old = {}, {}
        for axes, what, limits in zip(self.axes, ("loss", "accuracy"), ((0, 2.5), (0, 1.01)), strict=True):
            axes.set(xlim=(0.5, float(epochs) + 0.5), ylim=limits)  # type: ignore[arg-type]  # an int
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
            axes.set_xlabel("epoch", color=GREY)
            axes.set_ylabel(what, color=GREY)
            self.old[f"val_{what}"] = axes.plot([], [], color=GREY, lw=1.5, ls=":", label="validation before")[0]
            self.lines[what] = axes.plot([], [], "o-", color=BLUE, ms=3, lw=2, label="training")[0]
            self.lines[f"val_{what}"] = axes.plot([], [], "s--", color=VERMILION, ms=3, lw=2, label="validation")[0]
        self.axes[0].legend(loc="upper right", frameon=False, labelcolor=GREY)  # where every loss has left
        return [*self.old.values(), *self.lines.values()]

    def move(self, values: Values) -> str:
        """Bring the curves to the history; say the epoch and the accuracies."""
        for lines, history in ((self.lines, self.history), (self.old, self.before)):
            for name, line in lines.items():
                line.set_data(np.arange(1, len(history[name]) + 1), history[name])
        epochs = int(values["epochs"])
        chosen = f"dropout {float(values['rate']):.1f}, {epochs} epoch{'s' * (epochs != 1)}"
        if self.model is None and not self.training and self.error is None:
            return f"{chosen}; {self.state}"
        text = f"dropout {self.asked[0]:.1f}, {self.state}"
        if self.history["loss"]:
            last = {name: values[-1] for name, values in self.history.items()}
            text += f": training accuracy {last['accuracy']:.3f}, validation accuracy {last['val_accuracy']:.3f}"
            text += f"; training loss {last['loss']:.3f}, validation loss {last['val_loss']:.3f}"
        return f"{text}; next: {chosen}"

    def box(self) -> VBox:
        """Return sliders, buttons and the picture."""
        return VBox([*self.controls.values(), HBox([self.start_button, self.stop_button]), self.view])

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Show the widget where there is a kernel, and the picture where there is none."""
        return {**self.box()._repr_mimebundle_(), "text/plain": self.text, "text/html": self.as_html()}


def training_explorer(
    build: Callable[[float], Any], train: Data, validation: Data, seed: int | None = None
) -> TrainingExplorer:
    """Return the live figure of a training; nothing trains until its button is pressed.

    Args:
        build: takes the dropout rate, returns a compiled model with the metric 'accuracy'.
        train: images and labels to train with.
        validation: images and labels to validate with after each epoch.
        seed: for trainings that can be repeated; without one each starts from other weights.
    """
    return TrainingExplorer(build, train, validation, seed)
