"""Relations as kernel SQL: one function for each kind, in the table at the end.

Each returns a SELECT whose columns are the `c<id>` of the node's output, in no particular order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from zlib import crc32

from glowplug.arrow import kernel_columns
from glowplug.errors import not_as_a_batch, unsupported
from glowplug.functions import poisson
from glowplug.kernel.beside import Beside, with_beside
from glowplug.kernel.equality import FIRST_COMES_FIRST, at_hand, group, item, key_item, once, placed, set_operation
from glowplug.kernel.grouping_sets import grouping_sets
from glowplug.kernel.types import kernel_type, quoted
from glowplug.kernel.window_order import in_window_order
from glowplug.kernel.windows import Windows
from glowplug.plan import relations as r
from glowplug.plan.expressions import Alias, Attribute, Expression, WindowExpression
from glowplug.plan.python import Streamed
from glowplug.plan.streams import EventTimeWatermark, KernelTable, StreamingRelation, Watched
from glowplug.plan.tree import kinds
from glowplug.types import BOOLEAN, DOUBLE, INT, LONG, StructType

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def relation_sql(node: r.Relation, to: Compiler) -> str:
    """A SELECT for `node`; a node that the kernel does not have fails here with Spark's condition."""
    lower = _LOWERINGS.get(node.__class__)
    if lower is None:
        raise unsupported(f"the relation {type(node).__name__}")
    around, to.numbered = to.numbered, False
    try:
        return lower(node, to)
    finally:
        to.numbered = around


def source(node: r.Relation, to: Compiler) -> str:
    """`FROM …` for a child, empty for the row without columns.

    Joins stand there as they are: the kernel draws worse conditions for its scans from a WHERE around their SELECT.
    """
    if isinstance(node, r.OneRow):
        return ""
    if isinstance(node, r.Join):
        around, to.numbered = to.numbered, False
        joined = _joined(node, to)
        to.numbered = around
        return f" FROM {joined}"
    return f" FROM ({relation_sql(node, to)})"


def _items(expressions: tuple[Expression, ...], to: Compiler) -> str:
    """Each column once: the same one twice in a select list is told apart only at the end."""
    unique = {e.id: e for e in expressions}  # type: ignore[attr-defined]
    return ", ".join(item(e, to) for e in unique.values()) or "1 AS _"


def _project(node: r.Project, to: Compiler) -> str:
    child, where = node.child, ""
    if node.expressions and set(node.expressions) == set(child.output):  # as pruning leaves them above scans
        return relation_sql(child, to)
    if isinstance(child, r.Filter) and not isinstance(child.child, r.OneRow):
        where, child = _where(child.condition, to), child.child
    if WindowExpression not in kinds(node):
        return f"SELECT {_items(node.expressions, to)}{source(child, to)}{where}"
    around, to.beside_rows, to.windows = (to.beside_rows, to.windows), Beside(False), Windows()
    try:
        items = _items(node.expressions, to)
        rows, order = in_window_order(node, f"{source(child, to)}{where}", to)
        items, rows = to.windows.computed(items, with_beside((), rows, to))
    finally:
        to.beside_rows, to.windows = around
    return f"SELECT {items}{rows}{order}"


def _filter(node: r.Filter, to: Compiler) -> str:
    child = node.child if not isinstance(node.child, r.OneRow) else r.Project(node.child, ())
    return f"SELECT *{source(child, to)}{_where(node.condition, to)}"


def _where(condition: Expression, to: Compiler) -> str:
    """What depends on the row's number, as random numbers do, is a condition on a window function."""
    before, to.numbered = to.numbered, False
    sql = to.plain(condition)
    clause = "QUALIFY" if to.numbered else "WHERE"
    to.numbered = before
    return f" {clause} {sql}"


def _aggregate(node: r.Aggregate, to: Compiler) -> str:
    to.aggregations += 1
    around, to.beside_rows = to.beside_rows, Beside(bool(node.grouping), of_sets=node.sets is not None)
    try:
        return _aggregate_sql(node, to)
    finally:
        to.aggregations -= 1
        to.beside_rows = around


