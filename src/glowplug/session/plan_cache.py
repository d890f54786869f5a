"""Plans of queries that are asked again, as programs and dashboards do.

The plan of a text serves whoever sends the same text in the same session, while all that its analysis asked the session
for is what it was: settings, where names are looked up, and temporary views that DataFrames made. The plan of a query
that asks for more is not kept: tables may have changed meanwhile, and a sample without a seed is another each time. Nor
is what was made of the time of day, or by looking at rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from typing import Any

from glowplug.analyze.context import World
from glowplug.datetimes import times_asked
from glowplug.execute import local
from glowplug.plan.function import Function
from glowplug.plan.python import PythonFunction
from glowplug.plan.relations import DataFrameNode, Relation, SQLText, TextView, UnresolvedRelation
from glowplug.session.session import Session
from glowplug.session.world import LONG_TEXT, analyze, context, facts, is_plain

KEPT = 128  # plans of a session

Circumstances = tuple[dict[str, str], dict[str, str]]  # settings, facts


@dataclass(slots=True)
class Asked:
    """What was asked for: temporary views by lower-case name, and whether that is all."""

    views: dict[str, Relation] = field(default_factory=dict)
    all: bool = True


@dataclass(slots=True)
class Kept:
    """An analysed plan with what it was analysed under, and the plan that is run, once it was."""

    circumstances: Circumstances
    views: dict[str, Relation]
    plan: Relation
    optimized: Relation | None = None

    def holds(self, session: Session) -> bool:
        same = all(session.temp_views.get(name) is view for name, view in self.views.items())
        return same and self.circumstances == _circumstances(session)


def analyzed(relation: Relation, session: Session) -> Relation:
    """As `world.analyze`, or what that gave before."""
    text = _text(relation)
    if text is None:
        return analyze(relation, session)
    kept = session.plans.get(text)
    if kept is not None and kept.holds(session):
        return kept.plan
    changes, asked, before = session.conf.changes, Asked(), times_asked()
    circumstances, cx = _circumstances(session), context(session)
    plan = analyze(relation, session, replace(cx, world=_noting(cx.world, asked, session)))
    kept = Kept(circumstances, asked.views, plan)
    if asked.all and times_asked() == before:
        with session.lock:
            session.plans.pop(text, None)
            if kept.holds(session) and session.conf.changes == changes:  # nor has anything changed, and back
                session.plans[text] = kept
            if len(session.plans) > KEPT:
                del session.plans[next(iter(session.plans))]
    return plan


def optimized(relation: Relation, plan: Relation, session: Session) -> Relation:
    """What `analyzed` gave for a query, as it is run."""
    kept = session.plans.get(_text(relation) or "")
    if kept is None or kept.plan is not plan or session.cache.use(plan, session.conf) is not plan:
        return local.optimized(plan, session)
    if kept.optimized is not None and kept.holds(session):
        return kept.optimized
    cx, asked, before = local.asking(session), Asked(), times_asked()
    done = local.optimized(plan, session, replace(cx, evaluate=_noted(cx.evaluate, asked)))
    if asked.all and times_asked() == before and kept.holds(session):
        kept.optimized = done
    return done


def _text(relation: Relation) -> str | None:
    """The text that a query is nothing but."""
    inner = relation.child if isinstance(relation, DataFrameNode) else relation
    return inner.text if isinstance(inner, SQLText) and is_plain(inner) and len(inner.text) < LONG_TEXT else None


def _circumstances(session: Session) -> Circumstances:
    return session.conf.all(), facts(session)


def _noting(world: World, asked: Asked, session: Session) -> World:
    """The same world, but that what is asked of it is noted."""

    def relation(node: UnresolvedRelation) -> Relation | None:
        name = node.parts[-1].lower()
        view = session.temp_views.get(name) if len(node.parts) == 1 else None
        if view is None or isinstance(view, TextView) or node.time_travel is not None or node.streaming:
            asked.all = False
        else:
            asked.views[name] = view
        return world.relation(node)

    def function(parts: tuple[str, ...]) -> Function | None:
        found = world.function(parts)
        asked.all &= found is not None and not found.internal and not isinstance(found, PythonFunction)
        return found

    others: dict[str, Any] = {
        f.name: _noted(ask, asked) for f in fields(world) if callable(ask := getattr(world, f.name))
    }
    return replace(world, **others | {"relation": relation, "function": function, "parse": world.parse})


def _noted(ask: Callable[..., Any], asked: Asked) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        asked.all = False
        return ask(*args)

    return noted
