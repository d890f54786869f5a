"""Columns that a DataFrame method names by text: `df.na.fill(0, ["a", "s.x", "`a.b`"])`."""

from __future__ import annotations

from glowplug.analyze.context import Context, scope_of
from glowplug.analyze.expressions import resolve
from glowplug.analyze.names import lookup
from glowplug.errors import AnalysisError
from glowplug.identifiers import parse_attribute_name
from glowplug.plan.expressions import Expression, UnresolvedAttribute
from glowplug.plan.relations import Relation
from glowplug.types import quote


def named_column(name: str, child: Relation, cx: Context) -> Expression:
    """The column, or the field of one, that `name` names. UNRESOLVED_COLUMN suggests the nearest names."""
    return resolve(UnresolvedAttribute(parse_attribute_name(name)), scope_of(child, cx=cx), cx)


def schema_column(name: str, child: Relation, cx: Context) -> Expression:
    """As `named_column`, for the methods that look a name up in the schema: their error lists all columns."""
    parts = parse_attribute_name(name)
    found = lookup(parts, scope_of(child, cx=cx), cx, UnresolvedAttribute(parts))
    if found is not None:
        return found
    columns = (".".join(map(quote, parse_attribute_name(a.name))) for a in child.output)
    raise AnalysisError(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION", objectName=".".join(map(quote, parts)), proposal=", ".join(columns)
    )
