"""What may refer to the columns before it in FROM: lateral joins and LATERAL VIEW."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope, expose, scope_of, used
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import boolean
from glowplug.analyze.rules.generators import generator_columns
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Attribute, Call, Expression, Literal, UnresolvedFunction, origin_of
from glowplug.plan.names import pretty, qualified_text
from glowplug.plan.predicates import is_deterministic
from glowplug.plan.python import EvalType, TablePython
from glowplug.plan.relations import (
    Aggregate,
    Distinct,
    Filter,
    Generate,
    Join,
    LateralView,
    Limit,
    OneRow,
    Project,
    Relation,
    Sort,
    SubqueryAlias,
    Values,
)
from glowplug.plan.tree import walk_relations
from glowplug.types import quote


def resolve_lateral_join(node: Join, cx: Context) -> Relation | None:
    """The right side is analysed where the left one's columns are visible."""
    if not node.lateral:
        return None
    from glowplug.analyze.pipeline import analyze_relation

    left = analyze_relation(node.left, cx)
    around = scope_of(left, cx=cx)
    around.selecting = True
    right = analyze_relation(node.right, cx.within(around))
    if node.kind not in ("inner", "left", "cross"):
        raise AnalysisError("UNSUPPORTED_JOIN_TYPE", typ=node.kind, supported="inner, left, cross")
    _check_table_functions(right)
    if not _one_row(left) and not all(map(deterministic, walk_relations(right))):
        kind = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES"
        raise AnalysisError(kind, node.origin, treeNode="LateralJoin")
    joined = replace(node, left=left, right=right)
    condition = None
    if node.condition is not None:
        condition = boolean(resolve(node.condition, scope_of(left, right, cx=cx), cx))
        if not deterministic(condition):
            random = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.LATERAL_JOIN_CONDITION_NON_DETERMINISTIC"
            raise AnalysisError(random, origin_of(condition), condition=qualified_text(condition))
    return replace(joined, condition=condition, kind="inner" if node.kind == "cross" else node.kind)


def deterministic(node: Relation | Expression) -> bool:
    """Whether the expressions of a node give the same values for the same rows."""
    return is_deterministic(node)


def _one_row(plan: Relation) -> bool:
    """Whether there is one row at most, as the plan tells."""
    match plan:
        case OneRow() | Aggregate(grouping=(), sets=None) | Limit(count=Literal(0 | 1)):
            return True
        case Values(rows) if len(rows) <= 1:
            return True
        case Project() | Filter() | SubqueryAlias() | Sort() | Distinct() | Limit():
            return _one_row(plan.child)
        case Join():
            return _one_row(plan.left) and _one_row(plan.right)
    return False


def _check_table_functions(plan: Relation) -> None:
    """Those of Arrow arrays are not called row by row; those of tables might answer otherwise for each row."""
    for call in (x for x in walk_relations(plan) if isinstance(x, TablePython)):
        of_table = not isinstance(call.child, OneRow)
        if of_table and not call.function.deterministic:
            condition = "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.NON_DETERMINISTIC_LATERAL_SUBQUERIES"
            raise AnalysisError(condition, treeNode=call.function.name)
        if not of_table and call.function.code.eval_type is EvalType.ARROW_UDTF:
            raise AnalysisError("LATERAL_JOIN_WITH_ARROW_UDTF_UNSUPPORTED")


def _generator(e: Expression, scope: Scope, cx: Context) -> Expression:
    """ROUTINE_NOT_FOUND: a generator is looked for in the current schema last, and told of as one of its functions."""
    try:
        return resolve(e, scope, cx)
    except AnalysisError as error:
        if not isinstance(e, UnresolvedFunction) or len(e.parts) > 1:
            raise
        if error.condition != "UNRESOLVED_ROUTINE" or error.origin != e.origin:
            raise
        name = ".".join(map(quote, (*cx.world.catalogs.namespace, *e.parts)))
        raise AnalysisError("ROUTINE_NOT_FOUND", e.origin, routineName=name) from None


def resolve_lateral_view(node: LateralView, cx: Context) -> Relation:
    """LATERAL VIEW: for each row the rows of a generator. Raises UNSUPPORTED_GENERATOR.NOT_GENERATOR."""
    call = _generator(node.generator, scope_of(node.child, cx=cx), cx)
    if not isinstance(call, Call) or call.function.kind != "generator":
        name = call.name if isinstance(call, Call) else pretty(call)
        parameters = {"functionName": quote(name), "classCanonicalName": name}
        raise AnalysisError("UNSUPPORTED_GENERATOR.NOT_GENERATOR", node.origin, **parameters)
    columns = tuple(
        Attribute(a.name, a.type, a.nullable or node.outer, a.id, (node.name,), a.metadata)
        for a in generator_columns(call, node.columns)
    )
    child = expose(node.child, used(node.child, call))
    return Generate(child, call, columns, node.outer or call.name.endswith("_outer"))
