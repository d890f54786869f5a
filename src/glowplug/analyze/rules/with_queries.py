"""WITH: named queries, each visible to those after it; recursive ones refer to their own previous rows."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context
from glowplug.analyze.rules.set_operations import resolve_set_operation
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.plan.expressions import Alias, Attribute, Call, OuterReference, WindowExpression, new_id
from glowplug.plan.relations import (
    Aggregate,
    Join,
    Project,
    Recursive,
    RecursiveReference,
    Relation,
    SetOperation,
    Shared,
    Sort,
    SubqueryAlias,
    UnresolvedRelation,
    With,
)
from glowplug.plan.tree import expressions_in, kinds, relations_in, walk, walk_relations
from glowplug.types import quote, same_type, sql_name

LEVEL_LIMIT = "spark.sql.cteRecursionLevelLimit"  # -1 = none


def resolve_with(node: With, cx: Context) -> Relation:
    """Definitions in order, each seeing those before it, and itself if `recursive`. What is used more than once and
    would not give the same rows again is computed once."""
    from glowplug.analyze.pipeline import analyze_relation

    inner = cx
    seen: set[str] = set()
    for name, query in node.definitions:
        if name.lower() in seen:
            raise AnalysisError("DUPLICATED_CTE_NAMES", duplicateNames=quote(name))
        seen.add(name.lower())
        if node.recursive and _refers_to(query, name):
            plan = _recursive(name, query, node, inner)
        else:
            plan = analyze_relation(query, inner)
        if _uses(name, node) > 1 and _varies(plan):
            plan = _computed_once(plan)
        inner = inner.with_ctes({name.lower(): plan})
    return analyze_relation(node.child, inner)


def _uses(name: str, node: With) -> int:
    """How often a named query is read, in the query and in the other named ones."""
    places = (node.child, *(query for _, query in node.definitions))
    return sum(
        isinstance(r, UnresolvedRelation) and tuple(p.lower() for p in r.parts) == (name.lower(),)
        for place in places
        for r in walk_relations(place)
    )


def _varies(plan: Relation) -> bool:
    """Whether a plan gives other rows each time, and may be computed apart from where it is read."""
    inside = [x for r in walk_relations(plan) for e in expressions_in(r) for x in walk(e)]
    if any(isinstance(x, OuterReference) for x in inside):
        return False
    if any(isinstance(r, RecursiveReference) for r in walk_relations(plan)):
        return False
    return any(isinstance(x, Call) and not x.function.deterministic for x in inside)


def _computed_once(plan: Relation) -> Relation:
    return Shared(f"shared{new_id()}", plan, tuple(replace(a, id=new_id()) for a in plan.output))


def _refers_to(query: Relation, name: str) -> bool:
    """Whether the name is read, where no WITH inside gives it to another query."""
    if isinstance(query, With):
        for known, inner in query.definitions:
            own = known.lower() == name.lower()
            if not (own and query.recursive) and _refers_to(inner, name):
                return True
            if own:
                return False
        return _refers_to(query.child, name)
    if isinstance(query, UnresolvedRelation):
        return tuple(p.lower() for p in query.parts) == (name.lower(),)
    return any(_refers_to(r, name) for r in relations_in(query))


def _check_places(step: Relation, name: str) -> None:
    """INVALID_RECURSIVE_REFERENCE.PLACE where a step would need all rows of the steps before."""

    def refers(plan: Relation) -> bool:
        return any(isinstance(r, RecursiveReference) and r.name == name for r in walk_relations(plan))

    for node in walk_relations(step):
        match node:
            case Aggregate(child) | Sort(child):
                wrong = refers(child)
            case Project(child):
                wrong = WindowExpression in kinds(node) and refers(child)
            case Join(left, right, kind="left" | "semi" | "anti" | "right" | "full" as kind):
                wrong = (kind in ("right", "full") and refers(left)) or (kind != "right" and refers(right))
            case _:
                wrong = False
        if wrong:
            raise AnalysisError("INVALID_RECURSIVE_REFERENCE.PLACE")


def _recursive(name: str, query: Relation, node: With, cx: Context) -> Relation:
    """`anchor UNION [ALL] step`; the step is analysed with the anchor's columns under the query's own name."""
    from glowplug.analyze.pipeline import analyze_relation

    columns: tuple[str, ...] = ()
    if isinstance(query, SubqueryAlias):
        columns, query = query.columns, query.child
    if isinstance(query, With) and isinstance(query.child, SetOperation):  # what is named before is of both sides
        if any(_refers_to(inner, name) for known, inner in query.definitions if known.lower() != name.lower()):
            raise AnalysisError("INVALID_RECURSIVE_CTE")
        sides = (replace(query, child=side) for side in (query.child.left, query.child.right))
        query = replace(query.child, left=next(sides), right=next(sides))
    if not isinstance(query, SetOperation) or query.kind != "union" or _refers_to(query.left, name):
        raise AnalysisError("INVALID_RECURSIVE_CTE")
    if not query.all:
        raise AnalysisError("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", node.origin)
    anchor = analyze_relation(query.left, cx)
    if columns:
        if len(columns) != len(anchor.output):
            parameters = {"numExpr": len(columns), "numTarget": len(anchor.output)}
            raise AnalysisError("ASSIGNMENT_ARITY_MISMATCH", node.origin, **parameters)
        anchor = Project(anchor, tuple(Alias(a, n, new_id()) for a, n in zip(anchor.output, columns, strict=True)))
    # A fresh kernel name, because one query may stand in a plan several times.
    kernel_name = f"r{new_id()}"
    loop = tuple(Attribute(a.name, a.type, True, new_id()) for a in anchor.output)
    limit = int(cx.conf.get(LEVEL_LIMIT) or 0) if node.max_depth is None else node.max_depth
    previous = RecursiveReference(kernel_name, loop, None if limit < 0 else limit)
    step = analyze_relation(query.right, cx.with_ctes({name.lower(): previous}))
    _check_places(step, kernel_name)
    union = resolve_set_operation(replace(query, left=anchor, right=step), cx)
    assert isinstance(union, SetOperation)
    for first, merged, later in zip(anchor.output, union.columns, step.output, strict=True):
        if not same_type(first.type, merged.type):  # the first rows' types are the query's
            left, right = (f'"{sql_name(t)}"' for t in (first.type, later.type))
            raise ExecutionError("CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", left=left, right=right)
    return Recursive(kernel_name, union.left, union.right, query.all, union.columns)
