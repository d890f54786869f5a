"""Which rows count as the same: grouping, DISTINCT and set operations as kernel SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug.functions.collation_keys import by_key
from glowplug.functions.ordering import one_zero
from glowplug.plan import relations as r
from glowplug.plan.expressions import Attribute, Expression
from glowplug.types import DoubleType, FloatType

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def item(e: Expression, to: Compiler) -> str:
    """A column of a SELECT, by the name that the kernel has for it."""
    return f"c{e.id}" if isinstance(e, Attribute) else f"{to.sql(e)} AS c{e.id}"  # type: ignore[attr-defined]


def key_item(key: Expression, to: Compiler, order: str = "") -> str:
    """A column that rows are grouped by: 0.0 stands for -0.0, which equals it; of equal texts, the first for all."""
    if by_key(key.type):
        return f"first({to.sql(key)}{order}) AS c{key.id}"  # type: ignore[attr-defined]
    value = to.sql(key)
    found = one_zero(value, key.type, to)
    return item(key, to) if found is value else f"{found} AS c{key.id}"  # type: ignore[attr-defined]


def one_value(key: Expression, to: Compiler) -> str:
    """What is the same for rows that are grouped together."""
    return f"{to.sql(key)} + 0" if isinstance(key.type, (FloatType, DoubleType)) else to.key(key)


def group(key: Expression, place: int, to: Compiler) -> str:
    """What GROUP BY has for a key: its place in the list, or what is the same for values that are equal and differ in
    bytes."""
    return to.key(key) if by_key(key.type) else str(place + 1)


FEW = 1000
FIRST_COMES_FIRST = " ORDER BY min(_place)"  # of groups of rows that are `placed`


def at_hand(plan: r.Relation) -> bool:
    """Whether a plan's rows are few, and given with it. Spark gives its groups, then, in the order of their first rows,
    where it has a processor for each row; examples and tests are such."""
    count = _given(plan)
    return count is not None and 1 < count <= FEW


def _given(plan: r.Relation) -> int | None:
    """How many rows there may be at most, of a plan that reads none."""
    match plan:
        case r.LocalData():
            return int(plan.table.num_rows)
        case r.Values():
            return len(plan.rows)
        case r.OneRow():
            return 1
        case r.Project(child) | r.Filter(child) | r.SubqueryAlias(child) | r.Aggregate(child) | r.Limit(child):
            return _given(child)
        case r.SetOperation(left, right) | r.Join(left, right):
            a, b = _given(left), _given(right)
            if a is not None and b is not None:
                return a * b if isinstance(plan, r.Join) else a + b
    return None


def placed(rows: str) -> str:
    """The rows of a FROM clause with where they stand."""
    return f" FROM (SELECT *, row_number() OVER () AS _place{rows})"


def once(
    columns: tuple[Attribute, ...], rows: str, to: Compiler, order: str = "", *, placed_first: bool = False
) -> str:
    """Each row once. `rows` is a FROM clause; `order` says which of equal texts stands for all. `placed_first`: in the
    order of the first of each."""
    unique = {a.id: a for a in columns}.values()
    items = ", ".join(key_item(a, to, order) for a in unique) or "1 AS _"
    if placed_first and unique:
        keys = ", ".join(group(a, i, to) for i, a in enumerate(unique))
        return f"SELECT {items}{placed(rows)} GROUP BY {keys}{FIRST_COMES_FIRST}"
    if not any(by_key(a.type) for a in unique):
        return f"SELECT DISTINCT {items}{rows}"
    return f"SELECT {items}{rows} GROUP BY {', '.join(group(a, i, to) for i, a in enumerate(unique))}"


def set_operation(node: r.SetOperation, to: Compiler) -> str:
    """Rows are compared by keys where values that are equal may differ in bytes: texts with collations, zeros, NaN."""
    from glowplug.kernel.relations import relation_sql

    if not node.columns:
        return f"SELECT 1 AS _ FROM ({relation_sql(node.left, to)} UNION ALL {relation_sql(node.right, to)})"
    distinct = not (node.kind == "union" and node.all)
    sides = [
        "SELECT "
        + ", ".join(
            f"{one_zero(f'c{a.id}', a.type, to) if distinct else f'c{a.id}'} AS c{c.id}"
            for a, c in zip(side.output, node.columns, strict=True)
        )
        + f" FROM ({relation_sql(side, to)})"
        for side in (node.left, node.right)
    ]
    if any(by_key(c.type) for c in node.columns):
        return _keyed_sets(node, sides[0], sides[1], to)
    if node.kind == "except" and node.all:
        return _except_all(node, *sides)
    return f"({sides[0]}) {node.kind.upper()}{' ALL' if node.all else ''} ({sides[1]})"


def _keyed_sets(node: r.SetOperation, left: str, right: str, to: Compiler) -> str:
    """Rows are counted on either side, as equal as their collations make them; the first of them stands for all."""
    both = f" FROM (({left}) UNION ALL ({right}))"
    if node.kind == "union":
        if node.all:
            return f"SELECT *{both}"
        placed = f" FROM (SELECT *, 0 AS _side FROM ({left}) UNION ALL SELECT *, 1 FROM ({right}))"
        return once(node.columns, placed, to, " ORDER BY _side")
    both = f" FROM (SELECT *, 1 AS _l, 0 AS _r FROM ({left}) UNION ALL SELECT *, 0, 1 FROM ({right}))"
    keys = ", ".join(group(a, i, to) for i, a in enumerate(node.columns))
    items = ", ".join(key_item(a, to, " ORDER BY _r") for a in node.columns)
    counted = f"SELECT {items}, sum(_l) AS _ls, sum(_r) AS _rs{both} GROUP BY {keys}"
    if not node.all:
        kept = "_ls > 0 AND _rs > 0" if node.kind == "intersect" else "_ls > 0 AND _rs = 0"
        return f"SELECT * EXCLUDE (_ls, _rs) FROM ({counted}) WHERE {kept}"
    copies = "least(_ls, _rs)" if node.kind == "intersect" else "_ls - _rs"
    return f"SELECT * EXCLUDE (_ls, _rs, _n) FROM (SELECT *, unnest(range(({copies})::BIGINT)) AS _n FROM ({counted}))"


def _except_all(node: r.SetOperation, left: str, right: str) -> str:
    """Each left row beyond those the right side has of it, in the left side's order, which the kernel's own loses."""
    columns = [f"c{c.id}" for c in node.columns]
    keys = ", ".join(columns)
    placed = f"SELECT *, row_number() OVER () AS _row FROM ({left})"
    numbered = f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY _row) AS _n FROM ({placed})"
    names = ", ".join(f"{c} AS k{i}" for i, c in enumerate(columns))
    counted = f"SELECT {names}, count(*) AS _m FROM ({right}) GROUP BY ALL"
    same = " AND ".join(f"{c} IS NOT DISTINCT FROM k{i}" for i, c in enumerate(columns))
    return f"SELECT {keys} FROM ({numbered}) LEFT JOIN ({counted}) ON {same} WHERE _n > coalesce(_m, 0) ORDER BY _row"
