"""EXPLAIN, DESCRIBE and SHOW: statements that say something about others."""

from __future__ import annotations

import fnmatch
import re

from glowplug.errors import AnalysisError, unsupported
from glowplug.execute.operation import Operation
from glowplug.functions.registry import all_functions, lookup
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation, UnresolvedRelation
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import BOOLEAN, STRING, quote, simple_string


def explain(command: c.Explain, session: Session, operation: Operation) -> Relation:
    from glowplug.session.explain import explain as explain_plan

    if not isinstance(command.statement, Relation):
        raise unsupported("EXPLAIN of a command")
    return rows((("plan", STRING),), [(explain_plan(command.statement, session, command.mode),)])


def describe(command: c.Describe, session: Session, operation: Operation) -> Relation:
    """The columns of a view or a query; what a function does."""
    from glowplug.session.world import analyze

    if command.kind == "function":
        return _function(command)
    if command.kind == "schema":
        raise unsupported("DESCRIBE SCHEMA")
    plan = analyze(command.query or UnresolvedRelation(command.parts), session)
    described = [(a.name, simple_string(a.type), None) for a in plan.output]
    return rows((("col_name", STRING), ("data_type", STRING), ("comment", STRING)), described, nullable=True)


def _function(command: c.Describe) -> Relation:
    name = command.parts[-1].lower()
    function = lookup(name)
    if function is None:
        raise AnalysisError("UNRESOLVED_ROUTINE", routineName=quote(name), searchPath="[`system`.`builtin`]")
    lines = [f"Function: {name}", f"Usage: {function.usage}"]
    if command.extended:
        lines.append(f"Extended Usage:\n    Examples:\n      > {function.example};")
    return rows((("function_desc", STRING),), [(line,) for line in lines])


def show(command: c.Show, session: Session, operation: Operation) -> Relation:
    match command.what.upper():
        case "FUNCTIONS" | "ALL FUNCTIONS" | "SYSTEM FUNCTIONS":
            names = [n for n in sorted(all_functions()) if _matches(n, command.pattern)]
            return rows((("function", STRING),), [(n,) for n in names])
        case "TABLES":
            names = [n for n in sorted(session.temp_views) if _matches(n, command.pattern)]
            columns = (("namespace", STRING), ("tableName", STRING), ("isTemporary", BOOLEAN))
            return rows(columns, [("", n, True) for n in names])
        case "VIEWS":
            names = [n for n in sorted(session.temp_views) if _matches(n, command.pattern)]
            columns = (("namespace", STRING), ("viewName", STRING), ("isTemporary", BOOLEAN))
            return rows(columns, [("", n, True) for n in names])
        case "COLUMNS":
            from glowplug.session.world import analyze

            plan = analyze(UnresolvedRelation(command.parts), session)
            return rows((("col_name", STRING),), [(a.name,) for a in plan.output])
        case "CATALOGS":
            return rows((("catalog", STRING),), [("spark_catalog",)])
        case "SCHEMAS" | "DATABASES" | "NAMESPACES":
            return rows((("namespace", STRING),), [("default",)])
    raise unsupported(f"SHOW {command.what}")


def _matches(name: str, pattern: str | None) -> bool:
    """Spark's patterns: `*` is any text, `|` separates alternatives, case does not matter."""
    if pattern is None:
        return True
    return any(re.fullmatch(fnmatch.translate(p.strip().lower()), name.lower()) for p in pattern.split("|"))
