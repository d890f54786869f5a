"""Views: made, dropped, forgotten."""

from __future__ import annotations

import json

from glowplug.analyze.commands.nouns import MakeView
from glowplug.analyze.commands.views import named_tables, settings
from glowplug.catalog.table import Identifier, Table, View
from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.canonical import canonical
from glowplug.plan.expressions import Alias, new_id
from glowplug.plan.relations import Project, Relation, SQLText, TextView
from glowplug.session.names import catalogs
from glowplug.session.session import Session
from glowplug.types import StructField, StructType, quote


def create_view(command: c.CreateView, session: Session, operation: Operation) -> Relation | None:
    """A temporary view of a DataFrame keeps the plan as it is analysed now; one that SQL makes, its text."""
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
        pairs = zip(plan.output, command.columns, strict=True)
        named = Project(plan, tuple(Alias(a, n, new_id(), _commented(a.metadata, text)) for a, (n, text) in pairs))
    else:
        named = Project(plan, plan.output)
    if command.text:
        _refuse_recursion(key, command.query, session)
    old, views[key] = views.get(key), _defined(command, plan, named, session) if command.text else named
    session.forget_plans()
    if old is not None and canonical(_plan(old)) != canonical(named):
        session.cache.unpersist(_plan(old), session.conf)  # nobody could give those rows back by the view's name
    return None


def _commented(metadata: str, comment: str | None) -> str:
    return metadata if comment is None else json.dumps({**json.loads(metadata), "comment": comment})


def _plan(view: Relation) -> Relation:
    return view.child if isinstance(view, TextView) else view


def _defined(command: c.CreateView, plan: Relation, named: Project, session: Session) -> TextView:
    """The view with all that its text's meaning depends on."""
    from glowplug.session.world import context

    cx = context(session)
    known = cx.world.catalogs
    names = tuple(a.name for a in plan.output)
    view = View(command.text, known.current, known.namespace, settings(cx), names)
    fields = tuple(StructField(a.name, a.type, a.nullable, a.metadata) for a in named.output)
    identifier = Identifier(known.current, known.namespace, command.parts[-1])
    table = Table(identifier, "view", StructType(fields), collation=command.collation, view=view)
    return TextView(named, table)


def _refuse_recursion(key: str, query: Relation, session: Session) -> None:
    """RECURSIVE_VIEW: a view cannot be made of itself, be it by way of others."""
    from glowplug.session.world import parse

    seen: set[str] = set()
    waiting: list[tuple[Relation, tuple[str, ...]]] = [(query, (key,))]
    while waiting:
        text, path = waiting.pop()
        for parts in named_tables(text):
            name = parts[-1].lower()
            if len(parts) > 1 or name in seen:
                continue
            if name == key:
                shown = " -> ".join(map(quote, (*path, key)))
                raise AnalysisError("RECURSIVE_VIEW", viewIdent=quote(key), newPath=shown)
            seen.add(name)
            other = session.temp_views.get(name)
            if isinstance(other, TextView):
                waiting.append((parse(session, SQLText(other.definition.view.text)), (*path, name)))


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
        session.forget_plans()
    else:
        plan = None
    if plan is not None:
        session.cache.unpersist(_plan(plan), session.conf)
    return plan is not None
