"""FROM: tables, joins, subqueries, VALUES, table functions, samples."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from glowplug.errors import ParseError, unsupported
from glowplug.plan.expressions import (
    Expression,
    Literal,
    NamedArgument,
    SortOrder,
    Subquery,
    UnresolvedAttribute,
)
from glowplug.plan.relations import (
    Join,
    JoinType,
    Limit,
    NearestByJoin,
    OneRow,
    Relation,
    RelationChanges,
    Sample,
    SubqueryAlias,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
    WithWatermark,
)
from glowplug.sql import calls, expressions, literals, primary, properties, reshape, travel
from glowplug.sql.cursor import CLAUSES, Cursor, is_word
from glowplug.sql.intervals import interval
from glowplug.sql.names import multipart
from glowplug.sql.nodes import row_values
from glowplug.sql.tokens import NUMBER, QUOTED


def from_clause(c: Cursor) -> Relation:
    """`FROM a, b … [LATERAL VIEW …] [PIVOT …] [UNPIVOT …]`"""
    start = c.i
    c.expect("FROM")
    plan = relation(c)
    while c.take(","):
        lateral, at = _lateral(c), c.i
        right = table(c)
        if lateral:
            _checked_lateral(c, start, at, right)
        plan = _extended(c, Join(plan, right, "inner", lateral=lateral))  # a comma binds like JOIN
    with_views = reshape.lateral_views(c, plan)
    if c.kind in ("PIVOT", "UNPIVOT") and c.peek() in ("(", "INCLUDE", "EXCLUDE"):
        if with_views is not plan:
            raise ParseError("NOT_ALLOWED_IN_FROM.LATERAL_WITH_PIVOT", c.origin(start))
        return reshape.unpivot(c, with_views) if c.kind == "UNPIVOT" else reshape.pivot(c, with_views)
    return with_views


def _checked_lateral(c: Cursor, start: int, at: int, plan: Relation) -> None:
    """Only a subquery or a table function can depend on what stands left of it; the right side is at `at`."""
    named = isinstance(plan.child if isinstance(plan, SubqueryAlias) else plan, UnresolvedRelation)
    if named or c.kinds[at] == "VALUES":
        raise ParseError("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", c.origin(start))


def _lateral(c: Cursor) -> bool:
    return c.kind == "LATERAL" and c.peek() != "VIEW" and c.take("LATERAL")


def relation(c: Cursor) -> Relation:
    """A table with the joins, pivots and unpivots that follow it."""
    _lateral(c)
    return _extended(c, table(c))


def _extended(c: Cursor, plan: Relation) -> Relation:
    while True:
        if c.kind == "PIVOT" and c.peek() == "(":
            plan = reshape.pivot(c, plan)
        elif c.kind == "UNPIVOT" and c.peek() in ("(", "INCLUDE", "EXCLUDE"):
            plan = reshape.unpivot(c, plan)
        else:
            joined = join(c, plan)
            if joined is None:
                return plan
            plan = joined


_JOINS: tuple[tuple[tuple[str, ...], JoinType], ...] = (
    (("JOIN",), "inner"),
    (("INNER", "JOIN"), "inner"),
    (("CROSS", "JOIN"), "cross"),
    (("LEFT", "JOIN"), "left"),
    (("LEFT", "OUTER", "JOIN"), "left"),
    (("RIGHT", "JOIN"), "right"),
    (("RIGHT", "OUTER", "JOIN"), "right"),
    (("FULL", "JOIN"), "full"),
    (("FULL", "OUTER", "JOIN"), "full"),
    (("SEMI", "JOIN"), "semi"),
    (("LEFT", "SEMI", "JOIN"), "semi"),
    (("ANTI", "JOIN"), "anti"),
    (("LEFT", "ANTI", "JOIN"), "anti"),
)

_OUTER_NAMES = {"right": "RIGHT OUTER", "full": "FULL OUTER", "semi": "LEFT SEMI", "anti": "LEFT ANTI"}


def join(c: Cursor, left: Relation) -> Relation | None:
    """`[NATURAL] kind JOIN [LATERAL] table [ON … | USING (…)]`, if a join comes next."""
    if c.kind not in ("JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL"):
        return None
    start = c.i
    natural = c.take("NATURAL")
    kind = next((kind for words, kind in _JOINS if c.take(*words)), None)
    if kind is None:
        c.take_any("LEFT", "RIGHT", "FULL", "INNER", "CROSS")
        c.take_any("OUTER", "SEMI", "ANTI")
        c.expect("JOIN")
        c.fail()
    lateral, at = _lateral(c), c.i
    right = table(c)
    if lateral:
        _checked_lateral(c, start, at, right)
    if c.kind in ("APPROX", "EXACT") and c.peek() == "NEAREST":
        return _nearest(c, start, left, right, kind)
    condition: Expression | None = None
    using: tuple[str, ...] = ()
    if natural:
        pass
    elif c.take("ON"):
        condition = expressions.expression(c)
    elif c.take("USING"):
        using = c.names()
    if natural and kind == "cross":
        raise ParseError("INCOMPATIBLE_JOIN_TYPES", c.origin(start), joinType1="NATURAL", joinType2="CROSS")
    if lateral and natural:
        raise ParseError("INCOMPATIBLE_JOIN_TYPES", c.origin(start), joinType1="LATERAL", joinType2="NATURAL")
    if lateral and using:
        raise ParseError("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", c.origin(start))
    if lateral and kind not in ("inner", "left", "cross"):
        raise ParseError("INVALID_LATERAL_JOIN_TYPE", c.origin(start), joinType=_OUTER_NAMES[kind])
    return Join(left, right, kind, condition, using, natural, lateral, origin=c.origin(start))


def _nearest(c: Cursor, start: int, left: Relation, right: Relation, kind: JoinType) -> Relation:
    """`APPROX | EXACT NEAREST [n] BY DISTANCE | SIMILARITY e`: for each left row the n right rows nearest by e."""
    mode = "approx" if c.take_any("APPROX", "EXACT") == "APPROX" else "exact"
    c.expect("NEAREST")
    count = literals.integer(c) if c.kind != "BY" else 1
    c.expect("BY")
    direction = c.take_any("DISTANCE", "SIMILARITY")
    if direction is None:
        c.fail()
    ranking = expressions.expression(c)
    if kind not in ("inner", "left"):
        name = {"right": "RIGHT OUTER", "full": "FULL OUTER", "semi": "LEFT SEMI", "anti": "LEFT ANTI"}.get(
            kind, "CROSS"
        )
        parameters = {"joinType": name, "supported": "'INNER', 'LEFT OUTER'"}
        raise ParseError("NEAREST_BY_JOIN.UNSUPPORTED_JOIN_TYPE", c.origin(start), **parameters)
    return NearestByJoin(left, right, ranking, count, kind, mode, direction.lower())


def table(c: Cursor) -> Relation:
    """One operand of a join, with its sample and alias."""
    start = c.i
    if c.kind == "(":
        c.i += 1
        query = primary.subquery(c)
        if query is None:
            plan = relation(c)
            c.expect(")")
            return aliased(c, watermarked(c, sampled(c, plan)), start)
        plan = watermarked(c, sampled(c, query))
        named = aliased(c, plan, start)
        return SubqueryAlias(plan, "__auto_generated_subquery_name") if named is plan else named
    if c.kind == "VALUES" and primary.at_query(c):
        return inline_table(c)
    after = c.peek()
    if c.kind == "STREAM" and (after == QUOTED or after == "(" or (is_word(after) and after not in CLAUSES | {"AS"})):
        return _stream(c)
    parts = multipart(c)
    if c.kind == "(":
        return _table_function(c, start, parts)
    origin = c.origin(start)
    at = travel.time_travel(c)
    if at is None and c.at("CHANGES", "FROM"):
        travel.changes(c)
        options = properties.properties(c) if c.take("WITH") else ()
        return aliased(c, RelationChanges(parts, options), start)
    options = properties.properties(c) if c.kind == "WITH" and c.peek() == "(" and c.take("WITH") else ()
    plan = UnresolvedRelation(parts, options, False, at, origin)
    return aliased(c, watermarked(c, sampled(c, plan)), start)


def _stream(c: Cursor) -> Relation:
    """`STREAM t` or `STREAM(t)`"""
    start = c.i
    c.i += 1
    parenthesised = c.take("(")
    named = c.i
    parts = multipart(c)
    if c.kind == "(":
        call = _table_function(c, named, parts)
        if parenthesised:
            c.expect(")")
            return aliased(c, watermarked(c, call), start)
        return call
    if parenthesised:
        c.expect(")")
    if not parenthesised and c.at("CHANGES") and c.peek() in ("FROM", "WITH", "", ")", ";"):
        travel.changes(c)
        return aliased(c, RelationChanges(parts, properties.properties(c) if c.take("WITH") else ()), start)
    options = properties.properties(c) if c.take("WITH") else ()
    if c.at("IDENTIFIED", "BY"):
        raise unsupported("IDENTIFIED BY", c.here())
    return aliased(c, watermarked(c, UnresolvedRelation(parts, options, True, origin=c.origin(start))), start)


def aliased(c: Cursor, plan: Relation, start: int) -> Relation:
    """`[AS] name [(columns)]` around the relation at `start`, if there is one."""
    name = c.alias(strict=True)
    if name is None:
        return plan
    columns = c.names() if c.kind == "(" else ()
    return SubqueryAlias(plan, name, (), columns, c.origin(start))


def watermarked(c: Cursor, plan: Relation) -> Relation:
    """`WATERMARK column DELAY OF INTERVAL …`"""
    if c.kind != "WATERMARK" or not (c.peek() == QUOTED or is_word(c.peek())) or c.peek(2) in (",", ")", "", ";"):
        return plan
    c.i += 1
    start = c.i
    column = expressions.expression(c)
    if not isinstance(column, UnresolvedAttribute):
        raise unsupported("WATERMARK of anything but a column", c.origin(start))
    c.expect("DELAY", "OF")
    start = c.i
    if interval(c) is None:
        c.fail()
    return WithWatermark(plan, ".".join(column.parts), c.between(start, c.i))


def sampled(c: Cursor, plan: Relation) -> Relation:
    """`TABLESAMPLE [BERNOULLI | SYSTEM] (n PERCENT | n ROWS | BUCKET x OUT OF y) [REPEATABLE (seed)]`

    SYSTEM lets a source pick blocks of rows; here rows are picked one by one all the same.
    """
    if c.kind != "TABLESAMPLE" or c.peek() not in ("(", "BERNOULLI", "SYSTEM"):
        return plan
    start = c.i
    c.i += 1
    method = c.take_any("BERNOULLI", "SYSTEM")
    c.expect("(")
    rate, count = _sample_size(c, start, method)
    c.expect(")")
    seed = c.parenthesised(literals.integer) if c.take("REPEATABLE") else None
    if rate is None:
        return Limit(plan, count)
    if not 0 <= rate <= 1:
        message = f"Sampling fraction ({float(rate)}) must be on interval [0, 1]"
        raise ParseError("_LEGACY_ERROR_TEMP_0064", c.origin(start), msg=message)
    return Sample(plan, 0.0, float(rate), False, seed)


def _sample_size(c: Cursor, start: int, method: str | None) -> tuple[Decimal | None, Expression | None]:
    """A rate, or a number of rows."""
    if c.kind == ")":
        c.i += 1
        raise ParseError("_LEGACY_ERROR_TEMP_0014", c.origin(start))
    kind, rate, count = "PERCENT", None, None
    if c.kind == "BUCKET" and c.peek() in (NUMBER, "?", ":"):
        c.i += 1
        kind = "BUCKET"
        bucket = literals.integer(c)
        c.expect("OUT", "OF")
        buckets = literals.integer(c)
        rate = Decimal(bucket) / buckets if buckets else Decimal("Infinity")
        if c.take("ON"):
            multipart(c)
            called = c.take("(", ")")
            c.take(")")
            what = "BUCKET x OUT OF y ON function" if called else "BUCKET x OUT OF y ON colname"
            raise ParseError("_LEGACY_ERROR_TEMP_0015", c.origin(start), msg=what)
    else:
        amount = expressions.expression(c)
        text = c.between(c.i - 1, c.i)
        if c.take("PERCENT"):
            if not isinstance(amount, Literal) or type(amount.value) not in (int, Decimal):
                c.fail_at(c.i - 1)
            rate = Decimal(amount.value) / 100
        elif c.take("ROWS"):
            kind, count = "ROWS", amount
        else:
            c.expect(")")
            if re.fullmatch(r"\d+[BKMG]", text, re.IGNORECASE):
                raise ParseError("_LEGACY_ERROR_TEMP_0015", c.origin(start), msg="byteLengthLiteral")
            raise ParseError("_LEGACY_ERROR_TEMP_0016", c.origin(start), bytesStr=text)
    if method == "SYSTEM" and kind != "PERCENT":
        condition = "UNSUPPORTED_FEATURE.TABLESAMPLE_SYSTEM_SAMPLE_METHOD"
        raise ParseError(condition, c.origin(start), sampleMethod=kind)
    return rate, count


# --- VALUES and table functions ------------------------------------------------------------------------


def inline_table(c: Cursor) -> Relation:
    """`VALUES row, … [AS t(a, b)]`; a row is `(a, b)`, `struct(a, b)` or one expression."""
    start = c.i
    c.expect("VALUES")
    rows = tuple(row_values(c, e) for e in c.comma_list(expressions.expression))
    plan = aliased(c, OneRow(), start)
    width = len(plan.columns) if isinstance(plan, SubqueryAlias) and plan.columns else len(rows[0])
    for i, values in enumerate(rows):
        if len(values) != width:
            raise ParseError(
                "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                c.origin(start),
                expectedNumCols=width,
                actualNumCols=len(values),
                rowIndex=i,
            )
    table = UnresolvedValues(rows, plan.columns if isinstance(plan, SubqueryAlias) else (), c.origin(start))
    return replace(plan, child=table) if isinstance(plan, SubqueryAlias) else table


def _table_function(c: Cursor, start: int, parts: tuple[str, ...]) -> Relation:
    c.expect("(")
    args = () if c.kind == ")" else c.comma_list(_table_argument)
    c.expect(")")
    plan = aliased(c, watermarked(c, UnresolvedTableFunction(parts, args, c.origin(start))), start)
    return replace(plan, function=".".join(parts)) if isinstance(plan, SubqueryAlias) else plan


def _check_alone(c: Cursor, start: int, clause: str) -> None:
    """As in Spark, what follows a comma then is taken for one more expression of the clause, not for an argument."""
    if c.kind == "," and c.peek() != "TABLE" and c.peek(2) != "=>":
        message = f"Several expressions of {clause} after a TABLE argument need parentheses around them"
        raise ParseError("_LEGACY_ERROR_TEMP_0064", c.origin(start), msg=message)


def _table_argument(c: Cursor) -> Expression:
    """An argument of a table function; `TABLE(…)` gives it a whole table."""
    if c.at_identifier() and c.peek() == "=>" and c.peek(2) == "TABLE" and c.peek(3) not in (",", ")"):
        name = c.identifier()
        c.i += 1
        return NamedArgument(name, _table_argument(c))
    if c.kind != "TABLE" or c.peek() in (",", ")", "=>", "."):
        return calls.argument(c)
    start = c.i
    c.i += 1
    plan: Relation | None
    name_start = c.i
    if c.take("("):
        plan = primary.subquery(c)
        if plan is None:
            name_start = c.i
            plan = UnresolvedRelation(multipart(c), origin=c.origin(name_start))
            c.expect(")")
    else:
        plan = UnresolvedRelation(multipart(c), origin=c.origin(name_start))
    single = c.take("WITH", "SINGLE", "PARTITION")
    partition: tuple[Expression, ...] = ()
    order: tuple[SortOrder, ...] = ()
    if not single and (c.take("PARTITION", "BY") or c.take("DISTRIBUTE", "BY")):
        partition = row_values(c, expressions.expression(c))
        _check_alone(c, start, "PARTITION BY")
    if (single or partition) and (c.take("ORDER", "BY") or c.take("SORT", "BY")):
        order = c.paren_list(expressions.sort_item) if c.kind == "(" else (expressions.sort_item(c),)
        _check_alone(c, start, "ORDER BY")
    return Subquery("table", plan, (), partition, order, single, c.origin(start))
