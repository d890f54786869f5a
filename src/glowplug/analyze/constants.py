"""Constant expressions where a function must know a value: the kernel computes them while the call is analysed."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context
from glowplug.functions.lowering import constant, known
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    LambdaVariable,
    Literal,
    OuterReference,
    Replaced,
    SortOrder,
    Subquery,
    new_id,
)
from glowplug.plan.function import Function
from glowplug.plan.names import pretty
from glowplug.plan.relations import OneRow, Project
from glowplug.plan.tree import walk


def folded(function: Function, args: tuple[Expression, ...], cx: Context) -> tuple[Expression, ...]:
    """The arguments, with the value of each constant in place of a parameter that must be one. Names still show it."""
    places = _places(function, len(args))
    return tuple(fold(a, cx) if i in places else a for i, a in enumerate(args))


def settled(function: Function, args: tuple[Expression, ...], cx: Context) -> tuple[Expression, ...]:
    """The arguments, with the values of those that the function's own checks look at (`Function.settled`)."""
    return tuple(_settled(a, cx) if i in function.settled else a for i, a in enumerate(args))


def _settled(e: Expression, cx: Context) -> Expression:
    if isinstance(e, Call) and e.function.names[0] == "array":
        return replace(e, args=tuple(_settled(a, cx) for a in e.args))
    return e if isinstance(e, SortOrder) or (isinstance(e, Call) and known(e) is not None) else fold(e, cx)


def _places(function: Function, count: int) -> set[int]:
    """The parameters that must be constants, of a call with so many arguments."""
    signatures = function.signature if isinstance(function.signature, tuple) else (function.signature,)
    return {
        i
        for s in signatures
        if s.least <= count and (s.most is None or count <= s.most)
        for i, p in enumerate(s.params[:count])
        if p.foldable
    }


def fold(e: Expression, cx: Context) -> Expression:
    """The value of a constant expression, under its name; anything else as it is. Raises what computing it raises."""
    if isinstance(e, Literal) or constant(e) is not None or not is_constant(e):
        return e
    (row,) = cx.world.run(Project(OneRow(), (Alias(e, "value", new_id()),)))
    return Replaced(Literal(row[0], e.type), pretty(e))


def is_constant(e: Expression) -> bool:
    """Whether an expression has one value, whatever the row."""
    return not any(
        isinstance(x, (Attribute, OuterReference, LambdaVariable, Subquery))
        or (isinstance(x, Call) and (not x.function.deterministic or x.function.kind != "scalar"))
        for x in walk(e)
    )
