"""From a call by name to a call of a declared function, with the type of its result."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze import collations
from glowplug.analyze.arguments import Resolve, check_constant, check_count, coerced_to, in_order
from glowplug.analyze.char_padding import padded
from glowplug.analyze.constants import folded, settled
from glowplug.analyze.context import Context, means_builtin
from glowplug.analyze.mismatches import as_declared, shown_call
from glowplug.analyze.within_group import check_orders
from glowplug.errors import AnalysisError
from glowplug.functions.aggregates import RESPECTING
from glowplug.functions.collation_keys import collated
from glowplug.functions.options import schema_meant
from glowplug.functions.vocabulary import Mismatch
from glowplug.plan.expressions import (
    Call,
    Cast,
    Expression,
    Lambda,
    Literal,
    NamedArgument,
    Replaced,
    SortOrder,
    Subquery,
    UnresolvedFunction,
    UnresolvedLambda,
)
from glowplug.plan.function import Function
from glowplug.plan.names import call_text, pretty
from glowplug.plan.python import PythonFunction
from glowplug.plan.tree import walk
from glowplug.types import STRING, DataType, DecimalType, NullType, quote


def defer_lambda(e: Expression) -> Expression | None:
    """Lambdas are resolved once the types of the other arguments are known."""
    return e if isinstance(e, UnresolvedLambda) else None


_IGNORING = ("first", "last", "any_value", "lag", "lead", "nth_value", *RESPECTING)


def build(
    e: UnresolvedFunction,
    args: tuple[Expression, ...],
    cx: Context,
    *,
    filter: Expression | None = None,
    order_by: tuple[SortOrder, ...] = (),
    resolve: Resolve,
) -> Expression:
    """The resolved call. Errors are Spark's: UNRESOLVED_ROUTINE, WRONG_NUM_ARGS, DATATYPE_MISMATCH."""
    name = e.parts[-1].lower()
    function = e.inline or cx.world.function(e.parts)
    if function is None or (function.internal and not e.internal):
        return _stored_call(e, args, cx)
    if isinstance(function, PythonFunction):
        if e.inline is None and _is_builtin_table(e.parts):
            raise _not_scalar(e)
        return _user_call(function, args, e, filter)
    if function.in_from and not e.internal:
        raise _not_scalar(e)
    args = schema_meant(function, args, cx.conf)
    function = _as_set(function, cx)
    if (fact := cx.world.facts.get(function.names[0])) is not None:
        check_count(function, name, args, e)
        return Replaced(Literal(fact, STRING), call_text(Call(function, name, (), STRING, False)))
    if function.lower is None and function.rewrite is None and function.returns is not None:
        check_count(function, name, args, e)
        raise AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", e.origin, feature=f"the function {name}")
    if e.ignore_nulls is not None:
        function = _treating_nulls(function, name, e)
    check_orders(function, name, args, order_by, e)
    if function.ordered and order_by:
        args, order_by, e = (*args, order_by[0]), (), replace(e, order_by=())
    args = padded(name, in_order(function, name, args, e), cx, resolve)
    check_count(function, name, args, e)
    args = settled(function, args, cx)
    if function.requires is not None and not cx.conf.bool(function.requires[0]):
        raise AnalysisError(function.requires[1], e.origin)
    if function.rewrite is not None:
        replaced = _rewritten(function, name, args, resolve, e, filter)
        if replaced is not None:
            return replaced
    _check_syntax(function, name, args, e, filter)
    coerced = _coerced(function, name, args, e, cx, resolve)
    draft = Call(
        function, name, coerced, NullType(), True, cx.conf.ansi, e.distinct, filter, order_by, bool(e.ignore_nulls),
        e.origin,
    )  # fmt: skip
    return _typed(draft, cx)


def _stored_call(e: UnresolvedFunction, args: tuple[Expression, ...], cx: Context) -> Expression:
    """The call of a function that SQL made. UNRESOLVED_ROUTINE, or NOT_A_SCALAR_FUNCTION, where there is none."""
    if (routine := cx.world.routine(e.parts)) is not None:
        from glowplug.analyze.routines import scalar_call

        return scalar_call(routine, e, args, cx)
    if cx.world.table_function(e.parts) is not None or _is_builtin_table(e.parts):
        raise _not_scalar(e)
    raise _unknown(e, cx)


