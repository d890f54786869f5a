"""Commands, each run by one function of this package, exactly once, when the client executes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glowplug.analyze.commands import nouns as n
from glowplug.errors import ExecutionError, unsupported
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan import delta as d
from glowplug.plan import statements as s
from glowplug.plan.relations import Relation
from glowplug.plan.scripts import Script
from glowplug.session.commands import (
    alter,
    analyze_table,
    caching,
    checkpoints,
    cursors,
    delta,
    describe,
    execute_immediate,
    explaining,
    functions,
    insert,
    partitions,
    python,
    refused,
    resources,
    schemas,
    scripts,
    settings,
    show,
    tables,
    variables,
    views,
    writing,
)
from glowplug.session.session import Session
from glowplug.session.world import prepare

RUNNERS: dict[type[c.Command], Callable[[Any, Session, Operation], Relation | None]] = {
    c.CreateView: views.create_view,
    c.DropView: tables.drop_view,
    c.DropTable: tables.drop_table,
    c.CreateSchema: schemas.create_schema,
    c.DropSchema: schemas.drop_schema,
    c.WriteFiles: writing.write_files,
    c.Checkpoint: checkpoints.checkpoint,
    c.RemoveCachedRemote: checkpoints.remove,
    c.SetConf: settings.set_conf,
    c.ResetConf: settings.reset_conf,
    c.Use: schemas.use,
    c.Explain: explaining.explain,
    c.CacheTable: caching.cache_table,
    c.UncacheTable: caching.uncache_table,
    c.ClearCache: caching.clear_cache,
    c.Refresh: caching.refresh,
    c.Describe: describe.describe,
    c.Show: show.show,
    c.RegisterFunction: python.register_function,
    c.RegisterTableFunction: python.register_table_function,
    c.RegisterDataSource: python.register_data_source,
    n.InsertRows: insert.insert_rows,
    n.InsertEach: insert.insert_each,
    n.MakeTable: tables.make_table,
    n.MakeView: views.make_view,
    n.MakeFunction: functions.make_function,
    n.RowChange: tables.change_rows,
    n.Nothing: tables.do_nothing,
    s.Alter: alter.alter,
    s.Analyze: analyze_table.analyze_table,
    s.CloseCursor: cursors.close,
    s.Comment: alter.comment_on,
    s.CreateVariable: variables.declare,
    s.DeclareCursor: cursors.declare,
    s.DropFunction: functions.drop_function,
    s.DropVariable: variables.drop,
    s.ExecuteImmediate: execute_immediate.execute_immediate,
    s.FetchCursor: cursors.fetch,
    s.Index: refused.index,
    s.Resource: resources.resource,
    s.LoadData: tables.load_data,
    s.OpenCursor: cursors.open_cursor,
    s.Procedures: refused.procedures,
    s.RefreshFunction: functions.refresh_function,
    s.RepairTable: partitions.repair,
    s.SetVariable: variables.assign,
    s.Truncate: tables.truncate,
    Script: scripts.run_script,
    d.Clone: delta.maintain,
    d.ConvertToDelta: delta.maintain,
    d.DescribeDetail: delta.look_up,
    d.DescribeHistory: delta.look_up,
    d.IsDeltaTable: delta.look_up,
    d.GenerateManifest: delta.maintain,
    d.Optimize: delta.maintain,
    d.Restore: delta.maintain,
    d.Vacuum: delta.maintain,
}


def run_command(command: c.Command, session: Session, operation: Operation) -> Relation | None:
    """Analyse it and run it; its rows as LocalData where it has any."""
    command = prepare(command, session)
    run = RUNNERS.get(command.__class__)
    if run is None:
        raise unsupported(f"the command {type(command).__name__}")
    try:
        return run(command, session, operation)
    except OSError as error:
        if error.filename is None:
            raise
        raise ExecutionError(
            "TASK_WRITE_FAILED", path=error.filename2 or error.filename, reason=error.strerror
        ) from error
