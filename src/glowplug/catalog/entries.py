"""What is in the catalog that comes with Glowplug: entries read from its store (`store.py`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from glowplug.catalog.codec import decode
from glowplug.catalog.store import Store
from glowplug.catalog.table import (
    DEFAULT_SCHEMA,
    SESSION_CATALOG,
    Identifier,
    Namespace,
    Partition,
    PersistentFunction,
    Table,
)
from glowplug.errors import AnalysisError
from glowplug.io.filesystem import local_path
from glowplug.types import quote


class Entries:
    """`warehouse` is a URI; one that is not of this machine has nothing in it."""

    name = SESSION_CATALOG

    def __init__(self, warehouse: str) -> None:
        self.warehouse = warehouse
        local = warehouse.startswith("file:")
        self.store = Store(Path(local_path(warehouse)) / ".glowplug" if local else None)

    def namespaces(self) -> list[Namespace]:
        found = {DEFAULT_SCHEMA: self._default()}
        with self.store.reading() as db:
            for name, entry in db.execute("SELECT name, entry FROM namespaces") if db else ():
                found[name] = decode(entry, Namespace)
        return [found[name] for name in sorted(found)]

    def namespace(self, name: tuple[str, ...]) -> Namespace | None:
        with self.store.reading() as db:
            entry = db and db.execute("SELECT entry FROM namespaces WHERE name = ?", (name[-1],)).fetchone()
        if entry:
            return decode(entry[0], Namespace)  # type: ignore[no-any-return]
        return self._default() if name == (DEFAULT_SCHEMA,) else None

    def known(self, name: tuple[str, ...]) -> Namespace:
        """Raises SCHEMA_NOT_FOUND."""
        found = self.namespace(name)
        if found is None:
            raise AnalysisError("SCHEMA_NOT_FOUND", schemaName=".".join(map(quote, (self.name, *name))))
        return found

    def tables(self, namespace: tuple[str, ...]) -> list[Table]:
        return self._all("SELECT entry FROM tables WHERE namespace = ? ORDER BY name", namespace, Table)

    def table(self, identifier: Identifier, settled: bool = False) -> Table | None:
        key = key_of(identifier)
        with self.store.changing() if settled else self.store.reading() as db:
            query = "SELECT entry FROM tables WHERE namespace = ? AND name = ?"
            found = db and db.execute(query, key).fetchone()
        return decode(found[0], Table) if found else None

    def known_table(self, identifier: Identifier) -> Table:
        """Raises TABLE_OR_VIEW_NOT_FOUND."""
        found = self.table(identifier)
        if found is None:
            raise AnalysisError("TABLE_OR_VIEW_NOT_FOUND", relationName=identifier.quoted)
        return found

    def partitions(self, identifier: Identifier) -> list[Partition]:
        with self.store.reading() as db:
            query = "SELECT entry FROM partitions WHERE namespace = ? AND name = ?"
            rows = db.execute(query, key_of(identifier)).fetchall() if db else []
        return [decode(entry, Partition) for (entry,) in rows]

    def functions(self, namespace: tuple[str, ...]) -> list[PersistentFunction]:
        query = "SELECT entry FROM functions WHERE namespace = ? ORDER BY name"
        return self._all(query, namespace, PersistentFunction)

    def function(self, identifier: Identifier) -> PersistentFunction | None:
        with self.store.reading() as db:
            query = "SELECT entry FROM functions WHERE namespace = ? AND name = ?"
            found = db and db.execute(query, key_of(identifier)).fetchone()
        return decode(found[0], PersistentFunction) if found else None

    def _all(self, query: str, namespace: tuple[str, ...], cls: type) -> list[Any]:
        with self.store.reading() as db:
            rows = db.execute(query, (namespace[-1],)).fetchall() if db else []
        return [decode(entry, cls) for (entry,) in rows]

    def _default(self) -> Namespace:
        return Namespace(self.name, (DEFAULT_SCHEMA,), self.warehouse, "default database")


def key_of(identifier: Identifier) -> tuple[str, str]:
    """By what an entry is found: namespaces of this catalog have one part."""
    return identifier.namespace[-1], identifier.name
