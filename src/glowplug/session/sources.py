"""Data sources on behalf of a session: resolving what is read, running what is written."""

from __future__ import annotations

from glowplug.execute.local import optimized, schema_of, statement, workbench
from glowplug.execute.operation import Operation, current
from glowplug.io import formats
from glowplug.io.source import Context
from glowplug.io.write import WriteJob
from glowplug.plan import commands as c
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import Relation, Repartition, Scan, UnresolvedDataSource
from glowplug.plan.tree import walk_relations
from glowplug.session.session import Session
from glowplug.types import StructField

DEFAULT_FORMAT = "spark.sql.sources.default"


def scan(session: Session, node: UnresolvedDataSource) -> Scan:
    """`spark.read…load()`: files are listed and schemas inferred here, once for each analysis."""
    name = node.format or session.conf.get_option(DEFAULT_FORMAT) or "parquet"
    with workbench(session, current()) as bench:
        context = Context(session.conf, bench)
        source = formats.resolve(name, node.paths, node.schema, node.options, context)
    return Scan(source, tuple(map(_attribute, source.schema.fields)), tuple(map(_attribute, source.hidden)))


def _attribute(f: StructField) -> Attribute:
    return Attribute(f.name, f.type, f.nullable, new_id(), (), f.metadata)


def write(command: c.WriteFiles, session: Session, operation: Operation) -> None:
    """`df.write…save(path)`: one kernel statement from the sources to the files."""
    from glowplug.session.world import analyze

    plan = optimized(analyze(command.query, session), session)
    name = command.format or session.conf.get_option(DEFAULT_FORMAT) or "parquet"
    with statement(plan, session, operation) as (bench, sql):
        job = WriteJob(
            sql,
            schema_of(plan),
            command.path or "",
            command.mode,
            command.options,
            command.partition_by,
            command.sort_by,
            command.bucket_by,
            tuple(f for n in walk_relations(plan) if isinstance(n, Scan) for f in n.source.input_files()),
            _parts(plan),
        )
        formats.write(name, job, Context(session.conf, bench))


def _parts(plan: Relation) -> int:
    """How many files a plan asks for: a repartition at its top says so."""
    return plan.partitions or 1 if isinstance(plan, Repartition) else 1
