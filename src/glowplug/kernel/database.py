"""The kernel: one DuckDB database in this process, and connections to it.

A `Connection` belongs to one operation at a time and is the only thing that runs kernel SQL. Its errors are
`SparkError`s already. Connections are pooled, because settings (the time zone) cost more than a small query.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

import duckdb
import pyarrow as pa

from glowplug.functions.zones import kernel_zone
from glowplug.io.source import ArrowStream
from glowplug.kernel.failures import MarkingStream, marking, translate

DEFAULT_MEMORY_FRACTION = 0.6
BATCH_ROWS = 65_536
CONTROL_GROUPS = Path("/sys/fs/cgroup")
IDLE_CONNECTIONS = 32  # of all time zones
IDLE_FUNCTIONS = 1000  # Python functions that no statement is using: made anew, they cost more than a small query
# Deeply nested plans are legitimate (a loop of withColumn); the executing thread has the stack for this.
MAX_EXPRESSION_DEPTH = 50_000
# The kernel counts progress only for a progress bar, which it need not print.
PROGRESS = "SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0"

log = logging.getLogger("glowplug.kernel")


def default_memory_limit() -> int:
    """Bytes: a fraction of this machine's memory, or of a control group's of this process where that is less."""
    limit = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for text in _group_limits("memory.max"):
        with suppress(ValueError):  # "max": none
            limit = min(limit, int(text))
    return int(limit * DEFAULT_MEMORY_FRACTION)


def default_threads() -> int:
    """The processors this process may run on, or fewer where a control group of it gives less time than theirs."""
    threads = len(os.sched_getaffinity(0))
    for text in _group_limits("cpu.max"):
        with suppress(ValueError):
            quota, period = map(int, text.split())
            threads = min(threads, -(-quota // period))
    return max(threads, 1)


def _group_limits(name: str) -> Iterator[str]:
    """A limit as the control groups (version 2) that this process is in state it: its own and those above."""
    with suppress(OSError):
        group = Path("/proc/self/cgroup").read_text().partition("0::/")[2].partition("\n")[0]
        place = CONTROL_GROUPS / group
        for directory in (place, *place.parents):
            if directory.is_relative_to(CONTROL_GROUPS):
                with suppress(OSError):
                    yield (directory / name).read_text()


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
                "threads": threads or default_threads(),
                "memory_limit": f"{limit}B" if isinstance(limit, int) else limit,
                "temp_directory": temp_directory or self._own_temp.name,  # type: ignore[union-attr]
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "max_expression_depth": MAX_EXPRESSION_DEPTH,
                "null_order": "nulls_first",
                "order_by_non_integer_literal": True,  # ORDER BY NULL means nothing, and is allowed
                "python_enable_replacements": False,
                "enable_external_file_cache": True,
                # Rows that each thread holds for files by partition, beside the limit: the default, 524,288, takes a
                # gigabyte more for 8 files, and is no faster.
                "partitioned_write_flush_threshold": 65_536,
            },
        )
        self._lock = threading.Lock()
        self._idle: dict[str, list[Connection]] = {}  # by time zone; the zone used last is the last
        self._functions: OrderedDict[Any, DefinedFunction] = OrderedDict()  # by what they do; the one used last is last
        self._defined = 0
        self.unwanted: deque[str] = deque()  # tables that nobody reads any more, for `sweep` to drop

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
        return Connection(self._root.cursor(), time_zone, self)

    def release(self, connection: Connection) -> None:
        """Take a connection back. Never raises: what failed before would be masked."""
        if not connection.reset():
            return
        connection.drop(self.unwanted)
        with self._lock:
            zone = connection.time_zone
            same = self._idle[zone] = self._idle.pop(zone, [])
            same.append(connection)
            surplus = None
            if sum(map(len, self._idle.values())) > IDLE_CONNECTIONS:
                oldest = next(zone for zone, idle in self._idle.items() if idle)
                surplus = self._idle[oldest].pop(0)
            for zone in [zone for zone, idle in self._idle.items() if not idle]:
                del self._idle[zone]
        if surplus is not None:
            surplus.close()

    def function(self, label: str, body: Callable[..., Any], args: list[str], result: str) -> DefinedFunction:
        """`body`, a function over Arrow arrays, known to all connections by the name of what this returns, until as
        many calls of `forget_function`. NULLs are passed in. Bodies that do the same share a name."""
        key = (identity(body), tuple(args), result)
        with self._lock:
            function = self._functions.get(key)
            if function is None:
                self._defined += 1
                function = DefinedFunction(f"{label}_{self._defined}", body)
                marked = marking(body, len(args))
                # the kernel writes conditions on a column again below it, and computes it twice, unless it is volatile
                costly = getattr(body, "costly", False)
                self._root.create_function(  # type: ignore[call-overload]
                    function.name, marked, args, result, type="arrow", null_handling="special", side_effects=costly
                )
                self._functions[key] = function
            self._functions.move_to_end(key)
            function.users += 1
            return function

    def forget_function(self, function: DefinedFunction) -> None:
        """One user less; the functions that were not used for longest go when there are too many."""
        with self._lock:
            function.users -= 1
            for key in list(self._functions)[: len(self._functions) - IDLE_FUNCTIONS]:
                if self._functions[key].users == 0:
                    self._root.remove_function(self._functions.pop(key).name)

    def sweep(self) -> None:
        """Drop what nobody reads any more."""
        if self.unwanted:
            self.release(self.acquire("UTC"))

    def close(self) -> None:
        """Idempotent. Connections still in use end with their operations."""
        with self._lock:
            idle = [c for connections in self._idle.values() for c in connections]
            self._idle.clear()
        for connection in idle:
            connection.close()
        self._root.close()
        if self._own_temp is not None:
            self._own_temp.cleanup()


@dataclass(slots=True, eq=False)
class DefinedFunction:
    """A kernel function implemented in Python. `users` count the statements that may call it."""

    name: str
    body: Callable[..., Any]  # kept: identities may be addresses
    users: int = 0


def identity(value: Any, within: tuple[Any, ...] = ()) -> Any:
    """Equal for functions that do the same: the same code over equal values. What cannot be compared is itself only.

    `within` are the functions that hold this value: one may hold itself.
    """

    def each(values: Iterable[Any], *outer: Any) -> tuple[Any, ...]:
        return tuple([identity(v, (*within, *outer)) for v in values])

    match value:
        case _ if any(value is outer for outer in within):
            return "itself"
        case partial():
            return partial, each((value.func, value.args, value.keywords))
        case FunctionType():
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            return value.__code__, each((*cells, value.__defaults__, value.__kwdefaults__), value)
        case MethodType():
            return value.__func__.__code__, each((value.__self__,))
        case tuple():
            return (type(value), *each(value))
        case dict():
            return (dict, *each(value), *each(value.values()))
        case float():
            return float, value.hex()  # -0.0 is another number than 0.0
    try:
        hash(value)
    except TypeError:
        return id(value)
    return type(value), value  # True is not 1


class Connection:
    """Runs SQL. `interrupt` and `progress` may be called from other threads, everything else from one."""

    def __init__(self, raw: duckdb.DuckDBPyConnection, time_zone: str, database: Database) -> None:
        self._raw, self._database = raw, database
        self.time_zone = time_zone
        self._functions: list[DefinedFunction] = []
        self._registered: list[str] = []
        self._reader: pa.RecordBatchReader | None = None
        self._at_reset: list[str] = []
        self.execute(f"SET TimeZone = '{kernel_zone(time_zone)}'; {PROGRESS}")

    def register(self, name: str, data: Any) -> None:
        """Make an Arrow table, dataset, reader or `ArrowStream` known to this connection's SQL as `name`."""
        self._raw.register(name, MarkingStream(data) if isinstance(data, ArrowStream) else data)
        self._registered.append(name)

    def define(self, label: str, body: Callable[..., Any], args: list[str], result: str) -> str:
        """The name by which this connection's SQL can call `body`, a function over Arrow arrays, until it is reset."""
        function = self._database.function(label, body, args, result)
        self._functions.append(function)
        return function.name

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

    def memory_limit(self) -> int:
        """Bytes that the kernel may hold, of all connections together."""
        ((limit,),) = self.rows("SELECT parse_formatted_bytes(current_setting('memory_limit'))")
        return int(limit)

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
        """Per cent of the running statement that is done; below 0 = not known. Never raises."""
        try:
            return float(self._raw.query_progress())
        except duckdb.Error:  # the connection was closed in this moment
            return -1.0

    def at_reset(self, sql: str) -> None:
        """Have a statement run when the operation gives the connection back."""
        self._at_reset.append(sql)

    def reset(self) -> bool:
        """Forget inputs and unfinished results, so that another operation can use the connection; it is closed, and
        the answer is False, if that fails."""
        steps: list[Callable[[], Any]] = [] if self._reader is None else [self._reader.close]
        steps += [partial(self._raw.execute, sql) for sql in self._at_reset]
        steps += [partial(self._raw.unregister, name) for name in self._registered]
        steps += [partial(self._database.forget_function, function) for function in self._functions]
        clean = True
        for step in steps:
            try:
                step()
            except Exception:
                log.exception("A connection could not be reset")
                clean = False
        self._reader = None
        for kept in (self._at_reset, self._registered, self._functions):
            kept.clear()
        if not clean:
            self.close()
        return clean

    def drop(self, tables: deque[str]) -> None:
        """Drop tables as long as there are any. Never raises."""
        with suppress(IndexError):
            while True:
                name = tables.popleft()
                try:
                    self._raw.execute(f"DROP TABLE IF EXISTS {name}")
                except Exception:
                    log.exception("The table %s could not be dropped", name)

    def close(self) -> None:
        self._raw.close()
