"""The arguments of a call: counted, put in the order of the signature, and given the types that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from glowplug.analyze.context import Context
from glowplug.analyze.mismatches import (
    as_declared,
    different_types,
    either,
    misfit,
    no_cast,
    shown_call,
    unexpected_type,
    unfolded,
)
from glowplug.analyze.refusals import PARAMETERS, called_as, expected, required
from glowplug.analyze.signatures import fits, params_of, signatures_of
from glowplug.analyze.suggestions import MOST_PARAMETERS, nearest
from glowplug.errors import DOCROOT, AnalysisError
from glowplug.functions.coercion import cast_to, implicit_target, wider_all
from glowplug.functions.vocabulary import ORDERABLE, Mismatch, as_is, ordinal
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Lambda,
    LambdaVariable,
    Literal,
    NamedArgument,
    OuterReference,
    Subquery,
    UnresolvedFunction,
    UnresolvedLambda,
    new_id,
)
from glowplug.plan.function import Accept, Constant, Function
from glowplug.plan.names import pretty
from glowplug.plan.relations import OneRow, Project
from glowplug.plan.tree import walk
from glowplug.types import (
    DOUBLE,
    STRING,
    DataType,
    DateType,
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
# As in Spark, they take a timestamp for its seconds since the epoch, which nothing else does.
_OF_SECONDS = ("sum", "avg", "try_sum", "try_avg")


def check_named(args: Sequence[Expression], names: Sequence[str], routine: str, e: UnresolvedFunction) -> None:
    """Refuse names given twice and positions after names, then names that are unknown or of what has a position."""
    named = dict[str, str]()
    last = None
    for a in args:
        if not isinstance(a, NamedArgument):
            if last is not None:
                condition = "UNEXPECTED_POSITIONAL_ARGUMENT"
                raise AnalysisError(condition, e.origin, routineName=routine, parameterName=quote(last))
            continue
        last = a.name
        if a.name.lower() in named:
            condition = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE"
            raise AnalysisError(condition, e.origin, routineName=routine, parameterName=quote(a.name))
        named[a.name.lower()] = a.name
    positional = len(args) - len(named)
    known = [n.lower() for n in names]
    for key, name in named.items():
        if key not in known:
            proposal = " ".join(nearest((name,), [(n,) for n in names])[:MOST_PARAMETERS])
            shown = {"routineName": routine, "argumentName": quote(name), "proposal": proposal}
            raise AnalysisError("UNRECOGNIZED_PARAMETER_NAME", e.origin, **shown)
        if known.index(key) < positional:
            condition = "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED"
            raise AnalysisError(condition, e.origin, routineName=routine, parameterName=quote(names[known.index(key)]))


def in_order(
    function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction
) -> tuple[Expression, ...]:
    """Named arguments moved to their places; missing last ones filled with the declared defaults."""
    signatures = signatures_of(function)
    names = signatures[0].names
    if any(isinstance(a, NamedArgument) for a in args):
        if not names:
            raise AnalysisError("NAMED_PARAMETERS_NOT_SUPPORTED", e.origin, functionName=quote(name))
        check_named(args, names, quote(name), e)
        placed: list[Any] = [a for a in args if not isinstance(a, NamedArgument)]
        placed += [None] * (len(names) - len(placed))
        places = {n.lower(): i for i, n in enumerate(names)}
        for a in args:
            if isinstance(a, NamedArgument):
                placed[places[a.name.lower()]] = a.value
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


def check_count(function: Function, name: str, args: tuple[Expression, ...], e: UnresolvedFunction) -> None:
    signatures = signatures_of(function)
    if any(fits(s, len(args)) for s in signatures):
        return
    if len(args) < len(parameters := PARAMETERS.get(name, ())):
        raise AnalysisError(
            "REQUIRED_PARAMETER_NOT_FOUND",
            e.origin,
            routineName=quote(name),
            parameterName=quote(parameters[len(args)]),
            index=0,
        )
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
        shown = f"> {min(s.least for s in signatures) - 1}"
    else:
        counts = sorted({n for s in signatures for n in range(s.least, (s.most or s.least) + 1)})
        shown = str(counts[0]) if len(counts) == 1 else "[" + ", ".join(map(str, counts)) + "]"
    raise AnalysisError(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        None if function.names[0] in ("greatest", "least") else e.origin,  # Spark says no place of these
        docroot=DOCROOT,
        functionName=quote(called_as(name)),
        expectedNum=expected(name, shown),
        actualNum=len(args),
    )


def coerced_to(
    function: Function, name: str, args: tuple[Expression, ...], ansi: bool, resolve: Resolve, e: UnresolvedFunction
) -> tuple[Expression, ...]:
    """The arguments with the types that the declaration asks for."""
    if function.names[0] in _OF_SECONDS and isinstance(args[0].type, TimestampType):
        return (cast_to(args[0], DOUBLE),)
    if function.coerce is not None:
        try:
            coerced = function.coerce(args, ansi)
        except Mismatch as mismatch:
            raise as_declared(mismatch, function, name, args, e) from None
        if coerced is None:
            raise misfit(function, name, args, ansi, e) or different_types(function, name, args, ansi, e)
        return coerced
    candidates = [s for s in signatures_of(function) if fits(s, len(args))]
    failure: AnalysisError | None = None
    for strict in (True, False) if len(candidates) > 1 else (False,):
        for s in candidates:
            params = params_of(s, len(args))
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
        kinds = dict.fromkeys(params_of(s, len(args))[i].shown for s in candidates)
        shown = required(name, ordinal(i), f"({' or '.join(kinds)})" if len(kinds) > 1 else next(iter(kinds)))
        failure = AnalysisError(failure.condition, failure.origin, **{**failure.parameters, "requiredType": shown})
    raise failure


def _match(
    function: Function,
    name: str,
    params: tuple[Accept, ...],
    args: tuple[Expression, ...],
    ansi: bool,
    resolve: Resolve,
    e: UnresolvedFunction,
) -> tuple[Expression, ...]:
    params = params if function.casts else tuple(map(as_is, params))
    args = tuple(map(_bare, params, args))
    out = list(args)
    unordered: AnalysisError | None = None
    for i, (p, a) in enumerate(zip(params, args, strict=True)):
        if p.foldable and p.when == "first" and not _foldable(a):
            raise unfolded(function, name, args, i, p, ansi, e)
    for i, (p, a) in enumerate(zip(params, args, strict=True)):
        if p.lambda_ is not None:
            continue
        if isinstance(a, UnresolvedLambda):
            raise AnalysisError("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", e.origin, **{"class": name})
        if p.foldable and p.when == "turn" and not _foldable(a):
            raise unfolded(function, name, args, i, p, ansi, e)
        target = implicit_target(a.type, p, ansi)
        if target is None:
            error = unexpected_type(function, name, args, i, p, e)
            if p.shown != ORDERABLE.shown:
                raise error
            unordered = unordered or error
            continue
        if _of_day_and_date(a.type, target):
            raise no_cast(a, target, ansi, e)
        out[i] = cast_to(out[i], target)
    if unordered is not None:
        raise unordered
    for i, (p, a) in enumerate(zip(params, args, strict=True)):
        if p.foldable and not _foldable(a):
            raise unfolded(function, name, args, i, p, ansi, e)
    _bring_together(out, function, name, params, args, ansi, e)
    others = tuple(x.type for x in out if not isinstance(x, UnresolvedLambda))
    for i, p in enumerate(params):
        if p.lambda_ is not None:
            try:
                types = p.lambda_(others)
            except Mismatch as mismatch:
                raise as_declared(mismatch, function, name, args, e) from None
            out[i] = _lambda(out[i], types, resolve, e)
    return tuple(out)


def _bring_together(
    out: list[Expression],
    function: Function,
    name: str,
    params: tuple[Accept, ...],
    args: tuple[Expression, ...],
    ansi: bool,
    e: UnresolvedFunction,
) -> None:
    """Casts those that are to have one type, in place. DATATYPE_MISMATCH.DATA_DIFF_TYPES where there is none."""
    places = [i for i, p in enumerate(params) if p.same]
    if not places:
        return
    common = wider_all([out[i].type for i in places], ansi)
    if common is None:
        raise AnalysisError(
            "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
            e.origin,
            sqlExpr=f'"{shown_call(function, name, args)}"',
            functionName=quote(name),
            dataType=either(name, tuple(out[i].type for i in places)),
        )
    for i in places:
        out[i] = cast_to(out[i], common)


def _bare(p: Accept, a: Expression) -> Expression:
    """A NULL of no type where a parameter is of one and nothing is cast to it: it becomes one of that type."""
    if p.implicit or not p.targets or isinstance(a, UnresolvedLambda) or not isinstance(a.type, NullType):
        return a
    return a if p.accepts(a.type) else Literal(None, p.targets[0])


def _of_day_and_date(source: DataType, target: DataType) -> bool:
    """Whether a cast between these is tried, and refused."""
    return (
        source != target
        and isinstance(source, TimeType) != isinstance(target, TimeType)
        and (isinstance(source, _INSTANTS) or isinstance(target, _INSTANTS))
    )


_INDEXED = ("transform", "filter")  # take a place as well, if that has a name


def _lambda(
    e: Expression, types: tuple[tuple[DataType, bool], ...], resolve: Resolve, call: UnresolvedFunction
) -> Expression:
    if not isinstance(e, UnresolvedLambda):  # the value is the same for all
        given = types[:1] if call.parts[-1].lower() in _INDEXED else types
        return Lambda(e, tuple(LambdaVariable(f"x_{i}", t, null, new_id()) for i, (t, null) in enumerate(given)))
    indexed = call.parts[-1].lower() in _INDEXED
    if len(e.params) > len(types) or (len(e.params) < len(types) and not indexed):
        raise AnalysisError(
            "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
            e.origin or call.origin,
            expectedNumArgs=len(e.params),
            actualNumArgs=1 if indexed else len(types),  # without the place
        )
    variables = tuple(LambdaVariable(n, t, null, new_id()) for n, (t, null) in zip(e.params, types, strict=False))
    return Lambda(resolve(e.body, variables), variables)


def check_constant(
    constant: Constant, args: tuple[Expression, ...], function: Function, name: str, cx: Context, e: UnresolvedFunction
) -> None:
    """The kernel would refuse the value too, or take it for another: this is where Spark says so."""
    arg = args[constant.index]
    shown = f'"{shown_call(function, name, args)}"'
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
