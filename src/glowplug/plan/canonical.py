"""A plan with everything taken out that does not change its rows, so that equal plans compare equal.

Column ids become numbers in the order of appearance; names of intermediate columns, qualifiers, hints and subquery
aliases go. Rows held in memory are compared by a digest of their content.
"""

from __future__ import annotations

import hashlib
from typing import Any

from glowplug.plan.expressions import Alias, Attribute, Expression, LambdaVariable, Literal
from glowplug.plan.relations import (
    DataFrameNode,
    Hint,
    LocalData,
    Project,
    Relation,
    SubqueryAlias,
    Values,
)
from glowplug.plan.tree import rewrite
from glowplug.types import STRING


def canonical(plan: Relation) -> Relation:
    """Equal for plans that give the same rows by the same computation; its columns have no names."""
    numbers: dict[int, int] = {}

    def visit(node: Any) -> Any:
        match node:
            case SubqueryAlias(child) | Hint(child) | DataFrameNode(child):
                return visit(child)
            case LocalData(columns, table):
                return Values(((Literal(digest(table), STRING),),), tuple(map(visit, columns)))
            case Project(child, expressions) if all(isinstance(e, Attribute) for e in expressions) and [
                e.id for e in expressions if isinstance(e, Attribute)
            ] == [a.id for a in child.output]:
                return visit(child)
        done = rewrite(node, (Expression, Relation), visit)  # type: ignore[arg-type]
        match done:
            case Attribute():
                return Attribute("", done.type, True, numbers.setdefault(done.id, len(numbers)))
            case LambdaVariable():
                return LambdaVariable("", done.type, True, numbers.setdefault(done.id, len(numbers)))
            case Alias(inner):
                return Alias(inner, "", numbers.setdefault(done.id, len(numbers)))
        return done

    return visit(plan)  # type: ignore[no-any-return]


def digest(table: Any) -> str:
    """A hash of an Arrow table's columns and content."""
    hasher = hashlib.blake2b(str(table.schema).encode(), digest_size=16)
    for batch in table.to_batches():
        hasher.update(batch.serialize())
    return hasher.hexdigest()
