"""How an operator's state lies in a checkpoint, so that it can be read without the query.

    state/<operator>/_metadata/metadata   which operator it is, and the names of its stores, in Spark's form
    state/<operator>/_metadata/layout     how the columns of its files make up what readers get
    state/<operator>/variables.json       of functions with state: their variables (streaming/state/variables.py)
    state/<operator>/0/[left|right/]<version>.{delta,snapshot}.parquet

Version N + 1 is the state after batch N.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

from glowplug.errors import RuntimeFailure
from glowplug.io.place import Place, names_in
from glowplug.io.streams.log import VERSION, MetadataLog, forget_checksum, lines_of, object_of, text_of, write_checksum
from glowplug.types import DataType, StructType, simple_string
from glowplug.types_json import from_json, to_json

# What a field is made of: the column of this number; a struct of such; a constant; what is asked of a column.
Piece = int | tuple["Piece", ...] | OneOf["NULL", "TRUE"] | tuple[OneOf["micros", "thousandfold", "is null"], int]
Kind = OneOf["rows", "join", "group", "variables"]
DEFAULT = "default"
DELTA, SNAPSHOT = "delta", "snapshot"


@dataclass(frozen=True, slots=True)
class Part:
    """A key or a value: its type, and of which columns of the files each field is made."""

    type: StructType
    places: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class StoreLayout:
    """The files of one store: columns of these types, the first `keys` of which are a row's key; one row each if
    `unique`. `registers` are how many each sketch has whose type does not say it; None where it was not noted."""

    directory: str
    types: tuple[DataType, ...]
    keys: int
    unique: bool
    key: Part
    value: Part
    registers: tuple[int, ...] | None = ()

    @property
    def shown(self) -> str:
        """The schema of its values, as those who refuse it say it."""
        value = simple_string(self.value.type)
        sizes = f" with sketches of {', '.join(map(str, self.registers))} registers" if self.registers else ""
        return (value if self.unique else f"array<{value}>") + sizes


@dataclass(frozen=True, slots=True)
class OperatorLayout:
    """`kind` says how it is read: plain rows; the two sides of a join; the state of groups; variables of groups."""

    name: str
    kind: Kind
    stores: tuple[StoreLayout, ...]
    properties: str | None = None  # JSON, as Spark's metadata has it


COUNTS, ROWS = "keyToNumValues", "keyWithIndexToValue"
JOIN_STORES = tuple(f"{side}-{what}" for side in ("left", "right") for what in (COUNTS, ROWS))


def stores_of(layout: OperatorLayout) -> tuple[str, ...]:
    """The names by which Spark knows the operator's stores."""
    return JOIN_STORES if layout.kind == "join" else (DEFAULT,)


# --- written and read -----------------------------------------------------------------------------------------


def adopt(state: Place, layouts: Mapping[int, OperatorLayout]) -> None:
    """Before a run's first batch: write down how its operators' state is read; `state` is the checkpoint's directory.

    Raises STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA and STATE_STORE_…_NOT_COMPATIBLE where the state is
    another query's. As in Spark names may change, and what is computed, if its type is the same.
    """
    there = {n: found for n in operators(state) if (found := read(state / str(n))) is not None}
    begun = MetadataLog(state.parent / "offsets").latest() is not None  # else a run ended while it wrote them
    if begun and not there and len(layouts) > 1:  # nothing says which number is whose
        raise RuntimeFailure(
            "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA",
            OpsInMetadataSeq="", OpsInCurBatchSeq=_shown({n: layout.name for n, layout in layouts.items()}),
        )  # fmt: skip
    if begun and there:
        before, now = ({n: layout.name for n, layout in side.items()} for side in (there, layouts))
        if before != now:
            raise RuntimeFailure(
                "STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA",
                OpsInMetadataSeq=_shown(before), OpsInCurBatchSeq=_shown(now),
            )  # fmt: skip
        for n, old in there.items():
            for one, other in zip(old.stores, layouts[n].stores, strict=True):
                _check_types(one, other)
    for n, layout in layouts.items():
        write(state / str(n), n, layout)


def operators(state: Place) -> list[int]:
    """The numbers of those that have something there."""
    return sorted(int(name) for name in names_in(state) if name.isdigit())


