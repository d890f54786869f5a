"""What function declarations are written with.

A parameter is an `Accept`: `STR` takes a string and casts other atomic values to one; `T` parameters are brought to one
common type. `sig(STR, INT, optional=1)` is a signature. Result types are types or functions of the arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from typing import Literal as OneOf

from glowplug.plan.expressions import Call, Expression, Literal, Replaced
from glowplug.plan.function import Accept, Function, Signature
from glowplug.plan.names import pretty
from glowplug.types import (
    BINARY,
    BOOLEAN,
    DATE,
    DOUBLE,
    INT,
    INTEGRAL,
    LONG,
    NULL,
    NUMERIC,
    STRING,
    STRINGS,
    TIME,
    TIMESTAMP,
    VARIANT,
    ArrayType,
    DataType,
    DayTimeIntervalType,
    MapType,
    NullType,
    StructType,
    TimeType,
    YearMonthIntervalType,
    is_orderable,
    quote,
    sql_name,
)


class Mismatch(Exception):
    """Raised by a declaration's `coerce` or `returns`: DATATYPE_MISMATCH.<condition>, for arguments that do not fit."""

    def __init__(self, condition: str, /, **parameters: object) -> None:
        super().__init__(condition)
        self.condition = f"DATATYPE_MISMATCH.{condition}"
        self.parameters = parameters


class NotConstant(Mismatch):
    """NON_FOLDABLE_ARGUMENT, of which no call is shown."""

    def __init__(self, parameter: str, type: DataType) -> None:
        super().__init__("", paramName=quote(parameter), paramType=f'"{sql_name(type)}"')
        self.condition = "NON_FOLDABLE_ARGUMENT"


_ORDINALS = ("first", "second", "third")


def ordinal(i: int) -> str:
    """The place of the argument number `i`, from 0, as messages name it."""
    return _ORDINALS[i] if i < len(_ORDINALS) else f"{i + 1}th"


def unexpected(args: tuple[Expression, ...], i: int, required: str) -> Mismatch:
    """The argument number `i`, from 0, is of a type that is not taken; `required` is what is."""
    return Mismatch(
        "UNEXPECTED_INPUT_TYPE",
        paramIndex=ordinal(i),
        requiredType=required,
        inputSql=f'"{pretty(args[i])}"',
        inputType=f'"{sql_name(args[i].type)}"',
    )


def need_order(name: str, type: DataType, **parameters: str) -> None:
    """Raises Mismatch where values of a type that the function `name` compares have no order."""
    if not is_orderable(type):
        shown = {"functionName": quote(name), "dataType": f'"{sql_name(type)}"'}
        raise Mismatch("INVALID_ORDERING_TYPE", **shown, **parameters)


def exactly(type: DataType) -> Accept:
    """Takes this type; other types are cast to it where Spark casts implicitly."""
    return Accept(f'"{sql_name(type)}"', lambda t: t == type, (type,))


def kinds(shown: str, classes: tuple[type[DataType], ...], *targets: DataType) -> Accept:
    """Takes any type of these classes; others are cast to the first of `targets` they can be."""
    return Accept(shown, lambda t: isinstance(t, classes), targets)


def same(accept: Accept) -> Accept:
    """The arguments of all parameters that are marked so are brought to one type."""
    return replace(accept, same=True)


def constant(accept: Accept, when: OneOf["first", "turn", "last"] = "last") -> Accept:
    """The argument must be a constant expression, which is checked before any type, in its turn, or after all types."""
    return replace(accept, foldable=True, when=when)


def as_is(accept: Accept) -> Accept:
    """Other types are not cast, but for a bare NULL."""
    return replace(accept, implicit=False)


def function_of(types: Callable[[tuple[DataType, ...]], tuple[tuple[DataType, bool], ...]]) -> Accept:
    """A lambda parameter; `types(other arguments' types)` gives its parameters' types and whether they may be NULL."""
    return Accept("LAMBDA", lambda t: True, lambda_=types)


ANY = Accept('"ANY"', lambda t: True)
T = same(ANY)
ORDERABLE = Accept('"ORDERABLE"', is_orderable)
NTZ = ("spark.sql.timestampType", "TIMESTAMP_NTZ")  # the setting, and its value, that takes TIMESTAMP for TIMESTAMP_NTZ


def where_set(function: Function, setting: tuple[str, str], **changes: Any) -> Function:
    """The function, which has these changes where a setting, by its key, has a value, in capitals."""
    return replace(function, instead=((*setting, replace(function, **changes)),))


STR = kinds('"STRING"', STRINGS, STRING)
BIN = exactly(BINARY)
STR_OR_BIN = Accept('("STRING" or "BINARY")', lambda t: isinstance(t, STRINGS) or t == BINARY, (STRING,))
BOOL = exactly(BOOLEAN)
INTEGER = exactly(INT)
BIGINT = exactly(LONG)
FLOAT64 = exactly(DOUBLE)
NUMBER = kinds('"NUMERIC"', NUMERIC, DOUBLE)
INTEGRAL_NUMBER = as_is(kinds('"INTEGRAL"', INTEGRAL, INT))
DAY = exactly(DATE)
INSTANT = exactly(TIMESTAMP)
TIME_OF_DAY = kinds('"TIME"', (TimeType,), TIME)
ARRAY = Accept('"ARRAY"', lambda t: isinstance(t, ArrayType), (ArrayType(NULL),))  # a bare NULL is an array of VOID
MAP = Accept('"MAP"', lambda t: isinstance(t, MapType), (MapType(NULL, NULL),))
STRUCT = Accept('"STRUCT"', lambda t: isinstance(t, StructType))
VARIANT_VALUE = exactly(VARIANT)
NUMBER_OR_INTERVAL = Accept(
    '"NUMERIC" or "ANSI INTERVAL"',
    lambda t: isinstance(t, (*NUMERIC, YearMonthIntervalType, DayTimeIntervalType, NullType)),
    (DOUBLE,),
)


def sig(
    *params: Accept, optional: int = 0, variadic: bool = False, names: str = "", defaults: tuple[object, ...] = ()
) -> Signature:
    """A signature; `names` (space separated) allows calls with named arguments, `defaults` fill missing last ones."""
    return Signature(params, optional, variadic, tuple(names.split()), defaults)


def arg(index: int) -> Callable[[tuple[Expression, ...]], DataType]:
    """The result has the type of the argument number `index`."""
    return lambda args: args[index].type


def element(index: int = 0) -> Callable[[tuple[Expression, ...]], DataType]:
    """The result has the element type of the array argument number `index`."""
    return lambda args: _array(args[index]).element


def _array(e: Expression) -> ArrayType:
    assert isinstance(e.type, ArrayType)
    return e.type


def array_of(index: int = 0) -> Callable[[tuple[Expression, ...]], DataType]:
    return lambda args: ArrayType(args[index].type, args[index].nullable)


def constant_value(e: Expression) -> object:
    """The value of a literal argument; None when it is not one."""
    e = e.child if isinstance(e, Replaced) else e
    e = e.args[0] if isinstance(e, Call) and e.function.names[0] == "collate" else e
    return e.value if isinstance(e, Literal) else None