def _aggregate_sql(node: r.Aggregate, to: Compiler) -> str:
    if node.sets is not None:
        return grouping_sets(node, source(node.child, to), to)
    keys = {g.id: g for g in node.grouping}  # type: ignore[attr-defined]
    calls = [e for e in node.results if isinstance(e, Alias) and e.id not in keys]
    items = [key_item(g, to) for g in keys.values()] + [item(c, to) for c in calls]
    by = f" GROUP BY {', '.join(group(g, i, to) for i, g in enumerate(keys.values()))}" if keys else ""
    if not calls and not keys:
        items = ["count(*) AS _"]
    rows, order = source(node.child, to), ""
    if keys and at_hand(node.child):
        rows, order = placed(rows), FIRST_COMES_FIRST
    return f"SELECT {', '.join(items)}{with_beside(keys.values(), rows, to)}{by}{order}"


def _sort(node: r.Sort, to: Compiler) -> str:
    return f"SELECT *{source(node.child, to)} ORDER BY {', '.join(map(to.order, node.order))}"


def _limit(node: r.Limit, to: Compiler) -> str:
    child, order = node.child, ""
    if isinstance(child, r.Sort):
        order, child = f" ORDER BY {', '.join(map(to.order, child.order))}", child.child
    limit = f" LIMIT {to.sql(node.count)}" if node.count is not None else ""
    offset = f" OFFSET {to.sql(node.offset)}" if node.offset is not None else ""
    if isinstance(child, r.OneRow):
        child = r.Project(child, ())
    return f"SELECT *{source(child, to)}{order}{limit}{offset}"


def _tail(node: r.Tail, to: Compiler) -> str:
    numbered = f"SELECT *, row_number() OVER () AS _row, count(*) OVER () AS _rows{source(node.child, to)}"
    return f"SELECT * EXCLUDE (_row, _rows) FROM ({numbered}) WHERE _row > _rows - {node.count} ORDER BY _row"


def _distinct(node: r.Distinct, to: Compiler) -> str:
    return once(node.output, source(node.child, to), to, placed_first=at_hand(node.child))


def _deduplicate(node: r.Deduplicate, to: Compiler) -> str:
    if node.within_watermark:
        raise not_as_a_batch("dropDuplicatesWithinWatermark is not supported with batch DataFrames/DataSets")
    keys = node.keys or ()
    if len(keys) == len(node.output) and all(isinstance(k, Attribute) for k in keys):
        return _distinct(r.Distinct(node.child), to)
    return f"SELECT DISTINCT ON ({', '.join(map(to.key, keys))}) *{source(node.child, to)}"


def _sample(node: r.Sample, to: Compiler) -> str:
    """With replacement: each row as often as a Poisson number says. (Without, a sample is a filter by now.)"""
    seed, mean = node.seed or 0, node.upper - node.lower
    count = to.python(f"poisson_{crc32(repr((seed, mean)).encode())}", poisson.numbers(seed, mean), (LONG,), INT)
    numbered = f"SELECT *, {count}(row_number() OVER () - 1) AS _count{source(node.child, to)}"
    copies = f"SELECT *, unnest(range(_count)) AS _copy FROM ({numbered})"
    return f"SELECT * EXCLUDE (_count, _copy) FROM ({copies})"


def _through(node: Any, to: Compiler) -> str:
    return relation_sql(node.child, to)


def _one_row(node: r.OneRow, to: Compiler) -> str:
    return "SELECT 1 AS _"


def _range(node: r.Range, to: Compiler) -> str:
    return (
        f"SELECT range AS c{node.column.id} FROM range({node.start}::BIGINT, {node.end}::BIGINT, {node.step}::BIGINT)"
    )


def _values(node: r.Values, to: Compiler) -> str:
    rows = ", ".join("(" + ", ".join(map(to.sql, row)) + ")" for row in node.rows)
    names = ", ".join(f"c{a.id}" for a in node.columns)
    return f"SELECT * FROM (VALUES {rows}) AS t({names})"


def _local_data(node: r.LocalData, to: Compiler) -> str:
    if not node.columns:
        return f"SELECT 1 AS _ FROM range({node.table.num_rows})"
    name = to.register(kernel_columns(node.table, [a.type for a in node.columns]))
    items = ", ".join(f"CAST(k{i} AS {kernel_type(a.type)}) AS c{a.id}" for i, a in enumerate(node.columns))
    return f"SELECT {items} FROM {name}"


