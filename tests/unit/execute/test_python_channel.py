"""Messages between the engine and its workers."""

from __future__ import annotations

import os
import socket
import threading

import numpy as np
import pyarrow as pa
import pytest

from glowplug.execute.python.channel import Channel, ChannelClosed, LocalChannel, Message, SocketChannel
from glowplug.execute.python.shared import PLACE, SLOT, SLOTS, Shared, memory


def pair(kind: str) -> tuple[Channel, Channel]:
    if kind == "local":
        return LocalChannel.pair()
    a, b = socket.socketpair()
    batches = memory()
    channels = SocketChannel(a, Shared(batches, 0)), SocketChannel(b, Shared(batches, 1))
    os.close(batches)
    return channels


both = pytest.mark.parametrize("kind", ["socket", "local"])


@both
def test_what_is_put_is_got(kind: str) -> None:
    here, there = pair(kind)
    batch = pa.RecordBatch.from_pydict({"a": [1, None], "b": [["x"], []]})
    other = pa.RecordBatch.from_arrays([pa.nulls(3)], ["n"]).select([])
    sizes = np.array([1, 1], np.int64)
    here.put(Message("task", data={"command": b"\0\xff", "nested": [{"b": b""}, 1, None, "é"]}))
    assert there.get().data == {"command": b"\0\xff", "nested": [{"b": b""}, 1, None, "é"]}
    here.put(Message("batch", batch, sizes, more=True, right=True))
    got = there.get()
    assert got.batch.equals(batch) and got.sizes.tolist() == [1, 1] and got.more and got.right
    here.put(Message("batch", other))
    got = there.get()
    assert (got.batch.num_rows, got.batch.num_columns, got.sizes, got.more) == (3, 0, None, False)
    here.put(Message("end"))
    assert there.get() == Message("end")


@both
def test_a_closed_channel_fails_at_both_ends(kind: str) -> None:
    here, there = pair(kind)
    here.close()
    for end in (here, there):
        with pytest.raises(ChannelClosed):
            end.get()
        with pytest.raises(ChannelClosed):
            for _ in range(1000):
                end.put(Message("pull"))


@both
def test_who_puts_waits_for_who_gets(kind: str) -> None:
    here, there = pair(kind)
    batch = pa.RecordBatch.from_pydict({"a": list(range(100_000))})
    put = 0

    def work() -> None:
        nonlocal put
        for _ in range(50):
            here.put(Message("batch", batch))
            put += 1

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(0.3)
    assert put < 30
    for _ in range(50):
        assert there.get().batch.num_rows == 100_000
    thread.join(5)
    assert put == 50


def test_batches_that_are_kept_stay_as_they_are() -> None:
    """And the memory of those that are not is used again."""
    here, there = pair("socket")
    kept = []

    def send() -> None:
        for i in range(60):
            here.put(Message("batch", pa.RecordBatch.from_pydict({"a": np.full(100_000, i)})))

    sending = threading.Thread(target=send, daemon=True)
    sending.start()
    for i in range(60):
        got = there.get().batch
        if i < 30:  # more than there is room for
            kept.append(got)
    sending.join(5)
    assert [b.column(0).unique().to_pylist() for b in kept] == [[i] for i in range(30)]


def test_a_batch_beyond_the_shared_memory_goes_through_the_socket() -> None:
    here, there = pair("socket")
    batch = pa.RecordBatch.from_pydict({"a": pa.array(np.arange(SLOT * SLOTS // 8))})
    sending = threading.Thread(target=here.put, args=(Message("batch", batch),), daemon=True)
    sending.start()
    assert there.get().batch.equals(batch)
    sending.join(5)


@pytest.mark.parametrize("place", [(0, 8), (1 << 40, 8), (4096, 8), ((1 << 64) - 8, 16)])
def test_a_place_that_is_not_the_other_ends_is_refused(place: tuple[int, int]) -> None:
    batches = memory()
    here = Shared(batches, 0)
    os.close(batches)
    assert here.read(pa.py_buffer(PLACE.pack(*place))) is None


def test_places_are_free_when_nothing_uses_them() -> None:
    batches = memory()
    here, there = Shared(batches, 0), Shared(batches, 1)
    os.close(batches)
    batch = pa.RecordBatch.from_pydict({"a": [1, 2, 3]})
    place = here.write(batch)
    assert place is not None and here.taken.raw.count(1) == 1
    column = pa.ipc.read_record_batch(there.read(pa.py_buffer(place)), batch.schema).column(0)
    part = column.slice(1)
    del column
    assert here.taken.raw.count(1) == 1 and part.to_pylist() == [2, 3]
    del part
    assert here.taken.raw.count(1) == 0
