"""How aggregates are kept from batch to batch: as partial results, each with what merges it and what ends it.

An aggregate that is not here is computed anew, over the rows of its group, which the state then keeps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glowplug.plan.expressions import Call, Cast, Expression, Literal
from glowplug.types import LONG, DayTimeIntervalType, DecimalType, YearMonthIntervalType

Build = Callable[..., Expression]


@dataclass(frozen=True, slots=True)
class Partial:
    """`parts` are aggregates over rows; `merges` names what merges each of them; `end` makes the answer of them."""

    parts: tuple[Expression, ...]
    merges: tuple[str, ...]
    end: Callable[[Build, tuple[Expression, ...]], Expression]


def partial(call: Expression, build: Build) -> Partial | None:
    """None where an aggregate cannot be kept so."""
    if not isinstance(call, Call) or call.distinct or call.order_by:
        return None
    make = _PARTIALS.get(call.function.names[0])
    return None if make is None else make(call, build)


def _same(merge: str) -> Callable[[Call, Build], Partial]:
    """The aggregate of the whole is an aggregate of the aggregates of its parts."""

    def make(call: Call, build: Build) -> Partial:
        return Partial((call,), (merge,), lambda build, parts: Cast(parts[0], call.type, "ansi", implicit=True))

    return make


def _count(call: Call, build: Build) -> Partial:
    return Partial((call,), ("sum",), lambda build, parts: build("coalesce", parts[0], Literal(0, LONG)))


def _average(call: Call, build: Build) -> Partial | None:
    """Sum and count. Averages of decimals and intervals are rounded in ways of their own: over their rows."""
    if isinstance(call.type, (DecimalType, YearMonthIntervalType, DayTimeIntervalType)):
        return None
    total, count = (_with(build(name, *call.args), call) for name in ("sum", "count"))
    return Partial((total, count), ("sum", "sum"), lambda build, parts: build("try_divide", *parts))


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
