"""The catalog that comes with Glowplug: entries in a file below the warehouse, data where Spark has it.

<warehouse>/.glowplug/catalog.sqlite   entries (store.py); made at the first CREATE
<warehouse>/<table>                    a managed table of the schema `default`
<warehouse>/<schema>.db/<table>        one of another schema
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from glowplug.catalog.codec import encode
from glowplug.catalog.entries import Entries, key_of
from glowplug.catalog.store import Change, Stale
from glowplug.catalog.table import (
    Identifier,
    Namespace,
    Partition,
    PersistentFunction,
    Table,
    Values,
)
from glowplug.errors import AnalysisError, unsupported
from glowplug.io.filesystem import local_path
from glowplug.types import quote

_PUT_TABLE = "INSERT OR REPLACE INTO tables VALUES (?, ?, ?, ?)"
_DROP_TABLE = "DELETE FROM tables WHERE namespace = ? AND name = ?"
_DROP_PARTITIONS = "DELETE FROM partitions WHERE namespace = ? AND name = ?"
_PUT_PARTITION = "INSERT OR REPLACE INTO partitions VALUES (?, ?, ?, ?)"
_DROP_PARTITION = 'DELETE FROM partitions WHERE namespace = ? AND name = ? AND "values" = ?'


class Embedded(Entries):
    """Implements `catalog.Catalog`, with the changes of what there is: a warehouse of another machine takes none."""

    def __init__(self, warehouse: str) -> None:
        super().__init__(warehouse)
        self._staged: dict[str, str] = {}  # where data is being written, with the store's id of the change

    # --- schemas

    def create_namespace(self, namespace: Namespace) -> None:
        name = namespace.name[-1]
        location = namespace.location or f"{self.warehouse}/{name}.db"
        with self.store.changing() as db:
            if self.namespace(namespace.name) is not None:
                raise AnalysisError("SCHEMA_ALREADY_EXISTS", schemaName=quote(name))
            if location.startswith("file:"):
                os.makedirs(local_path(location), exist_ok=True)
            made = replace(namespace, location=location, version=self.store.version(db))
            db.execute("INSERT INTO namespaces VALUES (?, ?)", (name, encode(made)))

    def alter_namespace(self, name: tuple[str, ...], change: Callable[[Namespace], Namespace]) -> None:
        with self.store.changing() as db:
            found = self.known(name)
            made = replace(change(found), version=self.store.version(db))
            db.execute("INSERT OR REPLACE INTO namespaces VALUES (?, ?)", (name[-1], encode(made)))

    def drop_namespace(self, name: tuple[str, ...], cascade: bool) -> None:
        found = self.known(name)
        tables, functions = self.tables(name), self.functions(name)
        if (tables or functions) and not cascade:
            raise AnalysisError("SCHEMA_NOT_EMPTY", schemaName=quote(name[-1]))
        for table in tables:
            self.drop_table(table.identifier)
        with self.store.changing() as db:
            if self.tables(name):  # made meanwhile
                raise AnalysisError("SCHEMA_NOT_EMPTY", schemaName=quote(name[-1]))
            db.execute("DELETE FROM functions WHERE namespace = ?", (name[-1],))
            db.execute("DELETE FROM namespaces WHERE name = ?", (name[-1],))
            if found.location and found.location.startswith("file:"):
                with suppress(OSError):  # what is left there is not the schema's: external tables, users' files
                    os.rmdir(local_path(found.location))

    # --- tables and views

    def new_location(self, identifier: Identifier) -> str:
        location = self.known(identifier.namespace).location
        return f"{location}/{identifier.name}"

    def create_table(self, table: Table, replace: bool = False) -> None:
        with self.store.changing() as db:
            self._refuse(table, replace)
            self.known(table.identifier.namespace)
            if table.kind == "managed" and table.location is not None:
                os.makedirs(local_path(table.location), exist_ok=True)
            db.execute(_DROP_PARTITIONS, key_of(table.identifier))
            self._put(db, table)

    def _refuse(self, table: Table, replace: bool) -> None:
        if not replace and self.table(table.identifier) is not None:
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=table.identifier.quoted)

    def _put(self, db: Any, table: Table) -> None:
        made = replace(table, version=self.store.version(db))
        db.execute(_PUT_TABLE, (*key_of(table.identifier), made.version, encode(made)))

    def stage(self, table: Table) -> str:
        assert table.location is not None
        if not table.location.startswith("file:"):
            raise unsupported("CREATE TABLE AS SELECT outside the local file system")
        parent = os.path.dirname(local_path(table.location))
        self._refuse(table, replace=True)
        staged = f"{parent}/.glowplug-{uuid.uuid4()}"
        self._staged[staged] = self.store.begin(staged)
        return staged

    def publish(self, table: Table, staged: str, partitions: Sequence[Partition], replace: bool = False) -> None:
        assert table.location is not None
        key = key_of(table.identifier)
        with self.store.changing() as db:
            self._refuse(table, replace)
            self.known(table.identifier.namespace)
            old = self.table(table.identifier)
            made = _with_version(table, self.store.version(db))
        statements: list[tuple[str, tuple[Any, ...]]] = [(_DROP_PARTITIONS, key)]
        statements += [(_PUT_PARTITION, (*key, json.dumps(p.values), encode(p))) for p in partitions]
        statements.append((_PUT_TABLE, (*key, made.version, encode(made))))
        moves = [(staged, local_path(table.location))]
        garbage = ()
        if old is not None and old.kind == "managed" and old.location not in (None, table.location):
            garbage = (local_path(old.location),)  # type: ignore[assignment]
        change = Change(tuple(moves), tuple(statements), (*key, old.version if old else 0), garbage)
        try:
            self.store.apply(change, self._staged[staged])
        except Stale:
            self.abandon(staged)
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=table.identifier.quoted) from None
        del self._staged[staged]

    def abandon(self, staged: str) -> None:
        id = self._staged.pop(staged, None)
        if id is not None:
            self.store.abandon(id)

    def alter_table(self, identifier: Identifier, change: Callable[[Table], Table]) -> None:
        with self.store.changing() as db:
            self._put(db, change(self.known_table(identifier)))

    def rename_table(self, identifier: Identifier, to: str) -> None:
        table, key = self.known_table(identifier), key_of(identifier)
        new = replace(identifier, name=to)
        if self.table(new) is not None:
            raise AnalysisError("TABLE_OR_VIEW_ALREADY_EXISTS", relationName=new.in_catalog)
        moves = ()
        renamed = replace(table, identifier=new)
        old_place, new_place = table.location or "", ""
        if table.kind == "managed" and old_place == self.new_location(identifier):
            new_place = self.new_location(new)
            moves = ((local_path(old_place), local_path(new_place)),)  # type: ignore[assignment]
            renamed = replace(renamed, location=new_place)
        with self.store.changing() as db:
            renamed = _with_version(renamed, self.store.version(db))
        statements: list[tuple[str, tuple[Any, ...]]] = [(_DROP_TABLE, key), (_DROP_PARTITIONS, key)]
        statements.append((_PUT_TABLE, (*key_of(new), renamed.version, encode(renamed))))
        for p in self.partitions(identifier):
            if new_place and p.location.startswith(old_place + "/"):
                p = replace(p, location=new_place + p.location.removeprefix(old_place))
            statements.append((_PUT_PARTITION, (*key_of(new), json.dumps(p.values), encode(p))))
        self._apply(identifier, Change(moves, tuple(statements), (*key, table.version)))

    def drop_table(self, identifier: Identifier) -> None:
        table, key = self.known_table(identifier), key_of(identifier)
        moves = ()
        if table.kind == "managed" and table.location is not None and table.location.startswith("file:"):
            path = local_path(table.location)
            away = f"{os.path.dirname(path)}/.glowplug-{uuid.uuid4()}"
            moves, garbage = ((path, away),), (away,)  # type: ignore[assignment]
        else:
            garbage = ()  # type: ignore[assignment]
        statements = ((_DROP_TABLE, key), (_DROP_PARTITIONS, key))
        self._apply(identifier, Change(moves, statements, (*key, table.version), garbage))

    def _apply(self, identifier: Identifier, change: Change) -> None:
        try:
            self.store.apply(change)
        except Stale:  # somebody else was first
            raise AnalysisError("TABLE_OR_VIEW_NOT_FOUND", relationName=identifier.quoted) from None

    # --- partitions

    def add_partitions(self, identifier: Identifier, partitions: Sequence[Partition], ignore: bool) -> list[Values]:
        key = key_of(identifier)
        with self.store.changing() as db:
            self.known_table(identifier)
            there = {p.values for p in self.partitions(identifier)}
            known = [p.values for p in partitions if p.values in there]
            if not known or ignore:
                for p in partitions:
                    if p.values not in there:
                        db.execute(_PUT_PARTITION, (*key, json.dumps(p.values), encode(p)))
        return known

    def drop_partitions(self, identifier: Identifier, values: Sequence[Values]) -> None:
        key = key_of(identifier)
        table = self.known_table(identifier)
        dropped = [p for p in self.partitions(identifier) if p.values in set(values)]
        moves, garbage = [], []
        for p in dropped if table.kind == "managed" else ():
            if p.location.startswith("file:"):
                path = local_path(p.location)
                away = f"{os.path.dirname(path)}/.glowplug-{uuid.uuid4()}"
                moves.append((path, away))
                garbage.append(away)
        statements = tuple((_DROP_PARTITION, (*key, json.dumps(p.values))) for p in dropped)
        self._apply(identifier, Change(tuple(moves), statements, (*key, table.version), tuple(garbage)))

    def alter_partition(self, identifier: Identifier, values: Values, partition: Partition) -> None:
        key = key_of(identifier)
        table = self.known_table(identifier)
        old = next(p for p in self.partitions(identifier) if p.values == values)
        moves = ()
        if old.location != partition.location and old.values != partition.values:
            moves = ((local_path(old.location), local_path(partition.location)),)  # type: ignore[assignment]
        statements = (
            (_DROP_PARTITION, (*key, json.dumps(values))),
            (_PUT_PARTITION, (*key, json.dumps(partition.values), encode(partition))),
        )
        self._apply(identifier, Change(moves, statements, (*key, table.version)))

    # --- functions

    def create_function(self, function: PersistentFunction, replace: bool = False) -> None:
        key = key_of(function.identifier)
        with self.store.changing() as db:
            self.known(function.identifier.namespace)
            if not replace and self.function(function.identifier) is not None:
                raise AnalysisError(
                    "ROUTINE_ALREADY_EXISTS",
                    routineName=function.identifier.in_catalog,
                    newRoutineType="routine",
                    existingRoutineType="routine",
                )
            made = _with_version(function, self.store.version(db))
            db.execute("INSERT OR REPLACE INTO functions VALUES (?, ?, ?)", (*key, encode(made)))

    def drop_function(self, identifier: Identifier) -> bool:
        with self.store.changing() as db:
            query = "DELETE FROM functions WHERE namespace = ? AND name = ?"
            return db.execute(query, key_of(identifier)).rowcount > 0

    def close(self) -> None:
        self.store.close()


def _with_version(noun: Any, version: int) -> Any:
    return replace(noun, version=version)
