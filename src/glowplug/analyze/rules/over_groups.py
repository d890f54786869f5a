"""ORDER BY over an aggregation, which may ask of the groups what the select list does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze.aggregates import has_aggregates
from glowplug.analyze.context import Context, Scope, scope_of
from glowplug.analyze.expressions import named, resolve
from glowplug.analyze.rules.filters import by_name, outside_select
from glowplug.analyze.rules.grouping import Groups
from glowplug.analyze.rules.having import not_of_the_groups
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Alias, Attribute, Call, Expression
from glowplug.plan.names import pretty
from glowplug.plan.relations import Aggregate, Filter, Project, Relation, Sort, to_attribute
from glowplug.plan.tree import map_expressions, walk


def over_aggregate(
    plan: Relation, expressions: tuple[Expression, ...], cx: Context
) -> tuple[Relation, tuple[Expression, ...]] | None:
    """ORDER BY over an aggregation: `plan` extended by what `expressions` need, and those resolved over it.

    None when `plan` is not an aggregation, or everything resolves without looking into it.
    """
    match plan:
        case Project(Aggregate() | Filter(Aggregate()), results):
            project = plan
        case Sort(Project(Aggregate() | Filter(Aggregate()), results) as project):
            pass
        case _:
            return None
    aggregate = project.child if isinstance(project.child, Aggregate) else project.child.child  # type: ignore[attr-defined]
    groups = Groups(
        aggregate.child, list(aggregate.grouping), None if aggregate.sets is None else list(aggregate.sets), [], cx
    )
    groups.calls = [c for c in aggregate.results if isinstance(c, Alias)]
    output, inner = scope_of(plan, cx=cx), scope_of(aggregate.child, cx=cx)
    done: list[Expression] = []
    extra: list[Expression] = []
    for e in expressions:
        if isinstance(e, Attribute):
            done.append(e)
            continue
        both = Scope(output.columns, lambda: (inner.columns,), case_sensitive=output.case_sensitive, further=True)
        resolved = outside_select(_resolving(e, both, cx), "Sort")
        shown = {a.id for a in plan.output}
        if not has_aggregates(resolved) and all(a.id in shown for a in walk(resolved) if isinstance(a, Attribute)):
            done.append(resolved)
            continue
        computed = {x.id: x.child for x in results if isinstance(x, Alias)}
        try:
            resolved = groups.replace(_to_groups(resolved, computed, groups))
        except AnalysisError as error:
            if (called := by_name(e)) != e:
                done.append(resolve(called, output, cx))
                continue
            raise not_of_the_groups(error, e, list(results), cx) from None
        value = named(resolved)
        if to_attribute(value).id not in shown:
            extra.append(value)
        done.append(to_attribute(value))
    if not extra:
        return plan, tuple(done)
    grown = groups.relation()
    below = replace(project.child, child=grown) if isinstance(project.child, Filter) else grown
    return Project(below, (*results, *extra)), tuple(done)


def _resolving(e: Expression, scope: Scope, cx: Context) -> Callable[[], Expression]:
    return lambda: resolve(e, scope, cx)


def _to_groups(e: Expression, computed: dict[int, Expression], groups: Groups) -> Expression:
    """Columns of the select list as what they are computed from, outside aggregates."""
    if isinstance(e, Attribute) and e.id in computed:
        return computed[e.id]
    if isinstance(e, Call) and e.function.kind == "aggregate":
        for x in walk(e):
            if isinstance(x, Attribute) and x.id in computed:
                condition = "MISSING_ATTRIBUTES.RESOLVED_ATTRIBUTE_APPEAR_IN_OPERATION"
                shown = {"missingAttributes": f'"{x.name}"', "operator": pretty(e)}
                raise AnalysisError(condition, e.origin, **shown)
        return e
    return map_expressions(e, lambda c: _to_groups(c, computed, groups))  # type: ignore[no-any-return]
