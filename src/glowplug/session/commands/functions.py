"""Functions written in SQL: made, dropped; and all functions described and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from glowplug.analyze.commands.functions import already_exists
from glowplug.analyze.commands.nouns import MakeFunction
from glowplug.analyze.routines import cannot_load, unquoted
from glowplug.catalog.table import PersistentFunction
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.functions.registry import all_functions, lookup
from glowplug.plan import commands as c
from glowplug.plan import statements as s
from glowplug.plan.relations import LocalData
from glowplug.session import routines
from glowplug.session.names import SEARCHED_FIRST, catalogs
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import STRING, StructField, StructType, quote, sql_name


def make_function(command: MakeFunction, session: Session, operation: Operation) -> None:
    function = command.function
    name = function.identifier.name
    if command.temporary:
        registered: Mapping[str, Any] = session.table_functions if function.is_table else session.functions
        if (name in session.temp_functions or name in registered) and not command.replace:
            if command.if_not_exists:
                return
            raise already_exists(function.identifier)
        if name in registered or (command.replace and lookup(name) is not None):
            raise AnalysisError("USER_DEFINED_FUNCTIONS.CANNOT_REPLACE_NON_SQL_UDF_WITH_SQL_UDF", name=quote(name))
        session.temp_functions[name] = function
        return
    catalog = catalogs(session).catalog(function.identifier.catalog)
    try:
        catalog.create_function(function, command.replace)
    except AnalysisError as error:
        if not (command.if_not_exists and error.condition == "ROUTINE_ALREADY_EXISTS"):
            raise


def drop_function(command: s.DropFunction, session: Session, operation: Operation) -> None:
    name = command.parts[-1].lower()
    if command.temporary:
        temporary: tuple[dict[str, Any], ...] = (session.temp_functions, session.functions, session.table_functions)
        found = [functions.pop(name) for functions in temporary if name in functions]
        if found or command.if_exists:
            return
    if len(command.parts) == 1 and lookup(name) is not None:
        raise AnalysisError("FORBIDDEN_OPERATION", statement="DROP", objectType="FUNCTION", objectName=quote(name))
    if command.temporary:
        raise AnalysisError("ROUTINE_NOT_FOUND", routineName=quote(name))
    known = catalogs(session)
    identifier = known.identifier(command.parts)
    if not known.catalog(identifier.catalog).drop_function(identifier) and not command.if_exists:
        raise AnalysisError("ROUTINE_NOT_FOUND", routineName=identifier.in_catalog)


def refresh_function(command: s.RefreshFunction, session: Session, operation: Operation) -> None:
    """Catalogs are asked at each call, so that there is nothing to load anew; as in Spark, only classes could be."""
    known = catalogs(session)
    if len(command.parts) == 1 and lookup(command.parts[0].lower()) is not None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1256", functionName=command.parts[-1])
    identifier = known.identifier(command.parts)
    found = known.catalog(identifier.catalog).function(identifier)
    if found is None:
        raise AnalysisError("ROUTINE_NOT_FOUND", routineName=identifier.in_catalog)
    raise cannot_load(found.class_name or "sqlFunction.", identifier.quoted)


# --- DESCRIBE ------------------------------------------------------------------------------------------------


def describe_function(command: c.Describe, session: Session) -> LocalData:
    name = command.parts[-1].lower()
    builtin = lookup(name) if len(command.parts) == 1 else None
    if builtin is None:
        if routines.is_registered(session, command.parts):
            lines = [f"Function: spark_catalog.session.{name}", f"Class: {routines.CLASS_NAME}", "Usage: N/A."]
            if command.extended:
                lines.append(f"Extended Usage:\n    No example/argument for {name}.\n")
            return rows((("function_desc", STRING),), [(line,) for line in lines])
        function = routines.find(session, command.parts)
        if function is None:
            raise AnalysisError(
                "UNRESOLVED_ROUTINE",
                routineName=".".join(map(quote, command.parts)),
                searchPath=catalogs(session).search_path(*SEARCHED_FIRST),
            )
        return rows((("function_desc", STRING),), [(line,) for line in _lines(function, command.extended, session)])
    lines = [f"Function: {name}", f"Usage: {builtin.usage}"]
    if command.extended:
        lines.append(f"Extended Usage:\n    Examples:\n      > {builtin.example};")
    return rows((("function_desc", STRING),), [(line,) for line in lines])


def _lines(function: PersistentFunction, extended: bool, session: Session) -> list[str]:
    from glowplug.session.commands.describe import when

    if function.class_name:
        lines = [f"Function: {unquoted(function)}", f"Class: {function.class_name}", "Usage: N/A."]
        usage = f"Extended Usage:\n    No example/argument for {function.identifier.name}.\n"
        return [*lines, usage] if extended else lines
    facts: list[tuple[str, list[str]]] = [
        ("Function", [unquoted(function)]),
        ("Type", ["TABLE" if function.is_table else "SCALAR"]),
        ("Input", _columns(function.parameters, extended) or ["()"]),
        ("Returns", _columns(function.returns) if isinstance(function.returns, StructType) and function.is_table
         else [sql_name(function.returns)]),
    ]  # fmt: skip
    if extended:
        if function.comment is not None:
            facts.append(("Comment", [function.comment]))
        if function.collation:
            facts.append(("Collation", [function.collation]))
        facts.append(("Deterministic", [str(function.deterministic).lower()]))
        facts.append(("Data Access", ["READS SQL DATA" if function.reads_data else "CONTAINS SQL"]))
        facts.append(("Configs", [f"{k}={v}" for k, v in function.settings]))
        facts.append(("Create Time", [when(function.created, session)]))
        facts.append(("Body", [function.text]))
    width = max(len(name) for name, _ in facts) + 2
    lines = []
    for name, values in facts:
        first = f"{name}:".ljust(width)
        lines += [(first if i == 0 else " " * width) + v for i, v in enumerate(values)]
    return lines


def _columns(schema: StructType, extended: bool = False) -> list[str]:
    """Names and types in columns."""
    names = max((len(f.name) for f in schema.fields), default=0)
    types = max((len(sql_name(f.type)) for f in schema.fields), default=0)
    return [_column(f, names, types, extended) for f in schema.fields]


def _column(f: StructField, names: int, types: int, extended: bool) -> str:
    data = json.loads(f.metadata)
    text = f"{f.name.ljust(names)} {sql_name(f.type).ljust(types)}"
    if extended and "default" in data:
        text += f" DEFAULT {data['default']}"
    if extended and "comment" in data:
        text += f" '{data['comment']}'"
    return text


# --- SHOW ----------------------------------------------------------------------------------------------------


def user_functions(session: Session, parts: tuple[str, ...], pattern: str | None) -> Iterator[PersistentFunction]:
    """Temporary functions and a schema's, those whose name fits the pattern."""
    from glowplug.session.commands.show import matches

    catalog, name = catalogs(session).existing_schema(parts)
    for function in (*session.temp_functions.values(), *catalog.functions(name)):
        if matches(function.identifier.name, pattern):
            yield function


def show_functions(command: c.Show, session: Session) -> LocalData:
    from glowplug.session.commands.show import matches

    scope = dict(command.extra).get("scope", "all")
    names = set[str]()
    users = list(user_functions(session, command.parts, command.pattern))
    if scope != "system":
        names |= {unquoted(f) for f in users}
        names |= {n for n in routines.all_registered(session) if matches(n, command.pattern)}
    if scope != "user":
        names |= {n for n in all_functions() if matches(n, command.pattern)}
    return rows((("function", STRING),), [(n,) for n in sorted(names)])
