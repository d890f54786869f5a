"""Commands, each run by one function of this package, exactly once, when the client executes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.errors import unsupported
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation
from glowplug.session.commands import caching, checkpoints, explaining, settings, views, writing
from glowplug.session.session import Session

RUNNERS: dict[type[c.Command], Callable[[Any, Session, Operation], Relation | None]] = {
    c.CreateView: views.create_view,
    c.DropView: views.drop_view,
    c.WriteFiles: writing.write_files,
    c.Checkpoint: checkpoints.checkpoint,
    c.RemoveCachedRemote: checkpoints.remove,
    c.SetConf: settings.set_conf,
    c.ResetConf: settings.reset_conf,
    c.Use: settings.use,
    c.Explain: explaining.explain,
    c.CacheTable: caching.cache_table,
    c.UncacheTable: caching.uncache_table,
    c.ClearCache: caching.clear_cache,
    c.Refresh: caching.refresh,
    c.Describe: explaining.describe,
    c.Show: explaining.show,
}


def run_command(command: c.Command, session: Session, operation: Operation) -> Relation | None:
    """Run it; its rows as LocalData where it has any."""
    run = RUNNERS.get(command.__class__)
    if run is None:
        raise unsupported(f"the command {type(command).__name__}")
    return run(command, session, operation)
