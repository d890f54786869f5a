"""`spark.catalog.createTable`: a frame over the new table, which is made when the frame is first executed.

Clients execute the frame at once and may do so again; the table is made for the first time only.
"""

from __future__ import annotations

from typing import Any

from glowplug.execute.operation import Operation
from glowplug.identifiers import parse_identifier
from glowplug.plan.commands import CreateTable
from glowplug.plan.expressions import Alias
from glowplug.plan.relations import CatalogCall, Project, Relation, UnresolvedDataSource, UnresolvedRelation
from glowplug.session.names import lookup
from glowplug.session.session import Session
from glowplug.session.tables import stored_schema
from glowplug.types import StructField, StructType

PATH = "path"


def _command(args: dict[str, Any]) -> CreateTable:
    options = tuple((k, v) for k, v in args["options"] if k.lower() != PATH)
    location = args["path"] or next((v for k, v in args["options"] if k.lower() == PATH), None)
    parts = parse_identifier(args["table_name"])
    schema = args["schema"] if args["schema"] is not None and args["schema"].fields else None
    return CreateTable(parts, schema, args["source"], options=options, location=location,
                       comment=args.get("description"))  # fmt: skip


def schema_of(args: dict[str, Any], session: Session) -> StructType:
    """The columns that the table has or will have."""
    from glowplug.session import sources

    command = _command(args)
    table = lookup(session, command.parts)
    if table is not None:
        return stored_schema(table.schema)
    if command.schema is not None or command.location is None:
        return stored_schema(command.schema or StructType())
    source = UnresolvedDataSource(command.format, None, command.options, (command.location,))
    return StructType(tuple(StructField(a.name, a.type) for a in sources.scan(session, source).output))


def create(node: CatalogCall, session: Session, operation: Operation) -> Relation:
    from glowplug.session.commands import run_command
    from glowplug.session.world import analyze

    command = _command(dict(node.args))
    if node.plan_id is None or node.plan_id not in session.created:
        run_command(command, session, operation)
        if node.plan_id is not None:
            session.created.add(node.plan_id)
    table = analyze(UnresolvedRelation(command.parts), session)
    columns = zip(table.output, node.columns, strict=True)
    return Project(table, tuple(Alias(a, c.name, c.id) for a, c in columns))
