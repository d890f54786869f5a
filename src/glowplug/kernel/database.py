"""The kernel: one DuckDB database in this process, and connections to it.

A `Connection` belongs to one operation at a time and is the only thing that runs kernel SQL. Its errors are
`SparkError`s already. Connections are pooled, because settings (the time zone) cost more than a small query.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from glowplug.functions.zones import kernel_zone
from glowplug.io.source import Stream
from glowplug.kernel.failures import MarkingStream, marking, translate

DEFAULT_MEMORY_FRACTION = 0.6
BATCH_ROWS = 65_536
# Deeply nested plans are legitimate (a loop of withColumn); the executing thread has the stack for this.
MAX_EXPRESSION_DEPTH = 50_000
# The kernel counts progress only for a progress bar, which it need not print.
PROGRESS = "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0"


def default_memory_limit() -> int:
    """Bytes: a fraction of this machine's memory, or of the control group's where that is less."""
    limit = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        with open("/sys/fs/cgroup/memory.max") as f:
            limit = min(limit, int(f.read()))
    except (OSError, ValueError):
        pass
    return int(limit * DEFAULT_MEMORY_FRACTION)


class Database:
    """The DuckDB instance: `threads` workers, at most `memory_limit` bytes, spilling to `temp_directory`."""

    def __init__(
        self, memory_limit: int | str | None = None, threads: int | None = None, temp_directory: str | None = None
    ) -> None:
        limit = memory_limit or default_memory_limit()
        self._own_temp = None if temp_directory else tempfile.TemporaryDirectory(prefix="glowplug-spill-")
        self._root = duckdb.connect(
            ":memory:",
            config={
                "threads": threads or os.cpu_count() or 1,
                "memory_limit": f"{limit}B" if isinstance(limit, int) else limit,
                "temp_directory": temp_directory or self._own_temp.name,  # type: ignore[union-attr]
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "max_expression_depth": MAX_EXPRESSION_DEPTH,
                "null_order": "nulls_first",
                "order_by_non_integer_literal": True,  # ORDER BY NULL means nothing, and is allowed
                "python_enable_replacements": False,
                "enable_external_file_cache": True,
            },
        )
        self._lock = threading.Lock()
        self._idle: dict[str, list[Connection]] = {}
        self._functions: set[str] = set()

    @contextmanager
    def connection(self, time_zone: str) -> Iterator[Connection]:
        """A connection whose session time zone is `time_zone`, for the length of the block."""
        connection = self.acquire(time_zone)
        try:
            yield connection
        finally:
            self.release(connection)

    def acquire(self, time_zone: str) -> Connection:
        with self._lock:
            idle = self._idle.get(time_zone)
            if idle:
                return idle.pop()
        return Connection(self._root.cursor(), time_zone, self.define)

    def release(self, connection: Connection) -> None:
        connection.reset()
        with self._lock:
            self._idle.setdefault(connection.time_zone, []).append(connection)

    def define(self, name: str, body: Callable[..., Any], args: list[str], result: str) -> None:
        """Make `body`, a function over Arrow arrays, known to all connections as `name`. NULLs are passed in."""
        with self._lock:
            if name in self._functions:
                return
            function = marking(body, len(args))
            self._root.create_function(name, function, args, result, type="arrow", null_handling="special")  # type: ignore[call-overload]
            self._functions.add(name)

    def set(self, name: str, value: str) -> None:
        """Change a kernel setting for the whole database (`memory_limit`, `threads`)."""
        self._root.execute(f"SET GLOBAL {name} = '{value}'")

    def close(self) -> None:
        self._root.close()
        if self._own_temp is not None:
            self._own_temp.cleanup()


class Connection:
    """Runs SQL. `interrupt` and `progress` may be called from other threads, everything else from one."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, time_zone: str, define: Callable[..., None]) -> None:
        self._raw = raw
        self.time_zone = time_zone
        self.define = define  # functions belong to the database: all its connections see them
        self._registered: list[str] = []
        self._reader: pa.RecordBatchReader | None = None
        self._at_reset: list[str] = []
        self.execute(f"SET TimeZone = '{kernel_zone(time_zone)}'; {PROGRESS}")

    def register(self, name: str, data: Any) -> None:
        """Make an Arrow table, dataset, reader or `Stream` known to this connection's SQL as `name`."""
        self._raw.register(name, MarkingStream(data) if isinstance(data, Stream) else data)
        self._registered.append(name)

    def mount(self, protocol: str, filesystem: Any) -> None:
        """Open `protocol://` paths through an fsspec file system, from all connections."""
        if not self._raw.filesystem_is_registered(protocol):
            self._raw.register_filesystem(filesystem)

    def execute(self, sql: str) -> None:
        """Run statements for their effect."""
        try:
            self._raw.execute(sql)
        except Exception as error:
            raise translate(error) from error

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query known to be small."""
        try:
            return self._raw.execute(sql).fetchall()
        except Exception as error:
            raise translate(error) from error

    def stream(self, sql: str, batch_rows: int = BATCH_ROWS) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """A query's rows as Arrow batches of about `batch_rows`, computed as they are asked for."""
        try:
            # What `sql(…).to_arrow_reader()` ends in; that binds the statement once more, for its relation's schema.
            reader = self._raw._submit(sql, None, "stream", batch_rows).arrow_reader()
        except Exception as error:
            raise translate(error) from error
        self._reader = reader
        return reader.schema, self._batches(reader)

    def _batches(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        while True:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            except Exception as error:
                raise translate(error) from error
            yield batch

    def interrupt(self) -> None:
        self._raw.interrupt()

    def progress(self) -> float:
        """Per cent of the running statement that is done; below 0 = not known."""
        return float(self._raw.query_progress())

    def at_reset(self, sql: str) -> None:
        """Have a statement run when the operation gives the connection back."""
        self._at_reset.append(sql)

    def reset(self) -> None:
        """Forget inputs and unfinished results, so that another operation can use the connection."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        for sql in self._at_reset:
            self._raw.execute(sql)
        self._at_reset.clear()
        for name in self._registered:
            self._raw.unregister(name)
        self._registered.clear()
