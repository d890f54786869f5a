"""Commands that only tables of Delta take; what runs them is loaded with the first one."""

from __future__ import annotations

from glowplug.errors import unsupported
from glowplug.execute.operation import Operation
from glowplug.lake.delta.snapshot import library
from glowplug.plan import delta as d
from glowplug.plan.commands import Command
from glowplug.plan.relations import Relation
from glowplug.session.session import Session


def describe_history(command: d.DescribeHistory, session: Session, operation: Operation) -> Relation:
    from glowplug.session.delta import history

    return history.describe_history(command, session)


def is_delta_table(command: d.IsDeltaTable, session: Session, operation: Operation) -> Relation:
    from glowplug.session.delta import history

    return history.is_delta_table(command, session)


def looked_up(command: Command, session: Session) -> Relation:
    """The rows of a command that changes nothing, in whatever plan it is."""
    match command:
        case d.DescribeHistory():
            return describe_history(command, session, Operation(""))
        case d.DescribeDetail():
            return describe_detail(command, session, Operation(""))
        case d.IsDeltaTable():
            return is_delta_table(command, session, Operation(""))
    raise unsupported("a change of a table as part of another plan")


def describe_detail(command: d.DescribeDetail, session: Session, operation: Operation) -> Relation:
    from glowplug.session.delta import history

    return history.describe_detail(command, session)


def optimize(command: d.Optimize, session: Session, operation: Operation) -> Relation:
    library()
    from glowplug.session.delta import maintenance

    return maintenance.optimize(command, session)


def vacuum(command: d.Vacuum, session: Session, operation: Operation) -> Relation:
    library()
    from glowplug.session.delta import maintenance

    return maintenance.vacuum(command, session)


def restore(command: d.Restore, session: Session, operation: Operation) -> Relation:
    library()
    from glowplug.session.delta import maintenance

    return maintenance.restore(command, session)


def convert(command: d.ConvertToDelta, session: Session, operation: Operation) -> Relation:
    library()
    from glowplug.session.delta import maintenance

    return maintenance.convert(command, session)


def generate(command: d.Generate, session: Session, operation: Operation) -> Relation:
    library()
    from glowplug.session.delta import maintenance

    return maintenance.generate(command, session)
