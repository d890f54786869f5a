"""The errors of calls whose arguments are not what the function takes. Conditions are Spark's."""

from __future__ import annotations

from glowplug.analyze.refusals import constant_as, operands, place, required, shown_as, unbound
from glowplug.analyze.signatures import operates, params_of, signatures_of
from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to, implicit_target, operator_types
from glowplug.functions.vocabulary import Mismatch, NotConstant, ordinal
from glowplug.plan.expressions import (
    Call,
    Cast,
    Expression,
    Literal,
    Replaced,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedLambdaVariable,
)
from glowplug.plan.function import Accept, Function, Signature
from glowplug.plan.names import call_text, pretty, sql_text
from glowplug.plan.tree import map_expressions
from glowplug.types import INTEGRAL, LONG, ArrayType, DataType, NullType, quote, sql_name


def unexpected_type(
    function: Function, name: str, args: tuple[Expression, ...], i: int, p: Accept, e: UnresolvedFunction
) -> AnalysisError:
    unordered = p.shown == '"ARRAY"' and isinstance(args[i].type, ArrayType)  # an array, but not of what has an order
    if p.shown == '"ORDERABLE"' or unordered:
        return AnalysisError(
            "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
            e.origin,
            sqlExpr=f'"{shown_call(function, name, args)}"',
            functionName=quote(name),
            dataType=f'"{sql_name(args[i].type)}"',
        )
    return AnalysisError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        e.origin,
        sqlExpr=f'"{_unbound(name, args) or shown_call(function, name, args)}"',
        paramIndex=place(name, i, len(args)),
        requiredType=required(name, ordinal(i), p.shown),
        inputSql=f'"{pretty(args[i])}"',
        inputType=f'"{sql_name(args[i].type)}"',
    )


def _unbound(name: str, args: tuple[Expression, ...]) -> str | None:
    lambdas = any(isinstance(a, UnresolvedLambda) for a in args)
    return None if lambdas else unbound(name, tuple(map(pretty, args)))


def misfit(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, e: UnresolvedFunction
) -> AnalysisError | None:
    """The error for the first argument that is of no type that the signature takes; none for operators."""
    s = signatures_of(function)[0]
    if operates(function, args):
        return None
    for i, (p, a) in enumerate(zip(params_of(s, len(args)), args, strict=True)):
        if implicit_target(a.type, p, ansi) is None:
            return unexpected_type(function, name, args, i, p, e)
    return None


def different_types(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, e: UnresolvedFunction
) -> AnalysisError:
    shown = f'"{shown_call(function, name, args)}"'
    if operates(function, args):
        a, b = operator_types(args[0].type, args[1].type, ansi, name in ("and", "or"))
        if name == "div":
            a, b = (LONG if isinstance(t, INTEGRAL) else t for t in (a, b))
        if a == b:
            return AnalysisError(
                "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE",
                e.origin,
                sqlExpr=shown,
                inputType=operands(name, params_of(signatures_of(function)[0], 1)[0].shown),
                actualDataType=f'"{sql_name(a)}"',
            )
        return AnalysisError(
            "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES",
            e.origin,
            sqlExpr=shown,
            left=f'"{sql_name(a)}"',
            right=f'"{sql_name(b)}"',
        )
    return AnalysisError(
        "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
        e.origin,
        sqlExpr=shown,
        functionName=quote(name),
        dataType=either(name, tuple(a.type for a in args)),
    )


def either(name: str, types: tuple[DataType, ...]) -> str:
    """Types that are not brought to one, as Spark lists them."""
    shown = [f'"{sql_name(t)}"' for t in types]
    return f"[{', '.join(shown)}]" if name in ("if", "nvl2") else f"({' or '.join(shown)})"


def unfolded(
    function: Function, name: str, args: tuple[Expression, ...], i: int, p: Accept, ansi: bool, e: UnresolvedFunction
) -> AnalysisError:
    s = function.signature
    declared = f"`{s.names[i]}`" if isinstance(s, Signature) and s.names else f"the {ordinal(i)} argument"
    match p.when:
        case "first":
            type = p.shown
        case "turn":
            type = f'"{sql_name(args[i].type)}"'
        case _:
            type = f'"{sql_name(implicit_target(args[i].type, p, ansi) or args[i].type)}"'
    called, type = constant_as(name, i, declared, type)
    as_sql = called == "k"  # which Spark writes without quotes
    return AnalysisError(
        "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
        e.origin,
        sqlExpr=f'"{shown_call(function, name, args)}"',
        inputName=called,
        inputType=type,
        inputExpr=sql_text(cast_to(args[i], p.targets[0])) if as_sql else f'"{pretty(args[i])}"',
    )


def no_cast(e: Expression, target: DataType, ansi: bool, call: UnresolvedFunction) -> AnalysisError:
    from glowplug.analyze.expressions import uncastable

    return uncastable(Cast(e, target, "ansi" if ansi else "legacy", True, call.origin))


def as_declared(
    mismatch: Mismatch, function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction | Call
) -> AnalysisError:
    if isinstance(mismatch, NotConstant):
        return AnalysisError(mismatch.condition, e.origin, funcName=quote(name), **mismatch.parameters)
    parameters = {"sqlExpr": f'"{shown_call(function, name, args)}"', **mismatch.parameters}
    if mismatch.condition == "DATATYPE_MISMATCH.DATA_DIFF_TYPES":
        parameters.setdefault("functionName", quote(name))
    if "requiredType" in parameters:
        place, declared = str(parameters.get("paramIndex")), str(parameters["requiredType"])
        parameters["requiredType"] = required(name, place, declared)
    return AnalysisError(mismatch.condition, e.origin, **parameters)


def shown_call(function: Function, name: str, args: tuple[Expression, ...]) -> str:
    if not any(isinstance(a, UnresolvedLambda) for a in args):
        other = shown_as(name, tuple(map(pretty, args)))
        if other is not None:
            return other
    return call_text(
        Call(
            function,
            name,
            tuple(_lambda_shown(a) if isinstance(a, UnresolvedLambda) else a for a in args),
            NullType(),
            True,
        )
    )


def _lambda_shown(e: UnresolvedLambda) -> Expression:
    def named(x: Expression) -> Expression:
        if isinstance(x, (UnresolvedLambdaVariable, UnresolvedAttribute)):
            return Replaced(Literal(None), ".".join(x.parts))
        return map_expressions(x, named)  # type: ignore[no-any-return]

    return Replaced(Literal(None), f"lambdafunction({', '.join((pretty(named(e.body)), *e.params))})")
