"""Queries: WITH, set operations, SELECT and its clauses, ORDER BY to OFFSET."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from typing import Literal as OneOf

from glowplug.errors import AnalysisError, ParseError
from glowplug.plan.expressions import Expression, Origin, SortOrder
from glowplug.plan.relations import (
    Filter,
    Hint,
    Limit,
    OneRow,
    Relation,
    Repartition,
    Select,
    SetOperation,
    Sort,
    SubqueryAlias,
    Unary,
    UnresolvedRelation,
    WindowSpec,
    With,
)
from glowplug.sql import calls, expressions, literals, pipes, primary, reshape, sources, transform
from glowplug.sql.cursor import Cursor, words
from glowplug.sql.names import multipart
from glowplug.sql.nodes import row_values
from glowplug.types import quote

_SET_OPERATIONS: dict[str, OneOf["union", "except", "intersect"]] = {
    "UNION": "union",
    "EXCEPT": "except",
    "MINUS": "except",
    "INTERSECT": "intersect",
}


SELECTS = ("SELECT", "MAP", "REDUCE")  # what a query's block of this kind begins with
Items = tuple[Expression, ...]


def query(c: Cursor) -> Relation:
    """`[WITH …] term [ORDER BY …] [LIMIT …]`"""
    if c.kind == "WITH" and primary.at_query(c):
        start = c.i
        definitions, recursive, depth = ctes(c)
        plan = organised(c, term(c))
        check_names(c, start, definitions)
        return With(plan, definitions, recursive, depth, c.origin(start))
    return organised(c, term(c))


def ctes(c: Cursor) -> tuple[tuple[tuple[str, Relation], ...], bool, int | None]:
    """`WITH [RECURSIVE] name [(columns)] AS (query), …` as definitions, whether recursive, and how deep at most."""
    c.expect("WITH")
    recursive = c.kind == "RECURSIVE" and c.peek() not in ("AS", "(") and c.take("RECURSIVE")
    depth: int | None = None

    def definition(c: Cursor) -> tuple[str, Relation]:
        nonlocal depth
        start, name = c.i, c.name()
        columns = c.names() if c.kind == "(" and not primary.at_query(c, 1) else ()
        if c.take("MAX", "RECURSION", "LEVEL"):
            depth = literals.integer(c)
        c.take("AS")
        plan = c.parenthesised(query)
        return name, SubqueryAlias(plan, name, (), columns, c.origin(start)) if columns else plan

    return c.comma_list(definition), recursive, depth


def check_names(c: Cursor, start: int, definitions: tuple[tuple[str, Relation], ...]) -> None:
    """The names of a WITH differ. Raises DUPLICATED_CTE_NAMES for the query from `start` on."""
    names = [n.lower() for n, _ in definitions]
    repeated = sorted({f"`{n}`" for n in names if names.count(n) > 1})
    if repeated:
        raise ParseError("DUPLICATED_CTE_NAMES", c.origin(start), duplicateNames=", ".join(repeated))


def term(c: Cursor) -> Relation:
    """Set operations, INTERSECT first, and pipes; those of one rank group to the left."""
    start = c.i
    left = block(c) if c.settings.legacy_setops else _intersections(c, block(c), start)
    while True:
        kind = c.kind
        if kind == "|>":
            left = pipes.operator(c, left)
        elif kind in _SET_OPERATIONS:
            left = set_operation(c, left, start, single=c.settings.legacy_setops or kind == "INTERSECT")
        else:
            return left


def _intersections(c: Cursor, left: Relation, start: int) -> Relation:
    while c.kind == "INTERSECT":
        left = set_operation(c, left, start, single=True)
    return left


def set_operation(c: Cursor, left: Relation, start: int, single: bool) -> Relation:
    """The operator and its right side: a single block, or blocks joined by INTERSECT. The left side is at `start`."""
    kind = _SET_OPERATIONS[c.kind]
    c.i += 1
    all = c.take_any("ALL", "DISTINCT") == "ALL"
    after = c.i
    right = block(c) if single else _intersections(c, block(c), after)
    return SetOperation(left, right, kind, all, origin=c.origin(start))


def block(c: Cursor) -> Relation:
    """A SELECT, VALUES, TABLE t, FROM …, or a query in parentheses."""
    kind = c.kind
    if kind in SELECTS:
        return select(c)
    if kind == "(":
        return c.parenthesised(query)
    if kind == "VALUES":
        return sources.inline_table(c)
    if kind == "FROM":
        return from_first(c)
    if kind == "TABLE":
        start = c.i
        c.i += 1
        return UnresolvedRelation(multipart(c), origin=c.origin(start))
    c.fail()


def from_first(c: Cursor) -> Relation:
    """`FROM t SELECT …`; several SELECTs make a union; none at all (before `|>`) makes the table itself."""
    source = sources.from_clause(c)
    if c.kind not in SELECTS:
        return source
    plan = organised(c, select(c, source))
    while c.kind in SELECTS:
        plan = SetOperation(plan, organised(c, select(c, source)), "union", True)
    return plan


# --- SELECT ------------------------------------------------------------------------------------------


def select(c: Cursor, source: Relation | None = None, *, piped: bool = False) -> Relation:
    """A SELECT block; `source` is its FROM clause where that came before. After `|>`, it has fewer clauses."""
    start = c.i
    if transform.at_transform(c):
        items, finish = transform.transform(c)
        return finish(_rest(c, start, source, items, without=("QUALIFY",)))
    c.expect("SELECT")
    hints = _hints(c)
    distinct = False
    if c.kind in ("DISTINCT", "ALL") and c.peek() not in (",", "", ")", ";", "FROM", "AS", "."):
        distinct = c.kind == "DISTINCT"
        c.i += 1
    items = c.comma_list(expressions.select_item)
    trailing = _trailing_comma(c) if source is None else None
    result = _rest(c, start, source, items, distinct, ("LATERAL", "WHERE", "HAVING", "QUALIFY") if piped else ())
    if trailing:
        if c.kind not in _AFTER_SELECT:
            c.fail()
        raise AnalysisError("TRAILING_COMMA_IN_SELECT", trailing)
    for name, parameters in reversed(hints):
        result = Hint(result, name, parameters)
    return result


def _trailing_comma(c: Cursor) -> Origin | None:
    """The `FROM t` of `SELECT a, FROM t`, which was read as the name of the last item."""
    if c.kind == "FROM":
        return None
    at = next((i for i in range(c.i - 1, max(c.i - 3, 0), -1) if c.kinds[i] == "FROM"), 0)
    return c.origin(at) if c.kinds[at - 1] == "," else None


def _rest(
    c: Cursor,
    start: int,
    source: Relation | None,
    items: Items,
    distinct: bool = False,
    without: tuple[str, ...] = (),
) -> Relation:
    """From FROM on. `without`: the clauses that may not come."""
    if source is None:
        source = sources.from_clause(c) if c.kind == "FROM" else OneRow()
    if c.kind in without:
        c.fail()
    source = reshape.lateral_views(c, source)
    where = expressions.expression(c) if c.take("WHERE") else None
    plan = Select(source, items, distinct=distinct)
    if c.kind in ("GROUP", "HAVING", "WINDOW", "QUALIFY") and c.kind not in without:
        plan = _clauses(c, plan)
    origin = c.origin(start)
    return replace(plan, child=source if where is None else Filter(source, where, origin), origin=origin)


def _clauses(c: Cursor, plan: Select) -> Select:
    if c.take("GROUP", "BY"):
        plan = grouped(c, plan)
    if c.take("HAVING"):
        plan = replace(plan, having=expressions.expression(c))
    for _ in range(2):  # QUALIFY and WINDOW come in either order
        if c.kind == "WINDOW" and not plan.windows:
            plan = replace(plan, windows=window_clause(c))
        elif c.kind == "QUALIFY" and plan.qualify is None:
            c.i += 1
            plan = replace(plan, qualify=expressions.expression(c))
    return plan


def _hints(c: Cursor) -> list[tuple[str, tuple[Expression, ...]]]:
    hints: list[tuple[str, tuple[Expression, ...]]] = []
    while c.take("/*+"):
        while True:
            name = c.identifier()
            hints.append((name, c.paren_list(_hint_parameter) if c.kind == "(" else ()))
            c.take(",")
            if c.take("*/"):
                break
    return hints


def _hint_parameter(c: Cursor) -> Expression:
    return literals.number(c, negative=True) if c.take("-") else primary.primary(c)


def window_clause(c: Cursor) -> tuple[tuple[str, WindowSpec], ...]:
    start = c.i
    c.expect("WINDOW")

    def definition(c: Cursor) -> tuple[str, WindowSpec]:
        name = c.name()
        c.expect("AS")
        return name, calls.window_spec(c)

    windows = c.comma_list(definition)
    names = [name for name, _ in windows]
    if repeated := [name for i, name in enumerate(names) if name in names[:i]]:
        condition = "INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION"
        raise ParseError(condition, c.origin(start), windowName=quote(repeated[0]))
    return windows


# --- GROUP BY ------------------------------------------------------------------------------------------

Set = tuple[Expression, ...]


def grouped(c: Cursor, plan: Select) -> Select:
    """What follows GROUP BY. A single ROLLUP or CUBE of plain expressions stays one; anything richer becomes sets."""
    if c.kind == "ALL" and c.peek() in ("", ")", ";", "HAVING", "ORDER", "LIMIT", "QUALIFY", "WINDOW", "UNION", "|>"):
        c.i += 1
        return replace(plan, grouping=(), grouping_kind="all")
    items = c.comma_list(_group_item)
    if all(kind == "plain" for kind, _ in items):
        grouping = tuple(e for _, sets in items for e in sets[0])
        if c.kind == "WITH" and c.peek() in ("ROLLUP", "CUBE"):
            rolled = c.peek() == "ROLLUP"
            c.i += 2
            return replace(plan, grouping=grouping, grouping_kind="rollup" if rolled else "cube")
        if c.take("GROUPING", "SETS"):
            sets = c.paren_list(_grouping_set)
            return replace(plan, grouping=_distinct(grouping, sets), grouping_kind="sets", grouping_sets=sets)
        return replace(plan, grouping=grouping)
    if len(items) == 1 and items[0][0] in ("rollup", "cube") and all(len(s) == 1 for s in items[0][1]):
        grouping = tuple(s[0] for s in items[0][1])
        return replace(plan, grouping=grouping, grouping_kind="rollup" if items[0][0] == "rollup" else "cube")
    combined = tuple(_distinct((), parts) for parts in product(*(_expanded(*item) for item in items)))
    return replace(plan, grouping=_distinct((), combined), grouping_kind="sets", grouping_sets=combined)


def _group_item(c: Cursor) -> tuple[str, tuple[Set, ...]]:
    """An item's kind, "plain", "rollup", "cube" or "sets", and the sets inside it."""
    if c.kind in ("ROLLUP", "CUBE") and c.peek() == "(":
        kind = c.kind.lower()
        c.i += 1
        return kind, c.paren_list(_grouping_set)
    if c.take("GROUPING", "SETS"):
        elements = c.paren_list(_grouping_element)
        return "sets", tuple(s for element in elements for s in element)
    return "plain", ((expressions.expression(c),),)


