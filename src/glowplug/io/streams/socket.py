"""`socket`: lines of text from a TCP server, for trying things out; rows are gone when the query fails, as in Spark.

https://spark.apache.org/docs/latest/streaming/apis-on-dataframes-and-datasets.html#input-sources
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from glowplug.errors import AnalysisError
from glowplug.io.source import Context, Pairs, Reading, Source
from glowplug.io.streams.contract import Opening, Reader, Stream
from glowplug.source_options import boolean, option, read_options
from glowplug.types import STRING, TIMESTAMP, StructField, StructType


@dataclass(frozen=True, slots=True)
class SocketOptions:
    host: str | None = option("host", "The server.", None)
    port: int | None = option("port", "Its port.", None, parse=int)
    timestamp: bool = option("includeTimestamp", "A second column says when the line arrived.", False, parse=boolean)


@dataclass(frozen=True, slots=True)
class Lines(Source):
    rows: tuple[tuple[str, int], ...]  # a line, and when it arrived in microseconds

    @property
    def name(self) -> str:
        return "socket"

    def sql(self, columns: Sequence[str], reading: Reading) -> str:
        table = {"value": pa.array([r[0] for r in self.rows], pa.string())}
        name = reading.register(pa.table({**table, "at": pa.array([r[1] for r in self.rows], pa.int64())}))
        items = {"value": "value", "timestamp": "make_timestamptz(at) AS timestamp"}
        return f"SELECT {', '.join(items[c] for c in columns) or '1 AS _'} FROM {name}"


@dataclass(frozen=True, slots=True)
class SocketStream(Stream):
    server: SocketOptions

    @property
    def name(self) -> str:
        return "socket"

    def open(self, opening: Opening) -> Reader:
        return SocketReader(self)


class SocketReader(Reader):
    """The offset is the number of the last line, from 0."""

    def __init__(self, stream: SocketStream) -> None:
        self.stream, server = stream, stream.server
        self.description = f"TextSocketV2[host: {server.host}, port: {server.port}]"
        self.rows: list[tuple[str, int]] = []
        self.frozen: int | None = None
        self.dropped = 0  # lines before the first of `rows`
        self.connection = socket.create_connection((server.host, server.port))
        threading.Thread(target=self._receive, name="glowplug-socket", daemon=True).start()

    def _receive(self) -> None:
        try:
            with self.connection.makefile("r", encoding="utf-8", errors="replace", newline="\n") as lines:
                for line in lines:
                    self.rows.append((line.rstrip("\r\n"), time.time_ns() // 1000))
        except (OSError, ValueError):
            pass  # closed by `close`

    def latest(self, start: str | None, limited: bool) -> str | None:
        last = self._last() if self.frozen is None else self.frozen
        return None if last < 0 else str(last)

    def freeze(self) -> None:
        self.frozen = self._last()

    def _last(self) -> int:
        return self.dropped + len(self.rows) - 1

    def source(self, start: str | None, end: str) -> Source:
        first = (-1 if start is None else int(start)) + 1 - self.dropped
        return Lines(self.stream.schema, tuple(self.rows[max(0, first) : int(end) + 1 - self.dropped]))

    def commit(self, end: str) -> None:
        done = int(end) + 1 - self.dropped
        if done > 0:
            del self.rows[:done]
            self.dropped += done

    def close(self) -> None:
        with contextlib.suppress(OSError):  # the server may have been faster
            self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


def socket_stream(schema: StructType | None, options: Pairs, paths: Sequence[str], context: Context) -> Stream:
    server = read_options(SocketOptions, options, context.settings)
    if server.host is None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1295")
    if server.port is None:
        raise AnalysisError("_LEGACY_ERROR_TEMP_1296")
    columns = [StructField("value", STRING)] + [StructField("timestamp", TIMESTAMP)] * server.timestamp
    return SocketStream(StructType(tuple(columns)), options, server)
