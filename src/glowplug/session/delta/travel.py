"""`VERSION AS OF` and `TIMESTAMP AS OF` as the options that the format takes."""

from __future__ import annotations

from glowplug.analyze.context import Scope
from glowplug.analyze.expressions import resolve
from glowplug.catalog.table import Pairs
from glowplug.errors import AnalysisError, SparkError
from glowplug.plan.expressions import Alias, Attribute, Call, Cast, Expression, new_id
from glowplug.plan.names import pretty
from glowplug.plan.relations import OneRow, Project
from glowplug.plan.tree import walk
from glowplug.session.session import Session
from glowplug.types import LONG, STRING, TIMESTAMP


def at(asked: tuple[str, Expression], session: Session) -> Pairs:
    """A constant expression's value. INVALID_TIME_TRAVEL_TIMESTAMP_EXPR."""
    from glowplug.session.world import context

    kind, given = asked
    cx = context(session)
    value = resolve(given, Scope(()), cx)
    if any(isinstance(x, Attribute) or (isinstance(x, Call) and x.function.kind != "scalar") for x in walk(value)):
        raise AnalysisError("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.UNEVALUABLE", expr=f'"{pretty(value)}"')
    target = LONG if kind == "version" else TIMESTAMP
    cast = value if value.type == target else Cast(value, target, "ansi")
    text = Cast(cast, STRING, "legacy")
    try:
        ((found,),) = cx.world.run(Project(OneRow(), (Alias(text, "v", new_id()),)))
    except SparkError:
        found = None
    if found is None:
        raise AnalysisError("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.INPUT", expr=f'"{pretty(value)}"')
    return (("versionAsOf" if kind == "version" else "timestampAsOf", str(found)),)
