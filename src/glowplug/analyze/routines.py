"""Calls of functions written in SQL: the body takes the call's place, with the arguments where parameters stand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze.arguments import check_named
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.default_collation import in_default
from glowplug.analyze.expressions import resolve, uncastable
from glowplug.analyze.names import outer_references
from glowplug.catalog.table import PersistentFunction
from glowplug.errors import DOCROOT, AnalysisError, unsupported
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Cast,
    Expression,
    NamedArgument,
    OuterReference,
    Replaced,
    Subquery,
    UnresolvedFunction,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.predicates import is_deterministic
from glowplug.plan.relations import Project, Relation, SQLText, SubqueryAlias, UnresolvedTableFunction
from glowplug.plan.tree import rewrite, walk
from glowplug.types import StructType, quote, sql_name

Parameters = tuple[Attribute, ...]


def scalar_call(
    function: PersistentFunction, e: UnresolvedFunction, args: tuple[Expression, ...], cx: Context
) -> Expression:
    """The value of a call in an expression. NOT_A_SCALAR_FUNCTION, WRONG_NUM_ARGS."""
    if function.class_name:
        raise cannot_load(function.class_name, quoted(function))
    if function.is_table:
        raise AnalysisError("NOT_A_SCALAR_FUNCTION", e.origin, functionName=quoted(function))
    if e.distinct or e.filter is not None:
        raise AnalysisError(
            "INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
            e.origin,
            prettyName=quoted(function),
            syntax="DISTINCT" if e.distinct else "FILTER CLAUSE",
        )
    given = placed(function, args, cx, e)
    parameters = _parameters(function)
    body = _body(function, parameters, cx)
    _refuse_repeated(given, parameters, body)
    value = _cast(_with_arguments(body, dict(zip((p.id for p in parameters), given, strict=True))), function)
    written = [f for f, a in zip(given, _named(function, args), strict=True) if a]
    shown = ", ".join(pretty(_unwrapped(a)) for a in written)
    return Replaced(value, f"{unquoted(function)}({shown})")


def _named(function: PersistentFunction, args: tuple[Expression, ...]) -> list[bool]:
    """Which parameters a call has arguments for."""
    names = {a.name.lower() for a in args if isinstance(a, NamedArgument)}
    if names:  # then defaults are shown too
        return [True] * len(function.parameters.fields)
    return [i < len(args) - len(names) or f.name.lower() in names for i, f in enumerate(function.parameters.fields)]


def _unwrapped(e: Expression) -> Expression:
    return e.child if isinstance(e, Cast) and e.implicit else e


def table_call(function: PersistentFunction, node: UnresolvedTableFunction, cx: Context) -> Relation:
    """The rows of a call in FROM. NOT_A_TABLE_FUNCTION, WRONG_NUM_ARGS."""
    if function.class_name:
        raise AnalysisError("NOT_A_TABLE_FUNCTION", node.origin, functionName=".".join(map(quote, node.parts)))
    if not function.is_table:
        raise AnalysisError("NOT_A_TABLE_FUNCTION", node.origin, functionName=quoted(function))
    call = UnresolvedFunction(node.parts, node.args, origin=node.origin)
    if any(isinstance(x, Subquery) and x.kind == "table" for a in node.args for x in walk(a)):
        condition = "TABLE_VALUED_ARGUMENTS_NOT_YET_IMPLEMENTED_FOR_SQL_FUNCTIONS"
        raise AnalysisError(condition, node.origin, action="call", functionName=quoted(function))
    args = tuple(resolve(a, Scope(()), cx) for a in node.args)
    given = placed(function, args, cx, call)
    parameters = _parameters(function)
    plan = _table_plan(function, parameters, cx)
    values = {p.id: a for p, a in zip(parameters, given, strict=True)}
    plan = _in_plan(plan, values, lambda a: a)
    assert isinstance(function.returns, StructType)
    items = []
    for a, f in zip(plan.output, function.returns.fields, strict=True):
        items.append(Alias(a if a.type == f.type else Cast(a, f.type, "ansi"), f.name, new_id()))
    return SubqueryAlias(Project(plan, tuple(items)), function.identifier.name)


# --- definitions ----------------------------------------------------------------------------------------


def scalar_body(function: PersistentFunction, cx: Context) -> Expression:
    """The body of a function that is being made, of its declared type."""
    body = _body(function, _parameters(function), cx, new=True)
    if isinstance(body, Call) and body.function.kind == "generator":
        raise AnalysisError("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS", expression=f'"{pretty(body)}"')
    return body if function.returns.__class__.__name__ == "NullType" else _cast(body, function)


def table_body(function: PersistentFunction, cx: Context) -> Relation:
    return _table_plan(function, _parameters(function), cx)


def _parameters(function: PersistentFunction) -> Parameters:
    name = function.identifier.name
    return tuple(Attribute(f.name, f.type, True, new_id(), (name,)) for f in function.parameters.fields)


def _within(function: PersistentFunction, cx: Context) -> Context:
    """What the text of a function sees, as a part of the query that calls it."""
    return replace(cx.world.inside(function), standing=cx.standing)


def _body(function: PersistentFunction, parameters: Parameters, cx: Context, new: bool = False) -> Expression:
    from glowplug.sql import Settings, parse_expression

    within = _within(function, cx)
    scope = Scope(parameters, case_sensitive=cx.conf.case_sensitive)
    if function.is_query:
        query = in_default(within.world.parse(SQLText(function.text)), function.collation or None)
        return resolve(Subquery("scalar", query), scope, within)
    parsed = in_default(parse_expression(function.text, Settings.of(within.conf)), function.collation or None)
    if new and any(isinstance(x, UnresolvedFunction) and _is_itself(x, function, cx) for x in walk(parsed)):
        raise AnalysisError("ROUTINE_NOT_FOUND", routineName=function.identifier.in_catalog)
    return resolve(parsed, scope, within)


def _is_itself(e: UnresolvedFunction, function: PersistentFunction, cx: Context) -> bool:
    if not function.identifier.catalog or cx.world.function(e.parts) is not None:
        return False
    return cx.world.routine(e.parts) is None and cx.world.catalogs.identifier(e.parts) == function.identifier


def _table_plan(function: PersistentFunction, parameters: Parameters, cx: Context) -> Relation:
    from glowplug.analyze.pipeline import analyze_relation

    within = _within(function, cx)
    query = in_default(within.world.parse(SQLText(function.text)), function.collation or None)
    return analyze_relation(query, within.within(Scope(parameters, case_sensitive=cx.conf.case_sensitive)))


def _cast(value: Expression, function: PersistentFunction) -> Expression:
    to = function.returns
    if value.type == to:
        return value
    ansi = dict(function.settings).get("spark.sql.ansi.enabled") != "false"
    if not can_cast(value.type, to, ansi):
        error = uncastable(Cast(value, to, "ansi" if ansi else "legacy"))
        error.parameters["sqlExpr"] = f'"{pretty(value)}"'
        raise error
    return Cast(value, to, "ansi" if ansi else "legacy", implicit=True)


# --- arguments -------------------------------------------------------------------------------------------


def placed(
    function: PersistentFunction, args: tuple[Expression, ...], cx: Context, e: UnresolvedFunction
) -> tuple[Expression, ...]:
    """One argument for each parameter, of its type: named ones in their places, defaults for what is missing."""
    fields = function.parameters.fields
    found: list[Expression | None] = [None] * len(fields)
    places = {f.name.lower(): i for i, f in enumerate(fields)}
    check_named(args, [f.name for f in fields], quoted(function), e)
    if len(args) > len(fields):
        raise _wrong_number(function, len(args), e)
    positional = sum(not isinstance(a, NamedArgument) for a in args)
    for i, a in enumerate(args):
        if isinstance(a, NamedArgument):
            found[places[a.name.lower()]] = a.value
        else:
            found[i] = a
    result: list[Expression] = []
    for i, (f, value) in enumerate(zip(fields, found, strict=True)):
        if value is None:
            text = json.loads(f.metadata).get("default")
            if text is None and positional < len(args):
                shown = {"routineName": quoted(function), "parameterName": quote(f.name), "index": i}
                raise AnalysisError("REQUIRED_PARAMETER_NOT_FOUND", e.origin, **shown)
            if text is None:
                raise _wrong_number(function, len(args), e)
            value = default_of(text, function, cx)
        if value.type != f.type and not can_cast(value.type, f.type, cx.conf.ansi):
            raise AnalysisError(
                "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
                e.origin,
                sqlExpr=f'"{pretty(value)}"',
                srcType=f'"{sql_name(value.type)}"',
                targetType=f'"{sql_name(f.type)}"',
            )
        mode = "ansi" if cx.conf.ansi else "legacy"
        result.append(value if value.type == f.type else Cast(value, f.type, mode, implicit=True))  # type: ignore[arg-type]
    return tuple(result)


def default_of(text: str, function: PersistentFunction, cx: Context) -> Expression:
    from glowplug.sql import Settings, parse_expression

    within = _within(function, cx)
    return resolve(parse_expression(text, Settings.of(within.conf)), Scope(()), within)


def _wrong_number(function: PersistentFunction, n: int, e: UnresolvedFunction) -> AnalysisError:
    return AnalysisError(
        "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
        e.origin,
        functionName=quoted(function),
        expectedNum=len(function.parameters.fields),
        actualNum=n,
        docroot=DOCROOT,
    )


def _refuse_repeated(args: tuple[Expression, ...], parameters: Parameters, body: Expression) -> None:
    """An argument that is another value each time it is computed can stand in one place only."""
    for arg, p in zip(args, parameters, strict=True):
        changes = not is_deterministic(arg)
        if changes and sum(isinstance(x, Attribute) and x.id == p.id for x in walk(body)) > 1:
            raise unsupported("a non-deterministic argument of a SQL function that uses it more than once")


def _with_arguments(e: Expression, values: dict[int, Expression]) -> Expression:
    """`e` with parameters replaced; inside its subqueries they are outer references."""
    if isinstance(e, Attribute) and e.id in values:
        return values[e.id]
    if isinstance(e, Subquery):
        inner = _in_plan(e.plan, values, outer_references)
        left = tuple(_with_arguments(v, values) for v in e.values)
        return replace(e, plan=inner, values=left)
    return rewrite(e, Expression, lambda c: _with_arguments(c, values))  # type: ignore[no-any-return]


def _in_plan(plan: Relation, values: dict[int, Expression], form: Callable[[Expression], Expression]) -> Relation:
    def change(e: Expression) -> Expression:
        if isinstance(e, OuterReference) and e.attribute.id in values:
            return form(values[e.attribute.id])
        if isinstance(e, Subquery):
            return replace(e, plan=relation(e.plan), values=tuple(map(change, e.values)))
        return rewrite(e, Expression, change)  # type: ignore[no-any-return]

    def relation(node: Relation) -> Relation:
        node = rewrite(node, Relation, relation)
        return rewrite(node, Expression, change)  # type: ignore[no-any-return]

    return relation(plan)


def cannot_load(class_name: str, function: str) -> AnalysisError:
    return AnalysisError("CANNOT_LOAD_FUNCTION_CLASS", className=class_name, functionName=function)


def quoted(function: PersistentFunction) -> str:
    identifier = function.identifier
    return identifier.quoted if identifier.catalog else quote(identifier.name)


def unquoted(function: PersistentFunction) -> str:
    identifier = function.identifier
    return identifier.unquoted if identifier.catalog else identifier.name
