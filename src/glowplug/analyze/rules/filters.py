"""WHERE: conditions over rows, and what conditions may not hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from glowplug.analyze.context import Context, Scope, expose, hidden_levels, of_files, scope_of, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.time_windows import filter_time_windows
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import (
    Attribute,
    Call,
    Expression,
    Origin,
    OuterReference,
    UnresolvedAttribute,
    WindowExpression,
    origin_of,
)
from glowplug.plan.names import pretty, qualified_text
from glowplug.plan.relations import Aggregate, Filter, Project, Relation
from glowplug.plan.tree import contains, map_expressions, walk
from glowplug.types import BooleanType, sql_name


def resolve_filter(node: Filter, cx: Context) -> Relation:
    """WHERE: a boolean over the child's columns, those it dropped included."""
    if (windowed := filter_time_windows(node, cx)) is not None:
        return keep_output(node.child, resolve_filter(windowed, cx))
    scope = scope_of(node.child, cx=cx, deep=True)
    condition = boolean(outside_select(lambda: _condition(node, scope, cx), "Filter"), node.origin)
    forbid_aggregates(condition, node.origin, outer=any(scope.grouping for scope in cx.outer))
    return keep_output(node.child, Filter(expose(node.child, used(node.child, condition)), condition))


def _condition(node: Filter, scope: Scope, cx: Context) -> Expression:
    """The condition. Of groups, a column of a DataFrame that they do not have means theirs of its name, as in Spark."""
    try:
        return resolve(node.condition, scope, cx)
    except AnalysisError as error:
        grouped = isinstance(node.child, Project) and isinstance(node.child.child, Aggregate)
        if error.condition != "CANNOT_RESOLVE_DATAFRAME_COLUMN" or not grouped:
            raise
    return resolve(by_name(node.condition), scope_of(node.child, cx=cx), cx)


def by_name(e: Expression) -> Expression:
    """An expression whose columns are those of their names, whatever DataFrame they were taken from."""
    if isinstance(e, UnresolvedAttribute):
        return replace(e, plan_id=None)
    return map_expressions(e, by_name)  # type: ignore[no-any-return]


def outside_select(resolved: Callable[[], Expression], place: str) -> Expression:
    """An expression of what Spark calls `place`, which may have no generator. Raises UNSUPPORTED_GENERATOR."""
    try:
        e = resolved()
    except AnalysisError as error:
        if error.condition != "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS":
            raise
        plan = f"'{place} {error.parameters['expression'][1:-1]}"
        raise AnalysisError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", plan=plan) from None
    if any(isinstance(x, Call) and x.function.kind == "generator" for x in walk(e)):
        raise AnalysisError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", plan=f"{place} {pretty(e)}")
    return e


def keep_output(before: Relation, after: Relation) -> Relation:
    """`after` without the columns that were only exposed for a condition or an order; they stay hidden."""
    if len(after.output) == len(before.output):
        return after
    nearest = next(hidden_levels(before, False), ())
    return Project(after, before.output, tuple(a for a in nearest if not of_files(a)))


def boolean(e: Expression, origin: Origin | None = None) -> Expression:
    """A condition. `origin` is that of the clause it stands in."""
    if isinstance(e.type, BooleanType):
        return e
    raise AnalysisError(
        "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
        origin,
        sqlExpr=f'"{pretty(e)}"',
        filter=f'"{pretty(e)}"',
        type=f'"{sql_name(e.type)}"',
    )


def is_aggregate(e: Expression) -> bool:
    return isinstance(e, Call) and e.function.kind == "aggregate"


def of_outer_columns(call: Expression) -> bool:
    """Whether an aggregate is of columns around its subquery only, and so of their groups."""
    columns = {type(x) for x in walk(call) if isinstance(x, (Attribute, OuterReference))}
    return is_aggregate(call) and columns == {OuterReference}


def mixes_outer(call: Expression) -> bool:
    """Whether an aggregate is of columns around its subquery and of the subquery's own."""
    return {Attribute, OuterReference} <= {type(x) for x in walk(call)}


def forbid_aggregates(condition: Expression, origin: Origin | None, *, outer: bool = False) -> None:
    """Of the columns around a subquery there may be aggregates, if these are of groups (`outer`)."""
    if contains(condition, WindowExpression):
        raise AnalysisError("WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE", clauseName="WHERE")
    wrong = [x for x in walk(condition) if is_aggregate(x) and not (outer and of_outer_columns(x))]
    if mixed := next(filter(mixes_outer, wrong), None):
        kind = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES"
        raise AnalysisError(kind, origin_of(mixed), function=qualified_text(mixed))
    if wrong:
        raise AnalysisError(
            "INVALID_WHERE_CONDITION",
            origin,
            condition=f'"{pretty(condition)}"',
            expressionList=", ".join(qualified_text(x) for x in wrong),
        )
