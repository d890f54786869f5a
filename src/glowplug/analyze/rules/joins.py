"""Joins: USING and NATURAL become a condition and a projection; `joinWith` packs each side into a struct."""

from __future__ import annotations

from dataclasses import replace

from glowplug.analyze.context import Context, Scope, expose, hidden_columns, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import boolean, forbid_aggregates
from glowplug.analyze.suggestions import nearest
from glowplug.errors import AnalysisError, unsupported
from glowplug.plan.expressions import Alias, Attribute, Expression, UnresolvedFunction, new_id
from glowplug.plan.relations import AsOfJoin, Join, Project, Relation
from glowplug.plan.tree import walk
from glowplug.types import quote


def resolve_join(node: Join, cx: Context) -> Relation:
    if node.using or node.natural:
        return _using(node, _common(node, cx) if node.natural else node.using, cx)
    if node.condition is None:
        return _packed(replace(node, kind="inner" if node.kind == "cross" else node.kind), cx)
    scope = join_scope(node, cx)
    condition = boolean(resolve(node.condition, scope, cx))
    forbid_aggregates(condition)
    hidden = {a.id: a for a in scope.hidden}
    wanted = tuple({x.id: x for x in walk(condition) if isinstance(x, Attribute) and x.id in hidden}.values())
    kind = "inner" if node.kind == "cross" else node.kind
    done = replace(node, condition=condition, kind=kind)
    if not wanted:
        return _packed(done, cx)
    left = {a.id for a in hidden_columns(node.left, False)}
    grown = replace(
        done,
        left=expose(node.left, tuple(a for a in wanted if a.id in left)),
        right=expose(node.right, tuple(a for a in wanted if a.id not in left)),
    )
    return Project(grown, done.output)


def join_scope(node: Join, cx: Context) -> Scope:
    """What a join's condition sees: both sides, also where the result has only the left one."""
    return scope_of(node.left, node.right, cx=cx)


def _common(node: Join, cx: Context) -> tuple[str, ...]:
    scope = Scope((), case_sensitive=cx.conf.case_sensitive)
    right = {scope.key(a.name) for a in node.right.output}
    return tuple(a.name for a in node.left.output if scope.key(a.name) in right)


def _side(name: str, side: Relation, which: str, cx: Context) -> Attribute:
    scope = scope_of(side, cx=cx)
    found = scope.named(name) or scope.named_hidden(name)
    if len(found) > 1:
        raise AnalysisError(
            "AMBIGUOUS_REFERENCE", name=quote(name), referenceNames=f"[{', '.join(quote(a.name) for a in found)}]"
        )
    if not found:
        near = nearest(name, [a.name for a in scope.columns])
        raise AnalysisError(
            "UNRESOLVED_USING_COLUMN_FOR_JOIN", colName=quote(name), side=which, suggestion=", ".join(map(quote, near))
        )
    return found[0]


def _using(node: Join, names: tuple[str, ...], cx: Context) -> Relation:
    """The key columns once and first; both sides' own keys stay reachable by their qualifiers."""
    left = [_side(n, node.left, "left", cx) for n in names]
    right = [_side(n, node.right, "right", cx) for n in names]
    scope = join_scope(node, cx)
    condition: Expression | None = None
    for a, b in zip(left, right, strict=True):
        equal = UnresolvedFunction(("=",), (a, b))
        condition = equal if condition is None else UnresolvedFunction(("and",), (condition, equal))
    resolved = None if condition is None else resolve(condition, scope, cx)
    join = replace(
        node, condition=resolved, using=(), natural=False, kind="inner" if node.kind == "cross" else node.kind
    )
    if node.kind in ("semi", "anti"):
        keys = {a.id for a in left}
        return Project(join, (*left, *(a for a in node.left.output if a.id not in keys)))
    output = {a.id: a for a in join.output}
    keys_first: list[Expression] = []
    for a, b in zip(left, right, strict=True):
        if node.kind == "right":
            keys_first.append(output[b.id])
        elif node.kind == "full":
            both = resolve(UnresolvedFunction(("coalesce",), (output[a.id], output[b.id])), scope, cx)
            keys_first.append(Alias(both, a.name, new_id()))
        else:
            keys_first.append(output[a.id])
    dropped = {a.id for a in (*left, *right)}
    shown = {e.id for e in keys_first if isinstance(e, Attribute)}
    rest = tuple(a for a in join.output if a.id not in dropped)
    hidden = tuple(output[a.id] for a in (*left, *right) if a.id in output and a.id not in shown)
    return Project(join, (*keys_first, *rest), hidden)


def _packed(node: Join, cx: Context) -> Relation:
    """`joinWith`: a struct for each side that has more than one column."""
    if node.struct_sides == (False, False):
        return node
    raise unsupported("joinWith")


def resolve_as_of_join(node: AsOfJoin, cx: Context) -> Relation:
    """For each left row the right row whose time is nearest in the given direction (a lateral join with LIMIT 1)."""
    from glowplug.analyze.rules.as_of import as_of_join

    return as_of_join(node, cx)
