"""Bits: and, or, xor, not, shifts, counts. Shifts take the distance modulo the width, as Java's.

Semantics: Spark's SQL reference, "Bitwise Functions".
"""

from __future__ import annotations

from functools import partial

from glowplug.functions.arithmetic import wrap
from glowplug.functions.coercion import arithmetic_operands, cast_to
from glowplug.functions.lowering import constant, let
from glowplug.functions.vocabulary import INTEGER, INTEGRAL_NUMBER, arg, sig
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.types import (
    BYTE,
    INT,
    INTEGRAL,
    LONG,
    BooleanType,
    ByteType,
    IntegerType,
    LongType,
    NullType,
    ShortType,
)

_bitwise = partial(Function, group="bitwise_funcs")
WIDTH = {ByteType: 8, ShortType: 16, IntegerType: 32, LongType: 64}
INT_OR_LONG = Accept('("INT" or "BIGINT")', lambda t: isinstance(t, (IntegerType, LongType)), (INT,))
BITS = Accept('("INTEGRAL" or "BOOLEAN")', lambda t: isinstance(t, (*INTEGRAL, BooleanType)), (LONG,))


def _operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    if all(isinstance(a.type, NullType) for a in args):
        return tuple(cast_to(a, INT) for a in args)
    both = arithmetic_operands(args, ansi)
    return both if both is not None and all(isinstance(a.type, INTEGRAL) for a in both) else None


def _binary(symbol: str, sql: str, usage: str) -> Function:
    return _bitwise(
        (symbol,),
        sig(INTEGRAL_NUMBER, INTEGRAL_NUMBER),
        arg(0),
        sql,
        coerce=_operands,
        shown=f"({{0}} {symbol} {{1}})",
        usage=usage,
        example=f"SELECT 3 {symbol} 5",
    )


def _shift(name: str, symbol: str, usage: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        value, by = call.args
        x, width = low.sql(value), WIDTH[call.type.__class__]
        fixed = constant(by)
        n = str(fixed % width) if fixed is not None else f"({low.sql(by)} & {width - 1})"
        match symbol:
            case "<<":
                # the bits that stay are moved as a 128-bit number, which holds them all
                kept = f"CAST({x} AS HUGEINT) & ((1::HUGEINT << ({width} - {n})) - 1)"
                return wrap(f"(({kept}) << {n}::HUGEINT)", call.type)
            case ">>":
                return f"({x} >> CAST({n} AS {low.type(call.type)}))"
        unsigned = f"(CAST({x} AS HUGEINT) & {(1 << width) - 1}::HUGEINT)"
        return wrap(f"({unsigned} >> {n}::HUGEINT)", call.type)

    return _bitwise(
        (name, symbol),
        sig(INT_OR_LONG, INTEGER),
        arg(0),
        lower,
        shown=lambda args, call: (
            f"({args[0]} {symbol} {args[1]})" if call.name == symbol else f"{name}({args[0]}, {args[1]})"
        ),
        usage=usage,
        example=f"SELECT {name}(4, 1)",
    )


def _bit_get(call: Call, low: Lowering) -> str:
    value, position = call.args
    width = WIDTH[value.type.__class__]
    x = low.sql(value)

    def test(p: str) -> str:
        outside = low.error(
            call,
            "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
            functionName=low.literal("`bit_get`"),
            parameter=low.literal("`pos`"),
            upper=low.literal(str(width)),
            invalidValue=f"CAST({p} AS VARCHAR)",
        )
        bit = f"CAST((CAST({x} AS BIGINT) >> {p}::BIGINT) & 1 AS TINYINT)"
        return f"(CASE WHEN {x} IS NOT NULL AND ({p} < 0 OR {p} >= {width}) THEN {outside} ELSE {bit} END)"

    return let(low.sql(position), test)


FUNCTIONS = (
    _binary("&", "({0} & {1})", "Returns the bits that both numbers have."),
    _binary("|", "({0} | {1})", "Returns the bits that either number has."),
    _binary("^", "xor({0}, {1})", "Returns the bits that one of the numbers has."),
    _bitwise(
        ("~",),
        sig(INTEGRAL_NUMBER),
        arg(0),
        "(~{0})",
        shown="~{0}",
        casts=False,
        usage="Returns the number with all bits inverted.",
        example="SELECT ~ 0",
    ),
    _shift("shiftleft", "<<", "Shifts the bits to the left."),
    _shift("shiftright", ">>", "Shifts the bits to the right, keeping the sign."),
    _shift("shiftrightunsigned", ">>>", "Shifts the bits to the right, filling with zeros."),
    _bitwise(
        ("bit_count",),
        sig(BITS),
        INT,
        "CAST(bit_count(CAST({0} AS BIGINT)) AS INTEGER)",
        casts=False,
        usage="Returns the number of bits that are set in the number as a bigint.",
        example="SELECT bit_count(0)",
    ),
    _bitwise(
        ("bit_get", "getbit"),
        sig(INTEGRAL_NUMBER, INTEGER),
        BYTE,
        _bit_get,
        usage="Returns the bit at a position, from 0 at the right.",
        example="SELECT bit_get(11, 0)",
    ),
)
