"""Statements that other statements run: read, run once, their rows kept.

What is kept is held in memory whole, as Spark's driver holds it: the answer of EXECUTE IMMEDIATE, and the last one of a
script.
"""

from __future__ import annotations

import pyarrow as pa

from glowplug.arrow import arrow_schema
from glowplug.errors import ScriptError
from glowplug.execute import local
from glowplug.execute.local import Result
from glowplug.execute.operation import Operation
from glowplug.plan.build import columns_of
from glowplug.plan.commands import Command, SQLStatement
from glowplug.plan.relations import CatalogCall, LocalData, Relation
from glowplug.plan.tree import walk_relations
from glowplug.session import plan_cache
from glowplug.session.session import Session
from glowplug.session.world import read

SCRIPTS = "spark.sql.scripting.enabled"


def execute(relation: Relation, session: Session, operation: Operation) -> Result:
    """The rows of a query, streamed."""
    plan = analyzed(relation, session, operation)
    return local.run(plan_cache.optimized(relation, plan, session), session, operation)


def analyzed(relation: Relation, session: Session, operation: Operation) -> Relation:
    """A query ready to be optimised, the catalog calls in it run."""
    foreseen = operation.foreseen
    if foreseen is not None and foreseen.relation is relation:
        plan = foreseen.plan
    else:
        plan = plan_cache.analyzed(relation, session)
    if not any(isinstance(n, CatalogCall) for n in walk_relations(relation)):  # SQL has none
        return plan
    from glowplug.session import catalog_calls

    return catalog_calls.run_all(plan, session, operation)


def kept(relation: Relation, session: Session, operation: Operation) -> LocalData:
    """The rows of a query, computed now."""
    result = execute(relation, session, operation)
    try:
        batches = []
        for batch in result.batches:
            operation.check()
            batches.append(batch)
    finally:
        result.close()
    columns = columns_of(result.schema.fields)
    types = arrow_schema(result.schema, session.conf.time_zone).types
    names = [f"k{i}" for i in range(len(types))]
    schema = batches[0].schema if batches else pa.schema(list(zip(names, types, strict=True)))
    table = pa.Table.from_batches(batches, schema)
    return LocalData(columns, table.rename_columns(names) if names else table)


def run(statement: Relation | Command, session: Session, operation: Operation) -> Relation | None:
    """Run a statement once. Rows of a query come computed."""
    from glowplug.session.commands import run_command

    if isinstance(statement, SQLStatement):
        statement = read(session, statement.text)
    if isinstance(statement, Relation):
        return kept(statement, session, operation)
    return run_command(statement, session, operation)


def check_scripts_enabled(session: Session) -> None:
    if not session.conf.bool(SCRIPTS):
        raise ScriptError("UNSUPPORTED_FEATURE.SQL_SCRIPTING", sqlScriptingEnabled=f'"{SCRIPTS}"')
