"""How aggregates are kept from batch to batch: as partial results, each with what merges it and what ends it.

An aggregate that is not here is computed anew, over the rows of its group, which the state then keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glowplug.io.state.layout import Piece
from glowplug.plan.expressions import Call, Cast, Expression, Literal
from glowplug.types import (
    BOOLEAN,
    DOUBLE,
    LONG,
    DataType,
    DayTimeIntervalType,
    DecimalType,
    YearMonthIntervalType,
)

Build = Callable[..., Expression]


@dataclass(frozen=True, slots=True)
class Partial:
    """`parts` are aggregates over rows; `merges` names what merges each of them; `end` makes the answer of them."""

    parts: tuple[Expression, ...]
    merges: tuple[str, ...]
    end: Callable[[Build, tuple[Expression, ...]], Expression]
    name: str  # of the aggregate

    def shown(self, first: int) -> list[tuple[str, DataType, Piece]]:
        """The parts as readers of the state get them: as Spark has its buffers. `first` is the first one's column."""
        type = self.parts[0].type
        match self.name:
            case "avg":
                return [("sum", DOUBLE, first), ("count", LONG, first + 1)]
            case "sum" if isinstance(type, DecimalType):
                return [("sum", type, first), ("isEmpty", BOOLEAN, ("is null", first))]
            case "any_value":
                return [("first", type, first), ("valueSet", BOOLEAN, "TRUE")]
            case "bool_and" | "bool_or":
                return [("min" if self.name == "bool_and" else "max", type, first)]
        return [(self.name, type, first)]


def partial(call: Expression, build: Build) -> Partial | None:
    """None where an aggregate cannot be kept so."""
    if not isinstance(call, Call) or call.distinct or call.order_by:
        return None
    make = _PARTIALS.get(call.function.names[0])
    return None if make is None else make(call, build)


def _same(merge: str) -> Callable[[Call, Build], Partial]:
    """The aggregate of the whole is an aggregate of the aggregates of its parts."""

    def make(call: Call, build: Build) -> Partial:
        return Partial((call,), (merge,), lambda build, parts: Cast(parts[0], call.type, "ansi", implicit=True), merge)

    return make


def _count(call: Call, build: Build) -> Partial:
    return Partial((call,), ("sum",), lambda build, parts: build("coalesce", parts[0], Literal(0, LONG)), "count")


def _average(call: Call, build: Build) -> Partial | None:
    """Sum and count. Averages of decimals and intervals are rounded in ways of their own: over their rows."""
    if isinstance(call.type, (DecimalType, YearMonthIntervalType, DayTimeIntervalType)):
        return None
    total, count = (_with(build(name, *call.args), call) for name in ("sum", "count"))
    return Partial((total, count), ("sum", "sum"), lambda build, parts: build("try_divide", *parts), "avg")


def _with(other: Expression, call: Call) -> Expression:
    """`other` with the FILTER of `call`."""
    from dataclasses import replace

    assert isinstance(other, Call)
    return replace(other, filter=call.filter)


_PARTIALS: dict[str, Callable[[Call, Build], Partial | None]] = {
    "count": _count,
    "sum": _same("sum"),
    "avg": _average,
    **{
        name: _same(name) for name in ("min", "max", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor", "any_value")
    },
}
