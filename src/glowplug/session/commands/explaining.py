"""EXPLAIN: the plan of a query; what a command would do, with the plans of its queries; or what is wrong."""

from __future__ import annotations

from glowplug.errors import AnalysisError
from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.plan.relations import Relation
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import STRING


def explain(command: c.Explain, session: Session, operation: Operation) -> Relation:
    from glowplug.session.explain import explain as explain_plan
    from glowplug.session.explain import explain_command

    try:
        if isinstance(command.statement, Relation):
            text = explain_plan(command.statement, session, command.mode)
        else:
            text = explain_command(command.statement, session, command.mode)
    except AnalysisError as error:
        lines = ["Error occurred during query planning: ", *str(error).splitlines()]
        return rows((("plan", STRING),), [(line,) for line in lines])
    return rows((("plan", STRING),), [(text,)])
