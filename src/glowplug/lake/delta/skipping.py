"""Which files a filter leaves, by the least and greatest values and numbers of NULLs that the log has of them.

A condition over columns becomes one over statistics that is false only for files no row of which can pass. What has no
such form says nothing. Statistics may be missing, and those of texts may be bounds that no row has.
https://github.com/delta-io/delta/blob/master/PROTOCOL.md#per-file-statistics
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from glowplug.arrow import arrow_type
from glowplug.errors import SparkError
from glowplug.functions.registry import lookup
from glowplug.io.parquet_footer import stored_name
from glowplug.io.source import Evaluate
from glowplug.lake.delta.staged import leaves
from glowplug.plan.expressions import Attribute, Call, Cast, Expression, GetField, Literal, Replaced, new_id
from glowplug.plan.predicates import OF_THE_QUERY, is_repeatable
from glowplug.plan.python import PythonFunction
from glowplug.plan.tree import walk
from glowplug.types import (
    BOOLEAN,
    INTEGRAL,
    LONG,
    STRING,
    ArrayType,
    DataType,
    DateType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StructField,
    StructType,
    TimestampNTZType,
    TimestampType,
)

_FLIPPED = {"=": "=", "<=>": "<=>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_FLOATS = (FloatType, DoubleType)

Statistic = Callable[[str, Expression], Attribute | None]  # "min", "max" or "null_count" of a column


def files_left(
    conditions: Sequence[Expression],
    stored: dict[int, StructField],
    schema: StructType,
    actions: pa.Table,
    evaluate: Evaluate,
) -> Sequence[bool] | None:
    """For each file of `actions` (the log's, flat) whether rows of it may pass; None where nothing can be said.

    `stored` are the columns as the log has them, by id; `schema` has all of them.
    """
    used: dict[str, Attribute] = {}
    times = Counter(".".join(path) for path, _ in leaves(schema.fields))  # twice: a field, and a name with a dot

    def statistic(kind: str, column: Expression) -> Attribute | None:
        path = _path(column, stored)
        if path is None or times[path] != 1 or isinstance(column.type, StructType):
            return None
        if isinstance(column, GetField) and isinstance(column.type, (ArrayType, MapType)):
            return None  # those that are NULL because the struct is may not be counted, see `staged.statistics`
        key = f"{kind}.{path}"
        if kind != "null_count" and f"partition.{path}" in actions.column_names:
            key = f"partition.{path}"  # the least and the greatest value at once
        if key not in actions.column_names:
            return None
        return used.setdefault(key, Attribute(key, LONG if kind == "null_count" else column.type, True, new_id()))

    tests = [t for t in (_may_pass(c, statistic, used) for c in conditions) if t is not None]
    if not tests or "num_records" not in actions.column_names:
        return None
    columns = {a.name: _values(actions, a) for a in used.values()}
    if not columns:
        return None
    try:
        return evaluate([_call("coalesce", t, _TRUE) for t in tests], list(used.values()), pa.table(columns))
    except SparkError:  # of a constant: it is the query's to fail, if it comes to look at it
        return None


def _values(actions: pa.Table, of: Attribute) -> pa.ChunkedArray:
    values = actions[of.name]
    if of.name.startswith("max.") and isinstance(of.type, (TimestampType, TimestampNTZType)):
        # The log keeps milliseconds: the greatest value may be up to one later.
        values = pc.add(values, pa.scalar(999, pa.duration("us")))
    return values.cast(arrow_type(of.type, "UTC"))


def _path(column: Expression, stored: dict[int, StructField]) -> str | None:
    fields = _fields(column, stored)
    return ".".join(map(stored_name, fields)) if fields else None


def _fields(column: Expression, stored: dict[int, StructField]) -> tuple[StructField, ...]:
    """A column's field after those around it, as the log has them: other names than those shown may be in the files."""
    match column:
        case Attribute(id=id) if id in stored:
            return (stored[id],)
        case GetField(child=Expression(type=StructType(shown)) as child, ordinal=n) if outer := _fields(child, stored):
            assert isinstance(outer[-1].type, StructType)
            return (*outer, next(f for f in outer[-1].type.fields if f.name == shown[n].name))
    return ()


_TRUE = Literal(True, BOOLEAN)


def _call(name: str, *args: Expression, type: DataType = BOOLEAN) -> Call:
    function = lookup(name)
    assert function is not None
    return Call(function, name, args, type, True)


def _may_pass(e: Expression, statistic: Statistic, used: dict[str, Attribute]) -> Expression | None:
    """A condition over statistics that is false only where no row can pass `e`."""
    if isinstance(e, Replaced):  # BETWEEN
        return _may_pass(e.child, statistic, used)
    if not isinstance(e, Call):
        return None
    match e.function.names[0], e.args:
        case "and", args:
            parts = [p for p in (_may_pass(a, statistic, used) for a in args) if p is not None]
            return _joined("and", parts) if parts else None
        case "or", args:
            some = [_may_pass(a, statistic, used) for a in args]
            return None if None in some else _joined("or", [p for p in some if p is not None])
        case "not", (Call(args=args) as inner,) if (opposite := _NEGATED.get(inner.function.names[0])) is not None:
            return _may_pass(_call(opposite, *args), statistic, used)
        case "not", (Call(args=(a,)) as inner,) if inner.function.names[0] == "isnull":
            return _may_pass(_call("isnotnull", a), statistic, used)
        case "isnull", (a,):
            nulls = statistic("null_count", a)
            return None if nulls is None else _call(">", nulls, Literal(0, LONG))
        case "isnotnull", (a,):
            nulls = statistic("null_count", a)
            rows = used.setdefault("num_records", Attribute("num_records", LONG, True, new_id()))
            return None if nulls is None else _call("<", nulls, rows)
        case "in", (a, *items):
            tests = [_compared("=", a, i, statistic) for i in items if not _is_null(i)]
            return None if None in tests or not tests else _joined("or", [t for t in tests if t is not None])
        case name, (a, b) if name in _FLIPPED and _is_constant(b):
            return _compared(name, a, b, statistic)
        case name, (b, a) if name in _FLIPPED and _is_constant(b):
            return _compared(_FLIPPED[name], a, b, statistic)
    return None


def _is_constant(e: Expression) -> bool:
    """Whether an expression has one value, now and when the query runs: `CAST('2020-01-01' AS TIMESTAMP)`."""
    inside = list(walk(e))
    if not all(isinstance(x, (Literal, Cast, Call, Replaced)) for x in inside) or not is_repeatable(e):
        return False
    functions = [x.function for x in inside if isinstance(x, Call)]
    return not any(isinstance(f, PythonFunction) or f.names[0] in OF_THE_QUERY for f in functions)


def _is_null(e: Expression) -> bool:
    return isinstance(e, Literal) and e.value is None


def _joined(name: str, parts: Sequence[Expression]) -> Expression:
    whole = parts[0]
    for part in parts[1:]:
        whole = _call(name, whole, part)
    return whole


def _compared(operator: str, a: Expression, b: Expression, statistic: Statistic) -> Expression | None:
    if not _is_constant(b) or not ordered(a.type) or a.type != b.type:
        return None
    if not _is_bound(b.value) if isinstance(b, Literal) else isinstance(b.type, _FLOATS):  # it may be NaN
        return None
    low, high = statistic("min", a), statistic("max", a)
    if low is None or high is None:
        return None
    match operator:
        case "=" | "<=>":
            return _call("and", _call("<=", low, b), _call(">=", high, b))
        case "<" | "<=":
            return _call(operator, low, b)
        case _ if isinstance(a.type, _FLOATS):  # NaN is greater than any number, and not in everybody's statistics
            return None
    return _call(operator, high, b)


def _is_bound(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def ordered(type: DataType) -> bool:
    """Whether least and greatest values of a type say which files to read."""
    return type == STRING or isinstance(
        type, (*INTEGRAL, *_FLOATS, DecimalType, DateType, TimestampType, TimestampNTZType)
    )
