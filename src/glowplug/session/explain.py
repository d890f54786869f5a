"""What `df.explain(mode=…)` prints."""

from __future__ import annotations

from glowplug.execute import local
from glowplug.plan.explain import Plans
from glowplug.plan.explain import explain as explain_plans
from glowplug.plan.relations import Relation, SQLText
from glowplug.plan.tree import rewrite
from glowplug.session.session import Session
from glowplug.session.world import analyze, context


def explain(relation: Relation, session: Session, mode: str) -> str:
    """The plan after each stage, and the kernel's statement. Nothing is run but what analysis has to look up."""
    parsed = rewrite(relation, SQLText, context(session).world.parse)
    analyzed = analyze(relation, session)
    optimized = local.optimized(analyzed, session)
    return explain_plans(Plans(parsed, analyzed, optimized, local.statement_text(optimized, session)), mode)