def _check_syntax(
    function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction, filter: Expression | None
) -> None:
    """DISTINCT and FILTER are for aggregates, and no argument is a generator."""
    if function.kind != "aggregate" and (e.distinct or filter is not None):
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quote(name),
            syntax="DISTINCT" if e.distinct else "FILTER CLAUSE",
        )
    if any(isinstance(a, Call) and a.function.kind == "generator" for a in args):
        shown = call_text(Call(function, name, args, NullType(), True))
        raise AnalysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=f'"{shown}"')


def _coerced(
    function: Function,
    name: str,
    args: tuple[Expression, ...],
    e: UnresolvedFunction,
    cx: Context,
    resolve: Resolve,
) -> tuple[Expression, ...]:
    """The arguments as the function takes them: of its types and one collation, constants computed and checked."""
    ansi = cx.conf.ansi
    args = collations.unified(function, args, e.origin)
    coerced = tuple(_settled(a, ansi, e) for a in coerced_to(function, name, args, ansi, resolve, e))
    for lambda_ in (a for a in args if isinstance(a, UnresolvedLambda)):
        _check_parameters(lambda_, e, cx)
    coerced = folded(function, coerced, cx)
    if any(isinstance(a, Lambda) for a in coerced) and any(isinstance(x, Subquery) for a in coerced for x in walk(a)):
        raise AnalysisError("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.HIGHER_ORDER_FUNCTION", e.origin)
    for constant in function.constants:
        if constant.index < len(coerced):
            check_constant(constant, coerced, function, name, cx, e)
    return coerced


def _treating_nulls(function: Function, name: str, e: UnresolvedFunction) -> Function:
    """The function that the call with IGNORE NULLS or RESPECT NULLS means. Raises what Spark does where it is none."""
    if e.ignore_nulls and function.names[0] not in _IGNORING:
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quote(name),
            syntax="IGNORE NULLS",
        )
    return function if e.ignore_nulls else RESPECTING.get(function.names[0], function)


def check_known(e: Expression, cx: Context) -> None:
    """UNRESOLVED_ROUTINE for a call in the expression of what there is not: Spark tells of these before columns."""
    for x in walk(e):
        if isinstance(x, UnresolvedFunction) and x.inline is None:
            function = cx.world.function(x.parts)
            known = isinstance(function, PythonFunction) or (function is not None and x.internal >= function.internal)
            known = known or bool(cx.world.routine(x.parts) or cx.world.table_function(x.parts))
            if not known and not _is_builtin_table(x.parts):
                raise _unknown(x, cx)


def _unknown(e: UnresolvedFunction, cx: Context) -> AnalysisError:
    name = ".".join(map(quote, e.parts))
    return AnalysisError("UNRESOLVED_ROUTINE", e.origin, routineName=name, searchPath=cx.world.search_path)


def _is_builtin_table(parts: tuple[str, ...]) -> bool:
    from glowplug.functions.constant_tables import TABLES

    return means_builtin(parts) and (parts[-1].lower() in TABLES or parts[-1].lower() == "range")


def _not_scalar(e: UnresolvedFunction) -> AnalysisError:
    return AnalysisError("NOT_A_SCALAR_FUNCTION", e.origin, functionName=".".join(map(quote, e.parts)))


def _user_call(
    function: PythonFunction, args: tuple[Expression, ...], e: UnresolvedFunction, filter: Expression | None
) -> Call:
    """A call of a user's function: what it takes, only its code knows."""
    name, type = function.names[0], function.returns
    assert isinstance(type, DataType)
    keywords = [a.name for a in args if isinstance(a, NamedArgument)]
    if any(isinstance(a, NamedArgument) for a in args[: len(args) - len(keywords)]):
        at = next(i for i, a in enumerate(args) if isinstance(a, NamedArgument))
        raise AnalysisError(
            "UNEXPECTED_POSITIONAL_ARGUMENT",
            e.origin,
            routineName=quote(name),
            parameterName=quote(pretty(args[at + 1])),
        )
    for keyword in keywords:
        if keywords.count(keyword) > 1:
            raise AnalysisError(
                "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
                e.origin,
                routineName=quote(name),
                parameterName=quote(keyword),
            )
    if e.distinct or filter is not None:
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quote(name),
            syntax="DISTINCT" if e.distinct else "FILTER CLAUSE",
        )
    return Call(function, name, args, type, True, distinct=e.distinct, filter=filter, origin=e.origin)


