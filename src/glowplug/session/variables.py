"""Variables: a session's own, which DECLARE makes, and those of a script's blocks, which live as long as these.

A name of several parts may begin with `session`, `system.session` or a block's label; what follows the variable's own
name are fields of its value. Blocks come first, the innermost before those around it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glowplug.errors import unsupported
from glowplug.plan.expressions import Expression, Literal
from glowplug.types import DataType, GeographyType, GeometryType, quote, quote_if_needed, sql_name

if TYPE_CHECKING:
    from glowplug.config import Conf
    from glowplug.session.session import Session

Parts = tuple[str, ...]
SESSION: Parts = ("system", "session")


@dataclass(slots=True)
class Variable:
    """`value` is as a `Literal` of `type` holds it; `default` is unresolved, None = NULL, `text` how it was written.
    `declared` is the type with lengths of texts, which all values are made to fit."""

    path: Parts  # its full name
    type: DataType
    default: Expression | None
    text: str
    value: Any
    declared: DataType


@dataclass(frozen=True, slots=True)
class Frame:
    """A block that is running, and its variables by `key`. `name` is its label, or one that no program can write."""

    name: str
    variables: dict[str, Variable] = field(default_factory=dict)


_frames: ContextVar[tuple[Frame, ...]] = ContextVar("frames", default=())


def frames() -> tuple[Frame, ...]:
    """The blocks around what this thread runs, the innermost first."""
    return _frames.get()


@contextmanager
def within(blocks: tuple[Frame, ...]) -> Iterator[None]:
    """Run something as if these blocks, and no others, were around it."""
    token = _frames.set(blocks)
    try:
        yield
    finally:
        _frames.reset(token)


def key(name: str, conf: Conf) -> str:
    return name if conf.case_sensitive else name.lower()


def find(session: Session, parts: Parts) -> tuple[Variable, Parts] | None:
    """The variable that a name means, and the fields it goes on with. The longest name of a variable wins."""
    for n in range(len(parts), 0, -1):
        found = named(session, parts[:n])
        if found is not None:
            return found, parts[n:]
    return None


def named(session: Session, parts: Parts) -> Variable | None:
    """The variable whose name this is, without fields."""
    *qualifier, name = (key(p, session.conf) for p in parts)
    for frame in frames():
        if (not qualifier or qualifier == [key(frame.name, session.conf)]) and name in frame.variables:
            return frame.variables[name]
    return session.variables.get(name) if is_session_name(parts) else None


def is_session_name(parts: Parts) -> bool:
    """Whether a session's variable can have this name."""
    return tuple(p.lower() for p in parts[:-1]) in ((), SESSION[1:], SESSION)


def reference(session: Session, parts: Parts) -> tuple[str, Literal, Parts] | None:
    """What analysis asks: a variable's full name and its value now, and the fields."""
    found = find(session, parts)
    if found is None:
        return None
    variable, fields = found
    if isinstance(variable.type, (GeometryType, GeographyType)):
        raise unsupported(f"a variable of type {sql_name(variable.type)}")
    return ".".join(map(quote_if_needed, variable.path)), Literal(variable.value, variable.type), fields


def quoted(parts: Parts) -> str:
    return ".".join(map(quote, parts))
