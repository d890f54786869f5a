"""CREATE, REPLACE and CREATE AS SELECT: a table's log and its entry in the catalog."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from glowplug.analyze.commands.create_table import is_path
from glowplug.analyze.commands.nouns import MakeTable
from glowplug.catalog.catalog import Catalog
from glowplug.catalog.table import Table, is_delta
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.io.place import Place, place_of
from glowplug.lake.delta.clustering import FEATURES, columns_of, domain_of
from glowplug.lake.delta.columns import sized, unsized
from glowplug.lake.delta.commit import Reads
from glowplug.lake.delta.mapping import is_mapped, mapped
from glowplug.lake.delta.snapshot import Snapshot, is_table, load
from glowplug.plan.relations import Relation
from glowplug.session.commands.kept import recached
from glowplug.session.delta import schemas
from glowplug.session.delta.changes import Change, Result, new_metadata, run, shown_list
from glowplug.session.delta.checks import checked
from glowplug.session.delta.cloning import clone
from glowplug.session.delta.properties import upgraded
from glowplug.session.delta.protocol import protocol_for
from glowplug.session.delta.saving import configured
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.types import StructType, sql_name


def make_table(command: MakeTable, session: Session, operation: Operation) -> None:
    """A managed table appears with its log; one at a location of its own may take a log that is there."""
    from glowplug.session.commands.tables import check_empty, check_unused

    table = command.table
    if table.cluster_by and table.partition_by:
        raise AnalysisError("SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED")
    if table.bucketing is not None:
        raise AnalysisError("DELTA_OPERATION_NOT_ALLOWED", operation="Bucketing")
    root = place_of(table.location or "", session.conf)
    if is_path(table.identifier):
        _make(command, root, load(root) if is_table(root) else None, session, operation)
        return
    catalog = catalogs(session).catalog(table.identifier.catalog)
    there = catalog.table(table.identifier)
    try:
        if command.replace and there is not None and is_delta(there) and is_table(root):
            with recached(session, table):
                _make(command, root, load(root), session, operation)
                catalog.create_table(table, replace=True)
        elif table.kind == "managed":
            check_unused(table, session, command.replace)
            _staged(command, catalog, session, operation)
        elif is_table(root) and command.query is None and command.clone_of is None:
            _check_same(table, load(root))
            catalog.create_table(table, command.replace)
        else:
            if not command.replace and command.query is not None:
                check_empty(table, session)
            _make(command, root, load(root) if is_table(root) else None, session, operation)
            catalog.create_table(table, command.replace)
    except AnalysisError as error:
        if not (command.if_not_exists and error.condition == "TABLE_OR_VIEW_ALREADY_EXISTS"):
            raise


def _staged(command: MakeTable, catalog: Catalog, session: Session, operation: Operation) -> None:
    staged = catalog.stage(command.table)
    try:
        with recached(session, command.table):
            _make(command, place_of(staged, session.conf), None, session, operation)
            catalog.publish(command.table, staged, (), command.replace)
    except BaseException:
        catalog.abandon(staged)
        raise


def _make(command: MakeTable, root: Place, base: Snapshot | None, session: Session, operation: Operation) -> Result:
    from glowplug.session.world import context

    if command.clone_of is not None:
        return clone(command.clone_of, command.table, root, base, session, operation)
    table, cx = command.table, context(session)
    properties = dict(table.properties)
    schema = StructType(tuple(map(unsized, table.schema.fields)))
    properties.pop("clusteringColumns", None)  # the log has them elsewhere
    configuration, asked = upgraded(
        configured(properties, schema, session.conf), None if base is None else base.protocol
    )
    clustered = bool(table.cluster_by) or (base is not None and bool(columns_of(base)))
    if clustered and table.partition_by:
        raise AnalysisError("DELTA_CLUSTERING_REPLACE_TABLE_WITH_PARTITIONED_TABLE")
    features = {f"delta.feature.{f}": "supported" for f in FEATURES if clustered}
    metadata = new_metadata(schema, table.partition_by, configuration, None, table.comment)
    metadata = mapped(metadata, base is not None and not is_mapped(base.configuration))
    domains = (domain_of(table.cluster_by, metadata.schema, configuration),) if clustered else ()
    protocol = protocol_for(schema, {**configuration, **features}, asked)
    plan: Relation | None = command.query
    if plan is not None:
        plan = checked(schemas.fitting(plan, schema, root, cx), schema, metadata.configuration, cx)
    files = [] if base is None else base.files["path"].to_pylist()
    reads = Reads() if base is None else Reads(frozenset(files), lambda added: True)
    verb = "CREATE OR REPLACE TABLE" if command.replace else "CREATE TABLE"
    change = Change(
        path=root,
        base=base,
        metadata=metadata,
        protocol=protocol,
        operation=verb if plan is None else f"{verb} AS SELECT",
        parameters=_parameters(table, metadata.configuration),
        removes=files,
        reads=reads,
        domains=domains,
        metrics=dict if plan is not None else lambda written: {},
    )
    return run(change, plan, session, operation)


def _parameters(table: Table, configuration: Mapping[str, str]) -> dict[str, Any]:
    return {
        "isManaged": "true" if table.kind == "managed" else "false",
        "description": table.comment,
        "partitionBy": shown_list(table.partition_by),
        "clusterBy": shown_list([".".join(parts) for parts in table.cluster_by]),
        "properties": json.dumps(dict(configuration), separators=(",", ":")),
    }


def _check_same(table: Table, there: Snapshot) -> None:
    """A definition of a table that has a log must say what the log says."""
    schema = StructType(tuple(map(sized, there.schema.fields)))
    if _shape(table.schema) != _shape(schema):
        have, want = set(_shape(schema)), set(_shape(table.schema))
        raise AnalysisError(
            "DELTA_CREATE_TABLE_SCHEME_MISMATCH",
            path=there.path,
            specifiedSchema=_text(table.schema),
            existingSchema=_text(schema),
            schemaDifferences=", ".join(f"{n} {t}" for n, t in sorted(have ^ want)),
        )
    if [n.lower() for n in table.partition_by] != [n.lower() for n in there.partition_by]:
        raise AnalysisError(
            "DELTA_CREATE_TABLE_WITH_DIFFERENT_PARTITIONING",
            path=there.path,
            specifiedColumns=", ".join(table.partition_by),
            existingColumns=", ".join(there.partition_by),
        )


def _shape(schema: StructType) -> list[tuple[str, str]]:
    return [(f.name.lower(), sql_name(f.type)) for f in schema.fields]


def _text(schema: StructType) -> str:
    return ", ".join(f"{f.name} {sql_name(f.type)}" for f in schema.fields)
