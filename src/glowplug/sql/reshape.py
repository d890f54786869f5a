"""PIVOT, UNPIVOT and LATERAL VIEW."""

from __future__ import annotations

from glowplug.plan.expressions import Expression, UnresolvedAlias, UnresolvedAttribute, UnresolvedFunction
from glowplug.plan.relations import LateralView, Pivot, Relation, SubqueryAlias, Unpivot
from glowplug.sql import expressions
from glowplug.sql.cursor import CLAUSES, Cursor
from glowplug.sql.names import multipart
from glowplug.sql.nodes import row


def pivot(c: Cursor, plan: Relation) -> Relation:
    """`PIVOT (aggregates FOR column | (columns) IN (values)) [alias]`"""
    c.expect("PIVOT", "(")
    aggregates = c.comma_list(expressions.named_expression)
    if not c.at_identifier():
        c.need("FOR")
    c.expect("FOR")
    start = c.i
    names = c.names() if c.kind == "(" else (c.name(),)
    columns: list[Expression] = [UnresolvedAttribute((n,), origin=c.origin(start)) for n in names]
    column = columns[0] if len(columns) == 1 else row(columns, c, start)
    c.need("IN")
    values = c.paren_list(_pivot_value)
    c.expect(")")
    result = Pivot(plan, None, column, values, aggregates)
    alias = c.alias(strict=True)
    return result if alias is None else SubqueryAlias(result, alias)


def _pivot_value(c: Cursor) -> Expression:
    e = expressions.expression(c)
    name = c.alias(strict=False)
    return e if name is None else UnresolvedAlias(e, (name,))


def unpivot(c: Cursor, plan: Relation) -> Relation:
    """`UNPIVOT [INCLUDE | EXCLUDE NULLS] (value FOR name IN (columns)) [alias]`, for one or several value columns."""
    c.expect("UNPIVOT")
    include = c.take("INCLUDE", "NULLS")
    if not include:
        c.take("EXCLUDE", "NULLS")
    c.expect("(")
    several = c.kind == "("
    values = c.paren_list(Cursor.identifier) if several else (c.identifier(),)
    c.expect("FOR")
    name = c.identifier()
    c.expect("IN")
    columns = c.paren_list(_unpivot_set if several else _unpivot_column)
    c.expect(")")
    result = Unpivot(plan, None, columns, name, values, include)
    alias = c.alias(strict=True)
    return result if alias is None else SubqueryAlias(result, alias)


def _column(c: Cursor) -> Expression:
    start = c.i
    return UnresolvedAttribute(multipart(c), origin=c.origin(start))


def _unpivot_column(c: Cursor) -> tuple[tuple[Expression, ...], str | None]:
    return (_column(c),), c.alias(strict=False)


def _unpivot_set(c: Cursor) -> tuple[tuple[Expression, ...], str | None]:
    return c.paren_list(_column), c.alias(strict=False)


def lateral_views(c: Cursor, plan: Relation) -> Relation:
    """`LATERAL VIEW [OUTER] f(…) table [[AS] columns]`, any number of them."""
    while c.at("LATERAL", "VIEW"):
        begin = c.i
        c.i += 2
        outer = c.kind == "OUTER" and c.peek() != "(" and c.take("OUTER")
        start = c.i
        parts = multipart(c)
        c.expect("(")
        args = () if c.kind == ")" else c.comma_list(expressions.expression)
        c.expect(")")
        generator = UnresolvedFunction(parts, args, origin=c.origin(start))
        name = c.identifier()
        columns: tuple[str, ...] = ()
        if c.take("AS") or (c.at_identifier() and (c.kind not in CLAUSES or c.peek() in (",", "", ")", ";"))):
            columns = c.comma_list(Cursor.identifier)
        plan = LateralView(plan, generator, outer, name, columns, c.origin(begin))
    return plan
