"""Casts among booleans, integers, floating point numbers and decimals.

To an integer the fraction is cut off. Out of range: ANSI fails; legacy wraps integers and decimals around, and holds
floating point numbers at the ends of the range, NaN being 0, as Java's conversions do.
"""

from __future__ import annotations

from glowplug import types as t
from glowplug.kernel.casts.casting import Casting
from glowplug.kernel.types import kernel_type

BITS: dict[type[t.DataType], int] = {t.ByteType: 8, t.ShortType: 16, t.IntegerType: 32, t.LongType: 64}
DIGITS: dict[type[t.DataType], int] = {t.ByteType: 3, t.ShortType: 5, t.IntegerType: 10, t.LongType: 20}
EXACT_DOUBLE_DIGITS = 15  # decimals of so many digits, and the powers of ten to divide them by, are exact as doubles


def convert(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """Kernel SQL for casts between numbers and booleans; overflow is an error, NULL or wraps, by the cast's mode."""
    match source, target:
        case _, t.BooleanType():
            return f"({x} <> 0)"
        case t.BooleanType(), t.DecimalType():
            return _to_decimal(f"CAST({x} AS TINYINT)", x, t.DecimalType(1, 0), target, c)
        case t.BooleanType(), _:
            return f"CAST({x} AS {kernel_type(target)})"
        case _, t.DecimalType() if _widens(source, target):
            return f"CAST({x} AS {kernel_type(target)})"
        case _, t.DecimalType():
            return c.once(x, lambda v: to_decimal(v, source, target, c))
        case t.DecimalType(), (t.FloatType() | t.DoubleType()):
            return _decimal_to_float(x, source, target)
        case t.DoubleType(), t.FloatType():
            return c.once(x, lambda v: _narrow(v))
        case _, (t.FloatType() | t.DoubleType()):
            return f"CAST({x} AS {kernel_type(target)})"
        case ((t.FloatType() | t.DoubleType()), _):
            return c.once(x, lambda v: _float_to_integer(v, source, target, c))
        case t.DecimalType(), _:
            return c.once(x, lambda v: _decimal_to_integer(v, source, target, c))
        case _:
            return integer(x, source, target, c)


def integer(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    """From one integer type to another."""
    name = kernel_type(target)
    if BITS[source.__class__] <= BITS[target.__class__]:
        return f"CAST({x} AS {name})"
    if not c.ansi:
        return low_bits(f"CAST({x} AS BIGINT)", target, "BIGINT")
    return c.once(x, lambda v: c.or_fail(v, f"TRY_CAST({v} AS {name})", c.overflow(v, source, target)))


def low_bits(x: str, target: t.DataType, wide: str) -> str:
    """The integer made of the lowest bits of `x`, an expression of the kernel's type `wide`."""
    bits = BITS[target.__class__]
    mask, sign = f"CAST({(1 << bits) - 1} AS {wide})", f"CAST({1 << (bits - 1)} AS {wide})"
    return f"CAST(xor({x} & {mask}, {sign}) - {sign} AS {kernel_type(target)})"


def _float_to_integer(x: str, source: t.DataType, target: t.DataType, c: Casting) -> str:
    name, bits = kernel_type(target), BITS[target.__class__]
    if c.ansi:
        attempt = f"TRY_CAST(trunc({x}) AS {name})"
        if bits == 64:  # the double next to the largest bigint is one above it, and counts as it
            attempt = f"coalesce({attempt}, CASE WHEN {x} = 9223372036854775808.0 THEN 9223372036854775807 END)"
        return c.or_fail(x, attempt, c.overflow(x, source, target))
    wide = max(bits, 32)
    low, high = -(1 << (wide - 1)), (1 << (wide - 1)) - 1
    kernel = "BIGINT" if wide == 64 else "INTEGER"
    ends = "".join(
        f" WHEN {x} {sign} CAST({end} AS DOUBLE) THEN CAST('{end}' AS {kernel})"
        for sign, end in ((">=", high), ("<=", low))
    )
    held = f"CASE WHEN isnan({x}) THEN CAST(0 AS {kernel}){ends} ELSE CAST(trunc({x}) AS {kernel}) END"
    return f"({held})" if bits == wide else low_bits(f"CAST(({held}) AS BIGINT)", target, "BIGINT")


def _decimal_to_integer(x: str, source: t.DecimalType, target: t.DataType, c: Casting) -> str:
    whole = f"trunc({x})" if source.scale else x
    if not c.ansi:
        return low_bits(f"CAST({whole} AS HUGEINT)", target, "HUGEINT")
    return c.or_fail(x, f"TRY_CAST({whole} AS {kernel_type(target)})", c.overflow(x, source, target))


def _decimal_to_float(x: str, source: t.DecimalType, target: t.DataType) -> str:
    name = kernel_type(target)
    if source.precision <= EXACT_DOUBLE_DIGITS and isinstance(target, t.DoubleType):
        return f"CAST({x} AS {name})"
    return f"CAST(CAST({x} AS VARCHAR) AS {name})"  # the kernel rounds twice; its text parser once


def _narrow(x: str) -> str:
    """A double as a float; what is too large is infinite."""
    infinite = f"CASE WHEN {x} > 0 THEN CAST('inf' AS FLOAT) WHEN {x} < 0 THEN CAST('-inf' AS FLOAT) END"
    return f"coalesce(TRY_CAST({x} AS FLOAT), {infinite})"


def to_decimal(x: str, source: t.DataType, target: t.DecimalType, c: Casting) -> str:
    """A number as a decimal, rounded half away from zero. NaN and infinity give NULL in every mode."""
    name = kernel_type(target)
    match source:
        case t.FloatType():
            return c.once(f"CAST({x} AS DOUBLE)", lambda v: to_decimal(v, t.DOUBLE, target, c))
        case t.DoubleType():  # through the shortest text, as Spark does; the kernel's own cast multiplies
            from glowplug.kernel.casts.texts import to_text

            attempt = f"TRY_CAST(CAST({x} AS VARCHAR) AS {name})"
            return c.or_fail(f"nullif(isfinite({x}), false)", attempt, c.out_of_range(to_text(x, source, c), target))
        case t.DecimalType():
            return _to_decimal(x, x, source, target, c)
        case _:
            digits = DIGITS[source.__class__]
            return _to_decimal(x, x, t.DecimalType(digits, 0), target, c)


def _widens(source: t.DataType, target: t.DecimalType) -> bool:
    """Whether every value of an integer or decimal type is one of `target`."""
    if isinstance(source, t.DecimalType):
        scale, whole = source.scale, source.precision - source.scale
    elif source.__class__ in DIGITS:
        scale, whole = 0, DIGITS[source.__class__]
    else:
        return False
    return target.scale >= scale and target.precision - target.scale >= whole


def _to_decimal(value: str, x: str, source: t.DecimalType, target: t.DecimalType, c: Casting) -> str:
    name = kernel_type(target)
    if target.scale >= source.scale and target.precision - target.scale >= source.precision - source.scale:
        return f"CAST({value} AS {name})"
    return c.or_fail(x, f"TRY_CAST({value} AS {name})", c.out_of_range(f"CAST({value} AS VARCHAR)", target))


def to_binary(x: str, source: t.DataType) -> str:
    """An integer's bytes, the highest first; a text's UTF-8."""
    if isinstance(source, t.STRINGS):
        return f"encode({x})"
    bits = BITS[source.__class__]
    unsigned = f"CAST(CAST({x} AS HUGEINT) & {(1 << bits) - 1}::HUGEINT AS UBIGINT)"
    return f"from_hex(lpad(to_hex({unsigned}), {bits // 4}, '0'))"
