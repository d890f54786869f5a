"""A plan with everything taken out that does not change its rows, so that equal plans compare equal.

Column ids become numbers in the order of appearance; names of intermediate columns, qualifiers, hints and subquery
aliases go. Rows held in memory are compared by a digest of their content.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from glowplug.plan.expressions import Alias, Attribute, Call, Expression, LambdaVariable, Literal, UnresolvedFunction
from glowplug.plan.relations import (
    DataFrameNode,
    Hint,
    LocalData,
    Project,
    Relation,
    SubqueryAlias,
    Values,
)
from glowplug.plan.tree import children, kinds, relations_in, rewrite
from glowplug.types import STRING


def canonical(plan: Relation) -> Relation:
    """Equal for plans that give the same rows by the same computation; its columns have no names."""
    numbers: dict[int, int] = {}

    def visit(node: Any) -> Any:
        match node:
            case SubqueryAlias(child) | Hint(child) | DataFrameNode(child):
                return visit(child)
            case Literal(float() as value, type):
                return Literal(value.hex(), type)  # 0.0 equals -0.0
            case LocalData(columns, table):
                return Values(((Literal(digest(table), STRING),),), tuple(map(visit, columns)))
            case Project(child) if _passes_all(node):
                return visit(child)
        done = rewrite(node, (Expression, Relation), visit)
        match done:
            case Attribute():
                return Attribute("", done.type, True, numbers.setdefault(done.id, len(numbers)))
            case LambdaVariable():
                return LambdaVariable("", done.type, True, numbers.setdefault(done.id, len(numbers)))
            case Alias(inner):
                return Alias(inner, "", numbers.setdefault(done.id, len(numbers)))
            case Call():
                return _ordered(done)
        return done

    return visit(plan)  # type: ignore[no-any-return]


_COMMUTE = frozenset(("=", "<=>", "+", "*", "and", "or", "&", "|", "^", "greatest", "least"))
_MIRRORED = {">": "<", ">=": "<="}


def _ordered(call: Call) -> Expression:
    """The same call for `a = b` and `b = a`, `a > b` and `b < a`, `a IN (1, 2)` and `a IN (2, 1)`."""
    name = call.function.names[0]
    if name in _COMMUTE:
        return replace(call, name=name, args=tuple(sorted(call.args, key=_place)))
    if name == "in":
        return replace(call, args=(call.args[0], *sorted(call.args[1:], key=_place)))
    if name in ("<", "<="):  # not as a call: `>` has another function
        return UnresolvedFunction((name,), call.args)
    if name in _MIRRORED:
        return UnresolvedFunction((_MIRRORED[name],), call.args[::-1])
    return call


def _place(e: Expression, depth: int = 3) -> tuple[Any, ...]:
    """Where a canonical expression stands among others. No deeper than `depth`, so that long chains cost no square."""
    inside = tuple(_place(c, depth - 1) for c in children(e) if isinstance(c, Expression)) if depth else ()
    detail = e.value if isinstance(e, Literal) else e.id if isinstance(e, Attribute) else getattr(e, "name", "")
    return e.__class__.__name__, repr(detail), inside


def _passes_all(node: Project) -> bool:
    """Whether a projection is its child's columns, all of them in their order."""
    if not all(isinstance(e, Attribute) for e in node.expressions):
        return False
    return [a.id for a in node.output] == [a.id for a in node.child.output]


def outlines(plan: Relation) -> dict[int, int]:
    """For every relation in a plan, by its `id()`, a number that is the same for all of an equal canonical form.

    It costs one walk, bottom up, where the canonical forms of all parts of a deep plan would cost one for each.
    """
    found: dict[int, int] = {}

    def visit(node: Any) -> int:
        if isinstance(node, Expression) and not relations_in(node):
            return hash(kinds(node))
        below = tuple([visit(c) for c in children(node)])
        if not isinstance(node, Relation):
            return hash((node.__class__.__name__, below))
        if isinstance(node, (SubqueryAlias, Hint, DataFrameNode)) or (isinstance(node, Project) and _passes_all(node)):
            number = below[0]
        else:
            number = hash((node.__class__.__name__, len(node.output), below))
        found[id(node)] = number
        return number

    visit(plan)
    return found


def digest(table: Any) -> str:
    """A hash of an Arrow table's columns and content."""
    hasher = hashlib.blake2b(str(table.schema).encode(), digest_size=16)
    for batch in table.to_batches():
        hasher.update(batch.serialize())
    return hasher.hexdigest()
