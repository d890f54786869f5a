"""What every decoding function may see, and how a message's `oneof` or enum chooses what is done.

The conditions are those of Spark's own server for a client's message that makes no sense (`CONNECT_INVALID_PLAN`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from glowplug.errors import IllegalArgument, InvalidPlanInput, unsupported
from glowplug.plan.relations import Relation
from glowplug.session.session import Session

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    """`references` are the plans that enclosing WithRelations messages hold for subqueries, by DataFrame number.

    The client sends a plan once for each use of it. So a use takes one away, and no two subqueries share columns.
    """

    session: Session
    references: Mapping[int, list[Relation]] = field(default_factory=dict)


def invalid(condition: str, /, **parameters: Any) -> InvalidPlanInput:
    """The error of a message that makes no sense."""
    return InvalidPlanInput("CONNECT_INVALID_PLAN." + condition, **parameters)


def check(holds: bool, message: str) -> None:
    if not holds:
        raise invalid("ASSERTION_FAILURE", message=message)


def require(holds: bool, message: str) -> None:
    """Raise what Spark's own `require` comes to for the client: an IllegalArgumentException."""
    if not holds:
        raise IllegalArgument("CONNECT_INVALID_PLAN.ASSERTION_FAILURE", message=message)


def chosen(message: Any, oneof: str) -> str:
    """The name of the field that is set in a `oneof`; none is an error."""
    name = message.WhichOneof(oneof)
    if name is None:
        unset = oneof.replace("_", "").upper() + "_NOT_SET"
        raise invalid("INVALID_ONE_OF_FIELD_NOT_SET", fullName=message.DESCRIPTOR.full_name, name=unset)
    return str(name)


def handler(message: Any, oneof: str, table: Mapping[str, T | str]) -> tuple[Any, T]:
    """The part of a message that is set and what decodes it; a text in the table names what is not supported."""
    name = chosen(message, oneof)
    found = table.get(name)
    if found is None:
        descriptor = message.DESCRIPTOR
        number = descriptor.fields_by_name[name].number
        parameters = {"fullName": descriptor.full_name, "name": name.upper(), "number": number}
        raise invalid("INVALID_ONE_OF_FIELD_NOT_SUPPORTED", **parameters)
    if isinstance(found, str):
        raise unsupported(found)
    return getattr(message, name), found


def option(message: Any, field_name: str, table: Mapping[str, T]) -> T:
    """What an enum's value stands for; `table` is by the value's name, one that is not in it is an error."""
    number = getattr(message, field_name)
    enum = message.DESCRIPTOR.fields_by_name[field_name].enum_type
    value = enum.values_by_number.get(number)
    name = value.name if value else "UNRECOGNIZED"
    if name not in table:
        raise invalid("INVALID_ENUM", fullName=enum.full_name, name=name, number=number)
    return table[name]


def optional(message: Any, field_name: str) -> Any:
    """A field's value, or None when the client did not set it."""
    return getattr(message, field_name) if message.HasField(field_name) else None


def pairs(entries: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """A map as sorted pairs: the wire has no order, a plan needs one."""
    return tuple(sorted(entries.items()))


def extension(message: Any, context: Context) -> Any:
    """What a plugin's handler makes of its message; handlers are found by the message's type URL."""
    from glowplug.connect.extensions import HANDLERS

    found = HANDLERS.get(message.type_url)
    if found is None:
        raise invalid("NO_HANDLER_FOR_EXTENSION", extensionTypeUrl=message.type_url)
    return found(message, context)
