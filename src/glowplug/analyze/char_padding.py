"""Comparisons of CHAR(n) columns: the shorter side is padded with spaces, as Spark's `ApplyCharTypePadding` does."""

from __future__ import annotations

import re
from dataclasses import replace

from glowplug.plan.expressions import Attribute, Expression, Literal
from glowplug.types import StringType
from glowplug.types_json import SIZED

COMPARISONS = frozenset(("=", "==", "<=>", "!=", "<>", "<", "<=", ">", ">=", "in"))
_CHAR = re.compile(rf'"{SIZED}": ?"char\((\d+)\)"')


def padded(name: str, args: tuple[Expression, ...]) -> tuple[Expression, ...]:
    """The arguments of a comparison; texts shorter than the CHAR column beside them get its length."""
    if name not in COMPARISONS:
        return args
    lengths = [int(m[1]) for a in args if isinstance(a, Attribute) and (m := _CHAR.search(a.metadata))]
    if not lengths:
        return args
    longest = max(lengths)
    return tuple(
        replace(a, value=a.value.ljust(longest))
        if isinstance(a, Literal) and isinstance(a.type, StringType) and isinstance(a.value, str)
        else a
        for a in args
    )
