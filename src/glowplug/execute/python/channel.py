"""Messages between the engine and a worker: tasks, Arrow batches, results.

Nothing that a worker sends is unpickled: it runs code of users. Numbers are little-endian.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import struct
import threading
from dataclasses import dataclass
from typing import Any, Protocol
from typing import Literal as OneOf

import pyarrow as pa

from glowplug.execute.python.shared import Shared

# From the engine: TASK, BATCH, END. From the worker: BATCH, PULL (asks for the next chunk), DONE, ERROR.
Kind = OneOf["task", "batch", "end", "pull", "done", "error"]
_KINDS: tuple[Kind | OneOf["schema"], ...] = ("task", "batch", "end", "pull", "done", "error", "schema")
_NUMBERS: dict[str, int] = {kind: i for i, kind in enumerate(_KINDS)}
_HEADER = struct.Struct("<BBxxIQ")  # kind, flags, group sizes after the batch, bytes that follow
_MORE, _RIGHT, _SHARED = 1, 2, 4
_TOGETHER = 1 << 14  # bytes that are copied so that the socket is asked once
_LOCAL_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Message:
    """A batch may hold several groups of `sizes` rows. `more`: its last group goes on in the next message.

    `right`: rows of a cogroup's second side. `data` is a task's or an error's, as JSON values and bytes.
    """

    kind: Kind
    batch: Any = None
    sizes: Any = None  # numpy int64
    more: bool = False
    right: bool = False
    data: Any = None


class Channel(Protocol):
    """One end. `get` waits for the next message; both raise `ChannelClosed` when the other end is gone."""

    def put(self, message: Message) -> None: ...

    def get(self) -> Message: ...

    def close(self) -> None:
        """Let both ends fail, from any thread."""


class ChannelClosed(Exception):
    """The other end is gone."""


class SocketChannel:
    """A stream socket, beside which batches go through memory. One thread may put while another gets."""

    def __init__(self, sock: socket.socket, shared: Shared) -> None:
        self._socket, self._shared, self._process = sock, shared, os.getpid()
        self._incoming = sock.makefile("rb", 1 << 16)
        self._sent: pa.Schema | None = None
        self._received: pa.Schema | None = None

    def put(self, message: Message) -> None:
        if os.getpid() != self._process:  # one that user code forked
            raise ChannelClosed
        if message.batch is None:
            body = b"" if message.data is None else _packed(message.data)
            self._send(message.kind, 0, 0, body)
            return
        batch: pa.RecordBatch = message.batch
        if self._sent is None or not batch.schema.equals(self._sent, check_metadata=True):
            self._sent = batch.schema
            self._send("schema", 0, 0, batch.schema.serialize())
        flags = _MORE * message.more | _RIGHT * message.right
        sizes = message.sizes
        count = 0 if sizes is None else len(sizes)
        if (place := self._shared.write(batch)) is not None:
            self._send("batch", flags | _SHARED, count, place, sizes)
        else:
            self._send("batch", flags, count, batch.serialize(), sizes)

    def _send(self, kind: str, flags: int, count: int, body: Any, sizes: Any = None) -> None:
        view = memoryview(body)
        parts: list[Any] = [_HEADER.pack(_NUMBERS[kind], flags, count, view.nbytes), view]
        if count:
            parts.append(memoryview(sizes).cast("B"))
        try:
            if sum(map(len, parts)) <= _TOGETHER:
                parts = [b"".join(parts)]
            for part in parts:
                self._socket.sendall(part)
        except OSError as error:
            raise ChannelClosed from error

    def get(self) -> Message:
        while True:
            number, flags, count, size = _HEADER.unpack(self._read(_HEADER.size))
            kind, body = _KINDS[number], self._read(size)
            match kind:
                case "schema":
                    self._received = pa.ipc.read_schema(body)
                case "batch":
                    import numpy as np

                    sizes = np.frombuffer(self._read(8 * count), np.int64) if count else None
                    if flags & _SHARED and (body := self._shared.read(body)) is None:
                        raise ChannelClosed
                    batch = pa.ipc.read_record_batch(body, self._received)
                    return Message("batch", batch, sizes, bool(flags & _MORE), bool(flags & _RIGHT))
                case _:
                    return Message(kind, data=_unpacked(body) if size else None)

    def _read(self, size: int) -> pa.Buffer:
        buffer = pa.allocate_buffer(size)
        try:
            if self._incoming.readinto(memoryview(buffer)) < size:  # type: ignore[attr-defined]
                raise ChannelClosed
        except OSError as error:
            raise ChannelClosed from error
        return buffer

    def hang_up(self) -> None:
        """Nothing more will come: what has come can be read still."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.hang_up()
        self._socket.close()


class LocalChannel:
    """An end of a pair within a process: batches are passed on as they are."""

    def __init__(self, incoming: queue.Queue[Message], outgoing: queue.Queue[Message], closed: threading.Event) -> None:
        self._incoming, self._outgoing, self._closed = incoming, outgoing, closed

    @staticmethod
    def pair() -> tuple[LocalChannel, LocalChannel]:
        there: queue.Queue[Message] = queue.Queue(_LOCAL_AHEAD)
        back: queue.Queue[Message] = queue.Queue(_LOCAL_AHEAD)
        closed = threading.Event()
        return LocalChannel(back, there, closed), LocalChannel(there, back, closed)

    def put(self, message: Message) -> None:
        while not self._closed.is_set():
            try:
                return self._outgoing.put(message, timeout=0.1)
            except queue.Full:
                continue
        raise ChannelClosed

    def get(self) -> Message:
        while not self._closed.is_set() or not self._incoming.empty():
            try:
                return self._incoming.get(timeout=0.1)
            except queue.Empty:
                continue
        raise ChannelClosed

    def close(self) -> None:
        self._closed.set()


def _packed(data: dict[str, Any]) -> bytes:
    """JSON, with bytes after it."""
    blobs: list[bytes] = []

    def plain(value: Any) -> Any:
        match value:
            case bytes():
                blobs.append(value)
                return {"": [sum(map(len, blobs[:-1])), len(value)]}
            case dict():
                return {k: plain(v) for k, v in value.items()}
            case list() | tuple():
                return [plain(v) for v in value]
        return value

    head = json.dumps(plain(data)).encode()
    return b"".join((struct.pack("<I", len(head)), head, *blobs))


def _unpacked(buffer: pa.Buffer) -> Any:
    data = buffer.to_pybytes()
    start = 4 + struct.unpack_from("<I", data)[0]

    def whole(value: Any) -> Any:
        match value:
            case {"": [offset, size]}:
                return data[start + offset : start + offset + size]
            case dict():
                return {k: whole(v) for k, v in value.items()}
            case list():
                return [whole(v) for v in value]
        return value

    return whole(json.loads(data[4:start]))
