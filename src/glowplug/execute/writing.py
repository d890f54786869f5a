"""Writes a plan's rows as files. `io/write.py` has the contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from glowplug.catalog.table import Bucketing
from glowplug.errors import unsupported
from glowplug.execute.local import optimized, schema_of, statement
from glowplug.execute.operation import Operation
from glowplug.execute.runtime import Runtime
from glowplug.functions.registry import lookup
from glowplug.io import formats
from glowplug.io.produce import Layout, WrittenFile
from glowplug.io.source import Context, Pairs
from glowplug.io.write import Produced, SaveMode, WriteJob
from glowplug.optimize.number_rows import partitioned
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, Literal, SortOrder, new_id
from glowplug.plan.relations import Filter, Project, Relation, Repartition, Scan, Sort, SubqueryAlias
from glowplug.plan.tree import walk_relations
from glowplug.types import INT


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
    bucketing: Bucketing | None = None,
) -> tuple[WrittenFile, ...]:
    """Write an analysed plan's rows to the directory `path`: one kernel statement from the sources to the files.

    Columns of `partition_by` may be anywhere among the plan's; they are matched by name, without regard to case.
    Returns the files, by their paths in the directory.
    """
    layout = Layout(schema=schema_of(plan), partition_by=partition_by, parts=parts_of(plan))
    if bucketing is not None:
        plan, layout = in_buckets(plan, layout, bucketing, options)
    elif not _limits_records(options):
        plan, layout = in_partitions(plan, layout)
    plan = optimized(plan, runtime)
    with statement(plan, runtime, operation) as (bench, sql):
        job = WriteJob(
            rows=sql,
            layout=layout,
            path=path,
            mode=mode,
            options=options,
            below=below,
            produced=produced,
            inputs=tuple(f for n in walk_relations(plan) if isinstance(n, Scan) for f in n.source.input_files()),
        )
        return formats.write(format, job, Context(runtime.conf, bench))


def in_buckets(plan: Relation, layout: Layout, bucketing: Bucketing, options: Pairs) -> tuple[Relation, Layout]:
    """The plan with each row's bucket as the last column: the hash of the bucket columns, by the number of buckets.

    Semantics: Spark's `HashPartitioning.partitionIdExpression`, so that its readers find rows where they look.
    """
    if _limits_records(options):
        raise unsupported("maxRecordsPerFile in a table of buckets")
    by_name = {a.name.lower(): a for a in plan.output}
    columns = tuple(by_name[name.lower()] for name in bucketing.columns)
    hashed = _call("hash", *columns)
    number = Alias(_call("pmod", hashed, Literal(bucketing.buckets, INT)), "__bucket", new_id())
    return Project(plan, (*plan.output, number)), replace(layout, bucketed=True, sort_by=bucketing.sort, parts=1)


def in_partitions(plan: Relation, layout: Layout) -> tuple[Relation, Layout]:
    """The plan with the number of each row's partition as the last column, where `repartition` says by what it goes.

    What `sortWithinPartitions` orders by plain columns is in order in each file.
    """
    spread, sort_by = plan, tuple[str, ...]()
    if isinstance(plan, Sort) and not plan.is_global and all(map(_is_plain, plan.order)):
        spread, sort_by = plan.child, tuple(o.child.name for o in plan.order if isinstance(o.child, Attribute))
    if not any(isinstance(n, Repartition) and n.expressions for n in _kept_in_place(spread)):
        return plan, layout
    found = partitioned(spread)
    if found is None or found.count < 2:
        return plan, layout
    inside = {name.lower() for name in layout.partition_by}
    if any(name.lower() in inside for name in sort_by):  # the same in all of a file
        sort_by = tuple(name for name in sort_by if name.lower() not in inside)
    return Project(found.plan, (*plan.output, found.partition)), replace(layout, parted=True, sort_by=sort_by, parts=1)


def _kept_in_place(plan: Relation) -> Iterator[Relation]:
    """From the top down to what spreads the rows."""
    yield plan
    if isinstance(plan, (Project, Filter, SubqueryAlias)):
        yield from _kept_in_place(plan.child)


def _is_plain(order: SortOrder) -> bool:
    return isinstance(order.child, Attribute) and order.ascending and order.nulls_first


def _limits_records(options: Pairs) -> bool:
    return any(k.lower() == "maxrecordsperfile" for k, _ in options)


def _call(name: str, *args: Expression) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, INT, False)


def parts_of(plan: Relation) -> int:
    """How many files a plan asks for: a repartition at its top says so."""
    return plan.partitions or 1 if isinstance(plan, Repartition) else 1
