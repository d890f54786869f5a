"""Spark Connect's messages to plans. Reading order: `context`, `types`, `literals`, `expressions`, `relations`.

Each family of messages has one table from the name of the field that is set to the function that decodes it:
`types.TYPES`, `literals.VALUES`, `expressions.EXPRESSIONS`, `relations.RELATIONS` and `commands.COMMANDS`. What
comes out is unresolved and has not been looked up anywhere but for rows the client uploaded before.

Nothing but a SparkError comes out of a message, however malformed. Deep plans need a recursion limit to match.
"""

from __future__ import annotations

from typing import Any

from glowplug.connect.decode import commands, expressions, literals, relations, types
from glowplug.connect.decode.context import Context, invalid
from glowplug.plan.commands import Command
from glowplug.plan.expressions import Expression, Literal
from glowplug.plan.relations import Relation
from glowplug.types import DataType

__all__ = ["Context", "command", "data_type", "expression", "literal", "relation"]

_TOO_DEEP = "the plan is nested too deep"


def relation(message: Any, context: Context) -> Relation:
    """The unresolved plan of a Relation message."""
    try:
        return relations.relation(message, context)
    except RecursionError:
        raise invalid("ASSERTION_FAILURE", message=_TOO_DEEP) from None


def command(message: Any, context: Context) -> Command:
    """The command of a Command message."""
    try:
        return commands.command(message, context)
    except RecursionError:
        raise invalid("ASSERTION_FAILURE", message=_TOO_DEEP) from None


def expression(message: Any, context: Context) -> Expression:
    """The unresolved expression of an Expression message."""
    try:
        return expressions.expression(message, context)
    except RecursionError:
        raise invalid("ASSERTION_FAILURE", message=_TOO_DEEP) from None


def data_type(message: Any) -> DataType:
    """The type of a DataType message."""
    try:
        return types.data_type(message)
    except RecursionError:
        raise invalid("ASSERTION_FAILURE", message=_TOO_DEEP) from None


def literal(message: Any) -> Literal:
    """The constant of a Literal message."""
    try:
        return literals.literal(message)
    except RecursionError:
        raise invalid("ASSERTION_FAILURE", message=_TOO_DEEP) from None
