"""What `df.explain(mode=…)` prints."""

from __future__ import annotations

from dataclasses import fields

from glowplug.catalog.table import Table
from glowplug.execute import local
from glowplug.plan.commands import Command
from glowplug.plan.explain import Plans
from glowplug.plan.explain import explain as explain_plans
from glowplug.plan.relations import Relation, SQLText
from glowplug.plan.tree import children, rewrite
from glowplug.session.session import Session
from glowplug.session.world import analyze, context, prepare


def explain(relation: Relation, session: Session, mode: str) -> str:
    """The plan after each stage, and the kernel's statement. Nothing is run but what analysis has to look up."""
    parsed = rewrite(relation, SQLText, context(session).world.parse)
    analyzed = analyze(relation, session)
    optimized = local.optimized(analyzed, session)
    return explain_plans(Plans(parsed, analyzed, optimized, local.statement_text(optimized, session)), mode)


def explain_command(command: Command, session: Session, mode: str) -> str:
    """What a command would do, with the plan of the query in it, and nothing run. Its analysis refuses what it must."""
    done = prepare(command, session)
    queries = [node for node in children(done) if isinstance(node, Relation)]
    lines = [f"== Physical Plan ==\nExecute {_outline(done)}"]
    if not queries:
        return lines[0] + "\n"
    inner = [explain_analyzed(query, session, mode) for query in queries]
    return "\n".join([*lines, *inner])


def explain_analyzed(plan: Relation, session: Session, mode: str) -> str:
    optimized = local.optimized(plan, session)
    return explain_plans(Plans(plan, plan, optimized, local.statement_text(optimized, session)), mode)


def _outline(command: Command) -> str:
    """A command's name and what is said of it in one line."""
    facts = []
    for f in fields(command):
        value = getattr(command, f.name)
        if isinstance(value, Table):
            facts.append(value.identifier.unquoted)
        elif isinstance(value, (str, bool)) and value:
            facts.append(f"{f.name}={value}" if f.name != "operation" else str(value))
        elif f.name == "parts":
            facts.append(".".join(value))
    return " ".join([type(command).__name__, ", ".join(facts)]).strip()
