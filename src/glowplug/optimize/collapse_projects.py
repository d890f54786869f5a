from __future__ import annotations

from collections import Counter

from glowplug.io.source import Evaluate
from glowplug.plan.expressions import Alias, Attribute, Call, Expression, GetField, Literal, Subquery, WindowExpression
from glowplug.plan.relations import Project, Relation, SubqueryAlias
from glowplug.plan.tree import map_expressions, walk

# Past this many nodes an expression is left where it is rather than written into the one above.
MOST_NODES = 2000


def collapse_projects(node: Relation, evaluate: Evaluate) -> Relation | None:
    """Project(a + 1 AS b, Project(x * 2 AS a, t)) → Project(x * 2 + 1 AS b, t).

    A loop of `withColumn` thereby stays one level deep. An expression used more than once moves up only if it is cheap.
    """
    if isinstance(node, SubqueryAlias):
        return node.child
    if not isinstance(node, Project) or not isinstance(node.child, Project):
        return None
    below = {e.id: e.child for e in node.child.expressions if isinstance(e, Alias)}
    uses = Counter(x.id for e in node.expressions for x in walk(e) if isinstance(x, Attribute) and x.id in below)
    for id, count in uses.items():
        if not _movable(below[id], count):
            return None
    above = [x for e in node.expressions for x in walk(e)]
    if any(isinstance(x, Subquery) or (uses and isinstance(x, WindowExpression)) for x in above):
        return None
    sizes = {id: sum(1 for _ in walk(below[id])) for id in uses}
    if sum(sizes[id] * n for id, n in uses.items()) > MOST_NODES:
        return None

    def up(e: Expression) -> Expression:
        if isinstance(e, Attribute) and e.id in below:
            return below[e.id]
        return map_expressions(e, up)  # type: ignore[no-any-return]

    def named(e: Expression) -> Expression:
        if isinstance(e, Attribute) and e.id in below:
            return Alias(below[e.id], e.name, e.id, e.metadata, e.qualifier)
        return up(e)

    return Project(node.child.child, tuple(map(named, node.expressions)))


def _movable(e: Expression, uses: int) -> bool:
    for x in walk(e):
        if isinstance(x, (Subquery, WindowExpression)):
            return False
        if isinstance(x, Call) and (not x.function.deterministic or x.function.kind != "scalar"):
            return False
    return (
        uses == 1 or isinstance(e, (Attribute, Literal)) or (isinstance(e, GetField) and isinstance(e.child, Attribute))
    )
