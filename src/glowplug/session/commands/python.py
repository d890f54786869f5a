"""User code that a session knows by name."""

from __future__ import annotations

from dataclasses import replace

from glowplug.execute.operation import Operation
from glowplug.plan.commands import RegisterDataSource, RegisterFunction, RegisterTableFunction
from glowplug.session.session import Session


def register_function(command: RegisterFunction, session: Session, operation: Operation) -> None:
    """Replaces what else is temporary and has that name. A built-in function of the name is found before it."""
    name = command.name.lower()
    session.functions[name] = command.function
    _forget_sql(session, name, False)


def register_table_function(command: RegisterTableFunction, session: Session, operation: Operation) -> None:
    name = command.name.lower()
    session.table_functions[name] = replace(command.function, name=command.name)
    _forget_sql(session, name, True)


def _forget_sql(session: Session, name: str, is_table: bool) -> None:
    known = session.temp_functions.get(name)
    if known is not None and known.is_table == is_table:
        del session.temp_functions[name]


def register_data_source(command: RegisterDataSource, session: Session, operation: Operation) -> None:
    session.data_sources[command.source.name.lower()] = command.source
