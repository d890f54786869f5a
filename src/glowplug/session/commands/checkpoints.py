"""`df.checkpoint()`: frames cut off from what they were computed from."""

from __future__ import annotations

import uuid

from glowplug.execute.cache import MEMORY_AND_DISK_DESER, Entry
from glowplug.execute.cached import compute
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import CachedData, CachedRemote, Relation
from glowplug.session.session import Session


def checkpoint(command: c.Checkpoint, session: Session, operation: Operation) -> Relation:
    """Cut a plan off from what it was computed from: its rows are kept until the client lets go of them."""
    from glowplug.session.world import analyze

    plan = analyze(command.query, session)
    id = str(uuid.uuid4())
    entry = Entry(plan, command.storage_level or MEMORY_AND_DISK_DESER, session.conf.copy())
    if command.eager:
        compute(entry, session, operation)
    session.cached_remotes[id] = CachedData(plan.output, entry)
    return CachedRemote(id)


def remove(command: c.RemoveCachedRemote, session: Session, operation: Operation) -> None:
    """The client lets go of a frame. Its rows stay while views, other kept plans or clones of the session have it."""
    session.cached_remotes.pop(command.id, None)
    session.engine.sweep()
