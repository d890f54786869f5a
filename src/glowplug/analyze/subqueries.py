"""Subqueries as values: their plan is analysed with the names around it visible as outer references."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.collations import contradict
from glowplug.analyze.context import Context, Scope
from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to, membership_type
from glowplug.plan.expressions import Alias, Expression, Subquery, new_id
from glowplug.plan.names import pretty, qualified_text
from glowplug.plan.relations import Project
from glowplug.types import is_orderable, quote_if_needed, simple_string, sql_name


def resolve_subquery(e: Subquery, scope: Scope, cx: Context) -> Expression:
    from glowplug.analyze.expressions import resolve
    from glowplug.analyze.pipeline import analyze_relation

    plan = analyze_relation(e.plan, cx.within(scope))
    if e.kind == "scalar" and len(plan.output) != 1:
        raise AnalysisError(
            "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
            e.origin,
            number=len(plan.output),
        )
    if e.kind != "in":
        return replace(e, plan=plan)
    values = tuple(resolve(v, scope, cx) for v in e.values)
    shown = pretty(replace(e, plan=plan, values=values))
    if len(values) > 1:  # a struct without names yet
        pairs = ", ".join(f"'{pretty(v)}', {pretty(v)}" for v in values)
        shown = f"(named_struct({pairs}){shown[shown.index(' IN (listquery(') :]}"
    if len(values) != len(plan.output):
        raise AnalysisError(
            "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
            e.origin,
            sqlExpr=f'"{shown}"',
            leftLength=len(values),
            rightLength=len(plan.output),
            leftColumns=", ".join(f'"{pretty(v)}"' for v in values),
            rightColumns=", ".join(f'"{a.name}"' for a in plan.output),
        )
    for v, a in zip(values, plan.output, strict=True):
        if contradict(v, a):
            raise AnalysisError("INDETERMINATE_COLLATION_IN_EXPRESSION", e.origin, expr=f'"{shown}"')
    types = [membership_type(v.type, a.type, cx.conf.ansi) for v, a in zip(values, plan.output, strict=True)]
    if None in types:
        wrong = [(v, a) for v, a, t in zip(values, plan.output, types, strict=True) if t is None]
        raise AnalysisError(
            "DATATYPE_MISMATCH.IN_SUBQUERY_DATA_TYPE_MISMATCH",
            e.origin,
            sqlExpr=f'"{shown}"',
            mismatchedColumns=", ".join(
                f"({qualified_text(v)}:{simple_string(v.type)}, {quote_if_needed(a.name)}:{simple_string(a.type)})"
                for v, a in wrong
            ),
            leftType=", ".join(f'"{sql_name(v.type)}"' for v in values),
            rightType=", ".join(f'"{sql_name(a.type)}"' for a in plan.output),
        )
    if len(values) == 1 and types[0] is not None and not is_orderable(types[0]):
        raise AnalysisError(
            "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
            e.origin,
            sqlExpr=f'"{shown}"',
            functionName="`insubquery`",
            dataType=f'"{sql_name(types[0])}"',
        )
    left, right = list(values), list[Expression](plan.output)
    for i, (v, a, t) in enumerate(zip(values, plan.output, types, strict=True)):
        assert t is not None
        left[i] = cast_to(v, t)
        if (c := cast_to(a, t)) is not a:
            right[i] = Alias(c, a.name, new_id())
    if any(r is not a for r, a in zip(right, plan.output, strict=True)):
        plan = Project(plan, tuple(right))
    return replace(e, plan=plan, values=tuple(left))
