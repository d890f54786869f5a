"""SELECT and its DataFrame twins: stars, generators, aliases used by later items, aggregation, windows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from glowplug.analyze.aggregates import has_aggregates
from glowplug.analyze.context import Context, Scope, expose, scope_of, used
from glowplug.analyze.expressions import name_item, named, resolve
from glowplug.analyze.names import LATERAL
from glowplug.analyze.rules.filters import boolean, resolve_filter
from glowplug.analyze.rules.generators import extract_generators, generator_columns, generator_of
from glowplug.analyze.rules.grouping import aggregate_select, is_aggregation
from glowplug.analyze.rules.nested_windows import separate_nested_windows
from glowplug.analyze.rules.set_operations import no_set, not_of_sets
from glowplug.analyze.rules.time_windows import in_merged_sessions, select_time_windows
from glowplug.analyze.stars import expand, matching
from glowplug.analyze.variables import is_variable
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Origin,
    Replaced,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedFunction,
    UnresolvedRegex,
    UnresolvedStar,
    WindowExpression,
    new_id,
    origin_of,
)
from glowplug.plan.names import pretty
from glowplug.plan.relations import Distinct, Filter, Project, Relation, Select
from glowplug.plan.text import text
from glowplug.plan.tree import contains, kinds, walk
from glowplug.types import quote


def resolve_select(node: Select, cx: Context) -> Relation:
    """A SELECT becomes Project, Aggregate, Generate, Window, Filter (HAVING, QUALIFY) and Distinct, from below in
    the order in which SQL has them done."""
    if node.qualify is not None:
        return _qualified(node, node.qualify, cx)
    node = select_time_windows(node, cx) or node
    scope = scope_of(node.child, cx=cx)
    scope.selecting = True
    scope.windows = dict(node.windows)
    if node.pipe and any(isinstance(e, UnresolvedStar) for e in node.expressions[node.pipe == "EXTEND" :]):
        raise AnalysisError("INVALID_USAGE_OF_STAR_OR_REGEX", elem="'*'", prettyName="expression `pipeexpression`")
    items = resolve_items(node.expressions, scope, cx)
    if any(map(_has_generator, computed(items))) and is_aggregation(node, items, cx):
        return _over_groups(node, items, scope, cx)
    child, items = extract_generators(node.child, items, scope.generated)
    if node.pipe:
        check_piped(node.pipe, items, node.origin)
    if is_aggregation(node, items, cx):
        plan = aggregate_select(node, child, items, scope, cx)
    else:
        plan = _project(child, items, node.origin)
        if node.having is not None:
            plan = resolve_filter(Filter(plan, node.having), cx)
    plan = separate_nested_windows(plan)
    return _distinct(plan, node, cx) if node.distinct else plan


def check_piped(operator: str, items: list[Expression], origin: Origin | None) -> None:
    """Only `|> AGGREGATE` computes aggregates, and nothing else."""
    for item in computed(items) if operator != "AGGREGATE" else items:
        value = item.child if isinstance(item, Alias) else item
        if operator == "AGGREGATE" and contains(value, WindowExpression):
            condition = "UNSUPPORTED_FEATURE.PIPE_OPERATOR_AGGREGATE_UNSUPPORTED_CASE"
            raise AnalysisError(condition, origin_of(value) or origin, case="window functions")
        if operator == "AGGREGATE" and not has_aggregates(value):
            condition = "PIPE_OPERATOR_AGGREGATE_EXPRESSION_CONTAINS_NO_AGGREGATE_FUNCTION"
            raise AnalysisError(condition, origin_of(value) or origin, expr=text(value))
        if operator != "AGGREGATE" and has_aggregates(value):
            found = next(x for x in walk(value) if isinstance(x, Call) and x.function.kind == "aggregate")
            condition = "PIPE_OPERATOR_CONTAINS_AGGREGATE_FUNCTION"
            raise AnalysisError(condition, found.origin, expr=text(found), clause=operator)


def _distinct(plan: Relation, node: Select, cx: Context) -> Relation:
    for a in plan.output:
        if no_set(a.type):
            raise not_of_sets(a.name, a.type, node.origin)
    return Distinct(in_merged_sessions(plan, plan.output, cx))


def _over_groups(node: Select, items: list[Expression], scope: Scope, cx: Context) -> Relation:
    """Generators beside aggregates: their arguments are computed for each group, then they make rows of them."""
    grouped: list[Expression] = []
    counts: list[int] = []
    for item in items:
        call = generator_of(item)
        parts = [item] if call is None else [Alias(a, "_argument", new_id()) for a in call.args]
        grouped += parts
        counts.append(len(parts))
    plan = aggregate_select(replace(node, having=None), node.child, grouped, scope, cx)
    columns = list[Expression](plan.output)
    above = columns[: len(columns) - len(grouped)]
    rest = iter(columns[len(above) :])
    for item, count in zip(items, counts, strict=True):
        call = generator_of(item)
        taken = tuple(next(rest) for _ in range(count))
        if call is None:
            above += taken
        elif isinstance(item, Call):
            above.append(replace(call, args=taken))
        else:
            above.append(replace(item, child=replace(call, args=taken)))  # type: ignore[call-arg]
    child, above = extract_generators(plan, above)
    done: Relation = _project(child, above, node.origin)
    if node.having is not None:  # what it asks of is not groups any more
        done = resolve_filter(Filter(done, node.having), cx)
    return _distinct(done, node, cx) if node.distinct else done


_QUALIFY = "__qualify"


def _qualified(node: Select, condition: Expression, cx: Context) -> Relation:
    """QUALIFY: the condition is one more item, which sees windows and the items' names; then rows are kept by it."""
    items = (*node.expressions, UnresolvedAlias(condition, (_QUALIFY,)))
    if not any(contains(e, WindowExpression) for e in items):
        for x in walk(condition):
            if isinstance(x, UnresolvedFunction) and getattr(cx.world.function(x.parts), "kind", "") == "aggregate":
                shown = pretty(resolve(x, scope_of(node.child, cx=cx), cx))
                raise AnalysisError("QUALIFY_AGGREGATE_NOT_ALLOWED", x.origin, aggregateExpr=f'"{shown}"')
        raise AnalysisError("QUALIFY_REQUIRES_WINDOW_FUNCTION", getattr(condition, "origin", None))
    plan = resolve_select(replace(node, expressions=items, qualify=None, distinct=False), cx)
    *output, keep = plan.output
    kept = Project(Filter(plan, boolean(keep)), tuple(output))
    return _distinct(kept, node, cx) if node.distinct else kept


