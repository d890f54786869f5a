"""The time of a query: one for all of it, however many statements of the kernel that takes.

Source: Spark's rule ComputeCurrentTime.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

from glowplug.civil import MICROS_PER_DAY, offset_at
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.tree import expressions_in, kinds, map_all_relations, map_expressions, walk, walk_relations
from glowplug.types import DataType, DateType, TimestampNTZType, TimeType

ASKING = frozenset({"current_date", "current_time", "current_timestamp", "localtimestamp", "now"})


def asks_for_time(node: Any) -> bool:
    """Whether something in a plan or command does."""
    return any(
        _asks(x) for n in (node, *walk_relations(node)) for e in expressions_in(n) if Call in kinds(e) for x in walk(e)
    )


def at_time(node: Any, instant: int, zone: tzinfo) -> Any:
    """A plan or command with an instant, in microseconds since the epoch, wherever it asks for the time. Dates and wall
    clocks are those of the zone."""

    def put(e: Expression) -> Expression:
        return Literal(_value(e.type, instant, zone), e.type) if _asks(e) else map_expressions(e, put)

    def change(x: Any) -> Any:
        return map_expressions(map_all_relations(x, change), put)

    return change(node)


def _asks(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.names[0] in ASKING


def _value(type: DataType, instant: int, zone: tzinfo) -> int:
    """As literals hold it: TIMESTAMP and TIMESTAMP_NTZ microseconds, DATE days, TIME nanoseconds."""
    local = instant + offset_at(instant, zone)
    match type:
        case DateType():
            return local // MICROS_PER_DAY
        case TimestampNTZType():
            return local
        case TimeType(precision):
            unit: int = 10 ** (6 - precision)
            return local % MICROS_PER_DAY // unit * unit * 1000
    return instant
