"""The steps of a micro-batch, by name: where a test may make the process die, and what a progress report times."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

STEPS = (
    "offsets",  # the offsets of the batch are about to be written
    "offsets written",
    "sources committed",  # what is before the last batch is given up
    "planned",  # stateful operators have taken the rows in, in memory only
    "sink",  # the rows are about to be given to the sink
    "sink done",
    "state written",
    "commit",  # the batch is about to be committed
    "commit written",
)
CRASH = "GLOWPLUG_CRASH_AT"  # "step:batch": die there, as if by `kill -9`; for tests
hook: Callable[[str, int], None] | None = None


def reached(step: str, batch: int) -> None:
    """To be called between steps. Tests may have the process die here: by `hook`, or `CRASH` in the environment."""
    assert step in STEPS
    if hook is not None:
        hook(step, batch)
    if os.environ.get(CRASH) == f"{step}:{batch}":
        os.kill(os.getpid(), signal.SIGKILL)
