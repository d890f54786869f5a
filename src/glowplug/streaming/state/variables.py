"""The variables of a stateful processor's state, and each schema that the values of one have had.

They are in a file beside the state. A value says which of the schemas it is of; a worker that reads it makes it one of
the last, field by field. The rules are Avro's, as Spark's are: fields may come, go and change their order, and a number
may become wider.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from glowplug.errors import ExecutionError
from glowplug.execute.python.stateful import schema_of
from glowplug.execute.python.task import GROUP
from glowplug.io.place import Place
from glowplug.io.state.layout import DEFAULT
from glowplug.io.streams.log import object_of, text_of
from glowplug.types import (
    ArrayType,
    DataType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    MapType,
    StructType,
)
from glowplug.types_json import from_json, to_json

MOST_VERSIONS = 16
_WIDER = {IntegerType: (LongType, FloatType, DoubleType), LongType: (FloatType, DoubleType), FloatType: (DoubleType,)}


class Variables:
    """`known` has of each variable its `kind`, the schema of its keys, `versions` of that of its values, and its `ttl`;
    `schemas` what texts of schemas mean; `deleted` the names of those that are to go."""

    def __init__(self, path: Place) -> None:
        self.path = path
        self.known: dict[str, Any] = object_of(text_of(path), path) if path.exists() else {}
        self.schemas: dict[str, Any] = {}
        self.deleted: list[str] = []
        self._going: dict[str, Any] = {}  # of `deleted`, until the state is written without them

    def take(self, asked: dict[str, Any], deleted: Sequence[str], time_mode: str) -> None:
        """What a run of the query asks for. Errors: STATE_STORE_… where it contradicts what there is."""
        before = json.dumps(self.known)
        self.deleted = [name for name in deleted if name not in asked]
        self._going = {name: self.known.pop(name) for name in self.deleted if name in self.known}
        for name, variable in asked.items():
            _check_name(name)
            _check_ttl(name, variable["ttl"], time_mode)
            key, value = (self._schema(variable[part]) for part in ("key", "schema"))
            assert value is not None
            self._take(name, variable["kind"], key, value, variable["ttl"])
        if json.dumps({**self.known, **self._going}) != before:
            self._write()

    def saved(self) -> None:
        """The state is written; nothing of a deleted variable is in it any more."""
        if self._going:
            self._going = {}
            self._write()

    def _schema(self, given: Any) -> StructType | None:
        if given is None or isinstance(given, StructType):
            return given
        texts: dict[str, DataType] = {}
        found = schema_of(given, texts)
        self.schemas |= {text: to_json(schema) for text, schema in texts.items()}
        return found

    def _take(self, name: str, kind: str, key: StructType | None, value: StructType, ttl: int | None) -> None:
        old = self.known.get(name)
        shown_key = None if key is None else to_json(key)
        if old is None:
            self.known[name] = {"kind": kind, "key": shown_key, "versions": [to_json(value)], "ttl": ttl}
            return
        if old["kind"] != kind:
            raise ExecutionError(
                "STATE_STORE_INVALID_VARIABLE_TYPE_CHANGE", stateVarName=name, newType=kind, oldType=old["kind"]
            )
        if old["key"] != shown_key:
            raise ExecutionError(
                "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE", storedKeySchema=old["key"], newKeySchema=shown_key
            )
        old["ttl"] = ttl
        last = from_json(json.dumps(old["versions"][-1]))
        if last == value:
            return
        if not _may_become(last, value):
            raise ExecutionError(
                "STATE_STORE_INVALID_VALUE_SCHEMA_EVOLUTION", oldValueSchema=last, newValueSchema=value
            )
        if len(old["versions"]) >= MOST_VERSIONS:
            raise ExecutionError(
                "STATE_STORE_VALUE_SCHEMA_EVOLUTION_THRESHOLD_EXCEEDED",
                numSchemaEvolutions=len(old["versions"]), maxSchemaEvolutions=MOST_VERSIONS, colFamilyName=name,
            )  # fmt: skip
        old["versions"].append(to_json(value))

    def _write(self) -> None:
        """Before the first batch with them, so that a crash leaves no value whose schema is not known."""
        self.path.replace(json.dumps({**self.known, **self._going}).encode())


def _check_name(name: str) -> None:
    """As Spark, whose stores have such names for themselves; here `$` begins those of no variable."""
    if name == GROUP:
        return
    if name.startswith("$"):
        raise ExecutionError("STATE_STORE_CANNOT_CREATE_COLUMN_FAMILY_WITH_RESERVED_CHARS", colFamilyName=name)
    if not name or name != name.strip() or name == DEFAULT:
        raise ExecutionError(
            "STATE_STORE_CANNOT_USE_COLUMN_FAMILY_WITH_INVALID_NAME",
            operationName="create_col_family",
            colFamilyName=name,
        )


def _check_ttl(name: str, ttl: int | None, time_mode: str) -> None:
    if ttl is not None and time_mode != "processing_time":
        raise ExecutionError("STATEFUL_PROCESSOR_INCORRECT_TIME_MODE_TO_ASSIGN_TTL", stateName=name, timeMode=time_mode)
    if ttl is not None and ttl <= 0:
        operation = "getState"
        raise ExecutionError(
            "STATEFUL_PROCESSOR_TTL_DURATION_MUST_BE_POSITIVE", operationType=operation, stateName=name
        )


def _may_become(old: DataType, new: DataType) -> bool:
    match old, new:
        case StructType(), StructType():
            there = {f.name: f.type for f in old.fields}
            return all(f.nullable if f.name not in there else _may_become(there[f.name], f.type) for f in new.fields)
        case ArrayType(), ArrayType():
            return _may_become(old.element, new.element)
        case MapType(), MapType():
            return old.key == new.key and _may_become(old.value, new.value)
    return old == new or isinstance(new, _WIDER.get(type(old), ()))
