"""Numbers, dates and bytes as texts by SQL's formats, and back: to_number, to_char, to_binary."""

from __future__ import annotations

import base64
import re
from functools import partial

from glowplug.errors import AnalysisError, row_failure
from glowplug.functions import number_kernel
from glowplug.functions.coercion import cast_to, decimal_for, implicit_target
from glowplug.functions.lowering import bind, constant, otherwise, per_row
from glowplug.functions.number_patterns import SQLFormat, number_text, parse_number, sql_format
from glowplug.functions.options import foldable
from glowplug.functions.vocabulary import ANY, STR, Mismatch, NotConstant, sig, unexpected
from glowplug.functions.vocabulary import constant as must_be_constant
from glowplug.plan.build import called
from glowplug.plan.expressions import Attribute, Call, Expression, Literal
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BINARY,
    NUMERIC,
    STRING,
    STRINGS,
    BinaryType,
    DataType,
    DateType,
    DecimalType,
    NullType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    quote,
)

_string = partial(Function, group="string_funcs")
DATETIMES = (DateType, TimestampType, TimestampNTZType)


# --- to_number, to_char ---------------------------------------------------------------------------------


def _node(e: Expression) -> str:
    """What Spark calls the expression by, in the place of the parameter."""
    match e:
        case Attribute():
            return "attributereference"
        case Call():
            return e.name
    return e.__class__.__name__.lower()


def _format(e: Expression) -> SQLFormat | None:
    """The constant format; None for NULL."""
    if isinstance(e, Literal) and e.value is None:
        return None
    text = constant(e)
    if not isinstance(text, str):
        raise Mismatch(
            "NON_FOLDABLE_INPUT", inputName=quote(_node(e)), inputType='"STRING"', inputExpr=f'"{pretty(e)}"'
        )
    return sql_format(text)


def _number_type(args: tuple[Expression, ...]) -> DataType:
    f = _format(args[1])
    return DecimalType() if f is None else DecimalType(f.precision, len(f.fraction))


def _to_number(name: str, tries: bool) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        def parse(text: str, format: str) -> object:
            f = sql_format(format)
            found = parse_number(text, f)
            if found is None and not tries:
                raise row_failure("INVALID_FORMAT.MISMATCH_INPUT", inputType='"STRING"', input=text, format=format)
            return found

        text, format = call.args
        f = _format(format)

        def either(x: str) -> str:
            slow = per_row(low, name, parse, [(x, STRING), format], call.type)
            return slow if f is None else otherwise(number_kernel.number(x, f, call.type, low), x, slow)

        return bind(low.sql(text), either)

    return _string(
        (name,),
        sig(STR, STR),
        _number_type,
        lower,
        nullable="always" if tries else "any",
        settled=(1,),
        usage="Returns the number of a text that has a format" + ("; NULL if it has not." if tries else "."),
        example=f"SELECT {name}('454', '999')",
    )


def _to_char(args: tuple[Expression, ...]) -> Expression | None:
    """Dates and binaries have functions of their own."""
    value, format = args
    if isinstance(value.type, (*DATETIMES, TimeType)):
        return called("date_format", value, format)
    if isinstance(value.type, BinaryType):
        if not foldable(format):
            raise NotConstant("format", format.type)
        kind = str(constant(format)).lower()
        if kind in ("base64", "hex"):
            return called(kind, value)
        if kind == "utf-8":
            return called("decode", value, Literal("utf-8", STRING))
        raise AnalysisError(
            "INVALID_PARAMETER_VALUE.BINARY_FORMAT",
            functionName="`to_char`",
            parameter="`format`",
            invalidFormat=f"'{constant(format)}'",
        )
    return None


def _shown_char(args: tuple[str, ...], call: Call) -> str:
    value, format = call.args
    if isinstance(value.type, DATETIMES):
        return f"date_format({args[0]}, {args[1]})"
    if not isinstance(value.type, BinaryType):
        return f"to_char({args[0]}, {args[1]})"
    kind = str(constant(format)).lower()
    name = "to_varchar" if call.name == "to_varchar" else "decode" if kind == "utf-8" else kind
    return f"{name}({args[0]}, utf-8)" if kind == "utf-8" else f"{name}({args[0]})"


