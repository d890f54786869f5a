"""A keyed table in the kernel with its versions on disk: after each batch the changes, now and then all of it.

    <version>.delta.parquet      rows put and keys removed since the version before
    <version>.snapshot.parquet   every row

To restore a version means its latest snapshot and the changes since: as much work as the state has rows, and at most so
many files, however long the query has run and however often it was started. A file appears whole: it is written beside
its place and renamed.
"""

from __future__ import annotations

from glowplug.errors import ExecutionError, SparkError
from glowplug.io.place import Place
from glowplug.io.state.layout import path_of, versions
from glowplug.io.streams.log import forget_checksum, is_whole, remove, write_checksum
from glowplug.kernel import tables
from glowplug.kernel.workbench import Workbench
from glowplug.plan.expressions import new_id
from glowplug.plan.streams import KernelTable
from glowplug.types import DataType

SNAPSHOT_SHARE = 0.5  # a snapshot is due when the changes since the last are so much of the state
SNAPSHOT_AT_LEAST = 10_000  # rows changed before one is worth it
DELTAS = 100  # files of changes after which one is due in any case, and sooner for a small state
DELTAS_OF_SMALL = 10
KEEP_SNAPSHOTS = 2
CHUNK = 1 << 20  # bytes that have a checksum
_TORN = "CANNOT_LOAD_STATE_STORE.CANNOT_READ_STREAMING_STATE_FILE"


class Store:
    """`keys` of the columns, the first ones, are the key; `unique` if it has one row only (without keys: of all)."""

    def __init__(self, root: Place, types: list[DataType], keys: int, unique: bool = True) -> None:
        self.root, self.types, self.keys, self.unique = root, types, keys, unique
        self.table = f"state{new_id()}"
        self.changed_since_snapshot = self.deltas_since_snapshot = 0
        self.rows = 0

    def create(self, bench: Workbench) -> None:
        tables.create(bench, self.table, self.types)

    def restore(self, bench: Workbench, version: int) -> None:
        """Exactly the rows of that version. A missing or torn file is an error that names it, unless older ones do."""
        self.create(bench)
        snapshots = sorted((v for v in self._versions("snapshot") if v <= version), reverse=True)
        torn: SparkError | None = None
        for start in [*snapshots, 0]:
            paths = [self._path(start, "snapshot")] if start else []
            try:
                for path in [*paths, *(self._path(v, "delta") for v in range(start + 1, version + 1))]:
                    self._load(bench, path)
                self.changed_since_snapshot = sum(_rows(self._path(v, "delta")) for v in range(start + 1, version + 1))
                self.deltas_since_snapshot = version - start
                break
            except SparkError as error:
                torn = torn or error
                tables.empty(bench, self.table)
        else:
            assert torn is not None
            raise torn
        self.rows = tables.count(bench, self.table)

    def _load(self, bench: Workbench, path: Place) -> None:
        if not path.exists():
            raise ExecutionError(
                "CANNOT_LOAD_STATE_STORE.CANNOT_READ_DELTA_FILE_NOT_EXISTS", fileToRead=path, clazz="Store"
            )
        whole = is_whole(path)
        if whole is False:
            raise ExecutionError(_TORN, fileToRead=path)
        try:
            with path.fetched() as file:
                tables.load(bench, file, self.table, self.keys, len(self.types), self.unique)
        except Exception as error:
            if whole:  # then it is not the file's fault
                raise
            raise ExecutionError(_TORN, fileToRead=path) from error

    def put(self, bench: Workbench, changes: str) -> None:
        if self.unique:
            tables.upsert(bench, self.table, changes, self.keys, len(self.types))
        else:
            tables.append(bench, self.table, f"FROM {changes}")

    def remove(self, bench: Workbench, gone: str) -> None:
        tables.remove(bench, self.table, gone, self.keys)

    def save(self, bench: Workbench, version: int, changes: KernelTable | None, gone: KernelTable | None) -> None:
        """Write the changes that led to this version: `changes` were put, then the keys of `gone` removed."""
        self.rows = tables.count(bench, self.table)
        self.changed_since_snapshot += sum(t.rows for t in (changes, gone) if t is not None)
        self.deltas_since_snapshot += 1
        with_all = self.changed_since_snapshot > max(
            SNAPSHOT_AT_LEAST, SNAPSHOT_SHARE * self.rows
        ) or self.deltas_since_snapshot >= (DELTAS_OF_SMALL if self.rows < SNAPSHOT_AT_LEAST else DELTAS)
        remove(self._path(version, "snapshot"))  # of a run that did not commit
        self._write(bench, version, "delta", *(t.table if t else None for t in (changes, gone)))
        if with_all:
            self._write(bench, version, "snapshot", self.table, None)
            self.changed_since_snapshot = self.deltas_since_snapshot = 0
            self._purge()

    def _write(self, bench: Workbench, version: int, kind: str, present: str | None, gone: str | None) -> None:
        path = self._path(version, kind)
        if present is None:
            present = f"(SELECT * FROM {self.table} WHERE false)"
        with path.drafted() as draft:  # a version that was written by a run that did not commit it is written again
            tables.save(bench, draft, present, gone, self.keys)
            forget_checksum(path)
        write_checksum(path, CHUNK)

    def _purge(self) -> None:
        """Versions before the older of the snapshots that are kept cannot be asked for any more."""
        kept = sorted(self._versions("snapshot"))[-KEEP_SNAPSHOTS:]
        if len(kept) < KEEP_SNAPSHOTS:
            return  # the batch of the only one may not be committed
        for kind in ("snapshot", "delta"):
            for version in self._versions(kind):
                if version < kept[0]:
                    remove(self._path(version, kind))

    def _versions(self, kind: str) -> list[int]:
        return versions(self.root, kind)

    def _path(self, version: int, kind: str) -> Place:
        return path_of(self.root, version, kind)

    @property
    def memory(self) -> int:
        """Bytes, about."""
        return self.rows * tables.width(self.types)

    def close(self, bench: Workbench) -> None:
        tables.drop(bench, self.table)


def _rows(path: Place) -> int:
    """How many rows a file has."""
    import pyarrow.parquet as pq

    with path.open() as file:
        return int(pq.read_metadata(file).num_rows)
