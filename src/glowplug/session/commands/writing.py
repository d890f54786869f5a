"""Writing queries to files and tables."""

from __future__ import annotations

from glowplug.execute.operation import Operation
from glowplug.plan import commands as c
from glowplug.session.session import Session


def write_files(command: c.WriteFiles, session: Session, operation: Operation) -> None:
    """`df.write.save`: hand the analysed plan to the format."""
    from glowplug.session.sources import write

    write(command, session, operation)
