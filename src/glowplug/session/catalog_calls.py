"""`spark.catalog`: each call's columns, and the function that runs it when, and only when, the client executes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.cache import MEMORY_AND_DISK_DESER
from glowplug.execute.operation import Operation
from glowplug.functions.registry import all_functions
from glowplug.identifiers import parse_identifier
from glowplug.plan import commands as c
from glowplug.plan.expressions import Attribute, new_id
from glowplug.plan.relations import CatalogCall, Relation, UnresolvedRelation
from glowplug.plan.tree import map_all_relations
from glowplug.session.commands import caching, views
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import BOOLEAN, STRING, ArrayType, DataType

Columns = tuple[tuple[str, DataType], ...]
Run = Callable[[Session, Operation, dict[str, Any]], Sequence[Sequence[Any]]]
FLAG: Columns = (("value", BOOLEAN),)
TEXT: Columns = (("value", STRING),)
NOTHING: Columns = ()
NAMES = ArrayType(STRING)
TABLES: Columns = (
    ("name", STRING),
    ("catalog", STRING),
    ("namespace", NAMES),
    ("description", STRING),
    ("tableType", STRING),
    ("isTemporary", BOOLEAN),
)


def resolve(node: CatalogCall) -> CatalogCall:
    """The call with its columns, for analysis; it is not run."""
    if node.method not in CALLS:
        raise unsupported(f"spark.catalog: {node.method}")
    columns = tuple(Attribute(n, t, True, new_id()) for n, t in CALLS[node.method][0])
    return CatalogCall(node.method, node.args, columns)


def run_all(plan: Relation, session: Session, operation: Operation) -> Relation:
    """The plan with every catalog call in it run, once, and replaced by its rows."""
    if isinstance(plan, CatalogCall):
        columns, run = CALLS[plan.method]
        answer = rows(columns, run(session, operation, dict(plan.args)), nullable=True)
        from dataclasses import replace

        return replace(answer, columns=plan.columns)
    return map_all_relations(plan, lambda child: run_all(child, session, operation))  # type: ignore[no-any-return]


def _table(session: Session, name: str) -> Relation:
    from glowplug.session.world import analyze

    return analyze(UnresolvedRelation(parse_identifier(name)), session)


def _exists(session: Session, name: str) -> bool:
    try:
        _table(session, name)
    except AnalysisError as error:
        if error.condition == "TABLE_OR_VIEW_NOT_FOUND":
            return False
        raise
    return True


def _is_cached(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(session.cache.entry(_table(session, args["table_name"]), session.conf) is not None,)]


def _cache(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    level = args.get("storage_level") or MEMORY_AND_DISK_DESER
    session.cache.persist(_table(session, args["table_name"]), session.conf, session.server_side_id, level)
    return ()


def _uncache(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    session.cache.unpersist(_table(session, args["table_name"]), session.conf)
    return ()


def _clear(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    caching.clear_cache(c.ClearCache(), session, operation)
    return ()


def _refresh(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    by_path = "path" in args
    caching.refresh(c.Refresh(args["path" if by_path else "table_name"] or "", by_path), session, operation)
    return ()


def _list_tables(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    from glowplug.session.commands.show import matches as _matches

    names = [n for n in sorted(session.temp_views) if _matches(n, args.get("pattern"))]
    return [(n, None, [], None, "TEMPORARY", True) for n in names]


def _function_exists(session: Session, operation: Operation, args: dict[str, Any]) -> Any:
    return [(args["function_name"].lower() in all_functions(),)]


CALLS: dict[str, tuple[Columns, Run]] = {
    "DropTempView": (FLAG, lambda s, o, a: [(views.forget_view(s, (a["view_name"],)),)]),
    "DropGlobalTempView": (FLAG, lambda s, o, a: [(views.forget_view(s, ("global_temp", a["view_name"])),)]),
    "TableExists": (
        FLAG,
        lambda s, o, a: [(_exists(s, ".".join(x for x in (a.get("db_name"), a["table_name"]) if x)),)],
    ),
    "FunctionExists": (FLAG, _function_exists),
    "DatabaseExists": (FLAG, lambda s, o, a: [(a["db_name"].lower() in ("default", "spark_catalog.default"),)]),
    "IsCached": (FLAG, _is_cached),
    "CacheTable": (NOTHING, _cache),
    "UncacheTable": (NOTHING, _uncache),
    "ClearCache": (NOTHING, _clear),
    "RefreshTable": (NOTHING, _refresh),
    "RefreshByPath": (NOTHING, _refresh),
    "ListTables": (TABLES, _list_tables),
    "CurrentDatabase": (TEXT, lambda s, o, a: [(s.current_schema,)]),
    "CurrentCatalog": (TEXT, lambda s, o, a: [(s.current_catalog,)]),
}
