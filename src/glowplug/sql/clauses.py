"""Clauses that several statements have."""

from __future__ import annotations

from glowplug.errors import ParseError
from glowplug.plan.commands import PartitionSpec
from glowplug.plan.expressions import Expression, Literal
from glowplug.sql import expressions
from glowplug.sql.cursor import Cursor, is_word

SCHEMA = ("SCHEMA", "DATABASE", "NAMESPACE")
_TIGHTEST = 99  # no operator is in between


def if_exists(c: Cursor) -> bool:
    return c.take("IF", "EXISTS")


def if_not_exists(c: Cursor) -> bool:
    if c.kind != "IF" or c.peek() not in ("NOT", "!"):
        return False
    c.i += 1
    return c.negation("EXISTS")


def invalid(c: Cursor, start: int, operation: str) -> ParseError:
    """Spark's answer to what it parses only to refuse."""
    return ParseError("INVALID_STATEMENT_OR_CLAUSE", c.origin(start), operation=operation)


def not_allowed(c: Cursor, start: int, message: str) -> ParseError:
    return ParseError("_LEGACY_ERROR_TEMP_0035", c.origin(start), message=message)


def partition(c: Cursor) -> PartitionSpec:
    """`PARTITION (a = 1, b)`"""
    start = c.i
    c.expect("PARTITION")
    spec = c.paren_list(_partition_value)
    names = [name.lower() for name, _ in spec]
    if (twice := next((n for i, (n, _) in enumerate(spec) if n.lower() in names[:i]), None)) is not None:
        raise ParseError("DUPLICATE_KEY", c.origin(start), keyColumn=f"`{twice}`")
    return spec


def _partition_value(c: Cursor) -> tuple[str, Expression | None]:
    name = c.identifier()
    if not c.take("="):
        return name, None
    if c.kind == "DEFAULT":
        raise ParseError("REF_DEFAULT_VALUE_IS_NOT_ALLOWED_IN_PARTITION", c.here())
    return name, _constant(c)


def _constant(c: Cursor) -> Expression:
    """A literal or a parameter; Spark's grammar has no operators and calls here."""
    start, kind = c.i, c.kind
    value = expressions.value(c, _TIGHTEST)
    if kind not in (":", "?") and (kind == "(" or not isinstance(value, Literal)):
        c.fail_at(start + is_word(kind))
    if c.kind not in (",", ")"):
        c.fail()
    return value


class Once:
    """Sees to it that each clause of a statement is written once at most. Raises DUPLICATE_CLAUSES.

    Of a column's definition, `column` is the name, and the error `condition`.
    """

    def __init__(self, c: Cursor, start: int, condition: str = "DUPLICATE_CLAUSES", column: str | None = None) -> None:
        self.c, self.start, self.seen = c, start, set[str]()
        self.condition, self.column = condition, column

    def __call__(self, clause: str) -> None:
        if clause in self.seen:
            shown = {"clauseName": clause}
            if self.column is not None:
                shown = {"optionName": clause, "columnName": self.column}
            raise ParseError(self.condition, self.c.origin(self.start), **shown)
        self.seen.add(clause)


def temporary_name(c: Cursor, start: int, parts: tuple[str, ...], kind: str = "VIEW") -> tuple[str, ...]:
    """Temporary objects belong to the session, whose name may stand before theirs."""
    qualifier = [p.lower() for p in parts[:-1]]
    if qualifier and qualifier not in (["session"], ["system", "session"], ["global_temp"]):
        raise ParseError(
            "INVALID_TEMP_OBJ_QUALIFIER",
            c.origin(start),
            objectType=kind,
            objectName=f"`{parts[-1]}`",
            qualifier=".".join(f"`{p}`" for p in parts[:-1]),
        )
    return parts[-1:]
