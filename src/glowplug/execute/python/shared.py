"""Memory that both ends of a channel see: a batch is written there once, and read where it is.

Each direction has slots of its own. Who writes takes free ones; who reads gives them back when nothing uses what it
read any more, which may be as late as user code likes: as long as none are free, batches go through the socket.
"""

from __future__ import annotations

import ctypes
import os
import struct
from contextlib import suppress

import pyarrow as pa

SLOT = 1 << 16
SLOTS = 256  # of a direction
_HEAD = 1 << 12  # a byte for each slot: whether it is taken
_SIZE = _HEAD + 2 * SLOTS * SLOT
PLACE = struct.Struct("<QQ")  # offset and size of a batch


def memory() -> int:
    """A file descriptor of memory without a name, whose pages exist once they are written to."""
    fd = os.memfd_create("glowplug-batches")
    os.ftruncate(fd, _SIZE)
    return fd


class Shared:
    """One end of the memory behind `fd`, which may be closed afterwards. `side` is 0 at one end and 1 at the other.

    One thread may write while another reads.
    """

    def __init__(self, fd: int, side: int) -> None:
        self._file = pa.memory_map(f"/proc/self/fd/{fd}", "r+b")
        self.whole = self._file.read_buffer(_SIZE)
        self.taken = (ctypes.c_char * _HEAD).from_address(self.whole.address)
        self._mine, self._theirs = side * SLOTS, (1 - side) * SLOTS
        self._writer: pa.RecordBatchStreamWriter | None = None
        self._schema: pa.Schema | None = None

    def write(self, batch: pa.RecordBatch) -> bytes | None:
        """The place of a copy of the batch's message, which the other end gives back; None without room for it."""
        new = self._schema is None or not batch.schema.equals(self._schema, check_metadata=True)
        preamble = len(batch.schema.serialize()) if new else 0
        size = pa.ipc.get_record_batch_size(batch)
        slots = -(-(preamble + size) // SLOT)
        first = self.taken.raw.find(bytes(slots), self._mine, self._mine + SLOTS)
        if first < 0:
            return None
        ctypes.memset(ctypes.byref(self.taken, first), 1, slots)
        if new:  # a writer begins with the schema, which travels otherwise
            self._schema, self._writer = batch.schema, pa.ipc.new_stream(self._file, batch.schema)
        assert self._writer is not None
        self._file.seek(_HEAD + first * SLOT)
        self._writer.write_batch(batch)
        return PLACE.pack(_HEAD + first * SLOT + preamble, size)

    def read(self, place: pa.Buffer) -> pa.Buffer | None:
        """What the other end wrote; its slots are free when the buffer and all that shares it are gone.

        None where no slots of the other end are: a worker's word is not trusted.
        """
        offset, size = PLACE.unpack(place)
        first, last = (offset - _HEAD) // SLOT, (offset + size - 1 - _HEAD) // SLOT
        if not self._theirs <= first <= last < self._theirs + SLOTS:
            return None
        return pa.foreign_buffer(self.whole.address + offset, size, _Lease(self, first, last + 1 - first))


class _Lease:
    """Slots that somebody reads."""

    __slots__ = ("_count", "_first", "_pid", "_shared")

    def __init__(self, shared: Shared, first: int, count: int) -> None:
        self._shared, self._first, self._count, self._pid = shared, first, count, os.getpid()

    def __del__(self) -> None:
        with suppress(TypeError, AttributeError):  # while the interpreter ends
            if os.getpid() == self._pid:  # a process that user code forked has no say
                ctypes.memset(ctypes.byref(self._shared.taken, self._first), 0, self._count)
