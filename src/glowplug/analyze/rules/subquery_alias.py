"""Names for relations and for their columns."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Alias, new_id
from glowplug.plan.relations import Project, Relation, SubqueryAlias
from glowplug.types import quote


def resolve_subquery_alias(node: SubqueryAlias, cx: Context) -> Relation | None:
    """`t(a, b)`: the column list renames by position."""
    if not node.columns:
        return None
    output = node.child.output
    if len(output) != len(node.columns) and node.function:
        shown = {"funcName": quote(node.function), "aliasesNum": len(node.columns), "outColsNum": len(output)}
        raise AnalysisError("NUM_TABLE_VALUE_ALIASES_MISMATCH", node.origin, **shown)
    if len(output) != len(node.columns):
        raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", node.origin, numExpr=len(node.columns), numTarget=len(output))
    renamed = tuple(Alias(a, n, new_id()) for a, n in zip(output, node.columns, strict=True))
    return replace(node, child=Project(node.child, renamed), columns=())
