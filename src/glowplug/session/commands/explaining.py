"""EXPLAIN: the plan of a query, and what a command would do, with the plans of its queries."""

from __future__ import annotations

from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import STRING


def explain(command: c.Explain, session: Session, operation: Operation) -> Relation:
    from glowplug.session.explain import explain as explain_plan
    from glowplug.session.explain import explain_command

    if isinstance(command.statement, Relation):
        text = explain_plan(command.statement, session, command.mode)
    else:
        text = explain_command(command.statement, session, command.mode)
    return rows((("plan", STRING),), [(text,)])
