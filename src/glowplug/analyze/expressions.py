"""Resolving expressions: names become columns, calls become declared functions, casts get their mode.

`resolve` returns a resolved expression. One function for each kind of unresolved node; the table at the end
of the file lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze import calls
from glowplug.analyze.context import Context, Scope
from glowplug.analyze.extract import extract, update_field
from glowplug.analyze.suggestions import unresolved_column
from glowplug.errors import AnalysisError
from glowplug.plan.casts import can_cast
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Cast,
    Expression,
    Literal,
    NamedArgument,
    OuterReference,
    Parameter,
    SortOrder,
    Subquery,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedFunction,
    UnresolvedLambdaVariable,
    UnresolvedRegex,
    UnresolvedStar,
    UpdateFields,
    WindowExpression,
    new_id,
)
from glowplug.plan.names import derived_name, pretty
from glowplug.plan.tree import map_expressions
from glowplug.types import INT, STRING, DataType, quote, sql_name


def resolve(e: Expression, scope: Scope, cx: Context) -> Expression:
    """`e` with every name, call and cast resolved against `scope`, then against the scopes around it."""
    handler = _HANDLERS.get(e.__class__)
    if handler is not None:
        return handler(e, scope, cx)
    return map_expressions(e, lambda c: resolve(c, scope, cx))  # type: ignore[no-any-return]


def resolve_named(e: Expression, scope: Scope, cx: Context) -> Expression:
    """As `resolve`, giving an `Attribute` or an `Alias`: what a select list holds."""
    return named(resolve(e, scope, cx))


def named(e: Expression) -> Expression:
    if isinstance(e, (Attribute, Alias)):
        return e
    if isinstance(e, OuterReference):
        return Alias(e, e.attribute.name, new_id(), e.attribute.metadata)
    return Alias(e, derived_name(e), new_id(), None)


def _attribute(e: UnresolvedAttribute, scope: Scope, cx: Context) -> Expression:
    if len(e.parts) == 1 and scope.key(e.parts[0]) in scope.variables:
        return scope.variables[scope.key(e.parts[0])]
    if scope.variables and scope.key(e.parts[0]) in scope.variables:
        return _nested(scope.variables[scope.key(e.parts[0])], e.parts[1:], e, cx)
    if e.plan_id is not None:
        return _frame_column(e, scope, cx)
    found = lookup(e.parts, scope, cx, e)
    if found is not None:
        return found
    for outer in cx.outer:
        found = lookup(e.parts, outer, cx, e)
        if found is not None:
            return outer_references(found)
    alias = scope.aliases.get(scope.key(e.parts[0]))
    if alias is not None:
        return _nested(alias.child, e.parts[1:], e, cx)
    if len(e.parts) == 1 and (function := calls.without_parentheses(e.parts[0])):
        return resolve(UnresolvedFunction((function,), origin=e.origin), scope, cx)
    raise unresolved_column(e.parts, scope, e.origin)


def outer_references(e: Expression) -> Expression:
    """`e` as seen from inside a subquery: its columns are those of the query around."""
    if isinstance(e, Attribute):
        return OuterReference(e)
    return map_expressions(e, outer_references)  # type: ignore[no-any-return]


def lookup(parts: tuple[str, ...], scope: Scope, cx: Context, e: UnresolvedAttribute) -> Expression | None:
    """The column (or field of one) that `parts` names: the longest qualifier wins."""
    for find in (scope.named, scope.named_hidden):
        for n in range(len(parts) - 1, -1, -1):
            qualifier = tuple(map(scope.key, parts[:n]))
            matches = {
                a.id: a
                for a in find(parts[n])
                if not n or tuple(map(scope.key, a.qualifier[-n:])) == qualifier
            }
            if len(matches) > 1:
                names = sorted(f"[{', '.join(quote_all(a))}]" for a in matches.values())
                raise AnalysisError(
                    "AMBIGUOUS_REFERENCE",
                    e.origin,
                    name=".".join(map(quote, parts)),
                    referenceNames="[" + ", ".join(n[1:-1] for n in names) + "]",
                )
            if matches:
                return _nested(next(iter(matches.values())), parts[n + 1 :], e, cx)
    return None


def quote_all(a: Attribute) -> tuple[str, ...]:
    return (".".join(quote(p) for p in (*a.qualifier, a.name)),)


def _nested(base: Expression, fields: tuple[str, ...], e: UnresolvedAttribute, cx: Context) -> Expression:
    for name in fields:
        base = extract(base, Literal(name, STRING), cx.conf.case_sensitive, cx.conf.ansi, e.origin)
    return base


def _frame_column(e: UnresolvedAttribute, scope: Scope, cx: Context) -> Expression:
    """`df.col`: a column of the DataFrame with that number, which must still be visible here."""
    outputs = cx.frames.get(e.plan_id or 0)
    visible = {a.id: a for a in (*scope.hidden, *scope.columns)}
    if outputs is None:
        found = lookup(e.parts, scope, cx, e)
        if found is None:
            for outer in cx.outer:
                if (found := lookup(e.parts, outer, cx, e)) is not None:
                    return outer_references(found)
            raise _not_of_this_frame(e)
        return found
    found_any = False
    candidates: dict[int, tuple[Attribute, Expression]] = {}
    for output in outputs:
        match = lookup(e.parts, Scope(output, case_sensitive=scope.case_sensitive), cx, e)
        if match is None:
            continue
        found_any = True
        root = _root(match)
        if root.id in visible:
            candidates[root.id] = (root, match)
    if len(candidates) > 1:
        shown = {a.id for a in scope.columns}
        candidates = {i: c for i, c in candidates.items() if i in shown} or candidates
    if len(candidates) > 1:
        raise AnalysisError("AMBIGUOUS_COLUMN_REFERENCE", e.origin, name=".".join(map(quote, e.parts)))
    if candidates:
        (root, match), = candidates.values()
        return _with_root(match, root, visible[root.id])
    if not found_any:
        raise unresolved_column(e.parts, Scope(outputs[0]), e.origin)
    for outer in cx.outer:
        inside = {a.id: a for a in (*outer.hidden, *outer.columns)}
        for output in outputs:
            match = lookup(e.parts, Scope(output, case_sensitive=scope.case_sensitive), cx, e)
            if match is not None and _root(match).id in inside:
                return outer_references(match)
    raise _not_of_this_frame(e)


def _not_of_this_frame(e: UnresolvedAttribute) -> AnalysisError:
    return AnalysisError("CANNOT_RESOLVE_DATAFRAME_COLUMN", e.origin, name=".".join(map(quote, e.parts)))


def _root(e: Expression) -> Attribute:
    while not isinstance(e, Attribute):
        e = e.args[0] if hasattr(e, "args") else e.child  # type: ignore[attr-defined]
    return e


def _with_root(e: Expression, old: Attribute, new: Attribute) -> Expression:
    """`e` over the column as it is seen here (an outer join may have made it nullable)."""
    if e is old:
        return new
    return map_expressions(e, lambda c: _with_root(c, old, new))  # type: ignore[no-any-return]


def _alias(e: UnresolvedAlias, scope: Scope, cx: Context) -> Expression:
    child = resolve(e.child, scope, cx)
    if len(e.names) != 1:
        raise AnalysisError("MULTI_ALIAS_WITHOUT_GENERATOR", expr=f'"{pretty(child)}"', names=", ".join(e.names))
    return Alias(child, e.names[0], new_id(), e.metadata)


def _cast(e: Cast, scope: Scope, cx: Context) -> Expression:
    child = resolve(e.child, scope, cx)
    mode = e.mode or ("ansi" if cx.conf.ansi else "legacy")
    if not can_cast(child.type, e.type, mode != "legacy"):
        raise AnalysisError(
            "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION",
            e.origin,
            sqlExpr=f'"CAST({pretty(child)} AS {sql_name(e.type)})"',
            srcType=f'"{sql_name(child.type)}"',
            targetType=f'"{sql_name(e.type)}"',
        )
    return replace(e, child=child, type=_unbounded(e.type), mode=mode)


def _unbounded(type: DataType) -> DataType:
    """CAST to char or varchar gives a string."""
    from glowplug.types import CharType, VarcharType

    return STRING if isinstance(type, (CharType, VarcharType)) else type


def _function(e: UnresolvedFunction, scope: Scope, cx: Context) -> Expression:
    args: list[Expression] = []
    for a in e.args:
        if isinstance(a, UnresolvedStar):
            if e.parts[-1].lower() == "count" and not a.target and not e.distinct:
                args.append(Literal(1, INT))
            else:
                from glowplug.analyze.stars import expand

                args += expand(a, scope, cx)
        else:
            args.append(calls.defer_lambda(a) or resolve(a, scope, cx))
    return calls.build(
        e,
        tuple(args),
        cx,
        filter=None if e.filter is None else resolve(e.filter, scope, cx),
        order_by=tuple(resolve_order(o, scope, cx) for o in e.order_by),
        resolve=lambda x, variables=(): resolve(x, scope.with_variables(variables) if variables else scope, cx),
    )


def resolve_order(o: SortOrder, scope: Scope, cx: Context) -> SortOrder:
    return SortOrder(resolve(o.child, scope, cx), o.ascending, o.nulls_first)


def _extract(e: UnresolvedExtract, scope: Scope, cx: Context) -> Expression:
    base, key = resolve(e.child, scope, cx), resolve(e.extraction, scope, cx)
    return extract(base, key, cx.conf.case_sensitive, cx.conf.ansi, e.origin)


def _update(e: UpdateFields, scope: Scope, cx: Context) -> Expression:
    value = None if e.value is None else resolve(e.value, scope, cx)
    return update_field(resolve(e.child, scope, cx), e.name, value, cx)


def _lambda_variable(e: UnresolvedLambdaVariable, scope: Scope, cx: Context) -> Expression:
    return _attribute(UnresolvedAttribute(e.parts), scope, cx)


def _subquery(e: Subquery, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.subqueries import resolve_subquery

    return resolve_subquery(e, scope, cx)


def _window(e: WindowExpression, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.window import resolve_window

    return resolve_window(e, scope, cx)


def _named_argument(e: NamedArgument, scope: Scope, cx: Context) -> Expression:
    return NamedArgument(e.name, resolve(e.value, scope, cx))


def _star(e: UnresolvedStar, scope: Scope, cx: Context) -> Expression:
    raise AnalysisError("INVALID_USAGE_OF_STAR_OR_REGEX", e.origin, elem="'*'", prettyName="expression")


def _regex(e: UnresolvedRegex, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.stars import matching

    found = matching(e, scope, cx)
    if len(found) == 1:
        return found[0]
    raise AnalysisError("INVALID_USAGE_OF_STAR_OR_REGEX", elem=f"regular expression '{e.pattern}'", prettyName="expression")


def _parameter(e: Parameter, scope: Scope, cx: Context) -> Expression:
    raise AnalysisError("UNBOUND_SQL_PARAMETER", e.origin, name=e.name)


def _done(e: Expression, scope: Scope, cx: Context) -> Expression:
    return e


_HANDLERS: dict[type[Expression], Callable[..., Expression]] = {
    Attribute: _done,
    Literal: _done,
    OuterReference: _done,
    UnresolvedAttribute: _attribute,
    UnresolvedAlias: _alias,
    UnresolvedFunction: _function,
    UnresolvedExtract: _extract,
    UnresolvedStar: _star,
    UnresolvedRegex: _regex,
    UnresolvedLambdaVariable: _lambda_variable,
    UpdateFields: _update,
    Cast: _cast,
    Subquery: _subquery,
    WindowExpression: _window,
    NamedArgument: _named_argument,
    Parameter: _parameter,
}
