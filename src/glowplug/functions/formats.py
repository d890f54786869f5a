"""Values as texts by Java's formats: format_string, format_number."""

from __future__ import annotations

import re
from functools import partial

from glowplug.functions.formatter import format_java
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
    DataType,
    DateType,
    TimestampNTZType,
    TimestampType,
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
            case _:
                args.append((low.sql(a), a.type))
    types = [simple_string(t) for _, t in args[1:]]
    tag = re.sub(r"\W", "_", "_".join(types))[:40]

    def run(pattern: str | None, *values: object) -> str | None:
        return None if pattern is None else format_java(pattern, list(values), types)

    return per_row(low, f"format_{tag}", run, args, STRING, nulls=True)


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
