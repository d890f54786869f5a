"""Windows of user code: a stage over the rows of each partition, in order."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, TypeGuard

from glowplug.errors import unsupported
from glowplug.functions.registry import lookup
from glowplug.physical.calls import code_of, is_python
from glowplug.physical.extract import columns_of
from glowplug.plan.expressions import (
    Alias,
    Attribute,
    Call,
    Expression,
    FrameBound,
    SortOrder,
    WindowExpression,
    WindowFrame,
    new_id,
)
from glowplug.plan.python import EvalType, WindowPython
from glowplug.plan.relations import Project, Relation, to_attribute
from glowplug.plan.tree import map_expressions, walk
from glowplug.types import INT

_OVER_WINDOWS = (EvalType.GROUPED_AGG_PANDAS, EvalType.GROUPED_AGG_ARROW)
_START, _CURRENT = FrameBound("unbounded"), FrameBound("current")
_RUNNING = WindowFrame("rows", _START, _CURRENT)
_WHOLE = ("unbounded", "unbounded")


def window_python(node: Relation) -> Relation | None:
    """Project(f(x) OVER w AS a, t) → Project(y AS a, WindowPython(f(x) OVER w AS y, t)), a stage for each w."""
    if not isinstance(node, Project):
        return None
    changed: Project | None = None
    while windows := [x for e in node.expressions for x in walk(e) if _is_window(x)]:
        first = windows[0]
        same = [w for w in dict.fromkeys(windows) if _kind(w) == _kind(first)]
        node = changed = _one_stage(node, same)
    return changed


def _is_window(e: Any) -> TypeGuard[WindowExpression]:
    return isinstance(e, WindowExpression) and is_python(e.function)


def _kind(w: WindowExpression) -> Any:
    assert is_python(w.function)
    code = code_of(w.function)
    return w.partition_by, w.order_by, code.eval_type, code.environment


def _one_stage(node: Project, windows: list[WindowExpression]) -> Project:
    """`windows` are of one partitioning and order."""
    for w in windows:
        assert is_python(w.function)
        if code_of(w.function).eval_type not in _OVER_WINDOWS:
            raise unsupported("windows of a function that takes iterators", w.origin)
    calls = tuple(Alias(w.function, f"_w{i}", new_id()) for i, w in enumerate(windows))
    columns = {w: to_attribute(c) for w, c in zip(windows, calls, strict=True)}

    def replaced(e: Expression) -> Expression:
        if _is_window(e) and e in columns:
            return columns[e]
        return map_expressions(e, replaced)  # type: ignore[no-any-return]

    expressions = tuple(map(replaced, node.expressions))
    below = _Below(node.child)
    keys = tuple(below.column(p) for p in windows[0].partition_by)
    order = tuple(SortOrder(below.column(o.child), o.ascending, o.nulls_first) for o in windows[0].order_by)
    number = below.over("row_number", (), keys, order, _RUNNING)
    frames = tuple(_frame(w, below, keys, order, number) for w in windows)
    needed = columns_of(expressions)
    kept = tuple({a.id: a for a in node.child.output if a.id in needed}.values())
    return replace(node, child=WindowPython(below.relation, keys, number, calls, frames, kept), expressions=expressions)


@dataclass(slots=True)
class _Below:
    """The relation under a stage, with the columns that are computed for it."""

    relation: Relation
    known: dict[Expression, Attribute] = field(default_factory=dict)

    def column(self, e: Expression) -> Attribute:
        if isinstance(e, Attribute):
            return e
        if e not in self.known:
            alias = Alias(e, "_", new_id())
            self.relation = Project(self.relation, (*self.relation.output, alias))
            self.known[e] = to_attribute(alias)
        return self.known[e]

    def over(
        self, name: str, args: tuple[Expression, ...], keys: tuple[Attribute, ...], order: tuple[SortOrder, ...],
        frame: WindowFrame,
    ) -> Attribute:  # fmt: skip
        """A built-in function over a window, of type INT."""
        function = lookup(name)
        assert function is not None
        return self.column(WindowExpression(Call(function, name, args, INT, True), keys, order, frame))


def _frame(
    w: WindowExpression, below: _Below, keys: tuple[Attribute, ...], order: tuple[SortOrder, ...], number: Attribute
) -> tuple[Attribute, Attribute] | None:
    """The numbers of the first and the last row of a row's frame, which the kernel finds; NULL in an empty one."""
    if w.frame is None or (w.frame.lower.kind, w.frame.upper.kind) == _WHOLE:
        return None
    first, last = (below.over(name, (number,), keys, order, w.frame) for name in ("min", "max"))
    return first, last
