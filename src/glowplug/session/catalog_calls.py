"""`spark.catalog`: each call's columns, and the function that runs it when, and only when, the client executes it.

A call that a SQL statement also does is that statement's command.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from glowplug.analyze.commands import targets
from glowplug.errors import unsupported
from glowplug.execute.cache import MEMORY_AND_DISK_DESER
from glowplug.execute.operation import Operation
from glowplug.identifiers import parse_identifier
from glowplug.plan import commands as c
from glowplug.plan import statements as s
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import CatalogCall, Relation, UnresolvedRelation
from glowplug.plan.tree import map_all_relations
from glowplug.session.catalog_listing import (
    database_exists,
    found_table,
    function_exists,
    get_database,
    get_function,
    get_table,
    list_catalogs,
    list_columns,
    list_databases,
    list_functions,
    list_tables,
    name_of,
    table_exists,
)
from glowplug.session.names import GLOBAL_SCHEMA
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import (
    BOOLEAN,
    STRING,
    ArrayType,
    DataType,
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


def _create_database(args: dict[str, Any]) -> c.Command:
    properties = dict(args["properties"] or ())
    comment, location = properties.pop("comment", None), properties.pop("location", None)
    return c.CreateSchema(
        parse_identifier(args["db_name"]), args["if_not_exists"], comment, location, tuple(properties.items())
    )


def _rows_of(make: Callable[[dict[str, Any]], c.Command]) -> Run:
    """A call that answers what a SHOW statement does."""

    def run(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
        from glowplug.session.commands import run_command

        answer: Any = run_command(make(args), session, operation)
        return list(zip(*(column.to_pylist() for column in answer.table.columns), strict=True))

    return run


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

    parts = name_of(args)
    table = found_table(session, parts)
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
    "ListCatalogs": (CATALOGS, list_catalogs),
    "CurrentDatabase": (TEXT, lambda s, o, a: [(s.current_schema,)]),
    "SetCurrentDatabase": (NOTHING, _command(lambda a: c.Use(parse_identifier(a["db_name"]), "schema"))),
    "ListDatabases": (DATABASES, list_databases),
    "GetDatabase": (DATABASES, get_database),
    "DatabaseExists": (FLAG, database_exists),
    "CreateDatabase": (NOTHING, _command(_create_database)),
    "DropDatabase": (
        NOTHING,
        _command(lambda a: c.DropSchema(parse_identifier(a["db_name"]), a["if_exists"], a["cascade"])),
    ),
    "ListTables": (TABLES, lambda s, o, a: list_tables(s, a, views=False)),
    "ListViews": (TABLES, lambda s, o, a: list_tables(s, a, views=True)),
    "GetTable": (TABLES, get_table),
    "TableExists": (FLAG, table_exists),
    "ListColumns": (COLUMNS, list_columns),
    "ListPartitions": ((("partition", STRING),), _rows_of(lambda a: c.Show("PARTITIONS", name_of(a)))),
    "GetTableProperties": (
        (("key", STRING), ("value", STRING)),
        _rows_of(lambda a: c.Show("TBLPROPERTIES", name_of(a))),
    ),
    "GetCreateTableString": (
        TEXT,
        _rows_of(lambda a: c.Show("CREATE TABLE", name_of(a), extra=(("serde", "true"),) if a["as_serde"] else ())),
    ),
    "DropTable": (NOTHING, _command(lambda a: c.DropTable(name_of(a), a["if_exists"]))),
    "DropView": (NOTHING, _command(lambda a: c.DropView(name_of(a, "view_name"), a["if_exists"]))),
    "TruncateTable": (NOTHING, _command(lambda a: s.Truncate(name_of(a)))),
    "AnalyzeTable": (NOTHING, _command(lambda a: s.Analyze(name_of(a), scan=not a["no_scan"]))),
    "RecoverPartitions": (NOTHING, _recover),
    "DropTempView": (FLAG, _forget_view(False)),
    "DropGlobalTempView": (FLAG, _forget_view(True)),
    "ListFunctions": (FUNCTIONS, list_functions),
    "GetFunction": (FUNCTIONS, get_function),
    "FunctionExists": (FLAG, function_exists),
    "IsCached": (FLAG, _is_cached),
    "CacheTable": (NOTHING, _cache),
    "UncacheTable": (NOTHING, _uncache),
    "ClearCache": (NOTHING, _command(lambda a: c.ClearCache())),
    "RefreshTable": (NOTHING, _refresh),
    "RefreshByPath": (NOTHING, _command(lambda a: c.Refresh(a["path"], True))),
}
