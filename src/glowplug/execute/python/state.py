"""What a function of groups keeps of one, as user code sees it: PySpark's own classes, over items in this process.

An item is what a variable has under an id: nothing for a value, a number for an element of a list, the key in a map,
the time of a timer. Values are pickled: to the engine they are bytes.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyspark.errors import PySparkRuntimeError, PySparkTypeError
from pyspark.sql import types as t
from pyspark.sql.streaming.stateful_processor import ListState, MapState, StatefulProcessorHandle, ValueState

from glowplug.execute.python.task import TIMERS

_NUMBER = struct.Struct(">Q")
_BIAS = 1 << 63  # ids sort as the times they stand for
_PLAIN = frozenset((int, float, str, bytes, bool, type(None)))


@dataclass(slots=True)
class Item:
    """`value` is pickled; it counts until `expiry` in milliseconds, if that is set."""

    value: bytes | None
    expiry: int | None = None


Items = dict[str, dict[bytes, Item]]


@dataclass(slots=True)
class State:
    """Of the group that a function is called for; `touched` items may differ from what they were."""

    batch_ms: int
    watermark_ms: int
    items: Items = field(default_factory=dict)
    touched: dict[tuple[str, bytes], bool] = field(default_factory=dict)  # whether there was one before

    def begin(self, items: Items) -> None:
        self.items, self.touched = items, {}

    def of(self, variable: str) -> dict[bytes, Item]:
        found = self.items.get(variable)
        if found is None:
            found = self.items[variable] = {}
        return found

    def put(self, variable: str, id: bytes, item: Item) -> None:
        items = self.of(variable)
        if (variable, id) not in self.touched:
            self.touched[variable, id] = id in items
        items[id] = item

    def remove(self, variable: str, id: bytes) -> None:
        items = self.of(variable)
        if id in items:
            self.touched.setdefault((variable, id), True)
            del items[id]

    def clear(self, variable: str) -> None:
        for id in list(self.of(variable)):
            self.remove(variable, id)


# --- values -----------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """NumPy's and pandas' values as Python's, at any depth."""
    if type(value) in _PLAIN:
        return value
    match value:
        case tuple() if hasattr(value, "_fields") or isinstance(value, t.Row):
            return type(value)(*map(plain, value))
        case tuple() | list():
            return type(value)(map(plain, value))
        case dict():
            return {plain(k): plain(v) for k, v in value.items()}
    if type(value).__module__.startswith(("numpy", "pandas")):
        for method in ("to_pytimedelta", "to_pydatetime", "tolist"):
            if hasattr(value, method):
                return getattr(value, method)()
    return value


class Codec:
    """A variable's rows to bytes and back. `versions` are the schemas that it has had; the last is the present one."""

    def __init__(self, versions: list[t.StructType]) -> None:
        self.schema, self.version = versions[-1], len(versions) - 1
        self.converts = any(f.dataType.needConversion() for f in self.schema)
        self._from = [_reader(old, self.schema) for old in versions]

    def pack(self, row: Any) -> bytes:
        if not isinstance(row, (tuple, list)):
            raise PySparkTypeError(
                errorClass="NOT_EXPECTED_TYPE",
                messageParameters={"arg_name": "value", "expected_type": "tuple", "arg_type": type(row).__name__},
            )
        if len(row) != len(self.schema):
            raise PySparkRuntimeError(f"the state has {len(self.schema)} fields, and the new value {len(row)}")
        values = tuple(map(plain, row))
        if self.converts:
            values = tuple(self.schema.toInternal(values))
        return bytes((self.version,)) + pickle.dumps(values, 5)

    def unpack(self, data: bytes) -> tuple[Any, ...]:
        values = pickle.loads(memoryview(data)[1:])
        read = self._from[data[0]]
        if read is not None:
            values = read(values)
        return tuple(self.schema.fromInternal(values)) if self.converts else values


