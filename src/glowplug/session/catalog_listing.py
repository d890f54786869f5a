"""What `spark.catalog` knows: rows of catalogs, schemas, tables and views, their columns, and functions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from glowplug.analyze.commands import targets
from glowplug.catalog.table import Namespace, PersistentFunction, Table
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.functions.registry import all_functions
from glowplug.identifiers import parse_identifier
from glowplug.session.names import GLOBAL_SCHEMA, SEARCHED_FIRST, catalogs, temporary_view
from glowplug.session.session import Session
from glowplug.type_trees import as_strings
from glowplug.types import (
    quote,
    simple_string,
)


def name_of(args: dict[str, Any], key: str = "table_name") -> tuple[str, ...]:
    """A name of several parts; the schema that older calls give apart stands before it."""
    parts = parse_identifier(args[key])
    schema = args.get("db_name")
    return (schema, *parts) if schema is not None and len(parts) == 1 else parts


def schema_of(args: dict[str, Any]) -> tuple[str, ...]:
    return parse_identifier(args["db_name"]) if args.get("db_name") else ()


def list_catalogs(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(n, None) for n in catalogs(session).names() if _matches(n, args)]


def _matches(name: str, args: dict[str, Any]) -> bool:
    from glowplug.session.commands.show import matches

    return matches(name, args.get("pattern"))


def _database(n: Namespace) -> tuple[Any, ...]:
    return n.name[-1], n.catalog, n.comment, n.location


def list_databases(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    known = catalogs(session)
    return [_database(n) for n in known.catalog(known.current).namespaces() if _matches(n.name[-1], args)]


def get_database(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    catalog, name = catalogs(session).existing_schema(parse_identifier(args["db_name"]))
    found = catalog.namespace(name)
    assert found is not None
    return [_database(found)]


def database_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    known = catalogs(session)
    catalog, name = known.schema(parse_identifier(args["db_name"]))
    return [(len(name) == 1 and known.catalog(catalog).namespace(name) is not None,)]


def _described(t: Table) -> tuple[Any, ...]:
    i = t.identifier
    return i.name, i.catalog, list(i.namespace), t.comment, t.kind.upper(), False


def _temporary(name: str, namespace: Iterable[str] = ()) -> tuple[Any, ...]:
    return name, None, list(namespace), None, "TEMPORARY", True


def list_tables(session: Session, args: dict[str, Any], views: bool) -> Any:
    from glowplug.session.commands.show import listed

    found, shared, temporary = listed(session, schema_of(args), args.get("pattern"))
    tables = [_described(t) for t in found if not views or t.kind == "view"]
    return [*tables, *(_temporary(n, (GLOBAL_SCHEMA,)) for n in shared), *map(_temporary, temporary)]


def get_table(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    parts = name_of(args)
    if temporary_view(session, parts) is not None:
        return [_temporary(parts[-1], parts[:-1])]
    found = found_table(session, parts)
    if found is None:
        raise not_found(session, parts, *targets.COMMAND)
    return [_described(found)]


def found_table(session: Session, parts: tuple[str, ...]) -> Table | None:
    from glowplug.session.names import lookup as find

    return find(session, parts)


def not_found(session: Session, parts: tuple[str, ...], *before: str) -> AnalysisError:
    path = catalogs(session).search_path(*before)
    return AnalysisError("TABLE_OR_VIEW_NOT_FOUND", relationName=".".join(map(quote, parts)), searchPath=path)


def table_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    parts = name_of(args)
    if temporary_view(session, parts) is not None:
        return [(True,)]
    try:
        return [(found_table(session, parts) is not None,)]
    except AnalysisError as error:
        if error.condition in ("REQUIRES_SINGLE_PART_NAMESPACE", "CATALOG_NOT_FOUND"):
            return [(False,)]
        raise


def list_columns(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session.commands.describe import comment_of, schema_of

    parts = name_of(args)
    view = temporary_view(session, parts)
    if view is not None:
        return [(a.name, None, simple_string(a.type), a.nullable, False, False, False) for a in view.output]
    table = found_table(session, parts)
    if table is None:
        raise not_found(session, parts, *targets.COMMAND)
    keys = {n.lower() for n in table.partition_by}
    buckets = {n.lower() for n in table.bucketing.columns} if table.bucketing else set[str]()
    clusters = {p[0].lower() for p in table.cluster_by}
    return [
        (
            f.name,
            comment_of(f.metadata),
            simple_string(as_strings(f.type)),
            f.nullable,
            f.name.lower() in keys,
            f.name.lower() in buckets,
            f.name.lower() in clusters,
        )
        for f in schema_of(table, session).fields
    ]


def _sql_function(f: PersistentFunction) -> tuple[Any, ...]:
    i = f.identifier
    usage = f.comment or ("N/A." if f.class_name else f"Function: {i.name}")
    return i.name, i.catalog or None, list(i.namespace) or None, usage, f.class_name or "SQLFunction", not i.catalog


def _registered(name: str) -> tuple[Any, ...]:
    from glowplug.session import routines

    return name, None, None, "N/A.", routines.CLASS_NAME, True


def _builtin(name: str) -> tuple[Any, ...]:
    function = all_functions()[name]
    return name, None, None, function.usage, f"glowplug.functions.{function.names[0]}", True


def list_functions(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session import routines
    from glowplug.session.commands.functions import user_functions

    users = [_sql_function(f) for f in user_functions(session, schema_of(args), args.get("pattern"))]
    users += [_registered(n) for n in routines.all_registered(session) if _matches(n, args)]
    return sorted([*users, *(_builtin(n) for n in all_functions() if _matches(n, args))], key=lambda row: str(row[0]))


def _function(session: Session, args: dict[str, Any]) -> tuple[Any, ...] | None:
    from glowplug.session import routines

    parts = name_of(args, "function_name")
    if len(parts) == 1 and parts[0].lower() in all_functions():
        return _builtin(parts[0].lower())
    if routines.is_registered(session, parts):
        return _registered(parts[-1].lower())
    found = routines.find(session, parts)
    return None if found is None else _sql_function(found)


def get_function(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    found = _function(session, args)
    if found is None:
        name = ".".join(map(quote, name_of(args, "function_name")))
        path = catalogs(session).search_path(*SEARCHED_FIRST)
        raise AnalysisError("UNRESOLVED_ROUTINE", routineName=name, searchPath=path)
    return [found]


def function_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(_function(session, args) is not None,)]
