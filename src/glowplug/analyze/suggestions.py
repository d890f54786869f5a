"""Errors for names that are not there, with the nearest names that are."""

from __future__ import annotations

from glowplug.analyze.context import Scope
from glowplug.errors import AnalysisError
from glowplug.plan.expressions import Attribute, Origin
from glowplug.types import quote

MOST = 5
MOST_PARAMETERS = 3  # of a function, that are proposed


def unresolved_column(
    parts: tuple[str, ...], scope: Scope, origin: Origin | None, *, in_place: bool = False
) -> AnalysisError:
    """`in_place`: names that are alike as much stay in their order, and are not sorted."""
    name = ".".join(map(quote, parts))
    near = nearest(parts, [(*named_qualifier(a), a.name) for a in scope.columns], in_place)
    if not near:
        return AnalysisError("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", origin, objectName=name)
    return AnalysisError("UNRESOLVED_COLUMN.WITH_SUGGESTION", origin, objectName=name, proposal=", ".join(near))


def named_qualifier(a: Attribute) -> tuple[str, ...]:
    """A column's qualifier, unless it is the name that a subquery without one has."""
    return () if a.qualifier == ("__auto_generated_subquery_name",) else a.qualifier


def nearest(parts: tuple[str, ...], candidates: list[tuple[str, ...]], in_place: bool = False) -> list[str]:
    """At most five candidates in backquotes, the most similar first; qualifiers that all share are left out, unless
    the name has one too. As in Spark, the name is compared without quotes to candidates with them."""
    for last in (len(parts), len(parts) + 1):
        if len({c[:-last] for c in candidates}) == 1:
            candidates = [c[-last:] for c in candidates]
            break
    quoted = {".".join(map(quote, c)): c[-1] for c in candidates}
    return sorted(quoted, key=lambda c: (distance(".".join(parts), c), "" if in_place else quoted[c]))[:MOST]


def distance(a: str, b: str) -> int:
    """Levenshtein's edit distance."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x != y))
    return row[-1]
