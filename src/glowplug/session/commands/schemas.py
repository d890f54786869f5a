"""Schemas: CREATE, ALTER, DROP, DESCRIBE, COMMENT ON, USE; and what is current."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.commands.create_table import as_uri, check_name
from glowplug.catalog.catalog import Catalog
from glowplug.catalog.table import DEFAULT_SCHEMA, SESSION_CATALOG, Namespace, Pairs
from glowplug.errors import AnalysisError, ParseError, unsupported
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan import statements as s
from glowplug.plan.relations import LocalData
from glowplug.session.names import GLOBAL_SCHEMA, catalogs
from glowplug.session.redaction import redacted
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.session.world import context
from glowplug.types import STRING, quote

COLLATIONS = "spark.sql.collation.schemaLevel.enabled"
_RESERVED = {
    "location": "please use the LOCATION clause to specify it",
    "owner": "it will be set to the current user",
}


def _place(parts: tuple[str, ...], session: Session) -> tuple[Catalog, tuple[str, ...]]:
    """Where a schema is or will be. REQUIRES_SINGLE_PART_NAMESPACE."""
    known = catalogs(session)
    catalog, name = known.schema(parts)
    if catalog == SESSION_CATALOG and len(name) != 1:
        shown = ".".join(map(quote, name))
        raise AnalysisError("REQUIRES_SINGLE_PART_NAMESPACE", sessionCatalog=catalog, identifier=shown)
    return known.catalog(catalog), name


def create_schema(command: c.CreateSchema, session: Session, operation: Operation) -> None:
    _check_collation(command.collation, session)
    catalog, name = _place(command.parts, session)
    _check_reserved(command.properties)
    if name[-1] == GLOBAL_SCHEMA:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1066", database=GLOBAL_SCHEMA)
    if command.if_not_exists and catalog.namespace(name) is not None:
        return
    check_name(name[-1])
    location = None if command.location is None else as_uri(command.location)
    owner = context(session).world.facts["current_user"]
    made = Namespace(catalog.name, name, location, command.comment, owner, command.properties, command.collation)
    try:
        catalog.create_namespace(made)
    except AnalysisError as error:
        if not (command.if_not_exists and error.condition == "SCHEMA_ALREADY_EXISTS"):
            raise


def _check_collation(name: str | None, session: Session) -> None:
    if name is not None and not session.conf.bool(COLLATIONS):
        raise ParseError("UNSUPPORTED_FEATURE.SCHEMA_LEVEL_COLLATIONS")


def _check_reserved(properties: Pairs) -> None:
    for key, _ in properties:
        if key in _RESERVED:
            raise ParseError("UNSUPPORTED_FEATURE.SET_NAMESPACE_PROPERTY", property=key, msg=_RESERVED[key])


def drop_schema(command: c.DropSchema, session: Session, operation: Operation) -> None:
    catalog, name = _place(command.parts, session)
    if name == (DEFAULT_SCHEMA,):
        raise AnalysisError("UNSUPPORTED_FEATURE.DROP_DATABASE", database=f"{quote(catalog.name)}.{quote(name[0])}")
    if catalog.namespace(name) is None and command.if_exists:
        return
    catalog.drop_namespace(name, command.cascade)


def alter_schema(command: s.Alter, session: Session) -> None:
    if isinstance(command.change, s.SetCollation):
        _check_collation(command.change.collation, session)
    catalog, name = catalogs(session).existing_schema(command.parts)
    match command.change:
        case s.SetProperties(properties):
            _check_reserved(properties)
            merged = dict(properties)
            catalog.alter_namespace(name, lambda n: replace(n, properties=_merged(n.properties, merged)))
        case s.UnsetProperties(keys):
            catalog.alter_namespace(
                name, lambda n: replace(n, properties=tuple((k, v) for k, v in n.properties if k not in keys))
            )
        case s.SetCollation(collation):
            catalog.alter_namespace(name, lambda n: replace(n, collation=collation))
        case s.SetLocation(location, ()):
            catalog.alter_namespace(name, lambda n: replace(n, location=as_uri(location)))
        case other:
            raise unsupported(f"ALTER SCHEMA: {type(other).__name__}")


def _merged(old: Pairs, new: dict[str, str]) -> Pairs:
    return tuple({**dict(old), **new}.items())


def comment_on_schema(command: s.Comment, session: Session) -> None:
    catalog, name = catalogs(session).existing_schema(command.parts)
    catalog.alter_namespace(name, lambda n: replace(n, comment=command.text or ""))


def use(command: c.Use, session: Session, operation: Operation) -> None:
    """`USE a` makes a the current catalog if there is one of that name, else the current schema."""
    known = catalogs(session)
    if command.kind == "catalog":
        known.use(command.parts[0], None)
        return
    catalog, name = known.schema(command.parts)
    if command.kind == "schema":
        catalog, name = known.current, known.stored(command.parts)
    if not name:
        known.use(catalog, None)
        return
    if len(name) != 1 or known.catalog(catalog).namespace(name) is None:
        raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, (catalog, *name))))
    known.use(catalog, None)
    known.use(None, name)


def describe_schema(command: c.Describe, session: Session) -> LocalData:
    catalog, name = catalogs(session).existing_schema(command.parts)
    found = catalog.namespace(name)
    assert found is not None
    values = [
        ("Catalog Name", catalog.name),
        ("Namespace Name", found.name[-1]),
        ("Comment", found.comment or ""),
        *([("Collation", found.collation)] if found.collation else []),
        ("Location", found.location or ""),
        ("Owner", found.owner),
    ]
    if command.extended:
        pairs = ", ".join(f"({k},{v})" for k, v in redacted(sorted(found.properties)))
        values.append(("Properties", f"({pairs})" if pairs else ""))
    return rows((("info_name", STRING), ("info_value", STRING)), values, nullable=True)
