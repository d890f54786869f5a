"""LIMIT, OFFSET and tail: how many rows, given by constants."""

from __future__ import annotations

from glowplug.analyze.context import Context, references, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Call, Expression, Literal, OuterReference, Subquery, origin_of
from glowplug.plan.names import pretty
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import Limit, Relation, Tail
from glowplug.plan.text import text
from glowplug.plan.tree import kinds, walk
from glowplug.types import INT, sql_name


def resolve_limit(node: Limit, cx: Context) -> Relation:
    """Both numbers as constants. Raises INVALID_LIMIT_LIKE_EXPRESSION for others, and below zero."""
    return Limit(node.child, _constant(node.count, "limit", node, cx), _constant(node.offset, "offset", node, cx))


def resolve_tail(node: Tail, cx: Context) -> Relation | None:
    """Checked only: the number is a constant already."""
    _constant(Literal(node.count, INT), "tail", node, cx)
    return None


def _constant(e: Expression | None, name: str, node: Limit | Tail, cx: Context) -> Expression | None:
    """A non-negative integer constant."""
    if e is None:
        return None
    done, origin = resolve(e, scope_of(node.child, cx=cx), cx), origin_of(e)
    if isinstance(done, Call) and done.function.kind == "generator":
        raise AnalysisError("UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", plan=f"LocalLimit {text(done)}")
    if references(done) or kinds(done) & {Subquery, OuterReference} or any(map(_varies, walk(done))):
        raise AnalysisError("INVALID_LIMIT_LIKE_EXPRESSION.IS_UNFOLDABLE", origin, name=name, expr=f'"{pretty(done)}"')
    if done.type != INT:
        raise AnalysisError(
            "INVALID_LIMIT_LIKE_EXPRESSION.DATA_TYPE",
            origin,
            name=name,
            expr=f'"{pretty(done)}"',
            dataType=f'"{sql_name(done.type)}"',
        )
    if isinstance(done, Literal):
        if done.value is None:
            raise AnalysisError("INVALID_LIMIT_LIKE_EXPRESSION.IS_NULL", origin, name=name, expr=f'"{pretty(done)}"')
        if done.value < 0:
            raise AnalysisError(
                "INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE", origin, name=name, expr=f'"{pretty(done)}"', v=done.value
            )
    return done


def _varies(e: Expression) -> bool:
    """Whether it is a call that is no constant even of constants."""
    return isinstance(e, Call) and (isinstance(e.function, PythonFunction) or not e.function.deterministic)
