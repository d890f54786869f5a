"""User code that a session knows by name."""

from __future__ import annotations

from glowplug.execute.operation import Operation
from glowplug.plan.commands import RegisterFunction
from glowplug.session.session import Session


def register_function(command: RegisterFunction, session: Session, operation: Operation) -> None:
    """Replaces what has that name, a built-in function too."""
    session.functions[command.name.lower()] = command.function
