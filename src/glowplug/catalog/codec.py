"""The nouns of `table.py` as JSON: how a catalog file keeps them."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from glowplug.catalog.table import (
    Bucketing,
    ColumnStatistics,
    Identifier,
    Namespace,
    Partition,
    PersistentFunction,
    Statistics,
    Table,
    View,
)
from glowplug.types import DataType
from glowplug.types_json import from_json, to_json

# Which class a field of another is, where it is neither plain nor a tuple of plain values.
_NESTED: dict[tuple[type, str], type] = {
    (Table, "identifier"): Identifier,
    (Table, "bucketing"): Bucketing,
    (Table, "statistics"): Statistics,
    (Table, "view"): View,
    (Partition, "statistics"): Statistics,
    (PersistentFunction, "identifier"): Identifier,
}
_TYPES = {(Table, "schema"), (PersistentFunction, "parameters"), (PersistentFunction, "returns")}


def encode(noun: Table | Namespace | Partition | PersistentFunction) -> str:
    return json.dumps(_plain(noun), ensure_ascii=False)


def decode(text: str, cls: type) -> Any:
    """The noun that `encode` wrote. Fields that the file does not have keep their defaults."""
    return _made(json.loads(text), cls)


def _plain(value: Any) -> Any:
    if isinstance(value, DataType):
        return to_json(value)
    if dataclasses.is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def _made(data: Any, cls: type) -> Any:
    known: dict[str, Any] = {}
    for f in dataclasses.fields(cls):
        if f.name not in data:
            continue
        value = data[f.name]
        if (cls, f.name) in _TYPES:
            known[f.name] = from_json(json.dumps(value))
        elif (cls, f.name) == (Statistics, "columns"):
            known[f.name] = tuple((name, ColumnStatistics(**column)) for name, column in value)
        elif value is not None and (nested := _NESTED.get((cls, f.name))) is not None:
            known[f.name] = _made(value, nested)
        else:
            known[f.name] = _tuples(value)
    return cls(**known)


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
