"""How large a plan's result may be, as explain("cost") shows it.

The estimates are Spark's without a cost-based optimizer (`SizeInBytesOnlyStatsPlanVisitor`): leaves know their size, a
node with one input has that size in proportion to its row's width, a join the product of its sides.
"""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.plan import relations as r
from glowplug.plan.expressions import Attribute, Literal
from glowplug.types import (
    ArrayType,
    BinaryType,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DecimalType,
    FloatType,
    GeographyType,
    GeometryType,
    IntegerType,
    MapType,
    NullType,
    ShortType,
    StringType,
    StructType,
    UserDefinedType,
    VariantType,
    YearMonthIntervalType,
)

UNKNOWN = (1 << 63) - 1  # bytes: so that nothing takes such a source for small
_ROW = 8  # bytes of a row besides its columns
_WIDTHS: dict[type[DataType], int] = {
    BooleanType: 1,
    ByteType: 1,
    NullType: 1,
    ShortType: 2,
    IntegerType: 4,
    DateType: 4,
    FloatType: 4,
    YearMonthIntervalType: 4,
    CalendarIntervalType: 16,
    StringType: 20,
    BinaryType: 100,
    VariantType: 2048,
    GeometryType: 2048,
    GeographyType: 2048,
}


@dataclass(frozen=True, slots=True)
class Size:
    """In bytes; `rows` where their number is known."""

    bytes: int
    rows: int | None = None


def statistics(plan: r.Relation) -> str:
    """Spark's text of what is known of a plan's size: `Statistics(sizeInBytes=8.0 B, rowCount=1)`."""
    size = estimate(plan)
    rows = "" if size.rows is None else f", rowCount={size.rows}"
    return f"Statistics(sizeInBytes={readable(size.bytes)}{rows})"


def estimate(plan: r.Relation) -> Size:
    """How large the result is thought to be, as Spark has it without a cost-based optimizer."""
    match plan:
        case r.LocalData(columns, table):
            return _rows(table.num_rows, columns)
        case r.Values(rows, columns):
            return _rows(len(rows), columns)
        case r.OneRow():
            return Size(1, 1)
        case r.Range(start, end, step):
            count = max(0, -((start - end) // step))
            return Size(8 * count, count)
        case r.CachedData(_, entry):
            return estimate(entry.plan)
        case r.Aggregate(grouping=()):
            return _rows(1, plan.output)
        case r.Limit(child, Literal(int() as count)):
            return _rows(min(count, estimate(child).rows or count), plan.output)
        case r.Join(kind="semi" | "anti") | r.SetOperation(kind="intersect" | "except"):
            return Size(estimate(plan.left).bytes)
        case r.SetOperation(left, right):
            a, b = estimate(left), estimate(right)
            return Size(a.bytes + b.bytes, None if a.rows is None or b.rows is None else a.rows + b.rows)
        case r.Join(left, right):
            return Size(estimate(left).bytes * estimate(right).bytes)
        case r.Sample(child, lower, upper):
            return Size(max(1, int(estimate(child).bytes * (upper - lower))))
        case r.Sort(child) | r.SubqueryAlias(child) | r.Repartition(child) | r.Hint(child) | r.CollectMetrics(child):
            return estimate(child)
        case r.Unary(child):
            return Size(max(1, estimate(child).bytes * row_width(plan.output) // row_width(child.output)))
    return Size(UNKNOWN)


def _rows(count: int, columns: tuple[Attribute, ...]) -> Size:
    return Size(max(1, count * row_width(columns)), count)


def row_width(columns: tuple[Attribute, ...]) -> int:
    """Bytes of a row by its columns' default widths; a string's 20 include no header."""
    return _ROW + sum(_width(a.type) for a in columns)


def _width(type: DataType) -> int:
    match type:
        case DecimalType(precision):
            return 8 if precision <= 18 else 16
        case ArrayType(element):
            return _width(element)
        case MapType(key, value):
            return _width(key) + _width(value)
        case StructType(fields):
            return sum(_width(f.type) for f in fields)
        case UserDefinedType(sql_type):
            return _width(sql_type)
    return _WIDTHS.get(type.__class__, 8)


def readable(size: int) -> str:
    """`13.8 KiB`: with the largest unit of which there are two or more."""
    if size >= 1 << 71:
        return f"{size:.2E} B"
    for power, unit in ((6, "EiB"), (5, "PiB"), (4, "TiB"), (3, "GiB"), (2, "MiB"), (1, "KiB")):
        if size >= 2 << (10 * power):
            return f"{size / (1 << (10 * power)):.1f} {unit}"
    return f"{float(size)} B"