def _streamed(node: Streamed, to: Compiler) -> str:
    name = to.register(node.stream)
    items = ", ".join(f"CAST(k{i} AS {kernel_type(a.type)}) AS c{a.id}" for i, a in enumerate(node.columns))
    return f"SELECT {items or '1 AS _'} FROM {name}"


def _kernel_table(node: KernelTable, to: Compiler) -> str:
    items = ", ".join(f"k{i} AS c{a.id}" for i, a in enumerate(node.columns)) or "1 AS _"
    return f"SELECT {items} FROM {node.table}"


def _stream(node: r.Relation, to: Compiler) -> str:
    raise not_as_a_batch()


def _watched(node: Watched, to: Compiler) -> str:
    """The observer is a condition that always holds, on a column of its own: it sees every row, and once.

    The random number is there because of a function of values that are all the same the kernel asks for one row only.
    Columns that hang on the observer cannot be filtered before it: the one watched, or all where it sees every row.
    """
    type = node.column.type if node.column is not None else BOOLEAN
    value = f"c{node.column.id}" if node.column is not None else "true"
    seen = to.python(node.name, node.observer, (type, DOUBLE), BOOLEAN)
    marked = f"SELECT *, {seen}({value}, random()) AS _seen{source(node.child, to)}"
    hanging = [f"c{a.id}" for a in ((node.column,) if node.column and not node.every else node.output)]
    kept = ", ".join(f"CASE WHEN _seen THEN {c} END AS {c}" for c in hanging)
    replaced = f" REPLACE ({kept})" if kept else ""
    return f"SELECT * EXCLUDE (_seen){replaced} FROM ({marked}) WHERE _seen"


def _scan(node: r.Scan, to: Compiler) -> str:
    inner = node.source.sql([a.name for a in node.columns], to)
    if len({a.name.lower() for a in node.columns}) < len(node.columns):  # which the kernel takes for one
        return f"SELECT * FROM ({inner}) AS s({', '.join(f'c{a.id}' for a in node.columns)})"
    items = ", ".join(f"{quoted(a.name)} AS c{a.id}" for a in node.columns) or "1 AS _"
    return f"SELECT {items} FROM ({inner})"


def _parsed_texts(node: r.ParsedTexts, to: Compiler) -> str:
    (text,) = node.child.output
    inner = node.texts.sql(f"SELECT c{text.id} AS line{source(node.child, to)}", to)
    items = ", ".join(f"{quoted(a.name)} AS c{a.id}" for a in node.columns) or "1 AS _"
    return f"SELECT {items} FROM ({inner})"


def _cached(node: r.CachedData, to: Compiler) -> str:
    items = ", ".join(f"k{i} AS c{a.id}" for i, a in enumerate(node.columns)) or "1 AS _"
    return f"SELECT {items} FROM {node.entry.table}"


def _generate(node: r.Generate, to: Compiler) -> str:
    """The generator's lowering is a list; its elements are the row, or structs when there are several columns."""
    rows = to.sql(node.generator)
    if node.outer:
        rows = f"(CASE WHEN len({rows}) > 0 THEN {rows} ELSE [NULL] END)"
    inner = f"SELECT *, unnest({rows}) AS _generated{source(node.child, to)}"
    if isinstance(node.child, r.OneRow):
        inner = f"SELECT unnest({rows}) AS _generated"
    if isinstance(node.generator.type, StructType) and len(node.generated) > 1:
        parts = (f"struct_extract_at(_generated, {i + 1}) AS c{a.id}" for i, a in enumerate(node.generated))
    else:
        parts = (f"_generated AS c{a.id}" for a in node.generated)
    return (
        f"SELECT * EXCLUDE (_generated), {', '.join(parts)} FROM ({inner})"
        if not isinstance(node.child, r.OneRow)
        else f"SELECT {', '.join(parts)} FROM ({inner})"
    )


_JOINS = {
    "inner": "JOIN",
    "left": "LEFT JOIN",
    "right": "RIGHT JOIN",
    "full": "FULL JOIN",
    "semi": "SEMI JOIN",
    "anti": "ANTI JOIN",
}


def _join(node: r.Join, to: Compiler) -> str:
    return f"SELECT {_columns(node)} FROM {_joined(node, to)}"


