"""A batch's rows, kept where a session can refer to them by an id."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from glowplug.plan.relations import CachedRemote
from glowplug.streaming.sinks.contract import Rows


@contextmanager
def held(rows: Rows) -> Iterator[tuple[CachedRemote, str]]:
    """A reference that any plan of the session may hold, as often as it likes, and the kernel's table behind it."""
    session, id = rows.batch.session, str(uuid.uuid4())
    kept = rows.batch.keep(rows.plan)
    session.cached_remotes[id] = kept
    try:
        yield CachedRemote(id), kept.table
    finally:
        session.cached_remotes.pop(id, None)
