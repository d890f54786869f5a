"""The column name that Spark derives from an expression without an alias.

Follows Spark's `toPrettySQL`: implicit casts do not show, strings stand without quotes, qualifiers are dropped.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, tzinfo
from typing import Any

from glowplug.civil import date_text, offset_at, time_text, wall_clock_text
from glowplug.intervals import calendar_text, day_time_text, year_month_text
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    FrameBound,
    GetField,
    Lambda,
    LambdaVariable,
    Literal,
    NamedArgument,
    OuterReference,
    Replaced,
    SortOrder,
    Subquery,
    WindowExpression,
    WindowFrame,
)
from glowplug.plan.relations import Join, Relation
from glowplug.plan.tree import children, expressions_in, map_expressions, walk
from glowplug.types import (
    COMPLEX,
    ArrayType,
    BinaryType,
    CalendarIntervalType,
    DataType,
    DateType,
    DayTimeIntervalType,
    DecimalType,
    DoubleType,
    FloatType,
    MapType,
    StringType,
    StructType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    YearMonthIntervalType,
    quote_if_needed,
    sql_name,
)


def derived_name(e: Expression) -> str:
    """The name of a result column: the expression as text; a column that is only cast keeps its own."""
    return e.child.name if isinstance(e, Cast) and isinstance(e.child, Attribute) else pretty(e)


def pretty(e: Expression) -> str:
    """An expression as Spark shows it in column names."""
    match e:
        case Attribute():
            return e.name
        case OuterReference(attribute):
            return f"outer({'.'.join((*attribute.qualifier, attribute.name))})"
        case Literal(value, type):
            return literal_text(value, type, quoted=False, zone=e.zone)
        case Cast(child, to, mode, implicit):
            if implicit or isinstance(to, COMPLEX):
                return pretty(child)
            return f"{'TRY_CAST' if mode == 'try' else 'CAST'}({pretty(child)} AS {sql_name(to)})"
        case Alias(child, name):
            return f"{pretty(child)} AS {quote_if_needed(name)}"
        case NamedArgument(name, value):
            return f"{name} => {pretty(value)}"
        case Replaced(_, shown):
            return shown
        case GetField(child, _, name):
            return f"{pretty(child)}.{name}"
        case Call():
            return call_text(e)
        case WindowExpression():
            return window_text(e)
        case SortOrder():
            return sort_text(e)
        case LambdaVariable():
            return "namedlambdavariable()"
        case Lambda(body, params):
            return f"lambdafunction({', '.join([pretty(body), *map(pretty, params)])})"
        case Subquery(kind, plan, values):
            inside = ", ".join(_outer_names(plan))
            if kind == "in":
                left = pretty(values[0]) if len(values) == 1 else f"named_struct({', '.join(map(pretty, values))})"
                return f"({left} IN (listquery({inside})))"
            return f"{'exists' if kind == 'exists' else 'scalarsubquery'}({inside})"
    return e.__class__.__name__.lower()


def _outer_names(plan: Relation) -> Iterator[str]:
    """The names of the columns around a subquery, as often as it uses them; what is inside those in it is theirs."""
    for e in expressions_in(plan):
        yield from (x.attribute.name for x in walk(e) if isinstance(x, OuterReference))
    for child in children(plan):
        if isinstance(child, Relation) and not (isinstance(plan, Join) and plan.lateral and child is plan.right):
            yield from _outer_names(child)


def qualified_text(e: Expression) -> str:
    """As `pretty`, with columns as `t.a`."""
    return pretty(_qualified(e))


def _qualified(e: Any) -> Any:
    if isinstance(e, OuterReference):
        return e
    if isinstance(e, Attribute):
        return replace(e, name=".".join((*e.qualifier, e.name)))
    return map_expressions(e, _qualified)


def sql_text(e: Expression) -> str:
    """An expression as Spark writes it in SQL: columns as `t.a`, texts in quotes, and what is cast implicitly."""
    return pretty(_written(e))


def _written(e: Any) -> Any:
    match e:
        case Attribute():
            return _qualified(e)
        case Literal(value, type):
            return Replaced(e, literal_text(value, type, zone=e.zone))
        case Cast(implicit=True):
            return replace(e, child=_written(e.child), implicit=False)
    return map_expressions(e, _written)


def call_text(call: Call, show: Callable[[Expression], str] = pretty, distinct: str = "DISTINCT") -> str:
    """A call as its function is shown; `show` gives the texts of expressions in it."""
    args = tuple(map(show, call.args))
    shown = call.function.shown
    if callable(shown):
        text = shown(args, call)
    elif shown is not None:
        text = shown.format(*args)
    else:
        text = f"{call.name}({f'{distinct} ' if call.distinct else ''}{', '.join(args)})"
    if call.order_by:
        text += f" WITHIN GROUP (ORDER BY {', '.join(map(show, call.order_by))})"
    if call.filter is not None:
        text += f" FILTER (WHERE {show(call.filter)})"
    return text


def sort_text(order: SortOrder) -> str:
    """`a ASC NULLS FIRST`, with all that was left out."""
    nulls = "FIRST" if order.nulls_first else "LAST"
    return f"{pretty(order.child)} {'ASC' if order.ascending else 'DESC'} NULLS {nulls}"


def window_text(e: WindowExpression) -> str:
    """`sum(a) OVER (PARTITION BY b ORDER BY c ASC NULLS FIRST)`, as a column is called."""
    return f"{pretty(e.function)} OVER ({window_parts(e)})"


def window_parts(e: WindowExpression) -> str:
    """What is inside of the parentheses after OVER."""
    parts = []
    if e.partition_by:
        parts.append(f"PARTITION BY {', '.join(map(pretty, e.partition_by))}")
    if e.order_by:
        parts.append(f"ORDER BY {', '.join(map(sort_text, e.order_by))}")
    if e.frame is not None:
        parts.append(frame_text(e.frame))
    return " ".join(parts)


def frame_text(frame: WindowFrame) -> str:
    """`ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW`."""
    return f"{frame.kind.upper()} BETWEEN {_bound(frame.lower, True)} AND {_bound(frame.upper, False)}"


def _bound(bound: FrameBound, lower: bool) -> str:
    if bound.kind == "unbounded":
        return f"UNBOUNDED {'PRECEDING' if lower else 'FOLLOWING'}"
    if bound.kind == "current" or bound.value is None:
        return "CURRENT ROW"
    if isinstance(bound.value, Call) and bound.value.name == "unary -":  # as SQL's PRECEDING is read
        return f"{pretty(bound.value.args[0])} PRECEDING"
    return f"{pretty(bound.value)} FOLLOWING"


def literal_text(value: Any, type: DataType, quoted: bool = True, zone: tzinfo = UTC) -> str:
    """A constant as SQL text; strings without quotes where they name a column. Timestamps show in `zone`."""
    if value is None:
        return "NULL"
    match type:
        case StringType(collation) if collation != "UTF8_BINARY":
            return literal_text(value, StringType()) + f" collate {collation}"
        case StringType():
            return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'" if quoted else str(value)
        case DoubleType() | FloatType():
            return double_text(value, type)
        case DecimalType():
            return f"{value:f}"
        case BinaryType():
            return f"X'{value.hex().upper()}'"
        case DateType():
            return f"DATE '{date_text(value)}'"
        case TimestampType() | TimestampNTZType():
            if isinstance(type, TimestampType):
                return f"TIMESTAMP '{wall_clock_text(value + offset_at(value, zone))}'"
            return f"TIMESTAMP_NTZ '{wall_clock_text(value)}'"
        case TimeType():
            return f"TIME '{time_text(value // 1000)}'"
        case YearMonthIntervalType():
            return year_month_text(value, type)
        case DayTimeIntervalType():
            return day_time_text(value, type)
        case CalendarIntervalType():
            return f"INTERVAL '{calendar_text(value)}'"
        case ArrayType(element):
            return f"ARRAY({', '.join(literal_text(v, element, quoted, zone) for v in value)})"
        case MapType(key, item):
            cells = ((literal_text(k, key, quoted, zone), literal_text(v, item, quoted, zone)) for k, v in value)
            parts = (f"{k}, {v}" for k, v in cells)
            return f"MAP({', '.join(parts)})"
        case StructType(fields):
            parts = (f"'{f.name}', {literal_text(v, f.type, quoted, zone)}" for f, v in zip(fields, value, strict=True))
            return f"NAMED_STRUCT({', '.join(parts)})"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_two_digits(value: float, type: DataType) -> tuple[str, str] | None:
    """Java writes two digits at least: the two that are nearest, where they are the number as well as one is."""
    import numpy as np

    kind = np.float32 if isinstance(type, FloatType) else np.float64
    text = f"{value:.1e}"
    mantissa, _, exponent = text.partition("e")
    return (mantissa, exponent) if kind(text) == kind(value) else None


def double_text(value: float, type: DataType) -> str:
    """A number as Java prints a double: `1.0`, `1.0E10`, `NaN`, `Infinity`."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(type, FloatType):
        import numpy as np

        digits = np.format_float_scientific(np.float32(value), unique=True, trim="0")
    else:
        import numpy as np

        digits = np.format_float_scientific(np.float64(value), unique=True, trim="0")
    mantissa, exponent = digits.split("e")
    if len(mantissa.strip("-").rstrip(".0")) == 1 and (nearer := _in_two_digits(value, type)) is not None:
        mantissa, exponent = nearer
    power = int(exponent)
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        import decimal

        text = f"{decimal.Decimal(mantissa).scaleb(power):f}"
        whole, _, fraction = text.partition(".")
        return f"{whole}.{fraction.rstrip('0') or '0'}"
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{power}"