def _reader(old: t.DataType, new: t.DataType) -> Callable[[Any], Any] | None:
    """What makes a value of a schema's older version one of the new: fields by name, NULL where there was none."""
    if old == new:
        return None
    match old, new:
        case t.StructType(), t.StructType():
            places = {f.name: i for i, f in enumerate(old.fields)}
            reads = [
                (places.get(f.name), _reader(old[f.name].dataType, f.dataType) if f.name in places else None)
                for f in new.fields
            ]

            def row(value: Any) -> Any:
                return (
                    None
                    if value is None
                    else tuple(None if i is None else value[i] if read is None else read(value[i]) for i, read in reads)
                )

            return row
        case t.ArrayType(), t.ArrayType():
            each = _reader(old.elementType, new.elementType) or _same
            return lambda value: value and [each(v) for v in value]
        case t.MapType(), t.MapType():
            of_value = _reader(old.valueType, new.valueType) or _same
            return lambda value: value and {k: of_value(v) for k, v in value.items()}
    if isinstance(old, t.IntegralType) and isinstance(new, t.FractionalType):
        return lambda value: None if value is None else float(value)
    return None


def _same(value: Any) -> Any:
    return value


# --- variables --------------------------------------------------------------------------------------


class Variable:
    """What a state variable of `transformWithState` can do whatever its kind. A time to live begins anew with
    each change of an item."""

    def __init__(self, state: State, name: str, codec: Codec, ttl_ms: int | None) -> None:
        self._state, self._name, self._codec, self._ttl = state, name, codec, ttl_ms

    def exists(self) -> bool:
        return bool(self._state.of(self._name))

    def clear(self) -> None:
        self._state.clear(self._name)

    def _put(self, id: bytes, row: Any) -> None:
        expiry = None if self._ttl is None else self._state.batch_ms + self._ttl
        self._state.put(self._name, id, Item(self._codec.pack(row), expiry))


class Value(Variable, ValueState):  # type: ignore[misc]
    def get(self) -> tuple[Any, ...] | None:
        item = self._state.of(self._name).get(b"")
        return None if item is None or item.value is None else self._codec.unpack(item.value)

    def update(self, newValue: Any) -> None:
        self._put(b"", newValue)


class List(Variable, ListState):  # type: ignore[misc]
    def get(self) -> Iterator[tuple[Any, ...]]:
        items = self._state.of(self._name)
        for id in sorted(items):
            value = items[id].value
            assert value is not None
            yield self._codec.unpack(value)

    def put(self, newState: Any) -> None:
        rows = _filled(newState)
        self.clear()
        self.appendList(rows)

    def appendValue(self, newState: Any) -> None:
        self.appendList([newState])

    def appendList(self, newState: Any) -> None:
        rows = _filled(newState)
        last = max(self._state.of(self._name), default=None)
        number = 0 if last is None else _NUMBER.unpack(last)[0] + 1
        for n, row in enumerate(rows):
            self._put(_NUMBER.pack(number + n), row)


def _filled(rows: Any) -> list[Any]:
    found = list(rows)
    if not found:
        raise PySparkRuntimeError(
            "[ILLEGAL_STATE_STORE_VALUE.EMPTY_LIST_VALUE] a list without values cannot be put into a state; clear it"
        )
    return found


class Map(Variable, MapState):  # type: ignore[misc]
    """Ids are pickled keys, which are looked up as the values they are: equal ones need not be pickled equally."""

    def __init__(self, state: State, name: str, keys: Codec, codec: Codec, ttl_ms: int | None) -> None:
        super().__init__(state, name, codec, ttl_ms)
        self._keys = keys
        self._of: dict[bytes, Item] | None = None  # the items that `_ids` is of
        self._ids: dict[Any, bytes] = {}

    def _id(self, key: Any) -> tuple[Any, bytes | None]:
        items = self._state.of(self._name)
        if self._of is not items:
            self._of, self._ids = items, {_frozen(self._keys.unpack(id)): id for id in items}
        frozen = _frozen(self._keys.unpack(self._keys.pack(key)) if self._keys.converts else tuple(map(plain, key)))
        return frozen, self._ids.get(frozen)

    def _value(self, id: bytes) -> tuple[Any, ...]:
        value = self._state.of(self._name)[id].value
        assert value is not None
        return self._codec.unpack(value)

    def getValue(self, key: Any) -> tuple[Any, ...] | None:
        _, id = self._id(key)
        return None if id is None else t.Row(*self._codec.schema.names)(*self._value(id))  # by name, too, as in Spark

    def containsKey(self, key: Any) -> bool:
        return self._id(key)[1] is not None

    def updateValue(self, key: Any, value: Any) -> None:
        frozen, id = self._id(key)
        if id is None:
            id = self._ids[frozen] = self._keys.pack(key)
        self._put(id, value)

    def removeKey(self, key: Any) -> None:
        frozen, id = self._id(key)
        if id is not None:
            del self._ids[frozen]
            self._state.remove(self._name, id)

    def iterator(self) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        for id in list(self._state.of(self._name)):
            yield self._keys.unpack(id), self._value(id)

    def keys(self) -> Iterator[tuple[Any, ...]]:
        return (k for k, _ in self.iterator())

    def values(self) -> Iterator[tuple[Any, ...]]:
        return (v for _, v in self.iterator())

    def clear(self) -> None:
        super().clear()
        self._of = None


