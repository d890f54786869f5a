"""Functions written in SQL: temporary ones of the session, persistent ones of catalogs, and what their text sees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from glowplug.catalog.table import PersistentFunction
from glowplug.session.names import catalogs
from glowplug.session.names import inside as inside_of
from glowplug.session.session import Session

T = TypeVar("T")
CLASS_NAME = "glowplug.UserDefinedFunction"  # of what a client registered, where catalogs show one
_SESSION = (("session",), ("system", "session"))


def registered(known: Mapping[str, T], parts: tuple[str, ...]) -> T | None:
    """What a client registered under a name: `f`, `session.f`."""
    return known.get(parts[-1].lower()) if tuple(p.lower() for p in parts[:-1]) in ((), *_SESSION) else None


def is_registered(session: Session, parts: tuple[str, ...]) -> bool:
    known: tuple[Mapping[str, object], ...] = (session.functions, session.table_functions)
    return any(registered(functions, parts) is not None for functions in known)


def all_registered(session: Session) -> set[str]:
    """Names in lower case."""
    return {*session.functions, *session.table_functions}


def find(session: Session, parts: tuple[str, ...]) -> PersistentFunction | None:
    """By name: `session.f` is temporary, `schema.f` persistent, `f` the first of them."""
    name, qualifier = parts[-1].lower(), tuple(p.lower() for p in parts[:-1])
    if qualifier in ((), *_SESSION):
        temporary = session.temp_functions.get(name)
        if temporary is not None or qualifier:
            return temporary
    if qualifier[:1] in (("system",), ("builtin",)) or len(parts) > 3:
        return None
    known = catalogs(session)
    identifier = known.identifier(parts)
    return known.catalog(identifier.catalog).function(identifier)


def inside(session: Session, function: PersistentFunction) -> Session:
    """The session as the function's text sees it. A temporary function sees what is temporary too."""
    within = inside_of(session, function.from_catalog, function.from_namespace, function.settings)
    if is_temporary(function):
        within.temp_views = session.temp_views
        within.temp_functions = session.temp_functions
        within.functions, within.table_functions = session.functions, session.table_functions
        within.variables = session.variables
    return within


def is_temporary(function: PersistentFunction) -> bool:
    return not function.identifier.catalog
