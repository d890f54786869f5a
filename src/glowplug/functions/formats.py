"""Values as texts by Java's formats: format_string, format_number."""

from __future__ import annotations

import re
from functools import partial

from glowplug.errors import SparkError
from glowplug.functions.formatter import format_java, parsed
from glowplug.functions.lowering import bind, constant, otherwise, per_row
from glowplug.functions.number_kernel import java_text
from glowplug.functions.number_patterns import format_number
from glowplug.functions.vocabulary import ANY, NUMBER, STR, sig
from glowplug.plan.expressions import Call
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.types import (
    INT,
    LONG,
    STRING,
    STRINGS,
    BooleanType,
    ByteType,
    CalendarIntervalType,
    DataType,
    DateType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    ShortType,
    StringType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    simple_string,
)

_string = partial(Function, group="string_funcs")


# --- format_string --------------------------------------------------------------------------------------


def _lower_format_string(call: Call, low: Lowering) -> str:
    """Dates and times go as the numbers that they are inside."""
    args: list[tuple[str, DataType]] = []
    for a in call.args:
        match a.type:
            case DateType():
                args.append((f"datediff('day', DATE '1970-01-01', {low.sql(a)})::INTEGER", INT))
            case TimestampType() | TimestampNTZType():
                args.append((f"epoch_us({low.sql(a)})", LONG))
            case TimeType():
                args.append((f"(epoch_us({low.sql(a)}) * 1000)", LONG))
            case CalendarIntervalType():
                args.append((low.cast(low.sql(a), a.type, STRING), STRING))
            case _:
                args.append((low.sql(a), a.type))
    types = [simple_string(t) for _, t in args[1:]]
    tag = re.sub(r"\W", "_", "_".join(types))[:40]

    def run(pattern: str | None, *values: object) -> str | None:
        return None if pattern is None else format_java(pattern, list(values), types)

    slow = per_row(low, f"format_{tag}", run, args, STRING, nulls=True)
    pattern = constant(call.args[0])
    quick = _in_kernel(pattern, args[1:], low) if isinstance(pattern, str) else None
    return slow if quick is None else bind(quick, lambda q: f"(CASE WHEN {q} IS NOT NULL THEN {q} ELSE {slow} END)")


def _in_kernel(pattern: str, args: list[tuple[str, DataType]], low: Lowering) -> str | None:
    """What is plain of `format_java` as SQL, NULL for a row whose numbers are not; None for what it has no SQL for."""
    try:
        pieces = parsed(pattern)
    except SparkError:  # of each row, and of none if there are none
        return None
    written, ordinary = list[str](), -1
    for before, index, flags, width, precision, conversion in pieces:
        if before:
            written.append(low.literal(before))
        if conversion in ("", "%"):
            written += [low.literal("%".rjust(int(width or 0)))] if conversion and not flags else []
            if conversion and flags:
                return None
            continue
        ordinary += not index
        at = int(index) - 1 if index else ordinary
        text = _plain(*args[at], flags, width, precision, conversion) if 0 <= at < len(args) else None
        if text is None:
            return None
        space = f"repeat(' ', {width} - length({{0}}))" if width else ""
        padded = f"({{0}} || {space})" if "-" in flags else f"({space} || {{0}})"
        written.append(bind(text, padded.format) if width else f"({text})")
    return " || ".join(written) or "''"


def _plain(x: str, type: DataType, flags: str, width: str, precision: str, conversion: str) -> str | None:
    """A value's text without its spaces."""
    match conversion, type:
        case "s", StringType() | BooleanType() | ByteType() | ShortType() | IntegerType() | LongType() if flags in "-":
            text = f"coalesce(CAST({x} AS VARCHAR), 'null')"
            return f"left({text}, {precision})" if precision else text
        case "d", ByteType() | ShortType() | IntegerType() | LongType() if not precision and set(flags) <= set("-0,+"):
            digits = f"format('{{:,}}', CAST({x} AS BIGINT))" if "," in flags else f"CAST({x} AS VARCHAR)"
            signed = _signed(x, f"ltrim({digits}, '-')", flags, width) if flags.strip("-,") else digits
            return f"coalesce({signed}, 'null')"
        case "f", FloatType() | DoubleType() if len(precision or "6") == 1 and set(flags) <= set("-0+"):
            # the shortest text that means the number, rounded half up; others are not written without an exponent
            rounded = f"CAST(CAST(CAST(abs({x}) AS VARCHAR) AS DECIMAL(18, {precision or 6})) AS VARCHAR)"
            plain = f"{x} = 0 OR abs({x}) BETWEEN 1e-3 AND 9999999"
            digits = f"(CASE WHEN {plain} THEN {rounded} END)"
            null = "null"[: int(precision)] if precision else "null"
            return f"(CASE WHEN {x} IS NULL THEN '{null}' ELSE {_signed(x, digits, flags, width)} END)"
    return None


def _signed(x: str, digits: str, flags: str, width: str) -> str:
    negative = f"signbit(CAST({x} AS DOUBLE))"
    sign = f"(CASE WHEN {negative} THEN '-' ELSE '{'+' * ('+' in flags)}' END)"
    if "0" not in flags or not width:
        return f"{sign} || {digits}"
    zeros = "repeat('0', {0} - length({1}) - length({2}))"
    return bind(digits, lambda d: f"{sign} || {zeros.format(width, sign, d)} || {d}")


# --- format_number --------------------------------------------------------------------------------------


def _lower_format_number(call: Call, low: Lowering) -> str:
    """By a constant format in the kernel, as far as that goes."""
    value, places = call.args
    known = constant(places)
    if isinstance(known, int) and known < 0:
        return "CAST(NULL AS VARCHAR)"

    def either(x: str) -> str:
        slow = per_row(low, "format_number", format_number, [(x, value.type), places], STRING)
        quick = java_text(x, value.type, known, low)
        return slow if quick is None else otherwise(quick, x, slow)

    return bind(low.sql(value), either)


_PLACES = Accept('("INT" or "STRING")', lambda t: t == INT or isinstance(t, STRINGS), (INT,))

FUNCTIONS = (
    _string(
        ("format_string", "printf"),
        sig(STR, ANY, optional=1, variadic=True),
        STRING,
        _lower_format_string,
        nullable=lambda args: args[0].nullable,
        usage="Returns the values in a text, by the specifiers of Java's Formatter.",
        example="SELECT format_string('Hello World %d %s', 100, 'days')",
    ),
    _string(
        ("format_number",),
        sig(NUMBER, _PLACES),
        STRING,
        _lower_format_number,
        nullable="always",
        casts=False,
        usage="Returns a number with a number of decimal places, grouped by thousands, or by a format.",
        example="SELECT format_number(12332.123456, 4)",
    ),
)