def _grouping_element(c: Cursor) -> tuple[Set, ...]:
    if (c.kind in ("ROLLUP", "CUBE") and c.peek() == "(") or c.at("GROUPING", "SETS"):
        return _expanded(*_group_item(c))
    return (_grouping_set(c),)


def _grouping_set(c: Cursor) -> Set:
    """`(a, b)`, `()` or `a`."""
    if c.take("(", ")"):
        return ()
    start = c.i
    e = expressions.expression(c)
    origin = getattr(e, "origin", None)
    if origin is not None and c.text[origin.start] == "(" and origin.start == c.origin(start).start:
        return row_values(c, e)  # `(struct(a, b))` and `((a, b))` are columns
    return (e,)


def _expanded(kind: str, sets: tuple[Set, ...]) -> tuple[Set, ...]:
    if kind == "rollup":
        return tuple(sum(sets[:n], ()) for n in range(len(sets), -1, -1))
    if kind == "cube":
        return tuple(sum(chosen, ()) for n in range(len(sets), -1, -1) for chosen in combinations(sets, n))
    return sets


def _distinct(first: Set, sets: tuple[Set, ...]) -> Set:
    found = list(dict.fromkeys(first))
    for e in (e for s in sets for e in s):
        if e not in found:
            found.append(e)
    return tuple(found)


