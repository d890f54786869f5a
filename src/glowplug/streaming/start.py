"""From `writeStream…start()` to a query at work: what is checked at once, and what its thread prepares."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import cast

from glowplug import query
from glowplug.catalog.table import Table, is_delta
from glowplug.errors import AnalysisError, ExecutionError, IllegalArgument, unsupported
from glowplug.execute.local import schema_of, workbench
from glowplug.execute.operation import Operation
from glowplug.execute.python.failures import check_version
from glowplug.identifiers import parse_view_name
from glowplug.io.filesystem import LOCAL
from glowplug.io.formats import find
from glowplug.io.place import Place, place_of
from glowplug.io.source import Context, Pairs
from glowplug.io.state import layout
from glowplug.io.streams.contract import Opening
from glowplug.io.write_checks import partition_fields
from glowplug.plan.commands import CreateTable
from glowplug.plan.expressions import UnresolvedAttribute
from glowplug.plan.python import StatefulMap
from glowplug.plan.relations import Aggregate, Deduplicate, Distinct, Join, Relation
from glowplug.plan.streams import GlobalLimit, OutputMode, StartStream
from glowplug.session.names import lookup
from glowplug.session.session import Session
from glowplug.session.world import analyze
from glowplug.source_options import boolean
from glowplug.streaming import plans
from glowplug.streaming.batch import Batch
from glowplug.streaming.checkpoint import Checkpoint
from glowplug.streaming.checks import check, check_trigger, output_mode
from glowplug.streaming.filters import below_watermarks
from glowplug.streaming.micro_batch import Run
from glowplug.streaming.operators.aggregate import streaming_aggregate
from glowplug.streaming.operators.contract import Operator
from glowplug.streaming.operators.deduplicate import StreamingDeduplicate
from glowplug.streaming.operators.join import StreamingJoin
from glowplug.streaming.operators.limit import StreamingLimit
from glowplug.streaming.operators.sessions import StreamingSessions, session_of
from glowplug.streaming.rewrites import streaming
from glowplug.streaming.sinks.contract import Sink
from glowplug.streaming.sinks.file import Files
from glowplug.streaming.sinks.foreach import Foreach, ForeachBatch, MakeCaller
from glowplug.streaming.sinks.memory import Memory
from glowplug.streaming.sinks.simple import Console, Noop
from glowplug.streaming.watermark import POLICY, Watermarks
from glowplug.types import StructType, as_nullable

CHECKPOINTS = "spark.sql.streaming.checkpointLocation"
TEMPORARY = ("memory", "console", "noop")  # sinks whose rows are gone with the process: a checkpoint is of no use


def prepared(
    command: StartStream, session: Session, foreach: MakeCaller
) -> tuple[Checkpoint, Callable[[Operation], Run]]:
    """The query's checkpoint, and what makes its `Run`. Raises what Spark raises before a query starts."""
    session = _own(session)
    plan = analyze(command.query, session)
    if not plans.is_streaming(plan):
        raise AnalysisError("WRITE_STREAM_NOT_ALLOWED")
    mode = output_mode(command.mode)
    if command.cluster_by and command.partition_by:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED")
    build = Batch(0, session, Operation(""), mode, 0, 0, 0).build
    plan = below_watermarks(streaming(plan, mode, build), build)
    check(plan, mode)
    check_trigger(command.trigger, plan, mode, session.conf)
    make_sink = _sink(command, plan, mode, session, foreach, lambda: checkpoint.id)
    checkpoint = _checkpoint(command, session)

    def run(operation: Operation) -> Run:
        def stopped() -> bool:
            return operation.cancelled

        batch, readers, policy = Batch(0, session, operation, mode, 0, 0, 0), [], session.conf.get_option(POLICY)
        with ExitStack() as opened:
            for i, node in enumerate(plans.streams_of(plan)):
                opening = Opening(checkpoint.source(i), lambda: _context(session, operation), stopped)
                readers.append(node.source.open(opening))
                opened.callback(readers[-1].close)
            nodes = plans.stateful(plan)
            numbers = range(len(nodes) - 1, -1, -1)  # Spark counts from the sink
            operators = [_operator(n, checkpoint.state(i), batch) for i, n in zip(numbers, nodes, strict=True)]
            layout.adopt(checkpoint.root / "state", {i: o.layout() for i, o in zip(numbers, operators, strict=True)})
            sink = make_sink()
            opened.pop_all()
        return Run(
            session, operation, plan, mode, checkpoint, readers, operators, sink, Watermarks(policy or "min"),
        )  # fmt: skip

    return checkpoint, run


def _own(session: Session) -> Session:
    """The session as the query sees it to its end: settings and current schema are those of its start, as in Spark."""
    session.python  # noqa: B018 - made here, so that both have the same
    return replace(session, conf=session.conf.copy())


@contextmanager
def _context(session: Session, operation: Operation) -> Iterator[Context]:
    with workbench(session, operation) as bench:
        yield Context(session.conf, bench)


def _operator(node: Relation, root: Place, batch: Batch) -> Operator:
    match node:
        case Aggregate() if session_of(node) is not None:
            return StreamingSessions(node, root, batch)
        case Aggregate():
            return streaming_aggregate(node, root, batch)
        case Deduplicate():
            return StreamingDeduplicate(node, root)
        case Join():
            return StreamingJoin(node, root, batch)
        case Distinct(child):
            return StreamingDeduplicate(Deduplicate(child, child.output), root)
        case GlobalLimit():
            return StreamingLimit(root)
        case StatefulMap():
            from glowplug.streaming.operators.stateful import StreamingStateful  # most streams run no user code

            return StreamingStateful(node, root, batch)
    raise unsupported(f"the relation {type(node).__name__} over a stream")


