"""Plans as short text, so that tests can say what they expect in a line."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from glowplug.plan.expressions import (
    Cast,
    Literal,
    SortOrder,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedStar,
)
from glowplug.types import DataType, StructType, simple_string


def write(x: Any) -> str:
    """Columns by name, calls as `f(a, b)`, other nodes as `Name(field=…)` without what is at its default."""
    match x:
        case None | bool() | int() | str():
            return repr(x)
        case tuple():
            return "[" + ", ".join(map(write, x)) + "]"
        case UnresolvedAttribute(parts):
            return ".".join(parts)
        case Literal(value, type):
            return f"{value}:{simple_string(type)}"
        case UnresolvedAlias(child, names):
            return f"{write(child)} AS {','.join(names)}"
        case UnresolvedStar(target, _, except_):
            return ".".join((*target, "*")) + (f" EXCEPT {write(except_)}" if except_ else "")
        case UnresolvedExtract(child, extraction):
            return f"{write(child)}[{write(extraction)}]"
        case UnresolvedLambda(body, params):
            return f"({','.join(params)} -> {write(body)})"
        case Cast(child, type, mode):
            return f"{mode or ''}cast({write(child)} as {simple_string(type)})"
        case SortOrder(child, ascending, nulls_first):
            return f"{write(child)} {'asc' if ascending else 'desc'} {'first' if nulls_first else 'last'}"
        case UnresolvedFunction(parts, args):
            more = [
                f"{n}={write(getattr(x, n))}"
                for n in ("distinct", "filter", "order_by", "ignore_nulls")
                if getattr(x, n)
            ]
            return f"{'.'.join(parts)}({', '.join([*map(write, args), *more])})"
        case StructType(fields):
            return (
                "{"
                + ", ".join(
                    f"{f.name} {simple_string(f.type)}{'' if f.nullable else '!'}{f.metadata[1:-1]}" for f in fields
                )
                + "}"
            )
        case DataType():
            return simple_string(x)
    if not dataclasses.is_dataclass(x):
        return repr(x)
    fields = [f for f in dataclasses.fields(x) if f.name != "origin" and getattr(x, f.name) != f.default]
    return x.__class__.__name__ + "(" + ", ".join(f"{f.name}={write(getattr(x, f.name))}" for f in fields) + ")"


@pytest.fixture
def show():
    return write
