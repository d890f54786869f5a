"""Data sources on behalf of a session: resolving what is read, running what is written."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from glowplug.errors import AnalysisError
from glowplug.execute.local import optimized, run, statement, workbench
from glowplug.execute.operation import Operation, current
from glowplug.execute.writing import write_plan
from glowplug.io import formats
from glowplug.io.source import Context, Kernel
from glowplug.io.streams import formats as streams
from glowplug.io.texts import Texts
from glowplug.io.texts import resolve as resolve_texts
from glowplug.plan import commands as c
from glowplug.plan.build import columns_of
from glowplug.plan.python import DataSourceClass, PythonScan
from glowplug.plan.relations import Parse, Relation, Scan, UnresolvedDataSource
from glowplug.plan.streams import StreamingRelation
from glowplug.plan.tree import walk_relations
from glowplug.session.session import Session
from glowplug.source_options import enabled
from glowplug.type_trees import as_strings, contains_type
from glowplug.types import StructType
from glowplug.types_json import LENGTHS, from_json

DEFAULT_FORMAT = "spark.sql.sources.default"


def scan(session: Session, node: UnresolvedDataSource) -> Relation:
    """`spark.read…load()`: files are listed and schemas inferred here, once for each analysis; or `readStream`."""
    name = node.format or session.conf.get_option(DEFAULT_FORMAT) or "parquet"
    if node.schema is not None and contains_type(node.schema, LENGTHS):
        if not session.conf.plain_texts:
            raise AnalysisError("UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING")
        node = replace(node, schema=StructType(tuple(replace(f, type=as_strings(f.type)) for f in node.schema.fields)))
    if (own := session.data_sources.get(name.lower())) is not None:
        return (python_stream if node.streaming else python_scan)(own, node, session)
    with workbench(session, current()) as bench:
        context = Context(session.conf, bench)
        if node.streaming:
            stream = streams.resolve(name, node.schema, node.options, node.paths, context)
            return StreamingRelation(stream, columns_of(stream.schema.fields), columns_of(stream.hidden))
        source = formats.resolve(name, node.paths, node.schema, node.options, context, node.predicates)
    return Scan(source, columns_of(source.schema.fields), columns_of(source.hidden))


def texts(session: Session, node: Parse) -> Texts:
    """How the texts of a query are read; where their schema is not given, the query runs for it."""
    with ExitStack() as held:
        context = Context(session.conf, held.enter_context(workbench(session, current())))

        def query() -> tuple[Kernel, str]:
            bench, sql = held.enter_context(statement(optimized(node.child, session), session, current(), "t"))
            return bench, f"SELECT t0 AS line FROM ({sql})"

        return resolve_texts(node.format, node.schema, node.options, query, context)


def python_scan(source: DataSourceClass, node: UnresolvedDataSource, session: Session) -> PythonScan:
    """What a data source of the user's reads; its schema is asked for here, unless one is given."""
    instance, schema = _python_source(source, node, session)
    return PythonScan(source.name, instance, columns_of(schema.fields), source.environment)


def python_stream(source: DataSourceClass, node: UnresolvedDataSource, session: Session) -> StreamingRelation:
    from glowplug.execute.python.streams import PythonStream

    instance, schema = _python_source(source, node, session)
    stream = PythonStream(schema, node.options, source.name, instance, source.environment, session)
    return StreamingRelation(stream, columns_of(schema.fields))


def _python_source(source: DataSourceClass, node: UnresolvedDataSource, session: Session) -> tuple[bytes, StructType]:
    """The pickled instance of a data source, and its schema."""
    from glowplug.execute.python.sources import create
    from glowplug.sql import Settings, parse_schema

    options = [*node.options, *(("path", path) for path in node.paths[:1])]
    instance, text, is_ddl = create(source, node.format or source.name, node.schema, options, session)
    schema = parse_schema(text, Settings.of(session.conf)) if is_ddl else from_json(text)
    assert isinstance(schema, StructType)
    return instance, schema


def write(command: c.WriteFiles, session: Session, operation: Operation) -> None:
    """`df.write…save(path)`."""
    from glowplug.session.world import analyze

    if command.format is not None and (own := session.data_sources.get(command.format.lower())) is not None:
        return _write_python(own, command, session, operation)
    _check_buckets(command)
    both = command.path and any(k.lower() == "path" for k, _ in command.options)
    if both and not enabled(session.conf, formats.PATH_OPTION):
        raise AnalysisError("_LEGACY_ERROR_TEMP_1307", config=formats.PATH_OPTION)
    if (command.format or "").lower() == "noop":
        return _compute(command, session, operation)
    if (command.format or session.conf.get_option(DEFAULT_FORMAT) or "").lower() == "delta":
        from glowplug.session.delta.saving import save  # and the library, which few programs need

        return save(command, session, operation)
    plan = analyze(command.query, session)
    if any(isinstance(n, StreamingRelation) for n in walk_relations(plan)):
        raise AnalysisError("CALL_ON_STREAMING_DATASET_UNSUPPORTED", methodName="`write`")
    write_plan(
        plan,
        session,
        operation,
        format=command.format or session.conf.get_option(DEFAULT_FORMAT) or "parquet",
        path=command.path or "",
        mode=command.mode,
        options=command.options,
        partition_by=command.partition_by,
    )


def _write_python(source: DataSourceClass, command: c.WriteFiles, session: Session, operation: Operation) -> None:
    from glowplug.execute.local import optimized
    from glowplug.execute.python.sources import write as write_python
    from glowplug.session.world import analyze

    _check_adds(command, source.name)
    options = [*command.options, *((("path", command.path),) if command.path else ())]
    plan = optimized(analyze(command.query, session), session)
    write_python(plan, source, command.format or source.name, options, command.mode == "overwrite", session, operation)


def _compute(command: c.WriteFiles, session: Session, operation: Operation) -> None:
    """`noop`: all rows are computed, and dropped."""
    from glowplug.session.world import analyze

    _check_adds(command, "noop")
    for _ in run(optimized(analyze(command.query, session), session), session, operation).batches:
        pass


def _check_adds(command: c.WriteFiles, source: str) -> None:
    """Of a source that cannot tell whether there is something already."""
    if command.mode not in ("append", "overwrite"):
        mode = {"error": "ErrorIfExists", "ignore": "Ignore"}[command.mode]
        raise AnalysisError("UNSUPPORTED_DATA_SOURCE_SAVE_MODE", source=source, createMode=f'"{mode}"')


def _check_buckets(command: c.WriteFiles) -> None:
    """Files are not written in buckets; clustering is advice to tables, and files are as good without, as in Spark."""
    if command.cluster_by and command.partition_by:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED")
    if command.cluster_by and command.bucket_by is not None:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_BUCKETING_IS_NOT_ALLOWED")
    if command.sort_by and command.bucket_by is None:
        raise AnalysisError("SORT_BY_WITHOUT_BUCKETING")
    if command.bucket_by is not None:
        raise AnalysisError(f"_LEGACY_ERROR_TEMP_{1313 if command.sort_by else 1312}", operation="save")