def project(child: Relation, expressions: tuple[Expression, ...], cx: Context) -> Relation:
    """A projection of unresolved expressions, with all that a SELECT list may hold."""
    return resolve_select(Select(child, expressions), cx)


def resolve_items(expressions: tuple[Expression, ...], scope: Scope, cx: Context) -> list[Expression]:
    """The select list: stars expanded, each item resolved and named. An item sees the aliases before it.

    A generator with several names stays an `UnresolvedAlias` over the resolved call.
    """
    items: list[Expression] = []
    for e in expressions:
        if isinstance(e, Attribute):
            items.append(e)
        elif isinstance(e, UnresolvedStar):
            items += map(named, expand(e, scope, cx))
        elif isinstance(e, UnresolvedRegex):
            items += matching(e, scope, cx)
        elif isinstance(e, UnresolvedAlias) and (len(e.names) != 1 or e.listed):
            items.append(replace(e, child=resolve(e.child, scope, cx)))
        else:
            item = resolve(e, scope, cx)
            if not (isinstance(e, UnresolvedAlias) and e.names == (_QUALIFY,)):
                _refuse_aliases_inside(item)
            if not _is_generator(item):
                item = name_item(e, item)
            items.append(item)
            if isinstance(item, Alias) and (isinstance(e, UnresolvedAlias) or _is_field(e, item)):
                key = scope.key(item.name)
                if key in scope.aliases:
                    scope.repeated[key] = scope.repeated.get(key, 1) + 1
                elif not _has_generator(item):
                    scope.aliases[key] = item
                elif (call := generator_of(item)) and len(made := generator_columns(call, (item.name,))) == 1:
                    scope.generated[id(call)] = made
                    scope.aliases[key] = Alias(made[0], item.name, made[0].id)
    return items


def _refuse_aliases_inside(item: Expression) -> None:
    """What has the names of other items is computed above aggregates and windows, which cannot use it."""
    if Replaced not in kinds(item):
        return
    for outer in walk(item):
        of_groups = isinstance(outer, Call) and outer.function.kind == "aggregate"
        if not of_groups and not isinstance(outer, WindowExpression):
            continue
        for x in (y for y in walk(outer) if isinstance(y, Replaced) and y.shown.startswith(LATERAL)):
            place, parameter = ("AGGREGATE_FUNC", "aggFunc") if of_groups else ("WINDOW", "windowExpr")
            name = quote(x.shown[len(LATERAL) + 1 : -1])
            condition = f"UNSUPPORTED_FEATURE.LATERAL_COLUMN_ALIAS_IN_{place}"
            raise AnalysisError(condition, None, lca=name, **{parameter: f'"{pretty(outer)}"'})


def _is_field(e: Expression, item: Alias) -> bool:
    """Whether an item is a field `s.x`, which is called `x` then."""
    return isinstance(e, UnresolvedAttribute) and len(e.parts) > 1 and not is_variable(item.child)


def computed(items: Iterable[Expression]) -> list[Expression]:
    """The items that are not just columns passed on, of which a wide select list mostly consists."""
    return [e for e in items if not isinstance(e, Attribute)]


def _is_generator(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.kind == "generator"


def _has_generator(e: Expression) -> bool:
    return any(_is_generator(x) for x in walk(e))


def _project(child: Relation, items: list[Expression], origin: Origin | None) -> Relation:
    _check_windows(computed(items), origin)
    hidden = used(child, *items)
    return Project(expose(child, hidden), tuple(items))


def _check_windows(items: list[Expression], origin: Origin | None) -> None:
    for e in items:
        inside = [x for x in walk(e) if isinstance(x, WindowExpression)]
        windowed = {id(_call(w)) for w in inside}
        for x in walk(e):
            if isinstance(x, Call) and x.function.kind == "window" and id(x) not in windowed:
                raise AnalysisError("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE", origin, funcName=f'"{pretty(x)}"')


def _call(w: WindowExpression) -> Expression:
    return w.function.child if isinstance(w.function, Replaced) else w.function
