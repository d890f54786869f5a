"""Filters as SQL for a database: those of columns and constants, of which it makes what Spark does."""

from __future__ import annotations

from collections.abc import Mapping

from glowplug.io.databases import Column, Dialect
from glowplug.plan.expressions import Attribute, Call, Expression, Literal
from glowplug.types import StringType

_FLIPPED = {"=": "=", "<=>": "<=>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def condition_sql(e: Expression, columns: Mapping[int, Column], kind: Dialect) -> str | None:
    """A condition over `columns`, by id, in the database's SQL; None if it has none that means the same."""
    if isinstance(e, Attribute):
        column = columns.get(e.id)
        return None if column is None or kind.literal(True, column) != "true" else kind.quoted(column.name)
    if not isinstance(e, Call):
        return None
    match e.function.names[0], e.args:
        case "and" | "or" as name, args:
            parts = [condition_sql(a, columns, kind) for a in args]
            return None if None in parts else "(" + f" {name.upper()} ".join(map(str, parts)) + ")"
        case "not", (inner,):
            found = condition_sql(inner, columns, kind)
            return None if found is None else f"(NOT {found})"
        case "isnull" | "isnotnull" as name, (Attribute() as a,) if a.id in columns:
            return f"({kind.quoted(columns[a.id].name)} IS {'NOT ' if name == 'isnotnull' else ''}NULL)"
        case "in", (Attribute() as a, *items) if a.id in columns:
            texts = [_constant(i, columns[a.id], kind) for i in items]
            joined = ", ".join(str(x) for x in texts)
            return None if None in texts or not texts else f"({kind.compared(columns[a.id])} IN ({joined}))"
        case name, (Attribute() as a, Literal() as b) if name in _FLIPPED:
            return _comparison(name, a, b, columns, kind)
        case name, (Literal() as b, Attribute() as a) if name in _FLIPPED:
            return _comparison(_FLIPPED[name], a, b, columns, kind)
    return None


def _comparison(operator: str, a: Attribute, b: Literal, columns: Mapping[int, Column], kind: Dialect) -> str | None:
    column = columns.get(a.id)
    constant = None if column is None else _constant(b, column, kind)
    if column is None or constant is None or (operator in ("<", "<=", ">", ">=") and not kind.ordered(column)):
        return None
    name = kind.compared(column)
    return f"({name} IS NOT DISTINCT FROM {constant})" if operator == "<=>" else f"({name} {operator} {constant})"


def _constant(e: Expression, column: Column, kind: Dialect) -> str | None:
    if not isinstance(e, Literal) or e.value is None or e.type != column.type:
        return None
    if isinstance(e.type, StringType) and e.type.collation != "UTF8_BINARY":
        return None
    return kind.literal(e.value, column)
