"""Names as a session sees them: its catalogs, its temporary views, and what of both a text of long ago sees."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from glowplug.catalog.manager import Catalogs
from glowplug.catalog.table import Pairs, Table
from glowplug.config import OF_TEXTS
from glowplug.errors import AnalysisError
from glowplug.plan import relations as r
from glowplug.plan.expressions import Cast, Expression
from glowplug.plan.tree import rewrite
from glowplug.session.session import Session
from glowplug.types import quote

GLOBAL_SCHEMA = "global_temp"
SEARCHED_FIRST = ("`system`.`builtin`", "`system`.`session`")  # where names in queries are looked up


def catalogs(session: Session) -> Catalogs:
    """The session's catalogs as its settings have them now."""
    return Catalogs(session.conf, session)


def temporary_view(session: Session, parts: tuple[str, ...]) -> r.Relation | None:
    name = parts[-1].lower()
    if len(parts) == 1 and (view := session.temp_views.get(name)) is not None:
        return r.SubqueryAlias(_temporary(view, session), parts[0], defined=True)
    shared = session.engine.global_views.get(name) if len(parts) == 2 and parts[0].lower() == GLOBAL_SCHEMA else None
    return (
        None
        if shared is None
        else r.SubqueryAlias(_temporary(shared, session), parts[1], (GLOBAL_SCHEMA,), defined=True)
    )


def _temporary(view: r.Relation, session: Session) -> r.Relation:
    """What a temporary view stands for now: a DataFrame's keeps its plan, one of SQL its text and settings."""
    if not isinstance(view, r.TextView):
        return view
    from glowplug.session.tables import view_plan

    definition: Table = view.definition
    assert definition.view is not None
    within = inside(session, definition.view.catalog, definition.view.namespace, definition.view.settings)
    within.temp_views, within.functions = session.temp_views, session.functions
    within.table_functions, within.temp_functions = session.table_functions, session.temp_functions
    within.variables = session.variables
    return in_mode_of(within, session, view_plan(definition, within))


def in_mode_of(within: Session, session: Session, plan: r.Relation) -> r.Relation:
    """A view's plan whose casts are those of its own mode, ANSI or not, where the session's is the other one."""
    return plan if within.conf.ansi == session.conf.ansi else _settled(plan, within.conf.ansi)


def _settled(node: Any, ansi: bool) -> Any:
    node = rewrite(node, (Expression, r.Relation), lambda n: _settled(n, ansi))
    if isinstance(node, Cast) and node.implicit and node.mode in ("ansi", None):
        return replace(node, implicit=False, mode="ansi") if ansi else replace(node, mode="legacy")
    return node


def lookup(session: Session, parts: tuple[str, ...]) -> Table | None:
    """A catalog's table or view."""
    if len(parts) == 2 and parts[0].lower() == GLOBAL_SCHEMA:
        return None
    return catalogs(session).table(parts)


def inside(session: Session, catalog: str, namespace: tuple[str, ...], settings: Pairs) -> Session:
    """The session as a view's or function's text sees it: its settings and place, and nothing temporary."""
    conf = session.conf.copy()
    for key in OF_TEXTS:
        conf.unset(key)
    for key, value in settings:
        conf.record(key, value)
    return Session(
        session.engine,
        session.id,
        session.user_id,
        session.server_side_id,
        conf=conf,
        current_catalog=catalog,
        current_schema=namespace[-1],
    )


def not_found(session: Session, parts: tuple[str, ...], *before: str) -> AnalysisError:
    return AnalysisError(
        "TABLE_OR_VIEW_NOT_FOUND",
        relationName=".".join(map(quote, parts)),
        searchPath=catalogs(session).search_path(*before),
    )
