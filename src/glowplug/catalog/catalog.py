"""What a catalog of any kind can do. Names are given as the catalog keeps them: whoever asks has resolved them.

Every call sees the catalog as it is now, other processes' changes included, and every change happens as a whole or
not at all. A change of one entry is a function from what it is to what it shall be, so that no other change is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from glowplug.catalog.table import Identifier, Namespace, Partition, PersistentFunction, Table, Values


class Catalog(Protocol):
    """What sessions, analysis and commands ask of a catalog. Docstrings name the conditions that a call may raise."""

    @property
    def name(self) -> str: ...

    # --- schemas

    def namespaces(self) -> list[Namespace]:
        """By name."""

    def namespace(self, name: tuple[str, ...]) -> Namespace | None: ...

    def create_namespace(self, namespace: Namespace) -> None:
        """SCHEMA_ALREADY_EXISTS."""

    def alter_namespace(self, name: tuple[str, ...], change: Callable[[Namespace], Namespace]) -> None:
        """SCHEMA_NOT_FOUND."""

    def drop_namespace(self, name: tuple[str, ...], cascade: bool) -> None:
        """SCHEMA_NOT_FOUND; SCHEMA_NOT_EMPTY unless `cascade`, which drops what is in it, data included."""

    # --- tables and views

    def tables(self, namespace: tuple[str, ...]) -> list[Table]:
        """By name."""

    def table(self, identifier: Identifier, settled: bool = False) -> Table | None:
        """`settled`: once the changes that others are making are done, whose data may be seen before their entries."""

    def new_location(self, identifier: Identifier) -> str:
        """Where a managed table of that name has its data."""

    def create_table(self, table: Table, replace: bool = False) -> None:
        """An entry; its data is the caller's. TABLE_OR_VIEW_ALREADY_EXISTS unless `replace`."""

    def stage(self, table: Table) -> str:
        """Begin a table that appears together with its data: where to write the data before `publish`."""

    def publish(self, table: Table, staged: str, partitions: Sequence[Partition], replace: bool = False) -> None:
        """The table and the data at `staged` appear at once; with `replace` in place of the one there was."""

    def abandon(self, staged: str) -> None:
        """Remove what was staged."""

    def alter_table(self, identifier: Identifier, change: Callable[[Table], Table]) -> None:
        """TABLE_OR_VIEW_NOT_FOUND."""

    def rename_table(self, identifier: Identifier, to: str) -> None:
        """Within its schema; a managed table's data moves along. TABLE_OR_VIEW_ALREADY_EXISTS."""

    def drop_table(self, identifier: Identifier) -> None:
        """The entry and, of a managed table, the data."""

    # --- partitions

    def partitions(self, identifier: Identifier) -> list[Partition]: ...

    def add_partitions(self, identifier: Identifier, partitions: Sequence[Partition], ignore: bool) -> list[Values]:
        """Those that are there already stay as they are and are returned; unless `ignore`, nothing is added then."""

    def drop_partitions(self, identifier: Identifier, values: Sequence[Values]) -> None: ...

    def alter_partition(self, identifier: Identifier, values: Values, partition: Partition) -> None:
        """`partition` in place of the one with `values`, its data moved where both places are the table's own."""

    # --- functions

    def functions(self, namespace: tuple[str, ...]) -> list[PersistentFunction]:
        """By name."""

    def function(self, identifier: Identifier) -> PersistentFunction | None: ...

    def create_function(self, function: PersistentFunction, replace: bool = False) -> None:
        """ROUTINE_ALREADY_EXISTS unless `replace`."""

    def drop_function(self, identifier: Identifier) -> bool:
        """Whether it was there."""
