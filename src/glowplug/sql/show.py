"""SHOW and DESCRIBE."""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.commands import Command, Describe, PartitionSpec, Show
from glowplug.plan.statements import Procedures
from glowplug.sql import clauses, delta, literals, properties, queries
from glowplug.sql.clauses import invalid
from glowplug.sql.cursor import Cursor
from glowplug.sql.names import multipart
from glowplug.sql.primary import at_query
from glowplug.sql.tokens import END, STRING
from glowplug.types import quote

_SCHEMAS = ("SCHEMAS", "DATABASES", "NAMESPACES")
_REFUSED = (
    ("GRANT",), ("ROLE", "GRANT"), ("ROLE",), ("PRINCIPALS",), ("ROLES",), ("CURRENT", "ROLES"), ("COMPACTIONS",),
    ("TRANSACTIONS",), ("INDEXES",), ("LOCKS",),
)  # fmt: skip


def show(c: Cursor) -> Command:
    """`SHOW …`"""
    start = c.i
    c.expect("SHOW")
    for words in _REFUSED:
        if c.take(*words):
            c.i = len(c.kinds) - 1
            raise invalid(c, start, "SHOW " + " ".join(words))
    if c.take("TABLE", "EXTENDED"):
        schema = _in(c)
        c.need("LIKE")
        pattern = literals.string(c)
        return Show("TABLE EXTENDED", schema, pattern, partition=_partition(c))
    if c.take("CREATE", "TABLE"):
        return Show("CREATE TABLE", multipart(c), extra=(("serde", "true"),) if c.take("AS", "SERDE") else ())
    if c.kind == "CURRENT":
        c.i += 1
        if not c.take_any(*clauses.SCHEMA):
            c.fail()
        return Show("CURRENT SCHEMA")
    rule = _SHOWN.get(c.kind)
    if rule is not None and c.peek() != "FUNCTIONS":
        c.i += 1
        return rule(c)
    return _functions(c, start)


def _in(c: Cursor) -> tuple[str, ...]:
    return multipart(c) if c.take_any("FROM", "IN") else ()


def _partition(c: Cursor) -> PartitionSpec:
    return clauses.partition(c) if c.kind == "PARTITION" else ()


def _pattern(c: Cursor) -> str | None:
    return literals.string(c) if c.take("LIKE") or c.kind == STRING else None


def _listing(what: str) -> Callable[[Cursor], Command]:
    def rule(c: Cursor) -> Command:
        schema = _in(c)
        return Show(what, schema, _pattern(c))

    return rule


def _columns(c: Cursor) -> Command:
    if not c.take_any("FROM", "IN"):
        c.fail()
    start = c.i
    table = multipart(c)
    schema = _in(c)
    if schema and len(table) > 1 and [p.lower() for p in schema] != [p.lower() for p in table[:-1]]:
        a, b = (".".join(map(quote, p)) for p in (schema, table[:-1]))
        raise AnalysisError("SHOW_COLUMNS_WITH_CONFLICT_NAMESPACE", c.origin(start), namespaceA=a, namespaceB=b)
    return Show("COLUMNS", schema + table[-1:] if schema else table)


def _whole_partition(c: Cursor, start: int) -> PartitionSpec:
    """PARTITION, every column with a value."""
    partition = _partition(c)
    if (empty := next((n for n, value in partition if value is None), None)) is not None:
        raise ParseError("INVALID_SQL_SYNTAX.EMPTY_PARTITION_VALUE", c.origin(start), partKey=f"`{empty}`")
    return partition


def _properties(c: Cursor) -> Command:
    table = multipart(c)
    key = c.parenthesised(properties.property_key) if c.kind == "(" else None
    return Show("TBLPROPERTIES", table, extra=() if key is None else (("key", key),))


def _partitions(c: Cursor) -> Command:
    start = c.i
    table = multipart(c)
    return Show("PARTITIONS", table, partition=_whole_partition(c, start))


