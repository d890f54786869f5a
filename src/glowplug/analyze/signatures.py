"""What the declarations of functions say of how they are called."""

from __future__ import annotations

from glowplug.plan.expressions import Expression
from glowplug.plan.function import Accept, Function, Signature

_OPERATORS = ("and", "or", "div", "pmod", "try_add", "try_subtract", "try_multiply", "try_divide", "try_mod")


def signatures_of(function: Function) -> tuple[Signature, ...]:
    return function.signature if isinstance(function.signature, tuple) else (function.signature,)


def fits(s: Signature, n: int) -> bool:
    return s.least <= n and (s.most is None or n <= s.most)


def params_of(s: Signature, n: int) -> tuple[Accept, ...]:
    """One parameter for each of n arguments; the last of a variadic signature repeats (in its cycle of groups)."""
    return s.params[:n] if n <= len(s.params) else s.params + (s.params[-1],) * (n - len(s.params))


def operates(function: Function, args: tuple[Expression, ...]) -> bool:
    """Whether it is an operator between the arguments."""
    name = function.names[0]
    return len(args) == 2 and (not name.isidentifier() or name in _OPERATORS)