def _frozen(value: Any) -> Any:
    """A key that can be looked up."""
    match value:
        case list() | tuple():
            return tuple(map(_frozen, value))
        case dict():
            return frozenset((k, _frozen(v)) for k, v in value.items())
    return value


# --- the handle -------------------------------------------------------------------------------------


def timer_id(at_ms: int) -> bytes:
    """By what a timer is kept: bytes in the order of times, before the epoch too."""
    return _NUMBER.pack(at_ms + _BIAS)


class Handle(StatefulProcessorHandle):  # type: ignore[misc]
    """`schemas` has what texts of schemas mean, and `variables` the versions of those of each variable's values."""

    def __init__(self, state: State, time_mode: str, schemas: dict[str, Any], variables: dict[str, Any]) -> None:
        self._state, self._time_mode, self._variables = state, time_mode, variables
        self._schemas = {text: t.StructType.fromJson(schema) for text, schema in schemas.items()}
        self.initialized = False

    def _codec(self, schema: Any, name: str | None = None) -> Codec:
        now = schema if isinstance(schema, t.StructType) else self._schemas[schema]
        known = self._variables[name]["versions"] if name in self._variables else []
        versions = [t.StructType.fromJson(v) for v in known] or [now]
        return Codec(versions)

    def _declare(self, name: str, ttl_ms: int | None) -> None:
        if self.initialized:
            raise misplaced(f"a state variable ({name}) made", "init")

    def getValueState(self, stateName: str, schema: Any, ttlDurationMs: int | None = None) -> Value:
        self._declare(stateName, ttlDurationMs)
        return Value(self._state, stateName, self._codec(schema, stateName), ttlDurationMs)

    def getListState(self, stateName: str, schema: Any, ttlDurationMs: int | None = None) -> List:
        self._declare(stateName, ttlDurationMs)
        return List(self._state, stateName, self._codec(schema, stateName), ttlDurationMs)

    def getMapState(
        self, stateName: str, userKeySchema: Any, valueSchema: Any, ttlDurationMs: int | None = None
    ) -> Map:
        self._declare(stateName, ttlDurationMs)
        keys, values = self._codec(userKeySchema), self._codec(valueSchema, stateName)
        return Map(self._state, stateName, keys, values, ttlDurationMs)

    def deleteIfExists(self, stateName: str) -> None:
        self._declare(stateName, None)

    def registerTimer(self, expiryTimestampMs: int) -> None:
        self._timers("registerTimer")
        at = int(expiryTimestampMs)
        self._state.put(TIMERS, timer_id(at), Item(None, at))

    def deleteTimer(self, expiryTimestampMs: int) -> None:
        self._timers("deleteTimer")
        self._state.remove(TIMERS, timer_id(int(expiryTimestampMs)))

    def listTimers(self) -> Iterator[int]:
        self._timers("listTimers")
        return iter(sorted(i.expiry for i in self._state.of(TIMERS).values() if i.expiry is not None))

    def _timers(self, what: str) -> None:
        if self._time_mode == "none":
            raise PySparkRuntimeError(
                f"[STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_TIME_MODE] {what} needs a time mode: "
                "ProcessingTime or EventTime"
            )
        if not self.initialized:
            raise misplaced(what, "handleInputRows, handleExpiredTimer and handleInitialState")


def misplaced(what: str, where: str) -> PySparkRuntimeError:
    """PySpark's error for what a processor may not do where it is."""
    condition = "STATEFUL_PROCESSOR_CANNOT_PERFORM_OPERATION_WITH_INVALID_HANDLE_STATE"
    return PySparkRuntimeError(f"[{condition}] {what} is possible in {where} only")
