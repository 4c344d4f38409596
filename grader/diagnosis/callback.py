"""diagnose() inside fit(): a callback that looks at the first batch as fit() really gets it."""

from typing import Any

from grader.base.keras_import import keras
from grader.diagnosis.diagnose import diagnose
from grader.diagnosis.findings import Diagnosis


class Diagnose(keras.callbacks.Callback):
    """Tell after the first batch what is wrong with the model, once: `model.fit(x, y, callbacks=[Diagnose()])`.

    The first step of the training runs without compilation, so that the batch can be looked at; every other step runs
    as it would have.

    Attributes:
        diagnosis: what was found, None before the first batch.
    """

    def __init__(self, stop: bool = False) -> None:
        """Make a callback; with `stop`, a training in which something is wrong ends after its first batch."""
        super().__init__()
        self.stop = stop
        self.diagnosis: Diagnosis | None = None
        self._batch: tuple[Any, Any] = (None, None)
        self._restore: dict[str, Any] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Let the first step hand its batch over."""
        if self.diagnosis is not None:
            return
        compute_loss = self.model.compute_loss

        def watched(x: Any = None, y: Any = None, *args: Any, **kwargs: Any) -> Any:
            self._batch = (x, y)
            try:
                return compute_loss(x, y, *args, **kwargs)
            except Exception:  # a loss that refuses the batch is when help is needed most; fit() ends after it
                self._look()
                raise

        self._restore = {"run_eagerly": self.model.run_eagerly}
        self.model.run_eagerly = True
        self.model.compute_loss = watched
        self.model.make_train_function(force=True)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the first batch, and let the training go on as it was."""
        if self.diagnosis is not None:
            return
        self._look()
        if self.stop and self.diagnosis is not None and self.diagnosis.findings:
            self.model.stop_training = True

    def _look(self) -> None:
        """Diagnose the model with the batch that was handed over, and tell."""
        self._let_go()
        x, y = (keras.tree.map_structure(_array, part) for part in self._batch)
        self.diagnosis = diagnose(self.model, x, y)
        _show(self.diagnosis)

    def on_train_end(self, logs: Any = None) -> None:
        """Leave the model as it was, also after a training without a batch."""
        self._let_go()

    def _let_go(self) -> None:
        if self._restore:
            del self.model.compute_loss
            self.model.run_eagerly = self._restore["run_eagerly"]
            self.model.make_train_function(force=True)
            self._restore = {}


def _array(values: Any) -> Any:
    return None if values is None else keras.ops.convert_to_numpy(values)


def _show(diagnosis: Diagnosis) -> None:
    """Show a diagnosis: as a notebook shows it, or as text."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        print(diagnosis)
        return
    if get_ipython() is None:
        print(diagnosis)
    else:
        display(diagnosis)
