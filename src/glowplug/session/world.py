"""What a session gives to analysis: its views and tables, data sources, functions, and a way to run small queries."""

from __future__ import annotations

import getpass
import os
import random
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from glowplug.analyze.check import check
from glowplug.analyze.context import Context, World, means_builtin
from glowplug.analyze.metric_views import expanded
from glowplug.analyze.pipeline import analyze_relation
from glowplug.datetimes import times_asked
from glowplug.errors import AnalysisError, unsupported
from glowplug.functions.registry import lookup
from glowplug.plan import relations as r
from glowplug.plan.commands import Command, CreateView
from glowplug.plan.delta import Effect
from glowplug.plan.expressions import Expression, Origin
from glowplug.plan.function import Function
from glowplug.plan.tree import children
from glowplug.plan.verify import verify
from glowplug.session import names as session_names
from glowplug.session import routines, variables
from glowplug.session.arguments import argument
from glowplug.session.python import analyze_table
from glowplug.session.session import Session
from glowplug.types import quote

if TYPE_CHECKING:
    from glowplug.sql import Settings


LONG_TEXT = 20_000  # characters of a statement, from which on few are kept


def analyze(relation: r.Relation, session: Session, cx: Context | None = None) -> r.Relation:
    """The plan with every name, type and function resolved. Runs nothing but what analysis has to look up."""
    plan = check(expanded(analyze_relation(relation, cx or context(session))))
    return verify(plan, "analysis") if session.conf.verify else plan


def prepare(command: Command, session: Session) -> Command:
    """A command with its tables, queries and expressions resolved. Changes nothing."""
    from glowplug.analyze.commands.pipeline import analyze_command

    done = analyze_command(command, context(session))
    if done is not command and not isinstance(done, CreateView):
        for node in children(done):
            if isinstance(node, r.Relation):
                verify(check(node), "analysis") if session.conf.verify else check(node)
    return done


def context(session: Session) -> Context:
    return Context(
        World(
            conf=session.conf,
            relation=lambda node: _relation(session, node),
            source=lambda node: _source(session, node),
            function=lambda parts: _function(session, parts),
            remote=lambda id: _remote(session, id),
            catalog=lambda node: _call(session, node),
            parse=lambda node: parse(session, node),
            run=lambda plan: _run(session, plan),
            texts=lambda node: _texts(session, node),
            catalogs=session_names.catalogs(session),
            routine=lambda parts: routines.find(session, parts),
            inside=lambda function: context(routines.inside(session, function)),
            temporary=lambda parts: session_names.temporary_view(session, parts),
            variable=lambda parts: variables.reference(session, parts),
            table_function=lambda parts: routines.registered(session.table_functions, parts),
            analyze_table=lambda function, args: analyze_table(session, function, args),
            seed=lambda: random.getrandbits(62),
            facts=facts(session),
        )
    )


def facts(session: Session) -> dict[str, str]:
    """Answers to `current_user()` and its like."""
    schema = f"{session.current_catalog}.{session.current_schema}"
    return {
        "current_catalog": session.current_catalog,
        "current_database": session.current_schema,
        "current_path": f"system.builtin,system.session,{schema}",
        "current_user": _process_user() or session.user_id or str(os.getuid()),
    }


@cache
def _process_user() -> str:
    """Whom the process runs as; Spark lets SPARK_USER say otherwise. Empty where the user id has no name, as is usual
    in containers."""
    try:
        return os.environ.get("SPARK_USER") or getpass.getuser()
    except (KeyError, OSError):  # the latter from Python 3.13 on
        return ""


def _relation(session: Session, node: r.UnresolvedRelation) -> r.Relation | None:
    view = session_names.temporary_view(session, node.parts)
    if view is not None and node.time_travel is None and not node.streaming:
        return view
    from glowplug.session.tables import find  # and all formats, which a program without tables never loads

    return find(session, node)


def _function(session: Session, parts: tuple[str, ...]) -> Function | None:
    """What is built in comes first, if it is anybody's to call; a name of several parts may ask for the session's."""
    builtin = lookup(parts[-1].lower()) if means_builtin(parts) else None
    if builtin is None or builtin.internal:
        return routines.registered(session.functions, parts) or builtin
    return builtin


def _call(session: Session, node: r.CatalogCall | Effect) -> r.Relation:
    if isinstance(node, Effect):
        from glowplug.session.commands.delta import look_up

        return look_up(node.command, session)
    from glowplug.session import catalog_calls

    return catalog_calls.resolve(node, session)


def _source(session: Session, node: r.UnresolvedDataSource) -> r.Relation:
    from glowplug.session.sources import scan

    return scan(session, node)


def _texts(session: Session, node: r.Parse) -> Any:
    from glowplug.session.sources import texts

    return texts(session, node)


def _remote(session: Session, id: str) -> r.Relation:
    plan = session.cached_remotes.get(id)
    if plan is None:
        raise AnalysisError(
            "CONNECT_INVALID_PLAN.UNKNOWN_MESSAGE", what=f"no checkpointed DataFrame has the id {quote(id)}"
        )
    return plan


def read(session: Session, node: r.SQLText) -> r.Relation | Command:
    """The statement that a text is, a query or a command, unresolved."""
    from glowplug.sql import Settings, parse_statement

    def constant(e: Expression, origin: Origin) -> tuple[str, ...]:
        from glowplug.analyze.variables import constant_name

        return constant_name(e, origin, context(session))

    settings = Settings.of(session.conf)
    if not is_plain(node):
        cx = context(session)
        given = {name: argument(name, e, cx) for name, e in node.named_args}
        placed = tuple([argument(f"_pos_{i}", e, cx) for i, e in enumerate(node.positional_args)])
        return parse_statement(node.text, given, placed, settings, constant)
    parsed = _parsed if len(node.text) < LONG_TEXT else _parsed_long
    return parsed(node.text, settings) or parse_statement(node.text, {}, (), settings)


def is_plain(node: r.SQLText) -> bool:
    """Whether the text alone, with the settings of texts, says how it is read."""
    given = node.named_args or node.positional_args
    return not given and "${" not in node.text and "identifier" not in node.text.lower()


def _parse(text: str, settings: Settings) -> r.Relation | Command | None:
    """A statement that can be kept; None where it says what time it is now."""
    from glowplug.sql import parse_statement

    before = times_asked()
    plan = parse_statement(text, {}, (), settings)
    return plan if times_asked() == before else None


# A text is read twice at least: to see whether it is a query, and as one. Programs, and dashboards, ask again.
_parsed = lru_cache(maxsize=512)(_parse)
_parsed_long = lru_cache(maxsize=4)(_parse)


def parse(session: Session, node: r.SQLText) -> r.Relation:
    plan = read(session, node)
    if not isinstance(plan, r.Relation):
        raise unsupported("a command where a query is expected")
    return plan


def _run(session: Session, plan: r.Relation) -> list[tuple[Any, ...]]:
    """All rows of an analysed plan that gives few, as `Literal`s hold values."""
    from glowplug.execute.local import literals

    return literals(plan, session)
