"""Conditions and NULL replacement."""

from __future__ import annotations

from glowplug.functions.coercion import cast_to, merged_type, unpromoted, wider_all
from glowplug.functions.ordering import extreme, first_extreme, has_nulls
from glowplug.functions.vocabulary import ANY, FLOAT64, Mismatch, T, arg, ordinal, sig
from glowplug.plan.build import called
from glowplug.plan.expressions import Call, Expression, Literal, Replaced
from glowplug.plan.function import Accept, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import (
    BOOLEAN,
    ArrayType,
    BooleanType,
    DataType,
    NullType,
    StructType,
    is_orderable,
    sql_name,
)


def _unpadded(e: Expression) -> Expression:
    """The value as it is: where it is a column of CHAR, `nullif` compares it without the spaces that `=` would add."""
    return Replaced(e, pretty(e))


def _branches(args: tuple[Expression, ...]) -> tuple[tuple[Expression, Expression], ...]:
    return tuple(zip(args[0::2], args[1::2], strict=False))


def _values(args: tuple[Expression, ...]) -> list[Expression]:
    return [v for _, v in _branches(args)] + ([args[-1]] if len(args) % 2 else [])


def _coerce_when(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    t = wider_all([v.type for v in _values(args)], ansi)
    if t is None:
        types = ", ".join(f'"{sql_name(v.type)}"' for v in _values(args))
        raise Mismatch("DATA_DIFF_TYPES", functionName="`casewhen`", dataType=f"[{types}]")
    out: list[Expression] = []
    for i, (condition, value) in enumerate(_branches(args)):
        if not isinstance(condition.type, BooleanType):
            raise Mismatch(
                "UNEXPECTED_INPUT_TYPE",
                paramIndex=ordinal(2 * i),
                requiredType='"BOOLEAN"',
                inputSql=f'"{pretty(condition)}"',
                inputType=f'"{sql_name(condition.type)}"',
            )
        out += [cast_to(condition, BOOLEAN), cast_to(value, t)]
    return (*out, cast_to(args[-1], t)) if len(args) % 2 else tuple(out)


def _when_type(args: tuple[Expression, ...]) -> DataType:
    return merged_type(_values(args))


def _when_nullable(args: tuple[Expression, ...]) -> bool:
    """Values behind a condition that is always true do not count."""
    possible: list[Expression] = []
    for condition, value in _branches(args):
        possible.append(value)
        if condition == Literal(True, BOOLEAN):
            return any(v.nullable for v in possible)
    return len(args) % 2 == 0 or any(v.nullable for v in _values(args))


def _lower_when(call: Call, low: Lowering) -> str:
    parts = [f"WHEN {low.sql(c)} THEN {low.sql(v)}" for c, v in _branches(call.args)]
    end = f" ELSE {low.sql(call.args[-1])}" if len(call.args) % 2 else ""
    return f"(CASE {' '.join(parts)}{end} END)"


def _shown_when(args: tuple[str, ...], call: Call) -> str:
    parts = [f"WHEN {c} THEN {v}" for c, v in zip(args[0::2], args[1::2], strict=False)]
    return " ".join(("CASE", *parts, *((f"ELSE {args[-1]}",) if len(args) % 2 else ()), "END"))


def _coalesce_nullable(args: tuple[Expression, ...]) -> bool:
    return all(a.nullable for a in args)


def _extreme(name: str, kernel: str) -> Function:
    def coerce(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
        """Numbers and dates are not taken for texts, nor the other way round."""
        t: DataType | None = args[0].type
        for a in args[1:]:
            t = None if t is None else unpromoted(t, a.type, ansi)
        if t is None:
            shown = ", ".join(f'"{sql_name(a.type)}"' for a in args)
            raise Mismatch("DATA_DIFF_TYPES", functionName=f"`{name}`", dataType=f"[{shown}]")
        if not is_orderable(t):
            raise Mismatch("INVALID_ORDERING_TYPE", functionName=f"`{name}`", dataType=f'"{sql_name(t)}"')
        return tuple(cast_to(a, t) for a in args)

    def lower(call: Call, low: Lowering) -> str:
        values = ", ".join(map(low.sql, call.args))
        if has_nulls(call.type):
            return extreme(f"[{values}]", call.type, name == "least")
        if isinstance(call.type, (ArrayType, StructType)):
            return first_extreme(f"[{values}]", call.type, name == "least")
        return f"{kernel}({values})"

    return Function(
        (name,),
        sig(ANY, ANY, variadic=True),
        merged_type,
        lower,
        coerce=coerce,
        nullable=_coalesce_nullable,
        usage=f"Returns the {name} of the values, skipping NULLs.",
        example=f"SELECT {name}(10, 9, 2, 4, 3)",
        group="conditional_funcs",
    )


FUNCTIONS = (
    Function(
        ("when",),
        sig(ANY, ANY, optional=1, variadic=True),
        _when_type,
        _lower_when,
        rewrite=lambda args: args[0] if len(args) == 1 else None,
        coerce=_coerce_when,
        nullable=_when_nullable,
        shown=_shown_when,
        usage="CASE WHEN condition THEN value … [ELSE value] END.",
        example="SELECT CASE WHEN 1 > 0 THEN 1 ELSE 1.2 END",
        group="conditional_funcs",
    ),
    Function(
        ("if",),
        sig(Accept('"BOOLEAN"', lambda t: isinstance(t, (BooleanType, NullType))), T, T),  # no text, even in ANSI mode
        lambda args: merged_type(args[1:]),
        "(CASE WHEN {0} THEN {1} ELSE {2} END)",
        nullable=lambda args: args[1].nullable or args[2].nullable,
        shown="(IF({0}, {1}, {2}))",
        usage="Returns the second value if the first is true, otherwise the third.",
        example="SELECT if(1 < 2, 'a', 'b')",
        group="conditional_funcs",
    ),
    Function(
        ("coalesce",),
        sig(T, variadic=True),
        merged_type,
        lambda call, low: f"coalesce({', '.join(map(low.sql, call.args))})",
        nullable=_coalesce_nullable,
        usage="Returns the first value that is not NULL.",
        example="SELECT coalesce(NULL, 1, NULL)",
        group="conditional_funcs",
    ),
    Function(
        ("ifnull", "nvl"),
        sig(ANY, ANY),
        rewrite=lambda args: called("coalesce", *args),
        usage="Returns the first value, or the second if that is NULL.",
        example="SELECT nvl(NULL, array('2'))",
        group="conditional_funcs",
    ),
    Function(
        ("nvl2",),
        sig(ANY, ANY, ANY),
        rewrite=lambda args: called("if", called("isnotnull", args[0]), args[1], args[2]),
        usage="Returns the second value if the first is not NULL, otherwise the third.",
        example="SELECT nvl2(NULL, 2, 1)",
        group="conditional_funcs",
    ),
    Function(
        ("nullif",),
        sig(ANY, ANY),
        rewrite=lambda args: called("if", called("=", *map(_unpadded, args)), _null_like(args[0]), args[0]),
        usage="Returns NULL if the values are equal, otherwise the first.",
        example="SELECT nullif(2, 2)",
        group="conditional_funcs",
    ),
    Function(
        ("nanvl",),
        sig(FLOAT64, FLOAT64),
        arg(0),
        "(CASE WHEN isnan({0}) THEN {1} ELSE {0} END)",
        usage="Returns the first number, or the second if that is NaN.",
        example="SELECT nanvl(cast('NaN' as double), 123)",
        group="conditional_funcs",
    ),
    _extreme("greatest", "greatest"),
    _extreme("least", "least"),
)


def _null_like(e: Expression) -> Expression:
    return Literal(None, e.type)