def _procedures(c: Cursor) -> Command:
    return Procedures("show", _in(c))


def _functions(c: Cursor, start: int) -> Command:
    """`SHOW [USER | SYSTEM | ALL] FUNCTIONS [IN schema] [[LIKE] pattern]`; the pattern may be a name."""
    scope = c.identifier() if c.kind != "FUNCTIONS" else "all"
    if scope.upper() == "CREATE":
        c.need("FUNCTIONS")
    c.expect("FUNCTIONS")
    if scope.lower() not in ("all", "user", "system"):
        raise ParseError("INVALID_SQL_SYNTAX.SHOW_FUNCTIONS_INVALID_SCOPE", c.origin(start), scope=f"`{scope.lower()}`")
    schema = _in(c)
    like = c.take("LIKE")
    pattern: str | None = None
    if c.kind == STRING:
        pattern = literals.string(c)
    elif like or c.kind not in (END, ";"):
        *qualifier, pattern = multipart(c)
        schema = tuple(qualifier) or schema
    return Show("FUNCTIONS", schema, pattern, () if scope.lower() == "all" else (("scope", scope.lower()),))


_SHOWN: dict[str, Callable[[Cursor], Command]] = {
    "TABLES": _listing("TABLES"),
    "VIEWS": _listing("VIEWS"),
    "CATALOGS": _listing("CATALOGS"),
    "COLLATIONS": _listing("COLLATIONS"),
    **dict.fromkeys(_SCHEMAS, _listing("SCHEMAS")),
    "COLUMNS": _columns,
    "TBLPROPERTIES": _properties,
    "PARTITIONS": _partitions,
    "PROCEDURES": _procedures,
}


def describe(c: Cursor) -> Command:
    """`DESCRIBE [TABLE | QUERY | FUNCTION | SCHEMA | PROCEDURE] …`. Each word is a table's name if nothing follows."""
    start = c.i
    c.i += 1
    if (of_delta := delta.describe(c)) is not None:
        return of_delta
    after = c.peek()
    named = after not in (END, ";", ".")
    if c.kind == "FUNCTION" and named:
        c.i += 1
        extended = c.kind == "EXTENDED" and c.peek() not in (END, ";", ".") and c.take("EXTENDED")
        return Describe("function", _function_name(c), extended=extended)
    if c.kind in clauses.SCHEMA and named:
        c.i += 1
        extended = c.take("EXTENDED")
        return Describe("schema", multipart(c), extended=extended)
    if c.kind == "PROCEDURE" and named:
        c.i += 1
        start = c.i
        parts = multipart(c)
        return Procedures("describe", parts, c.origin(start))
    if (c.kind == "QUERY" and named and c.take("QUERY")) or (at_query(c) and c.kind != "TABLE"):
        start = c.i
        query = queries.query(c)
        return Describe("query", query=query, text=c.between(start, c.i))
    if c.kind == "TABLE" and named:
        c.i += 1
    extended = False
    if c.kind in ("EXTENDED", "FORMATTED") and c.peek() not in (END, ";", "."):
        c.i += 1
        extended = True
    parts = multipart(c)
    partition = _whole_partition(c, start)
    as_json = c.take("AS", "JSON")
    column = () if as_json or c.kind in (END, ";") else multipart(c)
    as_json = as_json or c.take("AS", "JSON")
    for wrong, what in ((partition, "PARTITION"), (as_json and extended, "JSON")):
        if column and wrong:
            raise ParseError(f"UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_{what}", c.origin(start))
    return Describe("table", parts, None, extended, as_json, column, partition)


def _function_name(c: Cursor) -> tuple[str, ...]:
    """A name, a string or an operator."""
    if c.kind == STRING:
        return (literals.string(c),)
    if c.at_identifier():
        return multipart(c)
    if c.kind == END:
        c.fail()
    name = c.raw()
    c.i += 1
    while c.kind == ">":  # `>>` and `>>>` are several tokens
        name += ">"
        c.i += 1
    return (name,)
