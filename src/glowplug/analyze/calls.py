"""From a call by name to a call of a declared function: arguments are counted, ordered, coerced and typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from glowplug.analyze import collations
from glowplug.analyze.char_padding import padded
from glowplug.analyze.constants import folded
from glowplug.analyze.context import Context, means_builtin
from glowplug.errors import DOCROOT, AnalysisError
from glowplug.functions.coercion import cast_to, implicit_target, operator_types, wider_all
from glowplug.functions.collation_keys import collated
from glowplug.functions.vocabulary import Mismatch, as_is, ordinal
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    NamedArgument,
    OuterReference,
    Replaced,
    SortOrder,
    Subquery,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedLambda,
    UnresolvedLambdaVariable,
    new_id,
)
from glowplug.plan.function import Accept, Constant, Function, Signature
from glowplug.plan.names import call_text, pretty
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import OneRow, Project
from glowplug.plan.tree import map_expressions, walk
from glowplug.types import (
    DOUBLE,
    STRING,
    ArrayType,
    DataType,
    DateType,
    DecimalType,
    NullType,
    TimestampNTZType,
    TimestampType,
    TimeType,
    quote,
    sql_name,
)

Resolve = Callable[..., Expression]
_LEGACY = "spark.sql.legacy"
_INSTANTS = (DateType, TimestampType, TimestampNTZType)
_OPERATORS = ("and", "or", "div", "pmod", "try_add", "try_subtract", "try_multiply", "try_divide", "try_mod")


def defer_lambda(e: Expression) -> Expression | None:
    """Lambdas are resolved once the types of the other arguments are known."""
    return e if isinstance(e, UnresolvedLambda) else None


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
        if (routine := cx.world.routine(e.parts)) is not None:
            from glowplug.analyze.routines import scalar_call

            return scalar_call(routine, e, args, cx)
        if cx.world.table_function(e.parts) is not None or _is_builtin_table(e.parts):
            raise _not_scalar(e)
        raise AnalysisError(
            "UNRESOLVED_ROUTINE", e.origin, routineName=".".join(map(quote, e.parts)), searchPath=cx.world.search_path
        )
    if isinstance(function, PythonFunction):
        if e.inline is None and _is_builtin_table(e.parts):
            raise _not_scalar(e)
        return _user_call(function, args, e, filter)
    if (fact := cx.world.facts.get(function.names[0])) is not None:
        _count(function, name, args, e)
        return Replaced(Literal(fact, STRING), call_text(Call(function, name, (), STRING, False)))
    if function.lower is None and function.rewrite is None and function.returns is not None:
        raise AnalysisError("UNSUPPORTED_FEATURE.GLOWPLUG", e.origin, feature=f"the function {name}")
    if function.ordered and order_by:
        args, order_by, e = (*args, order_by[0]), (), replace(e, order_by=())
    args = padded(name, _positional(function, name, args, e))
    _count(function, name, args, e)
    if function.requires is not None and not cx.conf.bool(function.requires[0]):
        raise AnalysisError(function.requires[1], e.origin)
    if function.rewrite is not None:
        replaced = _rewritten(function, name, args, resolve, e, filter)
        if replaced is not None:
            return replaced
    if function.kind in ("scalar", "generator") and (e.distinct or filter is not None):
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quote(name),
            syntax="DISTINCT" if e.distinct else "FILTER CLAUSE",
        )
    if any(isinstance(a, Call) and a.function.kind == "generator" for a in args):
        shown = call_text(Call(function, name, args, NullType(), True))
        raise AnalysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=f'"{shown}"')
    ansi = cx.conf.ansi
    args = collations.unified(function, args, e.origin)
    coerced = tuple(_settled(a, ansi, e) for a in _coerced(function, name, args, ansi, resolve, e))
    coerced = folded(function, coerced, cx)
    for constant in function.constants:
        if constant.index < len(coerced):
            _check_constant(constant, coerced, function, name, cx, e)
    draft = Call(
        function, name, coerced, NullType(), True, ansi, e.distinct, filter, order_by, bool(e.ignore_nulls), e.origin
    )
    return _typed(draft, cx)


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
        raise _declared(mismatch, function, name, args, e) from None
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
    done = resolve(other)
    if not name.isidentifier():
        return done
    shown = call_text(Call(function, name, args, done.type, done.nullable, distinct=e.distinct, filter=filter))
    return Replaced(done, shown)


def _typed(draft: Call, cx: Context) -> Call:
    f, returns = draft.function, draft.function.returns
    if f.full_scale is not None and not cx.conf.bool("spark.sql.decimalOperations.allowPrecisionLoss"):
        returns = f.full_scale
    try:
        type = returns(draft.args) if callable(returns) else returns
        if any(collated(a.type) for a in draft.args):
            collations.check(f, draft.name, draft)
            type = collations.result(f, draft.args, type or NullType())
    except Mismatch as mismatch:
        raise _declared(mismatch, f, draft.name, draft.args, draft) from None
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


def _positional(
    function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction
) -> tuple[Expression, ...]:
    """Named arguments moved to their places; missing last ones filled with the declared defaults."""
    signatures = _signatures(function)
    names = signatures[0].names
    if any(isinstance(a, NamedArgument) for a in args):
        if not names:
            raise AnalysisError("NAMED_PARAMETERS_NOT_SUPPORTED", e.origin, functionName=quote(name))
        placed: list[Any] = [a for a in args if not isinstance(a, NamedArgument)]
        placed += [None] * (len(names) - len(placed))
        for a in args:
            if not isinstance(a, NamedArgument):
                continue
            if a.name.lower() not in names:
                raise AnalysisError(
                    "UNRECOGNIZED_PARAMETER_NAME",
                    e.origin,
                    routineName=quote(name),
                    argumentName=quote(a.name),
                    proposal=", ".join(map(quote, names)),
                )
            at = names.index(a.name.lower())
            if placed[at] is not None:
                raise AnalysisError(
                    "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
                    e.origin,
                    routineName=quote(name),
                    parameterName=quote(a.name),
                )
            placed[at] = a.value
        defaults = dict(zip(reversed(names), reversed(signatures[0].defaults), strict=False))
        while placed and placed[-1] is None and names[len(placed) - 1] not in defaults:
            placed.pop()
        for i, p in enumerate(placed):
            if p is None:
                if names[i] not in defaults:
                    raise AnalysisError(
                        "REQUIRED_PARAMETER_NOT_FOUND",
                        e.origin,
                        routineName=quote(name),
                        parameterName=quote(names[i]),
                        index=i,
                    )
                placed[i] = _literal(defaults[names[i]])
        args = tuple(placed)
    s = signatures[0]
    missing = len(s.params) - len(args)
    if s.defaults and 0 < missing <= len(s.defaults) and len(args) >= s.least:
        args += tuple(_literal(v) for v in s.defaults[len(s.defaults) - missing :])
    return args


def _literal(value: Any) -> Literal:
    from glowplug.types import BOOLEAN, INT

    if isinstance(value, Literal):
        return value
    types: dict[type, DataType] = {bool: BOOLEAN, int: INT, float: DOUBLE, str: STRING}
    return Literal(value, types.get(type(value), NullType()))


def _signatures(function: Function) -> tuple[Signature, ...]:
    return function.signature if isinstance(function.signature, tuple) else (function.signature,)


def _fits(s: Signature, n: int) -> bool:
    return s.least <= n and (s.most is None or n <= s.most)


def _count(function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction) -> None:
    signatures = _signatures(function)
    if any(_fits(s, len(args)) for s in signatures):
        return
    if function.names[0] == "count":
        raise AnalysisError(
            "WRONG_NUM_ARGS.WITH_SUGGESTION",
            functionName=quote(name),
            expectedNum=" >= 1",
            actualNum=len(args),
            legacyNum=0,
            legacyConfKey=f'"{_LEGACY}.allowParameterlessCount"',  # which is refused
            legacyConfValue='"true"',
        )
    if all(s.most is None for s in signatures):
        expected = f"> {min(s.least for s in signatures) - 1}"
    else:
        counts = sorted({n for s in signatures for n in range(s.least, (s.most or s.least) + 1)})
        expected = str(counts[0]) if len(counts) == 1 else "[" + ", ".join(map(str, counts)) + "]"
    raise AnalysisError(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        None if function.names[0] in ("greatest", "least") else e.origin,  # Spark says no place of these
        docroot=DOCROOT,
        functionName=quote(name),
        expectedNum=expected,
        actualNum=len(args),
    )


# As in Spark, they take a timestamp for its seconds since the epoch, which nothing else does.
_OF_SECONDS = ("sum", "avg", "try_sum", "try_avg")


def _coerced(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, resolve: Resolve, e: UnresolvedFunction
) -> tuple[Expression, ...]:
    """The arguments with the types that the declaration asks for."""
    if function.names[0] in _OF_SECONDS and isinstance(args[0].type, TimestampType):
        return (cast_to(args[0], DOUBLE),)
    if function.coerce is not None:
        try:
            coerced = function.coerce(args, ansi)
        except Mismatch as mismatch:
            raise _declared(mismatch, function, name, args, e) from None
        if coerced is None:
            raise _misfit(function, name, args, ansi, e) or _mismatch(function, name, args, ansi, e)
        return coerced
    candidates = [s for s in _signatures(function) if _fits(s, len(args))]
    failure: AnalysisError | None = None
    for strict in (True, False) if len(candidates) > 1 else (False,):
        for s in candidates:
            params = _params(s, len(args))
            if strict and not all(
                isinstance(a, UnresolvedLambda) or p.accepts(a.type) for p, a in zip(params, args, strict=True)
            ):
                continue
            try:
                return _match(function, name, params, args, ansi, resolve, e)
            except AnalysisError as error:
                failure = failure or error
    assert failure is not None
    if len(candidates) > 1 and "requiredType" in failure.parameters:
        i = next(i for i in range(len(args)) if ordinal(i) == failure.parameters["paramIndex"])
        kinds = dict.fromkeys(_params(s, len(args))[i].shown for s in candidates)
        shown = f"({' or '.join(kinds)})" if len(kinds) > 1 else next(iter(kinds))
        failure = AnalysisError(failure.condition, failure.origin, **{**failure.parameters, "requiredType": shown})
    raise failure


def _misfit(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, e: UnresolvedFunction
) -> AnalysisError | None:
    """The error for the first argument that is of no type that the signature takes; none for operators."""
    s = _signatures(function)[0]
    if _operates(function, args):
        return None
    for i, (p, a) in enumerate(zip(_params(s, len(args)), args, strict=True)):
        if implicit_target(a.type, p, ansi) is None:
            return unexpected_type(function, name, args, i, p, e)
    return None


def _operates(function: Function, args: tuple[Expression, ...]) -> bool:
    name = function.names[0]
    return len(args) == 2 and (not name.isidentifier() or name in _OPERATORS)


def _params(s: Signature, n: int) -> tuple[Accept, ...]:
    """One parameter for each of n arguments; the last of a variadic signature repeats (in its cycle of groups)."""
    return s.params[:n] if n <= len(s.params) else s.params + (s.params[-1],) * (n - len(s.params))


def _match(
    function: Function,
    name: str,
    params: tuple[Accept, ...],
    args: tuple[Expression, ...],
    ansi: bool,
    resolve: Resolve,
    e: UnresolvedFunction,
) -> tuple[Expression, ...]:
    out: list[Expression] = list(args)
    for i, (p, a) in enumerate(zip(params, args, strict=True)):
        if p.at_once and not _foldable(a):
            raise _unfolded(function, name, args, i, p, e)
    for i, (p, a) in enumerate(zip(params, args, strict=True)):
        if p.lambda_ is not None:
            continue
        if isinstance(a, UnresolvedLambda):
            raise AnalysisError("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", e.origin, **{"class": name})
        bare = isinstance(a.type, NullType) and not p.accepts(a.type)
        target = implicit_target(a.type, p if function.casts else as_is(p), ansi)
        if target is None:
            raise unexpected_type(function, name, args, i, p, e)
        if p.foldable and not _foldable(a):
            raise _unfolded(function, name, args, i, p, e)
        if _of_day_and_date(a.type, target):
            raise _uncastable(a, target, ansi, e)
        out[i] = cast_to(a, target) if function.casts or not bare else Literal(None, target)
    for group in dict.fromkeys(p.same for p in params if p.same):
        places = [i for i, p in enumerate(params) if p.same == group]
        common = wider_all([out[i].type for i in places], ansi)
        if common is None:
            raise AnalysisError(
                "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
                e.origin,
                sqlExpr=f'"{_shown(function, name, args)}"',
                functionName=quote(name),
                dataType="(" + " or ".join(f'"{sql_name(out[i].type)}"' for i in places) + ")",
            )
        for i in places:
            out[i] = cast_to(out[i], common)
    others = tuple(x.type for x in out if not isinstance(x, UnresolvedLambda))
    for i, p in enumerate(params):
        if p.lambda_ is not None:
            try:
                types = p.lambda_(others)
            except Mismatch as mismatch:
                raise _declared(mismatch, function, name, args, e) from None
            out[i] = _lambda(out[i], types, resolve, e)
    return tuple(out)


def _of_day_and_date(source: DataType, target: DataType) -> bool:
    """Whether a cast between these is tried, and refused."""
    return (
        source != target
        and isinstance(source, TimeType) != isinstance(target, TimeType)
        and (isinstance(source, _INSTANTS) or isinstance(target, _INSTANTS))
    )


def _uncastable(e: Expression, target: DataType, ansi: bool, call: UnresolvedFunction) -> AnalysisError:
    from glowplug.analyze.expressions import uncastable

    return uncastable(Cast(e, target, "ansi" if ansi else "legacy", True, call.origin))


def _unfolded(
    function: Function, name: str, args: tuple[Expression, ...], i: int, p: Accept, e: UnresolvedFunction
) -> AnalysisError:
    s = function.signature
    return AnalysisError(
        "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
        e.origin,
        sqlExpr=f'"{_shown(function, name, args)}"',
        inputName=f"`{s.names[i]}`" if isinstance(s, Signature) and s.names else f"the {ordinal(i)} argument",
        inputType=p.shown,
        inputExpr=f'"{pretty(args[i])}"',
    )


def _check_constant(
    constant: Constant, args: tuple[Expression, ...], function: Function, name: str, cx: Context, e: UnresolvedFunction
) -> None:
    """The kernel would refuse the value too, or take it for another: this is where Spark says so."""
    arg = args[constant.index]
    shown = f'"{_shown(function, name, args)}"'
    if not _foldable(arg):
        raise AnalysisError(
            "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
            e.origin,
            sqlExpr=shown,
            inputName=quote(constant.name.strip("`")),
            inputType=f'"{sql_name(arg.type)}"',
            inputExpr=f'"{pretty(arg)}"',
        )
    plain = (
        arg.value if isinstance(arg, Literal) else cx.world.run(Project(OneRow(), (Alias(arg, "", new_id()),)))[0][0]
    )
    value = plain if isinstance(plain, int) else 0
    if not constant.low <= value <= constant.high:
        raise AnalysisError(
            "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
            e.origin,
            sqlExpr=shown,
            exprName=constant.name,
            valueRange=constant.shown,
            currentValue=f"{value}{constant.literal}",
        )


def _foldable(e: Expression) -> bool:
    for x in walk(e):
        if isinstance(x, (Attribute, OuterReference, LambdaVariable, Subquery)):
            return False
        if isinstance(x, Call) and not x.function.deterministic:
            return False
    return True


def _lambda(
    e: Expression, types: tuple[tuple[DataType, bool], ...], resolve: Resolve, call: UnresolvedFunction
) -> Expression:
    if not isinstance(e, UnresolvedLambda):
        raise AnalysisError(
            "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH", call.origin, expectedNumArgs=0, actualNumArgs=len(types)
        )
    indexed = call.parts[-1].lower() in ("transform", "filter")  # takes a place as well, if that has a name
    if len(e.params) > len(types) or (len(e.params) < len(types) and not indexed):
        raise AnalysisError(
            "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
            e.origin or call.origin,
            expectedNumArgs=len(e.params),
            actualNumArgs=1 if indexed else len(types),  # without the place
        )
    variables = tuple(LambdaVariable(n, t, null, new_id()) for n, (t, null) in zip(e.params, types, strict=False))
    return Lambda(resolve(e.body, variables), variables)


def _shown(function: Function, name: str, args: tuple[Expression, ...]) -> str:
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


def unexpected_type(
    function: Function, name: str, args: tuple[Expression, ...], i: int, p: Accept, e: UnresolvedFunction
) -> AnalysisError:
    unordered = p.shown == '"ARRAY"' and isinstance(args[i].type, ArrayType)  # an array, but not of what has an order
    if p.shown == '"ORDERABLE"' or unordered:
        return AnalysisError(
            "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
            e.origin,
            sqlExpr=f'"{_shown(function, name, args)}"',
            functionName=quote(name),
            dataType=f'"{sql_name(args[i].type)}"',
        )
    return AnalysisError(
        "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
        e.origin,
        sqlExpr=f'"{_shown(function, name, args)}"',
        paramIndex=ordinal(i),
        requiredType=p.shown,
        inputSql=f'"{pretty(args[i])}"',
        inputType=f'"{sql_name(args[i].type)}"',
    )


def _declared(
    mismatch: Mismatch, function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction | Call
) -> AnalysisError:
    return AnalysisError(
        mismatch.condition, e.origin, sqlExpr=f'"{_shown(function, name, args)}"', **mismatch.parameters
    )


def _mismatch(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, e: UnresolvedFunction
) -> AnalysisError:
    shown = f'"{_shown(function, name, args)}"'
    if _operates(function, args):
        a, b = operator_types(args[0].type, args[1].type, ansi, name in ("and", "or"))
        if a == b:
            return AnalysisError(
                "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE",
                e.origin,
                sqlExpr=shown,
                inputType=_params(_signatures(function)[0], 1)[0].shown,
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
        dataType="(" + " or ".join(f'"{sql_name(a.type)}"' for a in args) + ")",
    )
