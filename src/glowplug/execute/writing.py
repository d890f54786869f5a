"""Writes a plan's rows as files. `io/write.py` has the contract."""

from __future__ import annotations

from glowplug.execute.local import optimized, schema_of, statement
from glowplug.execute.operation import Operation
from glowplug.execute.runtime import Runtime
from glowplug.io import formats
from glowplug.io.produce import Layout, WrittenFile
from glowplug.io.source import Context, Pairs
from glowplug.io.write import Produced, SaveMode, WriteJob
from glowplug.plan.relations import Relation, Repartition, Scan
from glowplug.plan.tree import walk_relations


def write_plan(
    plan: Relation,
    runtime: Runtime,
    operation: Operation,
    *,
    format: str,
    path: str,
    mode: SaveMode,
    options: Pairs = (),
    partition_by: tuple[str, ...] = (),
    below: tuple[tuple[str, str | None], ...] = (),
    produced: Produced | None = None,
) -> tuple[WrittenFile, ...]:
    """Write an analysed plan's rows to the directory `path`: one kernel statement from the sources to the files.

    Columns of `partition_by` may be anywhere among the plan's; they are matched by name, without regard to case.
    Returns the files, by their paths in the directory.
    """
    plan = optimized(plan, runtime)
    with statement(plan, runtime, operation) as (bench, sql):
        job = WriteJob(
            rows=sql,
            layout=Layout(schema=schema_of(plan), partition_by=partition_by, parts=_parts(plan)),
            path=path,
            mode=mode,
            options=options,
            below=below,
            produced=produced,
            inputs=tuple(f for n in walk_relations(plan) if isinstance(n, Scan) for f in n.source.input_files()),
        )
        return formats.write(format, job, Context(runtime.conf, bench))


def _parts(plan: Relation) -> int:
    """How many files a plan asks for: a repartition at its top says so."""
    return plan.partitions or 1 if isinstance(plan, Repartition) else 1
