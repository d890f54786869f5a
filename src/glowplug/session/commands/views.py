"""Views: made, dropped, forgotten."""

from __future__ import annotations

from glowplug.analyze.commands.nouns import MakeView
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.canonical import canonical
from glowplug.plan.expressions import Alias, new_id
from glowplug.plan.relations import Project, Relation
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.types import quote


def create_view(command: c.CreateView, session: Session, operation: Operation) -> Relation | None:
    """A temporary view keeps the plan as it is analysed now."""
    from glowplug.session.world import analyze

    limit = 2 if command.scope == "global" else 1
    if len(command.parts) > limit or (len(command.parts) == 2 and command.parts[0].lower() != "global_temp"):
        raise AnalysisError("TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS", actualName=".".join(map(quote, command.parts)))
    views = session.engine.global_views if command.scope == "global" else session.temp_views
    key = command.parts[-1].lower()
    if key in views and not command.replace:
        if command.if_not_exists:
            return None
        raise AnalysisError("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", relationName=".".join(map(quote, command.parts)))
    plan = analyze(command.query, session)
    if command.columns:
        if len(command.columns) != len(plan.output):
            few = len(command.columns) > len(plan.output)
            kind = "NOT_ENOUGH_DATA_COLUMNS" if few else "TOO_MANY_DATA_COLUMNS"
            raise AnalysisError(
                f"CREATE_VIEW_COLUMN_ARITY_MISMATCH.{kind}",
                viewName=quote(command.parts[-1]),
                viewColumns=", ".join(quote(n) for n, _ in command.columns),
                dataColumns=", ".join(quote(a.name) for a in plan.output),
            )
        named = (Alias(a, n, new_id()) for a, (n, _) in zip(plan.output, command.columns, strict=True))
        plan = Project(plan, tuple(named))
    old, views[key] = views.get(key), plan
    if old is not None and canonical(old) != canonical(plan):
        session.cache.unpersist(old, session.conf)  # nobody could give those rows back by the view's name
    return None


def make_view(command: MakeView, session: Session, operation: Operation) -> None:
    """A persistent view. Replacing one keeps nothing of the old."""
    catalog = catalogs(session).catalog(command.table.identifier.catalog)
    try:
        catalog.create_table(command.table, command.replace)
    except AnalysisError as error:
        if not (command.if_not_exists and error.condition == "TABLE_OR_VIEW_ALREADY_EXISTS"):
            raise


def forget_view(session: Session, parts: tuple[str, ...]) -> bool:
    """Drop a temporary or (by `global_temp.name`) a global view, and its cached rows; whether it was there."""
    key = parts[-1].lower()
    if len(parts) == 2 and parts[0].lower() == "global_temp":
        plan = session.engine.global_views.pop(key, None)
    elif len(parts) == 1:
        plan = session.temp_views.pop(key, None)
    else:
        plan = None
    if plan is not None:
        session.cache.unpersist(plan, session.conf)
    return plan is not None
