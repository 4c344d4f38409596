"""The names that test cells see: their own, kept from one cell to the next, the source's modules, and the learner's."""

import builtins
from typing import Any

from grader.judging.judge.proxies import FunctionProxy, LearnerProxy


class Names(dict[str, Any]):
    """The global names of the test cells and of the exercise's locked cells.

    What these cells bind is kept, and the modules that the exercise imports are the judge's own. Any other name is the
    learner's, asked for when a test uses it and forgotten with the test; so is a name that the exercise leaves to the
    learner, whoever else has bound it.
    """

    def __init__(self, learner: LearnerProxy, imports: dict[str, str], theirs: frozenset[str]) -> None:
        """Know no name yet.

        Args:
            learner: who is asked.
            imports: by the name that it binds, each import of the exercise.
            theirs: the names that cells of the exercise bind in which the learner writes.
        """
        super().__init__(__name__="__main__")
        self.learner, self._imports, self._theirs = learner, imports, theirs
        self._asked: set[str] = set()
        self._aside: set[str] = set()
        self.reserved: set[str] = set()  # of a locked cell that stopped: nobody else says what they are

    def begin(self) -> None:
        """Forget what is the learner's: it may be another thing by now."""
        for name in (self._asked | self._theirs) & self.keys():
            super().__delitem__(name)
        self._asked.clear()

    def end(self) -> None:
        """Give the learner's code back the names that the test has deleted."""
        if self._aside:
            self._aside.clear()
            self.learner.put_back()

    def __missing__(self, name: str) -> Any:
        """Return an imported module, or what the learner has under that name; raises KeyError where there is none."""
        if name in self._imports:
            exec(self._imports[name], self)
            return self[name]
        known = name.startswith("__") or (hasattr(builtins, name) and name not in self._theirs)
        if known or name in self.reserved:
            raise KeyError(name)
        value = self.learner.name(name)
        super().__setitem__(name, value)
        self._asked.add(name)
        return value

    def __setitem__(self, name: str, value: Any) -> None:
        """Bind a name; a function of the learner's under its own name is there again for the learner's code."""
        self._asked.discard(name)
        super().__setitem__(name, value)
        if name in self._aside and isinstance(value, FunctionProxy) and value.of == name:
            self.end()

    def __delitem__(self, name: str) -> None:
        """Delete a name; a function of the learner's is then missing in the learner's code, too."""
        value = self[name]
        super().__delitem__(name)
        self._asked.discard(name)
        if isinstance(value, FunctionProxy) and value.of == name:
            self.learner.put_aside(name)
            self._aside.add(name)
