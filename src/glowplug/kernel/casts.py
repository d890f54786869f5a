"""Spark's casts as kernel SQL, in ANSI, legacy and try mode. Source: Spark SQL reference, "ANSI compliance", "Cast"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug import types as t
from glowplug.kernel.failures import raise_sql
from glowplug.kernel.types import field_names, kernel_type, quoted
from glowplug.plan.expressions import Cast

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def cast_sql(cast: Cast, to: Compiler) -> str:
    x = to.sql(cast.child)
    source = cast.child.type
    if isinstance(source, t.UserDefinedType):
        source = source.sql_type
    return convert(x, source, cast.type, cast.mode or "ansi", cast, to)


def convert(x: str, source: t.DataType, target: t.DataType, mode: str, cast: Cast, to: Compiler) -> str:
    """Kernel SQL that turns `x` of type `source` into `target`."""
    kernel = kernel_type(target)
    if source == target or (kernel_type(source) == kernel and isinstance(source, t.STRINGS)):
        return x
    if isinstance(source, t.NullType):
        return f"CAST({x} AS {kernel})"
    keyword = "CAST" if mode == "ansi" else "TRY_CAST"
    return f"{keyword}({x} AS {kernel})"


_ = (raise_sql, field_names, quoted)
