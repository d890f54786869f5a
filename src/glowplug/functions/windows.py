"""Functions that only make sense OVER a window."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to, implicit_target
from glowplug.functions.options import foldable
from glowplug.functions.vocabulary import ANY, BOOL, INTEGER, Mismatch, arg, constant, sig, unexpected
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import Call, Expression, Literal
from glowplug.plan.function import Accept, Constant, Function, Lowering
from glowplug.plan.names import pretty
from glowplug.types import DOUBLE, INT, DataType, sql_name

MOST = (1 << 31) - 1


def _rank(name: str, kernel: str, result: DataType, usage: str) -> Function:
    cast = "CAST({0} AS INTEGER)" if result == INT else "{0}"
    ranks = name.endswith("rank")  # arguments of theirs are there for the syntax only: what orders the window counts
    return Function(
        (name,),
        sig(ANY, optional=1, variadic=True) if ranks else sig(),
        result,
        lambda call, low: cast.replace("{0}", low.aggregate(kernel, call, ())),
        kind="window",
        nullable="never",
        shown=f"{name.upper() if ranks else name}()",
        usage=usage,
        example=f"SELECT a, {name}() OVER (ORDER BY a) FROM VALUES (1), (2) AS tab(a)",
        group="window_funcs",
    )


def _check_flag(name: str, flag: Expression) -> None:
    if not (isinstance(flag, Literal) and isinstance(flag.value, bool)):
        raise AnalysisError(
            "INVALID_PARAMETER_VALUE.BOOLEAN",
            functionName=f"`{name}`",
            parameter="`ignoreNulls`",
            invalidValue=f'"{pretty(flag)}"',
        )


def _defaulted(name: str, args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...]:
    """The default has the value's type. Whether NULLs are ignored is a literal."""
    for flag in args[3:]:
        _check_flag(name, flag)
    value, *rest = args[:3]
    out = [value]
    for i, (e, t) in enumerate(zip(rest, (INT, value.type), strict=False), 1):
        target = implicit_target(e.type, Accept("", lambda x, t=t: x == t, (t,)), ansi)  # type: ignore[misc]
        if target is None:
            raise unexpected(args, i, f'"{sql_name(t)}"' if i == 1 else f'("{sql_name(t)}" or "VOID")')
        if not can_cast(e.type, target, ansi):
            types = {"srcType": f'"{sql_name(e.type)}"', "targetType": f'"{sql_name(target)}"'}
            raise Mismatch("CAST_WITHOUT_SUGGESTION", **types, sqlExpr=f'"{pretty(e)}"')
        out.append(cast_to(e, target))
    if len(args) > 1 and not foldable(args[1]):
        shown = f"(- {pretty(args[1])})" if name == "lag" else pretty(args[1])
        raise Mismatch("NON_FOLDABLE_INPUT", inputName="`offset`", inputType='"INT"', inputExpr=f'"{shown}"')
    return (*out, *args[3:])


def _shift(name: str) -> Function:
    def lower(call: Call, low: Lowering) -> str:
        args = [low.sql(a) for a in call.args[:3]]
        if len(args) > 1:
            args[1] = f"CAST({args[1]} AS BIGINT)"
        return low.aggregate(name, replace(call, ignore_nulls=ignores_nulls(call, 3)), tuple(args))

    def nullable(args: tuple[Expression, ...]) -> bool:
        return len(args) < 3 or args[2].nullable or args[0].nullable

    def shown(args: tuple[str, ...], call: Call) -> str:
        offset, default = (args[1] if len(args) > 1 else "1"), (args[2] if len(args) > 2 else "NULL")
        return f"{name}({args[0]}, {offset}, {default})"

    return Function(
        (name,),
        sig(ANY, INTEGER, ANY, ANY, optional=3),
        arg(0),
        lower,
        coerce=partial(_defaulted, name),
        kind="window",
        nullable=nullable,
        shown=shown,
        usage=f"Returns the value of the {'earlier' if name == 'lag' else 'later'} row at an offset, or a default.",
        example=f"SELECT a, {name}(a) OVER (ORDER BY a) FROM VALUES (1), (2) AS tab(a)",
        group="window_funcs",
    )


def ignores_nulls(call: Call, at: int) -> bool:
    """IGNORE NULLS, or an argument of true in its place."""
    flag = call.args[at] if len(call.args) > at else None
    return call.ignore_nulls or (isinstance(flag, Literal) and bool(flag.value))


def _counted(args: tuple[Expression, ...], ansi: bool) -> tuple[Expression, ...] | None:
    if len(args) > 2:
        _check_flag("nth_value", args[2])
    t = implicit_target(args[1].type, INTEGER, ansi)
    return None if t is None else (args[0], cast_to(args[1], t), *args[2:])


def _nth_value(call: Call, low: Lowering) -> str:
    call = replace(call, ignore_nulls=ignores_nulls(call, 2))
    return low.aggregate("nth_value", call, tuple(map(low.sql, call.args[:2])))


FUNCTIONS = (
    _rank("row_number", "row_number", INT, "Numbers the rows of the partition from 1."),
    _rank("rank", "rank", INT, "Returns the rank, with gaps after ties."),
    _rank("dense_rank", "dense_rank", INT, "Returns the rank without gaps."),
    _rank("percent_rank", "percent_rank", DOUBLE, "Returns the rank as a share of the partition, 0 to 1."),
    _rank("cume_dist", "cume_dist", DOUBLE, "Returns the share of rows at or before this one."),
    Function(
        ("ntile",),
        sig(constant(INTEGER, "turn"), optional=1, defaults=(1,)),
        INT,
        lambda call, low: f"CAST({low.aggregate('ntile', call, tuple(map(low.sql, call.args)))} AS INTEGER)",
        kind="window",
        nullable="never",
        casts=False,
        constants=(Constant(0, "buckets", "(0, 2147483647]", 1, MOST),),
        usage="Splits the partition into n buckets and returns the bucket's number, from 1.",
        example="SELECT a, ntile(2) OVER (ORDER BY a) FROM VALUES (1), (2) AS tab(a)",
        group="window_funcs",
    ),
    _shift("lag"),
    _shift("lead"),
    Function(
        ("nth_value",),
        sig(ANY, INTEGER, BOOL, optional=1),
        arg(0),
        _nth_value,
        coerce=_counted,
        kind="window",
        nullable="always",
        constants=(Constant(1, "offset", "(0, 9223372036854775807]", 1, MOST, "L"),),
        shown=lambda args, call: f"nth_value({args[0]}, {args[1]}){' ignore nulls' if ignores_nulls(call, 2) else ''}",
        usage="Returns the value of the frame's n-th row.",
        example="SELECT a, nth_value(a, 2) OVER (ORDER BY a) FROM VALUES (1), (2) AS tab(a)",
        group="window_funcs",
    ),
)
