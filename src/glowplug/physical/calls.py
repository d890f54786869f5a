"""Which expressions call user code, and which of those calls one stage can make."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Any, TypeGuard

from glowplug.functions.registry import lookup
from glowplug.plan.expressions import Call, Expression
from glowplug.plan.python import ALONE, PythonCode, PythonFunction
from glowplug.plan.tree import walk
from glowplug.types import BOOLEAN


def is_python(e: Any) -> TypeGuard[Call]:
    return isinstance(e, Call) and isinstance(e.function, PythonFunction)


def code_of(call: Call) -> PythonCode:
    assert isinstance(call.function, PythonFunction) and call.function.code is not None
    return call.function.code


def scalar_calls(e: Expression) -> Iterator[Call]:
    """The calls of functions of rows in an expression, outermost first, those in windows' and aggregates' arguments
    included."""
    return (x for x in walk(e) if is_python(x) and x.function.kind == "scalar")


def ready(call: Call) -> bool:
    """Whether a call's arguments need no user code but what its own stage can run for it."""
    inner = chained(call)
    if inner is not None:
        return ready(inner)
    return not any(is_python(x) for a in call.args for x in walk(a))


def chained(call: Call) -> Call | None:
    """The call of the same kind that is a call's only argument: a worker passes its result on as it is."""
    match call.args:
        case (Call() as inner,) if is_python(inner) and inner.function.kind == "scalar":
            same = (code_of(inner).eval_type, code_of(inner).environment)
            if same == (code_of(call).eval_type, code_of(call).environment):
                return inner
    return None


def one_stage(calls: Iterable[Call]) -> list[Call]:
    """Of calls that are ready the first and those that run beside it: the same again only if it may give another
    result."""
    chosen: list[Call] = []
    for call in calls:
        if not chosen:
            chosen.append(call)
        elif code_of(call).eval_type in ALONE or code_of(chosen[0]).eval_type in ALONE:
            continue
        elif _kind(call) == _kind(chosen[0]) and (call not in chosen or not call.function.deterministic):
            chosen.append(call)
    return chosen


def _kind(call: Call) -> Any:
    return code_of(call).eval_type, code_of(call).environment


def conjunction(parts: Sequence[Expression]) -> Expression:
    """All of one or more conditions."""
    both = lookup("and")
    assert both is not None
    return reduce(lambda a, b: Call(both, "and", (a, b), BOOLEAN, a.nullable or b.nullable), parts)
