"""Commands that only tables of Delta take; what runs them is loaded with the first one."""

from __future__ import annotations

from glowplug.errors import unsupported
from glowplug.execute.operation import Operation
from glowplug.lake.delta.snapshot import library
from glowplug.plan import delta as d
from glowplug.plan.commands import Command
from glowplug.plan.relations import Relation
from glowplug.session.session import Session


def look_up(command: Command, session: Session, operation: Operation | None = None) -> Relation:
    """The rows of a command that changes nothing, in whatever plan it is."""
    from glowplug.session.delta import history

    match command:
        case d.DescribeHistory():
            return history.describe_history(command, session)
        case d.DescribeDetail():
            return history.describe_detail(command, session)
        case d.IsDeltaTable():
            return history.is_delta_table(command, session)
    raise unsupported("a change of a table as part of another plan")


def maintain(command: Command, session: Session, operation: Operation) -> Relation:
    """What the library of the table's log has a part in."""
    library()
    from glowplug.session.delta import maintenance, optimizing

    match command:
        case d.Optimize():
            return optimizing.optimize(command, session, operation)
        case d.Vacuum():
            return maintenance.vacuum(command, session, operation)
        case d.Restore():
            from glowplug.session.delta.restoring import restore

            return restore(command, session, operation)
        case d.ConvertToDelta():
            return maintenance.convert(command, session)
        case d.Clone():
            from glowplug.session.delta.cloning import make_clone

            return make_clone(command, session, operation)
        case d.GenerateManifest():
            return maintenance.generate(command, session)
    raise unsupported(f"the command {type(command).__name__}")
