from __future__ import annotations

from glowplug.analyze.context import Context, Scope
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.functions.coercion import cast_to
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.names import pretty
from glowplug.plan.relations import Limit, Relation
from glowplug.types import INT, INTEGRAL, sql_name


def resolve_limit(node: Limit, cx: Context) -> Relation:
    return Limit(node.child, _constant(node.count, "limit", cx), _constant(node.offset, "offset", cx))


def _constant(e: Expression | None, name: str, cx: Context) -> Expression | None:
    """A non-negative integer constant."""
    if e is None:
        return None
    done = resolve(e, Scope(()), cx)
    if not isinstance(done.type, INTEGRAL):
        raise AnalysisError(
            "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE",
            name=name,
            expr=f'"{pretty(done)}"',
            dataType=f'"{sql_name(done.type)}"',
        )
    if isinstance(done, Literal):
        if done.value is None:
            raise AnalysisError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", name=name, expr=f'"{pretty(done)}"')
        if done.value < 0:
            raise AnalysisError(
                "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", name=name, expr=f'"{pretty(done)}"', v=done.value
            )
    return cast_to(done, INT)
