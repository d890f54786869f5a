"""User code that a session knows by name."""

from __future__ import annotations

from dataclasses import replace

from glowplug.execute.operation import Operation
from glowplug.plan.commands import RegisterDataSource, RegisterFunction, RegisterTableFunction
from glowplug.session.session import Session


def register_function(command: RegisterFunction, session: Session, operation: Operation) -> None:
    """Replaces what has that name, a built-in function too."""
    session.functions[command.name.lower()] = command.function


def register_table_function(command: RegisterTableFunction, session: Session, operation: Operation) -> None:
    session.table_functions[command.name.lower()] = replace(command.function, name=command.name)


def register_data_source(command: RegisterDataSource, session: Session, operation: Operation) -> None:
    session.data_sources[command.source.name.lower()] = command.source
