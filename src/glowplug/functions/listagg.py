"""Texts of a group joined: listagg. Semantics: Spark's SQL reference, "Aggregate Functions"."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.functions.lowering import known, per_row
from glowplug.functions.strings import is_binary
from glowplug.functions.vocabulary import (
    ANY,
    STR_OR_BIN,
    Mismatch,
    arg,
    sig,
    unexpected,
)
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Expression,
    LambdaVariable,
    Literal,
    OuterReference,
    SortOrder,
)
from glowplug.plan.function import Function, Lowering
from glowplug.plan.names import pretty
from glowplug.plan.tree import walk
from glowplug.types import (
    BINARY,
    STRING,
    ArrayType,
    BinaryType,
    NullType,
    StringType,
    sql_name,
)

_agg = partial(Function, kind="aggregate", nullable="always", group="agg_funcs")


def _lower_listagg(call: Call, low: Lowering) -> str:
    x, separator = call.args
    delimiter = low.sql(separator) if known(separator) is not None or not isinstance(separator, Literal) else None
    key = call.order_by[0].child if call.distinct and call.order_by else x
    if key != x or isinstance(call.type, BinaryType):
        values = low.aggregate("list", call, (low.sql(key),), condition=f"{low.sql(key)} IS NOT NULL")
    if key != x:  # the kernel sorts distinct values by nothing but themselves
        values = f"list_transform({values}, (lambda _t: {low.cast('_t', key.type, call.type)}))"
    if key != x and not isinstance(call.type, BinaryType):
        by = delimiter or "''"
        return f"array_to_string({values}, {by})"
    if isinstance(call.type, BinaryType):
        joined = (values, ArrayType(BINARY)), (delimiter or "''::BLOB", BINARY)
        return per_row(low, "join_bytes", lambda parts, by: by.join(parts), joined, BINARY)
    if call.distinct and not call.order_by:  # without an order of the user's, one that does not depend on the rows'
        call = replace(call, order_by=(SortOrder(x),))
    return low.aggregate("string_agg", call, (low.sql(x), delimiter or "''"))


def _listagg_operands(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    from glowplug.functions.coercion import cast_to, implicit_target

    x = args[0]
    t = implicit_target(x.type, STR_OR_BIN, ansi)
    if t is None:
        return None
    t = BINARY if isinstance(t, BinaryType) else STRING
    separator = args[1] if len(args) > 1 else Literal(None, t)
    if implicit_target(separator.type, STR_OR_BIN, ansi) is None:
        raise unexpected(args, 1, '("STRING" or "BINARY")')
    if any(isinstance(e, Attribute | OuterReference | LambdaVariable) for e in walk(separator)):
        raise Mismatch(
            "NON_FOLDABLE_INPUT",
            inputName="`delimiter`",
            inputType=f'"{"BINARY" if is_binary(separator) else "STRING"}"',
            inputExpr=f'"{pretty(separator)}"',
        )
    given = separator != Literal(None, separator.type)
    if given and len({e.type for e in (x, separator) if isinstance(e.type, StringType)}) > 1:
        types = " or ".join(f'"{sql_name(e.type)}"' for e in (x, separator))
        raise Mismatch("DATA_DIFF_TYPES", dataType=f"({types})")
    if not isinstance(separator.type, NullType) and is_binary(separator) != (t == BINARY):
        types = '("BINARY" or "STRING")' if t == BINARY else '("STRING" or "BINARY")'
        raise Mismatch("DATA_DIFF_TYPES", dataType=types)
    return cast_to(x, t), cast_to(separator, t)


def _shown_listagg(args: tuple[str, ...], call: Call) -> str:
    name = "listagg" if call.order_by else call.name
    return f"{name}({'DISTINCT ' if call.distinct else ''}{args[0]}, {args[1] if len(args) > 1 else 'NULL'})"


FUNCTIONS = (
    _agg(
        ("listagg", "string_agg"),
        sig(STR_OR_BIN, ANY, optional=1),
        arg(0),
        _lower_listagg,
        coerce=_listagg_operands,
        shown=_shown_listagg,
        usage="Joins the values with a separator, in the order of WITHIN GROUP.",
        example="SELECT listagg(col, ', ') FROM VALUES ('a'), ('b') AS tab(col)",
    ),
)
