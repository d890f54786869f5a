"""The way of a query, on one screen.

    relation ──▶ analyze ──▶ optimize ──▶ execute ──▶ Arrow batches

`connect/` hands in unresolved plans and streams the answer out. SQL text becomes a plan on the way into analysis, so
that text and DataFrame calls meet in the same nodes. Commands are run by `session/commands/`, exactly once.
"""

from __future__ import annotations

from typing import Any

from glowplug.analyze.pipeline import analyze_relation
from glowplug.execute import local
from glowplug.execute.local import Result
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression
from glowplug.plan.relations import Relation, SQLText
from glowplug.session.operation import Operation
from glowplug.session.session import Session
from glowplug.session.world import context


def analyze(relation: Relation, session: Session) -> Relation:
    """The plan with every name, type and function resolved. Runs nothing."""
    return analyze_relation(relation, context(session))


def execute(relation: Relation, session: Session, operation: Operation) -> Result:
    """The rows of a plan, streamed."""
    return local.run(analyze(relation, session), session, operation)


def run(command: Command, session: Session, operation: Operation) -> Relation | None:
    """Run a command, once; its rows as LocalData, where it has any."""
    from glowplug.session.commands import run_command

    return run_command(command, session, operation)


def sql(
    text: str, named: dict[str, Expression], positional: tuple[Expression, ...], session: Session, operation: Operation
) -> Relation:
    """A statement's rows: a query's plan, to be executed later, or the rows of a command, which is run now."""
    from glowplug.sql import parse_statement

    plan = parse_statement(text, named, positional)
    if isinstance(plan, Relation):
        return SQLText(text, tuple(named.items()), positional)
    return run(plan, session, operation) or _no_rows()


def _no_rows() -> Any:
    import pyarrow as pa

    from glowplug.plan.relations import LocalData

    return LocalData((), pa.table({}))
