"""The catalogs of a session by name, and which of them a name of several parts means.

A name's first part is a catalog if there is one of that name; otherwise the whole name is looked up in the current
catalog, and a name of one part in its current schema. Rules and errors are those of Spark's `CatalogManager` and
`LookupCatalog`; the session catalog has schemas of one part.
"""

from __future__ import annotations

import threading
from typing import Protocol

from glowplug.catalog.catalog import Catalog
from glowplug.catalog.table import DEFAULT_SCHEMA, SESSION_CATALOG, Identifier, Table
from glowplug.config import WAREHOUSE, Conf
from glowplug.errors import AnalysisError, ExecutionError, unsupported
from glowplug.types import quote

_SETTING = "spark.sql.catalog."
DELTA = "delta"


def _is_path(name: str) -> bool:
    return "/" in name


class CurrentSchema(Protocol):
    """Where names without a catalog or schema belong (a session, or what a view or function was made in)."""

    current_catalog: str
    current_schema: str


class Catalogs:
    """A session's catalogs. Safe to use from several threads."""

    def __init__(self, conf: Conf, place: CurrentSchema) -> None:
        self.conf = conf
        self.place = place

    @property
    def current(self) -> str:
        return self.place.current_catalog

    @property
    def namespace(self) -> tuple[str, ...]:
        return (self.place.current_schema,)

    def names(self) -> list[str]:
        """Those that were used or are always there."""
        return [SESSION_CATALOG]

    def catalog(self, name: str) -> Catalog:
        """By name. CATALOG_NOT_FOUND where neither Spark nor a setting knows it."""
        if name.lower() == SESSION_CATALOG:
            return _embedded(self.conf)
        if self.conf.get_option(_SETTING + name) is None:
            raise ExecutionError("CATALOG_NOT_FOUND", catalogName=quote(name), config=f'"{_SETTING}{name}"')
        raise unsupported(f"the catalog {name}: catalogs besides {SESSION_CATALOG}")

    def _is_catalog(self, name: str) -> bool:
        return name.lower() == SESSION_CATALOG or self.conf.get_option(_SETTING + name) is not None

    def use(self, catalog: str | None, namespace: tuple[str, ...] | None) -> None:
        """Make a catalog (at its first schema) or a schema the current one. They must be there."""
        if catalog is not None and catalog.lower() != self.current.lower():
            self.catalog(catalog)
            self.place.current_catalog, self.place.current_schema = catalog, DEFAULT_SCHEMA
        if namespace is not None:
            name = self.stored(namespace)
            if len(name) != 1 or self.catalog(self.current).namespace(name) is None:
                shown = namespace if namespace[0] == self.current else (self.current, *namespace)
                raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, shown)))
            self.place.current_schema = name[0]

    # --- names

    def stored(self, parts: tuple[str, ...]) -> tuple[str, ...]:
        """Names as the catalog keeps them: in lower case unless case matters."""
        return parts if self.conf.case_sensitive else tuple(p.lower() for p in parts)

    def identifier(self, parts: tuple[str, ...]) -> Identifier:
        """The whole name of a table, view or function. REQUIRES_SINGLE_PART_NAMESPACE."""
        catalog, rest = self._split(parts)
        namespace = rest[:-1] or (self.namespace if catalog == self.current else (DEFAULT_SCHEMA,))
        if catalog == SESSION_CATALOG and len(namespace) != 1:
            shown = parts if parts[0] != catalog else rest
            raise AnalysisError(
                "REQUIRES_SINGLE_PART_NAMESPACE",
                sessionCatalog=SESSION_CATALOG,
                identifier=".".join(map(quote, shown)),
            )
        return Identifier(catalog, self.stored(namespace), self.stored(rest[-1:])[0])

    def table(self, parts: tuple[str, ...]) -> Table | None:
        """A table or view of a catalog, or a table of a format with tables of its own by its path (delta.`/t`).

        A table whose format has a log is what its log says.
        """
        if len(parts) == 2 and parts[0].lower() == DELTA and _is_path(parts[1]):
            from glowplug.lake.delta.tables import at_path

            return at_path(parts[1], self.conf)
        identifier = self.identifier(parts)
        found = self.catalog(identifier.catalog).table(identifier)
        if found is not None and (found.provider or "").lower() == DELTA:
            from glowplug.lake.delta.tables import loaded  # and the library, which few programs need

            return loaded(found, self.conf)
        return found

    def _split(self, parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        if len(parts) > 1 and self._is_catalog(parts[0]):
            name = SESSION_CATALOG if parts[0].lower() == SESSION_CATALOG else parts[0]
            return name, parts[1:]
        return self.current, parts

    def schema(self, parts: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Catalog and name of a schema; of the current one for no parts. It need not be there."""
        if not parts:
            return self.current, self.namespace
        if self._is_catalog(parts[0]):
            name = SESSION_CATALOG if parts[0].lower() == SESSION_CATALOG else parts[0]
            return name, self.stored(parts[1:])
        return self.current, self.stored(parts)

    def existing_schema(self, parts: tuple[str, ...]) -> tuple[Catalog, tuple[str, ...]]:
        """A schema that is there. SCHEMA_NOT_FOUND."""
        catalog, name = self.schema(parts)
        found = self.catalog(catalog)
        if len(name) != 1 or found.namespace(name) is None:
            raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, (catalog, *name))))
        return found, name

    def search_path(self, *before: str) -> str:
        """Where names are looked up, as errors show it: `before`, then the current schema."""
        here = ".".join(map(quote, (self.current, *self.namespace)))
        return "[" + ", ".join((*before, here)) + "]"


_lock = threading.Lock()
_known: dict[str, Catalog] = {}


def _embedded(conf: Conf) -> Catalog:
    """One for each warehouse and process: its locks are the process's."""
    from glowplug.catalog.embedded import Embedded  # and SQLite, which a program without tables never loads

    location = conf.get_option(WAREHOUSE) or ""
    if "://" not in location or location.startswith("file:"):
        location = f"file:{conf.warehouse.absolute()}"
    with _lock:
        if location not in _known:
            _known[location] = Embedded(location)
        return _known[location]