def _joined(node: r.Join, to: Compiler) -> str:
    """Joins of joins are one FROM clause: the kernel estimates poorly, and orders badly, through a SELECT for each."""
    flat = isinstance(node.left, r.Join) and node.left.kind in ("inner", "cross", "left") and not node.left.lateral
    left = _joined(node.left, to) if flat else f"({relation_sql(node.left, to)})"  # type: ignore[arg-type]
    right = f"{'LATERAL ' if node.lateral else ''}({relation_sql(node.right, to)})"
    if node.condition is None and node.kind in ("inner", "cross"):
        return f"{left} CROSS JOIN {right}"
    condition = "true" if node.condition is None else to.plain(node.condition)
    join = f"ASOF {_JOINS[node.kind]}" if node.as_of else _JOINS[node.kind]
    return f"{left} {join} {right} ON {condition}"


def _columns(node: r.Relation) -> str:
    return ", ".join(dict.fromkeys(f"c{a.id}" for a in node.output)) or "1 AS _"


def _recursive(node: r.Recursive, to: Compiler) -> str:
    """Each row carries the number of the step that made it, which the limit is about."""
    names = ", ".join([*(f"k{i}" for i in range(len(node.columns))), "_level"])
    levels = ("0", f"(SELECT max(_level) + 1 FROM {node.name})")
    sides = [
        f"SELECT {', '.join([*(f'c{a.id}' for a in side.output), level])} FROM ({relation_sql(side, to)})"
        for side, level in zip((node.anchor, node.step), levels, strict=True)
    ]
    items = ", ".join(f"k{i} AS c{a.id}" for i, a in enumerate(node.columns))
    return f"WITH RECURSIVE {node.name}({names}) AS ({sides[0]} UNION ALL {sides[1]}) SELECT {items} FROM {node.name}"


def _recursive_reference(node: r.RecursiveReference, to: Compiler) -> str:
    items = ", ".join(f"k{i} AS c{a.id}" for i, a in enumerate(node.columns))
    if node.max_level is None:
        return f"SELECT {items} FROM {node.name}"
    failure = to.failure("RECURSION_LEVEL_LIMIT_EXCEEDED", levelLimit=f"'{node.max_level}'")
    within = f"CASE WHEN _level < {node.max_level} THEN true ELSE {failure} END"
    return f"SELECT {items} FROM {node.name} WHERE {within}"


def _shared(node: r.Shared, to: Compiler) -> str:
    """A kernel CTE at the head of the statement; the first use defines it."""
    if node.name not in to.shared:
        to.shared[node.name] = ""  # its place, after those it refers to
        columns = ", ".join(f"c{a.id} AS k{i}" for i, a in enumerate(node.definition.output))
        body = f"SELECT {columns or '1 AS _'} FROM ({relation_sql(node.definition, to)})"
        del to.shared[node.name]
        to.shared[node.name] = body
    items = ", ".join(f"k{i} AS c{a.id}" for i, a in enumerate(node.columns)) or "1 AS _"
    return f"SELECT {items} FROM {node.name}"


def _metrics(node: r.CollectMetrics, to: Compiler) -> str:
    """Its rows are kept in a kernel table, so that metrics and rows come from one computation."""
    table = to.memory.get(id(node))
    return relation_sql(node.child, to) if table is None else f"SELECT * FROM {table}"


_LOWERINGS: dict[type[r.Relation], Callable[..., str]] = {
    r.Project: _project,
    r.Filter: _filter,
    r.Aggregate: _aggregate,
    r.Sort: _sort,
    r.Limit: _limit,
    r.Tail: _tail,
    r.Distinct: _distinct,
    r.Deduplicate: _deduplicate,
    r.Sample: _sample,
    r.SubqueryAlias: _through,
    r.PipeOperator: _through,
    r.Repartition: _through,
    r.Hint: _through,
    r.ResolvedHint: _through,
    r.OneRow: _one_row,
    r.Range: _range,
    r.Values: _values,
    r.LocalData: _local_data,
    Streamed: _streamed,
    r.Scan: _scan,
    r.ParsedTexts: _parsed_texts,
    KernelTable: _kernel_table,
    StreamingRelation: _stream,
    EventTimeWatermark: _stream,
    Watched: _watched,
    r.CachedData: _cached,
    r.Generate: _generate,
    r.Join: _join,
    r.SetOperation: set_operation,
    r.Recursive: _recursive,
    r.RecursiveReference: _recursive_reference,
    r.CollectMetrics: _metrics,
    r.Shared: _shared,
}