# --- ORDER BY to OFFSET --------------------------------------------------------------------------------

_ORGANISATION = words("ORDER CLUSTER DISTRIBUTE SORT WINDOW LIMIT OFFSET")
_AFTER_SELECT = _ORGANISATION | {"", ")", ";", "|>", *_SET_OPERATIONS}


def organised(c: Cursor, plan: Relation) -> Relation:
    """The clauses after a query's blocks. ORDER BY, CLUSTER BY and DISTRIBUTE BY/SORT BY exclude one another."""
    if c.kind not in _ORGANISATION:
        return plan
    start = c.i
    clauses = []
    if c.take("ORDER", "BY"):
        order = c.comma_list(expressions.sort_item)
        plan = Sort(plan, order, origin=c.origin(start))
        clauses.append("order")
    if c.take("CLUSTER", "BY"):
        keys = c.comma_list(expressions.expression)
        plan = Sort(Repartition(plan, None, keys), tuple(map(SortOrder, keys)), False, c.origin(start))
        clauses.append("cluster")
    if c.take("DISTRIBUTE", "BY"):
        plan = Repartition(plan, None, c.comma_list(expressions.expression))
        clauses.append("distribute")
    if c.take("SORT", "BY"):
        order = c.comma_list(expressions.sort_item)
        plan = Sort(plan, order, False, c.origin(start))
        clauses.append("sort")
    if len(clauses) > 1 and clauses != ["distribute", "sort"]:
        raise ParseError("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", c.origin(start))
    if c.kind == "WINDOW":
        plan = _with_windows(plan, window_clause(c))
    limit = offset = None
    if c.take("LIMIT") and not (c.kind == "ALL" and c.peek() != "(" and c.take("ALL")):
        limit = expressions.expression(c)
    if c.take("OFFSET"):
        offset = expressions.expression(c)
    return plan if limit is None and offset is None else Limit(plan, limit, offset)


def _with_windows(plan: Relation, windows: tuple[tuple[str, WindowSpec], ...]) -> Relation:
    """Windows named after ORDER BY belong to the SELECT beneath it."""
    if isinstance(plan, Select):
        return replace(plan, windows=plan.windows + windows)
    if isinstance(plan, Unary):
        return replace(plan, child=_with_windows(plan.child, windows))
    return plan
