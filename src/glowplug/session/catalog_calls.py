"""`spark.catalog`: each call's columns, and the function that runs it when, and only when, the client executes it.

A call that a SQL statement also does is that statement's command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from glowplug.analyze.commands import targets
from glowplug.catalog.table import Namespace, PersistentFunction, Table
from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.cache import MEMORY_AND_DISK_DESER
from glowplug.execute.operation import Operation
from glowplug.functions.registry import all_functions
from glowplug.identifiers import parse_identifier
from glowplug.plan import commands as c
from glowplug.plan import statements as s
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import CatalogCall, Relation, UnresolvedRelation
from glowplug.plan.tree import map_all_relations
from glowplug.session.names import GLOBAL_SCHEMA, SEARCHED_FIRST, catalogs, temporary_view
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import (
    BOOLEAN,
    STRING,
    ArrayType,
    DataType,
    quote,
    simple_string,
)

Columns = tuple[tuple[str, DataType], ...]
Run = Callable[[Session, Operation, dict[str, Any]], Sequence[Sequence[Any]]]
FLAG: Columns = (("value", BOOLEAN),)
TEXT: Columns = (("value", STRING),)
NOTHING: Columns = ()
NAMES = ArrayType(STRING)
CATALOGS: Columns = (("name", STRING), ("description", STRING))
DATABASES: Columns = (("name", STRING), ("catalog", STRING), ("description", STRING), ("locationUri", STRING))
TABLES: Columns = (
    ("name", STRING),
    ("catalog", STRING),
    ("namespace", NAMES),
    ("description", STRING),
    ("tableType", STRING),
    ("isTemporary", BOOLEAN),
)
FUNCTIONS: Columns = (
    ("name", STRING),
    ("catalog", STRING),
    ("namespace", NAMES),
    ("description", STRING),
    ("className", STRING),
    ("isTemporary", BOOLEAN),
)
COLUMNS: Columns = (
    ("name", STRING),
    ("description", STRING),
    ("dataType", STRING),
    ("nullable", BOOLEAN),
    ("isPartition", BOOLEAN),
    ("isBucket", BOOLEAN),
    ("isCluster", BOOLEAN),
)
_CREATING = ("CreateTable", "CreateExternalTable")


def resolve(node: CatalogCall, session: Session) -> CatalogCall:
    """The call with its columns, for analysis; it is not run."""
    if node.method in _CREATING:
        from glowplug.session.commands.create_call import schema_of

        schema = schema_of(dict(node.args), session)
        return replace(node, columns=tuple(Attribute(f.name, f.type, True, new_id()) for f in schema.fields))
    if node.method not in CALLS:
        raise unsupported(f"spark.catalog: {node.method}")
    columns = tuple(Attribute(n, t, True, new_id()) for n, t in CALLS[node.method][0])
    return replace(node, columns=columns)


def run_all(plan: Relation, session: Session, operation: Operation) -> Relation:
    """The plan with every catalog call in it run, once, and replaced by its rows."""
    if isinstance(plan, CatalogCall):
        if plan.method in _CREATING:
            from glowplug.session.commands.create_call import create

            return create(plan, session, operation)
        columns, run = CALLS[plan.method]
        answer = rows(columns, run(session, operation, dict(plan.args)), nullable=True)
        return replace(answer, columns=plan.columns)
    return map_all_relations(plan, lambda child: run_all(child, session, operation))  # type: ignore[no-any-return]


def _command(make: Callable[[dict[str, Any]], c.Command]) -> Run:
    """A call that is a statement's command and answers nothing."""

    def run(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
        from glowplug.session.commands import run_command

        run_command(make(args), session, operation)
        return ()

    return run


def _name(args: dict[str, Any], key: str = "table_name") -> tuple[str, ...]:
    """A name of several parts; the schema that older calls give apart stands before it."""
    parts = parse_identifier(args[key])
    schema = args.get("db_name")
    return (schema, *parts) if schema is not None and len(parts) == 1 else parts


def _schema(args: dict[str, Any]) -> tuple[str, ...]:
    return parse_identifier(args["db_name"]) if args.get("db_name") else ()


# --- catalogs and schemas ---------------------------------------------------------------------------------


def _list_catalogs(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(n, None) for n in catalogs(session).names() if _matches(n, args)]


def _matches(name: str, args: dict[str, Any]) -> bool:
    from glowplug.session.commands.show import matches

    return matches(name, args.get("pattern"))


def _database(n: Namespace) -> tuple[Any, ...]:
    return n.name[-1], n.catalog, n.comment, n.location


def _list_databases(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    known = catalogs(session)
    return [_database(n) for n in known.catalog(known.current).namespaces() if _matches(n.name[-1], args)]


def _get_database(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    catalog, name = catalogs(session).existing_schema(parse_identifier(args["db_name"]))
    found = catalog.namespace(name)
    assert found is not None
    return [_database(found)]


def _database_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    known = catalogs(session)
    catalog, name = known.schema(parse_identifier(args["db_name"]))
    return [(len(name) == 1 and known.catalog(catalog).namespace(name) is not None,)]


def _create_database(args: dict[str, Any]) -> c.Command:
    properties = dict(args["properties"] or ())
    comment, location = properties.pop("comment", None), properties.pop("location", None)
    return c.CreateSchema(
        parse_identifier(args["db_name"]), args["if_not_exists"], comment, location, tuple(properties.items())
    )


# --- tables and views ---------------------------------------------------------------------------------------


def _described(t: Table) -> tuple[Any, ...]:
    i = t.identifier
    return i.name, i.catalog, list(i.namespace), t.comment, t.kind.upper(), False


def _temporary(name: str, namespace: Iterable[str] = ()) -> tuple[Any, ...]:
    return name, None, list(namespace), None, "TEMPORARY", True


def _listed(session: Session, args: dict[str, Any], views: bool) -> Any:
    from glowplug.session.commands.show import listed

    found, shared, temporary = listed(session, _schema(args), args.get("pattern"))
    tables = [_described(t) for t in found if not views or t.kind == "view"]
    return [*tables, *(_temporary(n, (GLOBAL_SCHEMA,)) for n in shared), *map(_temporary, temporary)]


def _get_table(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    parts = _name(args)
    if temporary_view(session, parts) is not None:
        return [_temporary(parts[-1], parts[:-1])]
    found = _found(session, parts)
    if found is None:
        raise _not_found(session, parts, *targets.COMMAND)
    return [_described(found)]


def _found(session: Session, parts: tuple[str, ...]) -> Table | None:
    from glowplug.session.names import lookup as find

    return find(session, parts)


def _not_found(session: Session, parts: tuple[str, ...], *before: str) -> AnalysisError:
    path = catalogs(session).search_path(*before)
    return AnalysisError("TABLE_OR_VIEW_NOT_FOUND", relationName=".".join(map(quote, parts)), searchPath=path)


def _table_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    parts = _name(args)
    if temporary_view(session, parts) is not None:
        return [(True,)]
    try:
        return [(_found(session, parts) is not None,)]
    except AnalysisError as error:
        if error.condition in ("REQUIRES_SINGLE_PART_NAMESPACE", "CATALOG_NOT_FOUND"):
            return [(False,)]
        raise


def _list_columns(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session.commands.describe import comment_of, schema_of

    parts = _name(args)
    view = temporary_view(session, parts)
    if view is not None:
        return [(a.name, None, simple_string(a.type), a.nullable, False, False, False) for a in view.output]
    table = _found(session, parts)
    if table is None:
        raise _not_found(session, parts, *targets.COMMAND)
    keys = {n.lower() for n in table.partition_by}
    buckets = {n.lower() for n in table.bucketing.columns} if table.bucketing else set[str]()
    clusters = {p[0].lower() for p in table.cluster_by}
    return [
        (
            f.name,
            comment_of(f.metadata),
            simple_string(f.type),
            f.nullable,
            f.name.lower() in keys,
            f.name.lower() in buckets,
            f.name.lower() in clusters,
        )
        for f in schema_of(table, session).fields
    ]


def _rows_of(make: Callable[[dict[str, Any]], c.Command]) -> Run:
    """A call that answers what a SHOW statement does."""

    def run(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
        from glowplug.session.commands import run_command

        answer: Any = run_command(make(args), session, operation)
        return list(zip(*(column.to_pylist() for column in answer.table.columns), strict=True))

    return run


# --- functions ------------------------------------------------------------------------------------------------


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


def _list_functions(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session import routines
    from glowplug.session.commands.functions import user_functions

    users = [_sql_function(f) for f in user_functions(session, _schema(args), args.get("pattern"))]
    users += [_registered(n) for n in routines.all_registered(session) if _matches(n, args)]
    return sorted([*users, *(_builtin(n) for n in all_functions() if _matches(n, args))], key=lambda row: str(row[0]))


def _function(session: Session, args: dict[str, Any]) -> tuple[Any, ...] | None:
    from glowplug.session import routines

    parts = _name(args, "function_name")
    if len(parts) == 1 and parts[0].lower() in all_functions():
        return _builtin(parts[0].lower())
    if routines.is_registered(session, parts):
        return _registered(parts[-1].lower())
    found = routines.find(session, parts)
    return None if found is None else _sql_function(found)


def _get_function(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    found = _function(session, args)
    if found is None:
        name = ".".join(map(quote, _name(args, "function_name")))
        path = catalogs(session).search_path(*SEARCHED_FIRST)
        raise AnalysisError("UNRESOLVED_ROUTINE", routineName=name, searchPath=path)
    return [found]


def _function_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(_function(session, args) is not None,)]


# --- what is kept -----------------------------------------------------------------------------------------------


def _table(session: Session, name: str) -> Relation:
    from glowplug.session.world import analyze

    return analyze(UnresolvedRelation(parse_identifier(name)), session)


def _is_cached(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(session.cache.entry(_table(session, args["table_name"]), session.conf) is not None,)]


def _cache(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    level = args.get("storage_level") or MEMORY_AND_DISK_DESER
    session.cache.persist(_table(session, args["table_name"]), session.conf, session.server_side_id, level)
    return ()


def _uncache(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    session.cache.unpersist(_table(session, args["table_name"]), session.conf)
    return ()


def _refresh(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session.commands import caching

    _table(session, args["table_name"])
    caching.refresh(c.Refresh(args["table_name"]), session, operation)
    return ()


def _recover(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session.commands import partitions

    parts = _name(args)
    table = _found(session, parts)
    if table is not None and table.kind == "view":
        raise targets.view_instead(table.identifier.quoted, "recoverPartitions()")
    partitions.repair(s.RepairTable(parts, name="ALTER TABLE RECOVER PARTITIONS"), session, operation)
    return ()


def _forget_view(global_: bool) -> Run:
    def run(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
        from glowplug.session.commands.views import forget_view

        name = args["view_name"]
        return [(forget_view(session, (GLOBAL_SCHEMA, name) if global_ else (name,)),)]

    return run


CALLS: dict[str, tuple[Columns, Run]] = {
    "CurrentCatalog": (TEXT, lambda s, o, a: [(s.current_catalog,)]),
    "SetCurrentCatalog": (NOTHING, _command(lambda a: c.Use((a["catalog_name"],), "catalog"))),
    "ListCatalogs": (CATALOGS, _list_catalogs),
    "CurrentDatabase": (TEXT, lambda s, o, a: [(s.current_schema,)]),
    "SetCurrentDatabase": (NOTHING, _command(lambda a: c.Use(parse_identifier(a["db_name"]), "schema"))),
    "ListDatabases": (DATABASES, _list_databases),
    "GetDatabase": (DATABASES, _get_database),
    "DatabaseExists": (FLAG, _database_exists),
    "CreateDatabase": (NOTHING, _command(_create_database)),
    "DropDatabase": (
        NOTHING,
        _command(lambda a: c.DropSchema(parse_identifier(a["db_name"]), a["if_exists"], a["cascade"])),
    ),
    "ListTables": (TABLES, lambda s, o, a: _listed(s, a, views=False)),
    "ListViews": (TABLES, lambda s, o, a: _listed(s, a, views=True)),
    "GetTable": (TABLES, _get_table),
    "TableExists": (FLAG, _table_exists),
    "ListColumns": (COLUMNS, _list_columns),
    "ListPartitions": ((("partition", STRING),), _rows_of(lambda a: c.Show("PARTITIONS", _name(a)))),
    "GetTableProperties": (
        (("key", STRING), ("value", STRING)),
        _rows_of(lambda a: c.Show("TBLPROPERTIES", _name(a))),
    ),
    "GetCreateTableString": (
        TEXT,
        _rows_of(lambda a: c.Show("CREATE TABLE", _name(a), extra=(("serde", "true"),) if a["as_serde"] else ())),
    ),
    "DropTable": (NOTHING, _command(lambda a: c.DropTable(_name(a), a["if_exists"], a["purge"]))),
    "DropView": (NOTHING, _command(lambda a: c.DropView(_name(a, "view_name"), a["if_exists"]))),
    "TruncateTable": (NOTHING, _command(lambda a: s.Truncate(_name(a)))),
    "AnalyzeTable": (NOTHING, _command(lambda a: s.Analyze(_name(a), scan=not a["no_scan"]))),
    "RecoverPartitions": (NOTHING, _recover),
    "DropTempView": (FLAG, _forget_view(False)),
    "DropGlobalTempView": (FLAG, _forget_view(True)),
    "ListFunctions": (FUNCTIONS, _list_functions),
    "GetFunction": (FUNCTIONS, _get_function),
    "FunctionExists": (FLAG, _function_exists),
    "IsCached": (FLAG, _is_cached),
    "CacheTable": (NOTHING, _cache),
    "UncacheTable": (NOTHING, _uncache),
    "ClearCache": (NOTHING, _command(lambda a: c.ClearCache())),
    "RefreshTable": (NOTHING, _refresh),
    "RefreshByPath": (NOTHING, _command(lambda a: c.Refresh(a["path"], True))),
}
