"""What is sent to Dask's workers, and what is known of each of them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from grader.judging.batch import Handed

if TYPE_CHECKING:
    from distributed import Future

PER_THREAD = 2  # submissions at a worker for each of its threads: one runs, one waits, and no worker is idle
SHARED = 2  # losses of a submission, after which it shares a worker with no other


@dataclass(eq=False)
class Work:
    """A submission, and how often it was lost together with a worker."""

    handed: Handed
    losses: int = 0


@dataclass
class Station:
    """One Dask worker.

    Attributes:
        address: where it is.
        threads: how many submissions it judges at once.
        state: `asked` until it has said whether it can judge, then `ready` or `refused`.
        times: how often it was asked.
        away: what it has been sent and has not answered; None stands for the question whether it can judge.
    """

    address: str
    threads: int
    state: str = "asked"
    times: int = 0
    away: dict["Future", Work | None] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """How many more submissions it can be sent; none beside one that may have ended workers."""
        alone = any(work and work.losses >= SHARED for work in self.away.values())
        return 0 if self.state != "ready" or alone else max(0, PER_THREAD * self.threads - len(self.away))
