"""Errors for names that are not there, with the nearest names that are."""

from __future__ import annotations

from glowplug.analyze.context import Scope
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Origin
from glowplug.types import quote

MOST = 5


def unresolved_column(parts: tuple[str, ...], scope: Scope, origin: Origin | None) -> AnalysisError:
    name = ".".join(map(quote, parts))
    near = nearest(".".join(parts), [".".join((*a.qualifier, a.name)) for a in scope.columns])
    if not near:
        return AnalysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", origin, objectName=name)
    short = len({a.qualifier for a in scope.columns}) <= 1
    shown = [".".join(map(quote, (n.split(".")[-1:] if short else n.split(".")[-2:]))) for n in near]
    return AnalysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", origin, objectName=name, proposal=", ".join(shown))


def nearest(name: str, candidates: list[str]) -> list[str]:
    """At most five candidates, the most similar first; ties keep their order."""
    last = name.rsplit(".", 1)[-1].lower()
    return sorted(dict.fromkeys(candidates), key=lambda c: distance(last, c.rsplit(".", 1)[-1].lower()))[:MOST]


def distance(a: str, b: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
