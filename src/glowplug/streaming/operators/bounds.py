"""Until when a row of a join may find a partner: what its condition says of the times of both sides.

From `rt <= lt + INTERVAL 1 HOUR`, rt and lt event times, follows that a left row can be forgotten once the watermark
has passed lt + 1 hour: right rows that come later than that are late. Equal event times bound each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, GetField, Literal, Replaced
from glowplug.plan.predicates import conjuncts
from glowplug.plan.relations import Join
from glowplug.streaming.watermark import event_times
from glowplug.types import LONG, DayTimeIntervalType


@dataclass(frozen=True, slots=True)
class Bound:
    """A row is done with when `column`, an event time, plus `offset` microseconds lies behind the watermark."""

    column: Attribute
    offset: int


def bounds(join: Join) -> tuple[Bound | None, Bound | None]:
    """Of left rows and of right rows; None where they may find a partner for ever."""
    sides = tuple({a.id: a for a in event_times(child.output)} for child in (join.left, join.right))
    found: list[Bound | None] = [None, None]
    for conjunct in conjuncts(join.condition):
        for low, high, beyond in _inequalities(conjunct):
            a, b = _time(low), _time(high)
            if a is None or b is None:
                continue
            for side, (own, other) in enumerate(((sides[0], sides[1]), (sides[1], sides[0]))):
                if a[0].id in other and b[0].id in own:  # other's time + a <= own time + b
                    bound = Bound(own[b[0].id], b[1] - a[1] + beyond)
                    best = found[side]
                    found[side] = bound if best is None or bound.offset < best.offset else best
    return found[0], found[1]


def _inequalities(e: Expression) -> list[tuple[Expression, Expression, int]]:
    """(low, high) of what is at most what; Spark waits a millisecond longer where they may be equal."""
    match e:
        case Call(function, _, (left, right)):
            match function.names[0]:
                case "<" | "<=" as name:
                    return [(left, right, 1000 * (name == "<="))]
                case ">" | ">=" as name:
                    return [(right, left, 1000 * (name == ">="))]
                case "=" | "==" | "<=>":
                    return [(left, right, 0), (right, left, 0)]
        case Replaced(child):  # BETWEEN
            return [bound for c in conjuncts(child) for bound in _inequalities(c)]
    return []


def _time(e: Expression) -> tuple[Attribute, int] | None:
    """A column and what is added to it, in microseconds."""
    match e:
        case Attribute():
            return e, 0
        case Alias(child) | Replaced(child):
            return _time(child)
        case Cast(child) if (child.type == LONG) == (e.type == LONG):  # else the unit is another
            return _time(child)
        case GetField(child, 1):  # a window's end stands for the window
            return _time(child)
        case Call(function, _, (first, second)) if function.names[0] == "datetime_plus_interval":  # `+`, and `-` too
            inner, added = _time(first), _micros(second)
            if inner is not None and added is not None:
                return inner[0], inner[1] + added
        case Call(function, _, (first, second)) if function.names[0] in ("+", "-") and e.type == LONG:
            inner, added = _time(first), _whole(second)  # event times in milliseconds since the epoch
            if inner is not None and added is not None:
                return inner[0], inner[1] + 1000 * (added if function.names[0] == "+" else -added)
    return None


def _whole(e: Expression) -> int | None:
    match e:
        case Literal(int() as value):
            return value
        case Cast(child) | Replaced(child):
            return _whole(child)
    return None


def _micros(e: Expression) -> int | None:
    match e:
        case Literal(int() as value, DayTimeIntervalType()):
            return value
        case Literal((0, int() as days, int() as micros)):
            return days * 86_400_000_000 + micros
        case Cast(child) | Replaced(child):
            return _micros(child)
        case Call(function, _, (child,)) if function.names[0] == "negative":
            negated = _micros(child)
            return None if negated is None else -negated
    return None
