"""Script transformation: `SELECT TRANSFORM (…) USING 'command' AS (…)`, `MAP …`, `REDUCE …`.

Source: https://spark.apache.org/docs/latest/sql-ref-syntax-qry-select-transform.html
"""

from __future__ import annotations

from collections.abc import Callable

from glowplug.errors import ParseError
from glowplug.plan.expressions import Expression
from glowplug.plan.relations import Relation, RowFormat, Transform
from glowplug.sql import expressions, literals, properties, types
from glowplug.sql.cursor import CLAUSES, Cursor, is_word
from glowplug.sql.tokens import END, STRING
from glowplug.type_trees import as_strings
from glowplug.types import STRING as TEXT
from glowplug.types import StructField

Finish = Callable[[Relation], Relation]


def at_transform(c: Cursor) -> bool:
    """Whether a script transformation begins here, and no call of the function of that name."""
    if c.kind in ("MAP", "REDUCE"):
        return True
    if not c.at("SELECT", "TRANSFORM", "(") or c.peek(3) == ")":
        return False
    depth, i = 0, c.i + 2
    while c.kinds[i] != END:
        depth += (c.kinds[i] == "(") - (c.kinds[i] == ")")
        i += 1
        if depth == 0:
            break
    after = c.kinds[i : i + 2]
    return after in (["USING", STRING], ["ROW", "FORMAT"], ["RECORDWRITER", STRING])


def transform(c: Cursor) -> tuple[tuple[Expression, ...], Finish]:
    """What the command is given, and the transformation of a query of that."""
    start = c.i
    parenthesised = c.take("SELECT", "TRANSFORM", "(")
    if not parenthesised:
        c.i += 1
    if c.kind in ("DISTINCT", "ALL") and c.peek() not in (",", ")"):
        raise ParseError("UNSUPPORTED_FEATURE.TRANSFORM_DISTINCT_ALL", c.origin(start))
    items = c.comma_list(expressions.expression)
    if parenthesised and not c.take(")"):
        c.fail()
    given = _row_format(c, start)
    _no_class(c, start, "RECORDWRITER")
    if not c.take("USING"):
        c.fail()
    script = literals.string(c)
    columns = _columns(c) if c.take("AS") else None
    made = _row_format(c, start)
    _no_class(c, start, "RECORDREADER")
    origin = c.origin(start)
    return items, lambda plan: Transform(plan, script, columns, given, made, origin)


_AFTER_COLUMNS = (CLAUSES | {"LATERAL", "RECORDREADER", "ROW"}) - {"MAP", "TIMESTAMP"}


def _columns(c: Cursor) -> tuple[StructField, ...]:
    """Names, or names with types; in parentheses or not."""
    parenthesised = c.take("(")
    begin = c.i
    c.identifier()
    typed = is_word(c.kind) and c.kind not in _AFTER_COLUMNS
    c.i = begin
    found = c.comma_list(types.column) if typed else tuple(StructField(n, TEXT) for n in c.comma_list(Cursor.name))
    if parenthesised:
        if c.kind != ")" and not typed:
            c.fail(f": extra input '{c.raw()}'")
        c.expect(")")
    return tuple(StructField(f.name, as_strings(f.type), True, f.metadata) for f in found)


def _no_class(c: Cursor, start: int, word: str) -> None:
    if c.take(word):
        literals.string(c)
        raise ParseError("_LEGACY_ERROR_TEMP_0048", c.origin(start))


def _row_format(c: Cursor, start: int) -> RowFormat:
    if not c.take("ROW", "FORMAT"):
        return RowFormat()
    format = row_format(c)
    if format is None:
        raise ParseError("UNSUPPORTED_FEATURE.TRANSFORM_NON_HIVE", c.origin(start))
    return format


def row_format(c: Cursor) -> RowFormat | None:
    """`DELIMITED …` after ROW FORMAT, None for a SerDe. What it says of collections and keys of maps has no effect:
    these are JSON."""
    start = c.i
    if c.take("SERDE"):
        literals.string(c)
        if c.take("WITH", "SERDEPROPERTIES"):
            properties.properties(c)
        return None
    c.expect("DELIMITED")
    field, null = RowFormat().field, RowFormat().null
    if c.take("FIELDS", "TERMINATED", "BY"):
        field = literals.string(c)
        if c.take("ESCAPED", "BY"):
            literals.string(c)
    for words in (("COLLECTION", "ITEMS", "TERMINATED", "BY"), ("MAP", "KEYS", "TERMINATED", "BY")):
        if c.take(*words):
            literals.string(c)
    if c.take("LINES", "TERMINATED", "BY"):
        line = literals.string(c)
        if line != "\n":
            message = f"LINES TERMINATED BY only supports newline '\\n' right now: {line}"
            raise ParseError("_LEGACY_ERROR_TEMP_0064", c.origin(start), msg=message)
    if c.take("NULL", "DEFINED", "AS"):
        null = literals.string(c)
    return RowFormat(field, null)