def _char_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    value, format = args
    if isinstance(value.type, DecimalType):
        return value, cast_to(format, STRING)
    if not isinstance(value.type, (*NUMERIC, *STRINGS, NullType)):
        raise unexpected(args, 0, '"NUMERIC"')
    if implicit_target(format.type, STR, ansi) is None:
        raise unexpected(args, 1, '"STRING"')
    t = decimal_for(value.type) if isinstance(value.type, NUMERIC) else DecimalType(38, 18)
    return cast_to(value, t), cast_to(format, STRING)


def _lower_to_char(call: Call, low: Lowering) -> str:
    value, format = call.args
    f = _format(format)

    def either(x: str) -> str:
        slow = per_row(low, "to_char", lambda v, f: number_text(v, sql_format(f)), [(x, value.type), format], STRING)
        quick = None if f is None else number_kernel.number_text(x, f, value.type)
        return slow if quick is None else otherwise(quick, x, slow)

    return bind(low.sql(value), either)


def _char_type(args: tuple[Expression, ...]) -> DataType:
    _format(args[1])
    return STRING


# --- to_binary ------------------------------------------------------------------------------------------

_FORMATS = "'hex', 'utf-8', 'utf8', or 'base64'"


def to_bytes(text: str, kind: str) -> bytes | None:
    """The bytes of a text in hexadecimal, Base64 or UTF-8; None if it is not that."""
    if kind in ("utf-8", "utf8"):
        return text.encode()
    if kind == "base64":
        if not re.fullmatch(r"[A-Za-z0-9+/\s]*={0,2}", text):
            return None
        units = re.sub(r"\s", "", text)
        whole = len(units) % 4 == 0 if text.endswith("=") else len(units) % 4 != 1
        return base64.b64decode(units + "=" * (-len(units) % 4)) if whole else None
    if not re.fullmatch("[0-9A-Fa-f]*", text):
        return None
    return bytes.fromhex(text if len(text) % 2 == 0 else "0" + text)


def _binary_format(args: tuple[Expression, ...], tries: bool) -> str | None:
    """`hex`, `base64`, `utf-8`; None for NULL, and for an unknown one where the function tries."""
    format = args[1] if len(args) > 1 else Literal("hex", STRING)
    if isinstance(format, Literal) and format.value is None:
        return None
    kind = constant(format)
    if not isinstance(kind, str):
        raise Mismatch("NON_FOLDABLE_INPUT", inputName="`fmt`", inputType='"STRING"', inputExpr=f'"{pretty(format)}"')
    if kind.lower() not in ("hex", "utf-8", "utf8", "base64"):
        if tries:
            return None
        raise Mismatch(
            "INVALID_ARG_VALUE",
            inputName="fmt",
            requireType='case-insensitive "STRING"',
            validValues=_FORMATS,
            inputValue=f"'{kind}'",
        )
    return kind.lower()


def _to_binary(name: str, tries: bool) -> Function:
    def returns(args: tuple[Expression, ...]) -> DataType:
        _binary_format(args, tries)
        return BINARY

    def lower(call: Call, low: Lowering) -> str:
        kind = _binary_format(call.args, tries)
        if kind is None:
            return "CAST(NULL AS BLOB)"

        def convert(text: str) -> bytes | None:
            found = to_bytes(text, kind)
            if found is None and not tries:
                raise row_failure(
                    "CONVERSION_INVALID_INPUT",
                    str=f"'{text}'",
                    fmt=f"'{kind.upper()}'",
                    targetType='"BINARY"',
                    suggestion="`try_to_binary`",
                )
            return found

        return per_row(low, f"{name}_{kind.replace('-', '')}", convert, call.args[:1], BINARY)

    return _string(
        (name,),
        sig(STR, must_be_constant(STR, "first"), optional=1, names="expr fmt"),
        returns,
        lower,
        nullable=lambda args: tries or _binary_format(args, tries) != "base64" or args[0].nullable,
        usage="Returns the bytes of a text in hexadecimal, Base64 or UTF-8"
        + ("; NULL if it is not that." if tries else "."),
        example=f"SELECT {name}('abc', 'utf-8')",
    )


FUNCTIONS = (
    _to_number("to_number", False),
    _to_number("try_to_number", True),
    _string(
        ("to_char", "to_varchar"),
        sig(ANY, STR),
        _char_type,
        _lower_to_char,
        coerce=_char_operands,
        rewrite=_to_char,
        shown=_shown_char,
        settled=(1,),
        usage="Returns a number, a date or bytes as text by a format.",
        example="SELECT to_char(454, '999')",
    ),
    _to_binary("to_binary", False),
    _to_binary("try_to_binary", True),
)
