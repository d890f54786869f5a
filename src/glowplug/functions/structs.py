"""Structs."""

from __future__ import annotations

from functools import partial

from glowplug.errors import DOCROOT, AnalysisError
from glowplug.functions.vocabulary import ANY, Mismatch, sig
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    GetField,
    LambdaVariable,
    Literal,
    OuterReference,
)
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import STRINGS, DataType, StructField, StructType, quote

_struct = partial(Function, group="struct_funcs")


def field_name(e: Expression, position: int) -> str:
    """The name a struct's field takes from its value: the value's own, or `col<n>`."""
    if isinstance(e, OuterReference):
        e = e.attribute
    if isinstance(e, (Attribute, Alias, GetField, LambdaVariable)):
        return e.name
    match e:
        case Call(function=f, args=(_, Literal(str(key)))) if f.extracts:  # of a map, or of each struct of an array
            return key
    return f"col{position + 1}"


def _metadata(e: Expression) -> str:
    match e:
        case Attribute():
            return e.metadata
        case Alias():
            return e.metadata if e.metadata is not None else _metadata(e.child)
    return "{}"


def odd_count(name: str, args: tuple[Expression, ...]) -> AnalysisError:
    return AnalysisError(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        docroot=DOCROOT,
        functionName=quote(name),
        expectedNum="2n (n > 0)",
        actualNum=len(args),
    )


def _positional(args: tuple[Expression, ...]) -> DataType:
    return StructType(
        tuple(StructField(field_name(a, i), a.type, a.nullable, _metadata(a)) for i, a in enumerate(args))
    )


def _named(args: tuple[Expression, ...]) -> DataType:
    names, values = args[0::2], args[1::2]
    if len(names) != len(values):
        raise odd_count("named_struct", args)
    for n in names:
        if not isinstance(n, Literal) or n.value is None or not isinstance(n.type, STRINGS):
            wrong = [x for x in names if not isinstance(x, Literal) or not isinstance(x.type, STRINGS)]
            if wrong:
                shown = ", ".join(f'"{pretty(x)}"' for x in wrong)
                raise Mismatch("CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", inputExprs=f"[{shown}]")
            raise Mismatch("UNEXPECTED_NULL", exprName="`name`")
    pairs = zip(names, values, strict=True)
    return StructType(tuple(StructField(n.value, v.type, v.nullable, _metadata(v)) for n, v in pairs))  # type: ignore[attr-defined]


def build(call: Call, values: tuple[Expression, ...], low: Lowering) -> str:
    if not values:
        return f"CAST(row(0) AS {low.type(call.type)})"
    return f"CAST(row({', '.join(map(low.sql, values))}) AS {low.type(call.type)})"


FUNCTIONS = (
    _struct(
        ("struct",),
        sig(ANY, optional=1, variadic=True),
        _positional,
        lambda call, low: build(call, call.args, low),
        nullable="never",
        coerce=lambda args, ansi: args,
        usage="Returns a struct of the values, named as they are.",
        example="SELECT struct(1, 2, 3)",
    ),
    _struct(
        ("named_struct",),
        sig(ANY, ANY, optional=2, variadic=True),
        _named,
        lambda call, low: build(call, call.args[1::2], low),
        nullable="never",
        coerce=lambda args, ansi: args,
        usage="Returns a struct of names and values in turn.",
        example="SELECT named_struct('a', 1, 'b', 2, 'c', 3)",
    ),
)