def _checkpoint(command: StartStream, session: Session) -> Checkpoint:
    """At its place, or a temporary one for sinks that forget. Raises TASK_WRITE_FAILED where there can be none."""
    place = _checkpoint_place(command, session)
    if place is None:
        return Checkpoint(Place(LOCAL, str(session.engine.temporary("checkpoint"))), temporary=True)
    try:
        return Checkpoint(place)
    except OSError as error:
        raise ExecutionError("TASK_WRITE_FAILED", path=place, reason=error.strerror or error) from error


def _checkpoint_place(command: StartStream, session: Session) -> Place | None:
    """`checkpointLocation`, or below the setting of that name."""
    given = {k.lower(): v for k, v in command.options}.get("checkpointlocation")
    if given is not None:
        return place_of(given, session.conf)
    below = session.conf.get_option(CHECKPOINTS)
    if below is not None:
        return place_of(below, session.conf) / (command.name or str(uuid.uuid4()))
    if command.function is None and (command.format or "").lower() not in TEMPORARY:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1298", config=CHECKPOINTS)
    return None


def _table(command: StartStream, plan: Relation, session: Session) -> Table:
    """The table that `toTable` names; made, with the columns of the query, if it is not there."""
    found = lookup(session, command.table)
    if found is None:
        partition_by = tuple(UnresolvedAttribute((name,)) for name in command.partition_by)
        format = command.format or session.conf.get_option("spark.sql.sources.default")
        schema = cast(StructType, as_nullable(schema_of(plan)))
        options = {k.lower(): v for k, v in command.options}
        create = CreateTable(
            command.table, schema, format, partition_by=partition_by, location=options.get("path"),
            cluster_by=tuple((name,) for name in command.cluster_by),
        )  # fmt: skip
        query.run(create, session, Operation(""))
        found = lookup(session, command.table)
    assert found is not None
    if found.kind == "view":
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_3102", msg=f"Streaming into views {found.identifier.quoted} is not supported."
        )
    given = command.format or session.conf.get_option("spark.sql.sources.default") or "parquet"
    if found.provider is not None and given.lower() != found.provider.lower():
        raise AnalysisError(
            "_LEGACY_ERROR_TEMP_1192", source=given, tableName=found.identifier.quoted, provider=found.provider
        )
    return found


def _sink(
    command: StartStream,
    plan: Relation,
    mode: OutputMode,
    session: Session,
    foreach: MakeCaller,
    query_id: Callable[[], str],
) -> Callable[[], Sink]:
    options = {k.lower(): v for k, v in command.options}
    if command.function is not None:
        function = command.function
        check_version(function.version)
        return lambda: (ForeachBatch if function.kind == "foreach_batch" else Foreach)(session, function, foreach)
    format = (command.format or session.conf.get_option("spark.sql.sources.default") or "parquet").lower()
    if (own := session.data_sources.get(format)) is not None and not command.table:
        from glowplug.streaming.sinks import python

        return lambda: python.Python(own, command, schema_of(plan), mode, session)
    match format:
        case "noop":
            return Noop
        case "console":
            rows, truncate = int(options.get("numrows", "20")), boolean(options.get("truncate", "true"))
            return lambda: Console(rows, truncate)
        case "memory":
            name = command.name
            if name is None:
                raise AnalysisError("_LEGACY_ERROR_TEMP_1194")
            parts = parse_view_name(name)
            if len(parts) > 1:
                raise AnalysisError("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", actualName=name)
            sink = Memory(session, parts[0], schema_of(plan), mode)  # now: the view is there when the query has started
            return lambda: sink
        case "kafka":
            from glowplug.streaming.sinks import kafka  # its client takes a while to load

            return kafka.sink(command.options, schema_of(plan), session, query_id)
    if not command.table:
        find(format)
    there = lookup(session, command.table) if command.table else None
    if mode != "append" and not (format == "delta" if there is None else is_delta(there)):
        raise AnalysisError("STREAMING_OUTPUT_MODE.UNSUPPORTED_DATASOURCE", className=format, outputMode=mode)
    if command.table:
        table = _table(command, plan, session)
        format, location = table.provider or format, table.location
        if is_delta(table):
            return _delta(location or "", command.options, table.partition_by, mode, session, query_id)
        return lambda: Files(format, place_of(location or "", session.conf), command.options, table.partition_by)
    path = command.path or options.get("path")
    if path is None:
        raise IllegalArgument("_LEGACY_ERROR_TEMP_2047")
    if format == "delta":
        return _delta(path, command.options, command.partition_by, mode, session, query_id)
    partition_fields(schema_of(plan), command.partition_by)
    return lambda: Files(format, place_of(path, session.conf), command.options, command.partition_by)


def _delta(
    path: str,
    options: Pairs,
    partition_by: tuple[str, ...],
    mode: OutputMode,
    session: Session,
    query_id: Callable[[], str],
) -> Callable[[], Sink]:
    from glowplug.streaming.sinks.delta import Delta  # and the library, which few programs need

    made = Delta(path, options, partition_by, mode, session, query_id)  # the errors of what cannot be, at once
    return lambda: made
