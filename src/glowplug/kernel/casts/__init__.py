"""Spark's casts as kernel SQL, in ANSI, legacy and try mode. Source: Spark SQL reference, "ANSI compliance", "Cast".

`convert` chooses by the two types; `numbers`, `parsing` (from text), `texts` (to text), `instants` (dates, times,
intervals) and `nested` have one function for each kind of cast. A value's SQL stands in the result once (`once`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from glowplug import types as t
from glowplug.functions.variant import cast_sql as variant_cast
from glowplug.kernel.casts import instants, nested, numbers, parsing, texts
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.failures import raise_sql
from glowplug.kernel.types import kernel_type, text
from glowplug.plan.expressions import Cast
from glowplug.type_trees import contains_type

__all__ = ["Casting", "cast_sql", "convert", "storage"]

if TYPE_CHECKING:
    from glowplug.kernel.compile import Compiler


def cast_sql(cast: Cast, to: Compiler) -> str:
    """An implicit cast follows the session's mode, whatever coercion wrote into it."""
    mode = cast.mode or "ansi"
    if cast.implicit and mode == "ansi" and not to.conf.ansi:
        mode = "legacy"
    return convert(to.sql(cast.child), cast.child.type, cast.type, Casting(to, mode, cast.origin))


def convert(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """Kernel SQL that turns `x` of type `source` into `target`."""
    source, target = storage(source), storage(target)
    if source == target:
        return x
    if isinstance(source, t.NullType):
        return f"CAST({x} AS {kernel_type(target)})"
    if isinstance(source, t.GeometryType | t.GeographyType):
        return x  # both kinds are kept alike
    if isinstance(target, t.VariantType) and contains_type(source, t.TimeType):  # it has no kind for them
        told = {"typeName": text(f'"{t.sql_name(source)}"')}
        failure = raise_sql("UNSUPPORTED_DATATYPE", told, c.origin, c.to.texts)
        none = f"CAST(NULL AS {kernel_type(target)})"
        return none if c.mode == "try" else f"CASE WHEN {x} IS NOT NULL THEN {failure} ELSE {none} END"
    if isinstance(source, t.VariantType) or isinstance(target, t.VariantType):
        return variant_cast(c.to, x, source, target, c.mode == "try")
    if isinstance(source, t.COMPLEX) and isinstance(target, t.COMPLEX):
        return nested.convert(x, source, target, c, convert)
    if isinstance(target, t.STRINGS):
        return texts.to_text(x, source, c)
    if isinstance(source, t.STRINGS):
        return parsing.from_text(x, target, c)
    if isinstance(source, _NUMBERS) and isinstance(target, _NUMBERS):
        return numbers.convert(x, source, target, c)
    if isinstance(target, t.BinaryType):
        return numbers.to_binary(x, source)
    return instants.convert(x, source, target, c)


_NUMBERS = (*t.NUMERIC, t.BooleanType)


def storage(type: t.DataType) -> t.DataType:
    """The type without a user's class around it."""
    return storage(type.sql_type) if isinstance(type, t.UserDefinedType) else type