def _settled(arg: Expression, ansi: bool, e: UnresolvedFunction) -> Expression:
    """An argument's implicit cast in the session's mode; what it fails on is blamed on the call."""
    if not isinstance(arg, Cast) or not arg.implicit:
        return arg
    child = _settled(arg.child, ansi, e)
    return Cast(child, arg.type, "ansi" if ansi else "legacy", True, arg.origin or e.origin)


def _rewritten(
    function: Function,
    name: str,
    args: tuple[Expression, ...],
    resolve: Resolve,
    e: UnresolvedFunction,
    filter: Expression | None,
) -> Expression | None:
    assert function.rewrite is not None
    try:
        other = function.rewrite(args)
    except Mismatch as mismatch:
        raise as_declared(mismatch, function, name, args, e) from None
    if other is None:
        return None
    if isinstance(other, UnresolvedFunction):
        other = replace(
            other,
            distinct=e.distinct,
            filter=e.filter,
            order_by=e.order_by,
            ignore_nulls=e.ignore_nulls,
            origin=e.origin,
        )
    if isinstance(other, Cast) and other.origin is None:
        other = replace(other, origin=e.origin)
    try:
        done = resolve(other)
    except AnalysisError as error:
        raise _told_of(error, function, args, resolve) from None
    if not name.isidentifier():
        return done
    shown = call_text(Call(function, name, args, done.type, done.nullable, distinct=e.distinct, filter=filter))
    return Replaced(done, shown)


def _told_of(error: AnalysisError, function: Function, args: tuple[Expression, ...], resolve: Resolve) -> AnalysisError:
    """An error of what a call stands for, as Spark tells it."""
    if not error.condition.startswith("DATATYPE_MISMATCH."):
        return error
    name = function.names[0]
    if function.shown == "{0}":  # `int(x)` blames x
        return AnalysisError(error.condition, error.origin, **{**error.parameters, "sqlExpr": f'"{pretty(args[0])}"'})
    if name in ("left", "right", "median", "log"):
        shown = {"sqlExpr": f'"{shown_call(function, name, args)}"'}
        if name == "left" and error.parameters.get("paramIndex") == "third":  # of `substring(text, 1, length)`
            shown["paramIndex"] = "second"
        return AnalysisError(error.condition, error.origin, **{**error.parameters, **shown})
    if name not in ("nullif", "between") or isinstance(args[0], Replaced) or function.rewrite is None:
        return error
    try:
        resolve(function.rewrite((Replaced(args[0], "commonexpressionref()"), *args[1:])))
    except AnalysisError as named:
        return named
    return error


def _check_parameters(e: UnresolvedLambda, call: UnresolvedFunction, cx: Context) -> None:
    names = e.params if cx.conf.case_sensitive else tuple(n.lower() for n in e.params)
    if len({*names}) < len(names):
        raise AnalysisError(
            "INVALID_LAMBDA_FUNCTION_CALL.DUPLICATE_ARG_NAMES",
            e.origin or call.origin,
            args=", ".join(map(quote, names)),
            caseSensitiveConfig='"spark.sql.caseSensitive"',
        )


def _as_set(function: Function, cx: Context) -> Function:
    """What the function is as the session is set."""
    set_so = (f for key, value, f in function.instead if (cx.conf.get_option(key) or "").strip().upper() == value)
    return next(set_so, function)


def _typed(draft: Call, cx: Context) -> Call:
    f, returns = draft.function, draft.function.returns
    if f.full_scale is not None and not cx.conf.bool("spark.sql.decimalOperations.allowPrecisionLoss"):
        returns = f.full_scale
    try:
        type = returns(draft.args) if callable(returns) else returns
        if any(collated(a.type) for a in draft.args):
            collations.check(f, draft)
            type = collations.result(f, draft.args, type or NullType())
    except Mismatch as mismatch:
        raise as_declared(mismatch, f, draft.name, draft.args, draft) from None
    match f.nullable:
        case "any":
            nullable = any(a.nullable for a in draft.args if not isinstance(a, Lambda))
        case "unless_ansi":
            nullable = not draft.ansi or any(a.nullable for a in draft.args)
        case "decimal_unless_ansi":
            overflows = isinstance(type, DecimalType) and not draft.ansi
            nullable = overflows or any(a.nullable for a in draft.args)
        case "never" | "always":
            nullable = f.nullable == "always"
        case rule:
            nullable = rule(draft.args)
    return replace(draft, type=type if type is not None else NullType(), nullable=nullable)