def _shown(names: Mapping[int, str]) -> str:
    return ", ".join(f"(OperatorId: {n} -> OperatorName: {names[n]})" for n in sorted(names))


def _check_types(old: StoreLayout, new: StoreLayout) -> None:
    if old.types[: old.keys] != new.types[: new.keys]:
        raise RuntimeFailure(
            "STATE_STORE_KEY_SCHEMA_NOT_COMPATIBLE",
            storedKeySchema=simple_string(old.key.type),
            newKeySchema=simple_string(new.key.type),
        )
    registers = old.registers in (None, new.registers)
    if not registers or (old.types, old.unique) != (new.types, new.unique):
        raise RuntimeFailure(
            "STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE", storedValueSchema=old.shown, newValueSchema=new.shown
        )


def write(root: Place, number: int, layout: OperatorLayout) -> None:
    """`root` is `state/<operator>`; what is there already is left."""
    stores = [{"storeName": name, "numColsPrefixKey": 0, "numPartitions": 1} for name in stores_of(layout)]
    info = {"operatorInfo": {"operatorId": number, "operatorName": layout.name}, "stateStoreInfo": stores}
    if layout.properties is not None:
        info["operatorPropertiesJson"] = layout.properties
    _write(root / "_metadata" / "metadata", f"{VERSION}\n{json.dumps(info, separators=(',', ':'))}")
    _write(root / "_metadata" / "layout", f"{VERSION}\n{json.dumps(_json(layout), separators=(',', ':'))}")


def _write(path: Place, text: str) -> None:
    if path.exists() and text_of(path) == text:
        return
    forget_checksum(path)
    path.replace(text.encode())
    write_checksum(path)


def read(root: Place) -> OperatorLayout | None:
    """None where there is none: of a checkpoint by somebody else."""
    path = root / "_metadata" / "layout"
    return None if not path.exists() else _layout(object_of("\n".join(lines_of(path)), path))


def metadata(root: Place) -> dict[str, Any] | None:
    """What is said of the operator in Spark's form, or its second one, of which there are versions. None if nothing."""
    path = root / "_metadata" / "metadata"
    if not path.exists():
        found = MetadataLog(root / "_metadata" / "v2")
        if (last := found.latest()) is None:
            return None
        path = found.path(last)
    return object_of(text_of(path).partition("\n")[2], path)


def _json(layout: OperatorLayout) -> dict[str, Any]:
    def part(p: Part) -> dict[str, Any]:
        return {"type": to_json(p.type), "places": p.places}

    return {
        "name": layout.name, "kind": layout.kind, "properties": layout.properties,
        "stores": [
            {"directory": s.directory, "types": [to_json(t) for t in s.types], "keys": s.keys, "unique": s.unique,
             "key": part(s.key), "value": part(s.value), "registers": s.registers}
            for s in layout.stores
        ],
    }  # fmt: skip


def _layout(found: dict[str, Any]) -> OperatorLayout:
    def part(p: dict[str, Any]) -> Part:
        type = _type(p["type"])
        assert isinstance(type, StructType)
        return Part(type, tuple(map(_place, p["places"])))

    stores = tuple(
        StoreLayout(s["directory"], tuple(map(_type, s["types"])), s["keys"], s["unique"], part(s["key"]),
                    part(s["value"]), None if (sizes := s.get("registers")) is None else tuple(sizes))
        for s in found["stores"]
    )  # fmt: skip
    return OperatorLayout(found["name"], found["kind"], stores, found["properties"])


def _type(found: Any) -> DataType:
    return from_json(json.dumps(found))


def _place(found: Any) -> Piece:
    return tuple(map(_place, found)) if isinstance(found, list) else found


# --- files ----------------------------------------------------------------------------------------------------


def path_of(directory: Place, version: int, kind: str) -> Place:
    """The file of a version. `kind` is `delta`, what the version changed, or `snapshot`, all that there was."""
    return directory / f"{version}.{kind}.parquet"


def versions(directory: Place, kind: str) -> list[int]:
    """Those of which there is a file."""
    return [int(m[1]) for name in names_in(directory) if (m := re.fullmatch(rf"(\d+)\.{kind}\.parquet", name))]
