"""Messages between the engine and its workers."""

from __future__ import annotations

import socket
import threading

import numpy as np
import pyarrow as pa
import pytest

from glowplug.execute.python.channel import Channel, ChannelClosed, LocalChannel, Message, SocketChannel


def pair(kind: str) -> tuple[Channel, Channel]:
    if kind == "local":
        return LocalChannel.pair()
    a, b = socket.socketpair()
    return SocketChannel(a), SocketChannel(b)


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
    assert put < 10
    for _ in range(50):
        assert there.get().batch.num_rows == 100_000
    thread.join(5)
    assert put == 50
