"""The contract of a stateful operator: what of a plan needs to know more than the rows of its batch."""

from __future__ import annotations

from glowplug.io.state.layout import OperatorLayout
from glowplug.plan.relations import Relation
from glowplug.streaming.batch import Batch
from glowplug.streaming.progress import StateProgress


class Operator:
    """Made once for each run of a query, in the order of the plan from the sources up; one thread calls it.

    `restore` comes first, with the version that the last committed batch wrote (0: none). Then, for every batch,
    `run`; and `save` once the sink has the rows, before the batch is committed. A batch that fails ends the query:
    nothing but `close` is called after that, and the next run begins with `restore`.
    """

    name: str

    def restore(self, version: int, batch: Batch) -> None:
        raise NotImplementedError

    def run(self, plan: Relation, batch: Batch) -> Relation:
        """Take in the rows of the batch; what comes out of the operator. `plan` is its node, with bound children."""
        raise NotImplementedError

    def save(self, version: int, batch: Batch) -> None:
        raise NotImplementedError

    def passed_on(self, watermark_ms: int) -> int:
        """The watermark that holds for what comes out, of the one that holds for what comes in."""
        return watermark_ms

    def pending(self, batch: Batch) -> bool:
        """Whether this batch, without rows, would put something out, or forget something."""
        return False

    def progress(self) -> StateProgress:
        raise NotImplementedError

    def layout(self) -> OperatorLayout:
        """How its files are read by others."""
        raise NotImplementedError

    def close(self, batch: Batch) -> None:
        """Give the kernel's tables back."""
