"""Function calls: arguments, DISTINCT, FILTER, WITHIN GROUP, nulls, OVER; and the calls with words inside.

A call keeps the name it was written with, for Spark derives column names from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.expressions import (
    Cast,
    Expression,
    FrameBound,
    Literal,
    NamedArgument,
    SortOrder,
    Subquery,
    UnresolvedAttribute,
    UnresolvedFunction,
    WindowExpression,
    WindowFrame,
)
from glowplug.plan.relations import WindowSpec
from glowplug.plan.tree import walk
from glowplug.sql import expressions, types
from glowplug.sql.cursor import Cursor, is_word, words
from glowplug.sql.nodes import call
from glowplug.sql.tokens import QUOTED, STRING
from glowplug.type_trees import as_strings
from glowplug.types import INT
from glowplug.types import STRING as STRING_TYPE

_DATETIME_UNITS = words("YEAR QUARTER MONTH WEEK DAY DAYOFYEAR HOUR MINUTE SECOND MILLISECOND MICROSECOND")


def function_call(c: Cursor, start: int, parts: tuple[str, ...]) -> Expression:
    """`name(…)` from its opening parenthesis on."""
    c.expect("(")
    distinct = False
    ignore_nulls: bool | None = None
    args: tuple[Expression, ...] = ()
    if not c.take(")"):
        if c.kind in ("DISTINCT", "ALL") and c.peek() not in (")", ",", ".", "("):
            distinct = c.kind == "DISTINCT"
            c.i += 1
        args = c.comma_list(argument)
        if c.kinds[start] in ("FIRST", "LAST", "ANY_VALUE") and c.take("IGNORE", "NULLS"):
            ignore_nulls = True
        c.expect(")")
    order_by: tuple[SortOrder, ...] = ()
    filter = None
    if c.take("WITHIN", "GROUP", "("):
        c.expect("ORDER", "BY")
        order_by = c.comma_list(expressions.sort_item)
        c.expect(")")
    if c.take("FILTER", "(", "WHERE"):
        filter = expressions.expression(c)
        c.expect(")")
    if c.take("IGNORE", "NULLS"):
        ignore_nulls = True
    elif c.take("RESPECT", "NULLS"):
        ignore_nulls = False
    function = UnresolvedFunction(parts, args, distinct, filter, order_by, ignore_nulls, origin=c.origin(start))
    if c.kind == "OVER" and (c.peek() in ("(", QUOTED) or (is_word(c.peek()) and c.peek() != "FROM")):
        c.i += 1
        spec = window_spec(c)
        origin = c.origin(start)
        function = replace(function, origin=origin)  # errors show the call with its window, as Spark's do
        return WindowExpression(function, spec.partition_by, spec.order_by, spec.frame, spec.reference, origin=origin)
    return function


def argument(c: Cursor) -> Expression:
    """`value` or `name => value`."""
    if c.peek() == "=>" and c.at_identifier():
        name = c.identifier()
        c.i += 1
        return NamedArgument(name, expressions.expression(c))
    return expressions.expression(c)


# --- windows -------------------------------------------------------------------------------------------


def window_spec(c: Cursor) -> WindowSpec:
    """What follows OVER, and the right side of WINDOW: a name or a definition in parentheses."""
    if c.kind != "(":
        return WindowSpec(reference=c.name())
    start = c.i
    c.i += 1
    if c.at_identifier() and c.peek() == ")":
        reference = c.name()
        c.expect(")")
        return WindowSpec(reference=reference)
    partition: tuple[Expression, ...] = ()
    order: tuple[SortOrder, ...] = ()
    if c.take("CLUSTER", "BY"):
        partition = c.comma_list(expressions.expression)
    else:
        if c.take("PARTITION", "BY") or c.take("DISTRIBUTE", "BY"):
            partition = c.comma_list(expressions.expression)
        if c.take("ORDER", "BY") or c.take("SORT", "BY"):
            order = c.comma_list(expressions.sort_item)
    frame = _frame(c) if c.kind in ("ROWS", "RANGE") else None
    c.expect(")")
    return WindowSpec(partition, order, None if frame is None else replace(frame, origin=c.origin(start)))


def _frame(c: Cursor) -> WindowFrame:
    kind = c.take_any("ROWS", "RANGE")
    if c.take("BETWEEN"):
        lower = _bound(c, "PRECEDING")
        c.expect("AND")
        upper = _bound(c, "FOLLOWING")
    else:
        lower, upper = _bound(c, "PRECEDING"), FrameBound("current")
    return WindowFrame("rows" if kind == "ROWS" else "range", lower, upper)


def _bound(c: Cursor, unbounded: str) -> FrameBound:
    """A bound; UNBOUNDED can only point outwards."""
    if c.take("UNBOUNDED", unbounded):
        return FrameBound("unbounded")
    if c.take("CURRENT", "ROW"):
        return FrameBound("current")
    if c.at("UNBOUNDED", "PRECEDING") or c.at("UNBOUNDED", "FOLLOWING"):
        inward = c.between(c.i, c.i + 2)
        raise AnalysisError("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND", c.here(), bound=inward.upper())
    start = c.i
    offset = expressions.expression(c)
    following = c.take("FOLLOWING")
    if not following:
        c.expect("PRECEDING")
    if not all(map(_plain, walk(offset))):
        raise ParseError("_LEGACY_ERROR_TEMP_0064", c.origin(start), msg="Frame bound value must be a literal.")
    if following:
        return FrameBound("value", offset)
    return FrameBound("value", call("unary -", (offset,), None))


def _plain(e: Expression) -> bool:
    """No column, no query and no call of a function, which Spark has not resolved here; operators it has."""
    if isinstance(e, UnresolvedFunction):
        return not e.parts[-1].isidentifier() or e.parts[-1] in ("when", "and", "or", "not", "in", "between")
    return not isinstance(e, UnresolvedAttribute | Subquery)


# --- calls with words inside -----------------------------------------------------------------------------
# Each begins at its word and returns None, with the cursor where it was, if an ordinary call or a name follows.

Form = Callable[[Cursor], Expression | None]


def _has_inside(c: Cursor, *words: str) -> bool:
    """Whether one of the words stands directly inside the parentheses that open after the next token."""
    if c.peek() != "(":
        return False
    depth, i = 1, c.i + 2
    while depth and c.kinds[i]:
        kind = c.kinds[i]
        if kind == "(":
            depth += 1
        elif kind == ")":
            depth -= 1
        elif depth == 1 and kind in words and c.kinds[i - 1] != "." and c.kinds[i - 1] != "DISTINCT":
            return True
        i += 1
    return False


def _cast(c: Cursor) -> Expression | None:
    start, mode = c.i, "try" if c.kind == "TRY_CAST" else None
    if not _has_inside(c, "AS"):
        return None
    c.i += 2
    child = expressions.expression(c)
    c.expect("AS")
    type = as_strings(types.data_type(c))
    c.expect(")")
    return Cast(child, type, "try" if mode else None, origin=c.origin(start))


def _struct(c: Cursor) -> Expression | None:
    start = c.i
    if c.peek() != "(":
        return None
    c.i += 2
    fields = () if c.kind == ")" else c.comma_list(expressions.named_expression)
    c.expect(")")
    return call("struct", fields, c.origin(start))


def _position(c: Cursor) -> Expression | None:
    start = c.i
    if not _has_inside(c, "IN"):
        return None
    c.i += 2
    part = expressions.value(c)
    c.expect("IN")
    whole = expressions.value(c)
    c.expect(")")
    return call("locate", (part, whole, Literal(1, INT)), c.origin(start))


def _extract(c: Cursor) -> Expression | None:
    start = c.i
    if not _has_inside(c, "FROM"):
        return None
    c.i += 2
    field = c.identifier()
    c.expect("FROM")
    source = expressions.value(c)
    c.expect(")")
    return call("extract", (Literal(field, STRING_TYPE), source), c.origin(start))


def _substring(c: Cursor) -> Expression | None:
    start = c.i
    if not _has_inside(c, "FROM", "FOR"):
        return None
    c.i += 2
    args = [expressions.value(c)]
    if not c.take_any("FROM", ","):
        c.fail()
    args.append(expressions.value(c))
    if c.take_any("FOR", ","):
        args.append(expressions.value(c))
    c.expect(")")
    return call("substring", tuple(args), c.origin(start))


def _trim(c: Cursor) -> Expression | None:
    start = c.i
    if not _has_inside(c, "FROM"):
        return None
    c.i += 2
    side = c.take_any("BOTH", "LEADING", "TRAILING") or "BOTH"
    args: tuple[Expression, ...] = () if c.kind == "FROM" else (expressions.value(c),)
    c.expect("FROM")
    args += (expressions.value(c),)
    c.expect(")")
    return call({"BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side], args, c.origin(start))


def _overlay(c: Cursor) -> Expression | None:
    start = c.i
    if not _has_inside(c, "PLACING"):
        return None
    c.i += 2
    args = [expressions.value(c)]
    c.expect("PLACING")
    args.append(expressions.value(c))
    c.expect("FROM")
    args.append(expressions.value(c))
    args.append(expressions.value(c) if c.take("FOR") else Literal(-1, INT))
    c.expect(")")
    return call("overlay", tuple(args), c.origin(start))


def _with_unit(canonical: str) -> Form:
    """`TIMESTAMPADD(MONTH, n, t)` and its like, whose first argument is a bare word."""

    def rule(c: Cursor) -> Expression | None:
        start, name = c.i, c.raw()
        if c.peek() != "(" or c.peek(3) != "," or (c.peek(2) not in _DATETIME_UNITS and c.peek(2) != STRING):
            return None
        c.i += 2
        unit, quoted = c.raw(), c.kind == STRING
        c.i += 2
        amount = expressions.value(c)
        if not c.take(","):
            c.i = start  # an ordinary call with a column named like a unit
            return None
        moment = expressions.value(c)
        if not c.take(")"):
            c.i = start
            return None
        if quoted:
            raise ParseError(
                "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
                c.origin(start),
                functionName=f"`{name}`",
                parameter="`unit`",
                invalidValue=unit,
            )
        args = (Literal(unit, STRING_TYPE), amount, moment)
        return UnresolvedFunction((canonical,), args, internal=True, origin=c.origin(start))

    return rule


FORMS: dict[str, Form] = {
    "CAST": _cast,
    "TRY_CAST": _cast,
    "STRUCT": _struct,
    "POSITION": _position,
    "EXTRACT": _extract,
    "SUBSTRING": _substring,
    "SUBSTR": _substring,
    "TRIM": _trim,
    "OVERLAY": _overlay,
    **dict.fromkeys(("TIMESTAMPADD", "DATEADD", "DATE_ADD"), _with_unit("timestampadd")),
    **dict.fromkeys(("TIMESTAMPDIFF", "DATEDIFF", "DATE_DIFF", "TIMEDIFF"), _with_unit("timestampdiff")),
}
