"""State as user code of groups sees it, without an engine."""

from __future__ import annotations

import pickle

from pyspark.sql import types as t

from glowplug.execute.python.state import Codec, Handle, Items, State, timer_id
from glowplug.execute.python.task import TIMERS

NUMBER = t.StructType([t.StructField("n", t.LongType())])
PAIR = t.StructType([t.StructField("a", t.StringType()), t.StructField("b", t.StringType())])


def handle(items: Items | None = None) -> Handle:
    made = Handle(State(1000, 0, items or {}), "processing_time", {}, {})
    return made


def test_an_item_that_comes_and_goes_is_no_change() -> None:
    h = handle()
    value = h.getValueState("v", NUMBER)
    value.update((1,))
    value.clear()
    assert h._state.touched == {("v", b""): False}
    assert not h._state.of("v")


def test_a_list_keeps_its_order_and_its_numbers_grow() -> None:
    h = handle()
    state = h.getListState("l", NUMBER)
    state.put([(n,) for n in range(300)])
    state.appendValue((300,))
    assert [n for (n,) in state.get()] == list(range(301))
    state.put([(7,)])
    assert list(state.get()) == [(7,)]


def test_equal_keys_are_one_however_they_are_pickled() -> None:
    text = "x" * 3
    same, other = (text, text), (text, "".join(["x"] * 3))
    assert pickle.dumps(same, 5) != pickle.dumps(other, 5)
    h = handle()
    state = h.getMapState("m", PAIR, NUMBER)
    state.updateValue(same, (1,))
    state.updateValue(other, (2,))
    assert list(state.iterator()) == [(same, (2,))]
    state.removeKey(other)
    assert not state.exists()


def test_timers_are_in_the_order_of_their_times() -> None:
    h = handle()
    h.initialized = True
    for at in (5, -3, 1 << 40, 5):
        h.registerTimer(at)
    h.deleteTimer(5)
    assert list(h.listTimers()) == [-3, 1 << 40]
    assert sorted(h._state.of(TIMERS)) == [timer_id(-3), timer_id(1 << 40)]


def test_a_value_of_an_older_schema_is_read_as_one_of_the_new() -> None:
    nested = t.StructType([t.StructField("x", t.IntegerType())])
    wider = t.StructType([t.StructField("y", t.StringType()), t.StructField("x", t.LongType())])
    old = t.StructType([t.StructField("a", t.IntegerType()), t.StructField("s", t.ArrayType(nested))])
    new = t.StructType([t.StructField("s", t.ArrayType(wider)), t.StructField("a", t.DoubleType())])
    packed = Codec([old]).pack((1, [(2,), None]))
    (rows, a) = Codec([old, new]).unpack(packed)
    assert (a, [None if r is None else tuple(r) for r in rows]) == (1.0, [(None, 2), None])
