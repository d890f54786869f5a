"""Joins: USING and NATURAL become a condition and a projection; `joinWith` packs each side into a struct."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

from glowplug.analyze.context import Context, Scope, expose, hidden_columns, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.rules.filters import is_aggregate, outside_select
from glowplug.analyze.suggestions import nearest
from glowplug.errors import AnalysisError
from glowplug.functions.registry import lookup
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    Literal,
    Origin,
    UnresolvedFunction,
    WindowExpression,
    new_id,
)
from glowplug.plan.names import pretty
from glowplug.plan.physical_text import KINDS
from glowplug.plan.relations import Join, Project, Relation
from glowplug.plan.tree import walk
from glowplug.types import STRING, BooleanType, StructField, StructType, quote, sql_name


def resolve_join(node: Join, cx: Context) -> Relation:
    """USING and NATURAL become conditions and a projection; hidden columns that a condition means are let up to it."""
    if node.using or node.natural:
        return _using(node, _common(node, cx) if node.natural else node.using, cx)
    if node.condition is None:
        return _packed(replace(node, kind="inner" if node.kind == "cross" else node.kind))
    scope = join_scope(node, cx)
    place, on = f"'Join {KINDS[node.kind]},", node.condition
    condition = join_condition(outside_select(lambda: resolve(on, scope, cx), place), node.origin)
    missing = {x.id: x for x in walk(condition) if isinstance(x, Attribute) and x.id not in scope.ids}
    wanted = tuple(x for x in missing.values() if scope.with_id(x.id) is not None)
    kind = "inner" if node.kind == "cross" else node.kind
    done = replace(node, condition=condition, kind=kind)
    if not wanted:
        return _packed(done)
    left = {a.id for a in hidden_columns(node.left, False)}
    grown = replace(
        done,
        left=expose(node.left, tuple(a for a in wanted if a.id in left)),
        right=expose(node.right, tuple(a for a in wanted if a.id not in left)),
    )
    return Project(grown, done.output)


def join_condition(e: Expression, origin: Origin | None = None) -> Expression:
    """A boolean over single rows."""
    if not isinstance(e.type, BooleanType):
        raise AnalysisError(
            "JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
            origin,
            joinCondition=f'"{pretty(e)}"',
            conditionType=f'"{sql_name(e.type)}"',
        )
    wrong = [x for x in walk(e) if is_aggregate(x) or isinstance(x, WindowExpression)]
    if wrong:
        shown = ", ".join(f'"{pretty(x)}"' for x in wrong)
        raise AnalysisError("UNSUPPORTED_EXPR_FOR_OPERATOR", origin, invalidExprSqls=shown)
    return e


def join_scope(node: Join, cx: Context) -> Scope:
    """What a join's condition sees: both sides, also where the result has only the left one."""
    return scope_of(node.left, node.right, cx=cx)


def _common(node: Join, cx: Context) -> tuple[str, ...]:
    scope = Scope((), case_sensitive=cx.conf.case_sensitive)
    left, right = (Counter(scope.key(a.name) for a in side.output) for side in (node.left, node.right))
    shared = left & right  # a name is there as often as both sides have it
    names = []
    for a in node.left.output:
        if shared[scope.key(a.name)]:
            shared[scope.key(a.name)] -= 1
            names.append(a.name)
    return tuple(names)


def _side(name: str, side: Relation, which: str, cx: Context) -> Attribute:
    """A side's column of the name; of several, the first."""
    scope = scope_of(side, cx=cx)
    found = scope.named(name) or scope.named_hidden(name)
    if not found:
        near = ", ".join(nearest((name,), [(a.name,) for a in scope.columns]))
        raise AnalysisError("UNRESOLVED_USING_COLUMN_FOR_JOIN", colName=quote(name), side=which, suggestion=near)
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
    hidden = tuple(_as_metadata(output[a.id]) for a in (*left, *right) if a.id in output and a.id not in shown)
    return Project(join, (*keys_first, *rest), hidden)


def _as_metadata(key: Attribute) -> Attribute:
    """A side's own key, which the metadata of a column tells."""
    return replace(key, metadata=json.dumps({**json.loads(key.metadata), "__metadata_col": key.name}))


def _packed(node: Join) -> Relation:
    """`joinWith`: each side becomes one column, a struct unless the side is a single value (then that value)."""
    if node.struct_sides == (False, False):
        return node
    # Packed below the join, so that a side an outer join does not find is NULL, not a struct of NULLs.
    sides = [_as_column(*side) for side in zip((node.left, node.right), node.struct_sides, ("_1", "_2"), strict=True)]
    joined = replace(node, left=sides[0], right=sides[1], struct_sides=(False, False))
    return Project(joined, tuple(a for a in joined.output if a.id in {s.output[-1].id for s in sides}))


def _as_column(side: Relation, struct: bool, name: str) -> Project:
    column: Expression = side.output[0]
    if struct:
        pairs = tuple(x for a in side.output for x in (Literal(a.name, STRING), a))
        fields = tuple(StructField(a.name, a.type, a.nullable, a.metadata) for a in side.output)
        function = lookup("named_struct")
        assert function is not None
        column = Call(function, "named_struct", pairs, StructType(fields), False)
    return Project(side, (*side.output, Alias(column, name, new_id(), "{}")))
