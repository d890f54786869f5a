"""Which columns a stream of a Delta table has, while the table renames, drops or adds some: a log of them.

The stream ends where they change, once all that came before is in the sink, and writes the new ones down; started again
it goes on with these. Names that went or changed, and wider types, must be allowed: who reads the rows may rest on what
was. The log is in Delta's form. https://docs.delta.io/latest/delta-streaming.html#track-column-changes
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from glowplug.errors import AnalysisError, ExecutionError, RuntimeFailure, SparkError
from glowplug.io.parquet_footer import stored_name
from glowplug.io.place import Place, place_of
from glowplug.io.streams.log import MetadataLog, malformed, object_of
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.actions import Metadata, Protocol
from glowplug.lake.delta.widening import widens
from glowplug.plan.tree_string import tree_string
from glowplug.source_options import Settings, option
from glowplug.types import (
    ArrayType,
    DataType,
    MapType,
    StructType,
    same_type,
    sql_name,
)
from glowplug.types_json import to_json

_ALLOW = "spark.databricks.delta.streaming."


@dataclass(frozen=True, slots=True)
class TrackingOptions:
    """https://docs.delta.io/latest/delta-streaming.html#track-column-changes"""

    tracking: str | None = option(
        "schemaTrackingLocation|schemaLocation", "Where columns are written down when they change; below the "
        "checkpoint.", None,
    )  # fmt: skip
    tracking_id: str | None = option("streamingSourceTrackingId", "Tells two sources of one table apart.", None)
    rename: str | None = option(
        "allowSourceColumnRename", "Go on after columns were renamed: always, or those of this version.", None,
        setting=f"{_ALLOW}allowSourceColumnRename",
    )  # fmt: skip
    drop: str | None = option(
        "allowSourceColumnDrop", "Go on after columns were dropped: always, or those of this version.", None,
        setting=f"{_ALLOW}allowSourceColumnDrop",
    )  # fmt: skip
    widening: str | None = option(
        "allowSourceColumnTypeChange", "Go on after columns became of wider types: always, or those of this version.",
        None, setting=f"{_ALLOW}allowSourceColumnTypeChange",
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """The columns from a version of the table on."""

    version: int
    schema: StructType
    partition_by: tuple[str, ...]


def log_of(chosen: TrackingOptions, table: str, settings: Settings) -> MetadataLog | None:
    """The log of a table's columns at the location, if one is given."""
    if chosen.tracking is None:
        return None
    name = f"_schema_log_{table}" + (f"_{chosen.tracking_id}" if chosen.tracking_id else "")
    return MetadataLog(place_of(chosen.tracking, settings) / name)


def entries(log: MetadataLog) -> list[Entry]:
    """The last two, at most. Raises MALFORMED_LOG_FILE."""
    return [_entry(log, number) for number in log.batches()[-2:]]


def _entry(log: MetadataLog, number: int) -> Entry:
    path = log.path(number)
    found = object_of("\n".join(log.read(number)), path)
    try:
        partition_by = tuple(f["name"] for f in json.loads(found["partitionSchemaJson"])["fields"])
        return Entry(int(found["deltaCommitVersion"]), s.schema_of(found["dataSchemaJson"]), partition_by)
    except (KeyError, TypeError, ValueError):
        raise malformed(path, "which says nothing of columns") from None


def tracked(at: s.Snapshot, entry: Entry) -> s.Snapshot:
    """The table with the columns that the stream is at."""
    metadata: Metadata = replace(at.metadata, schema=entry.schema, partition_by=entry.partition_by)
    return replace(at, version=entry.version, metadata=metadata)


def check_location(log: MetadataLog, checkpoint: Place) -> None:
    """DELTA_STREAMING_SCHEMA_LOCATION_NOT_UNDER_CHECKPOINT."""
    path = checkpoint.fs.own(log.root.as_given)  # a store has several schemes
    if path is None or not path.startswith(checkpoint.path.rstrip("/") + "/"):
        raise AnalysisError(
            "DELTA_STREAMING_SCHEMA_LOCATION_NOT_UNDER_CHECKPOINT",
            schemaTrackingLocation=log.root,
            checkpointLocation=checkpoint,
        )


def changes(at: s.Snapshot, actions: list[dict[str, Any]]) -> bool:
    """Whether a version gives the table other columns."""
    for said in (a["metaData"] for a in actions if "metaData" in a):
        other = not _same(s.schema_of(said["schemaString"]), at.schema)
        return other or tuple(said["partitionColumns"]) != at.partition_by
    return False


def _same(a: StructType, b: StructType) -> bool:
    """Metadata of columns are texts, in whose order nothing lies."""
    return bool(to_json(a) == to_json(b))


def _write(log: MetadataLog, at: s.Snapshot, source: Place) -> None:
    """The table's columns as the next entry."""
    parts = StructType(tuple(f for f in at.schema.fields if f.name in at.partition_by))
    protocol: Protocol = at.protocol
    entry = {
        "tableId": at.metadata.id,
        "deltaCommitVersion": at.version,
        "dataSchemaJson": json.dumps(to_json(at.schema), separators=(",", ":"), ensure_ascii=False),
        "partitionSchemaJson": json.dumps(to_json(parts), separators=(",", ":"), ensure_ascii=False),
        "sourceMetadataPath": source.uri,
        "tableConfigurations": dict(at.configuration),
        "protocolJson": json.dumps(protocol.json(), separators=(",", ":")),
    }
    number = log.latest()
    log.add(0 if number is None else number + 1, [json.dumps(entry, separators=(",", ":"), ensure_ascii=False)])


def begin(log: MetadataLog, at: s.Snapshot, version: int, chosen: TrackingOptions, source: Place) -> None:
    """Before the first rows of a run, which are of this version; `at` has the columns of the stream."""
    match entries(log):
        case []:
            first = s.load(at.path, version)
            error = turned(log, first, source)
            if not _same(first.schema, at.schema):
                raise error
        case [old, new]:
            _check_allowed(old, new, chosen)


def turned(log: MetadataLog, at: s.Snapshot, source: Place) -> SparkError:
    """All that came before the columns changed is in the sink: write them down, for the next run. How this one ends."""
    _write(log, at, source)
    return RuntimeFailure(
        "DELTA_STREAMING_METADATA_EVOLUTION",
        schema=tree_string(at.schema),
        config=", ".join(f"{k}:{v}" for k, v in at.configuration.items()),
        protocol=f"{at.protocol.reader},{at.protocol.writer}",
    )


def _check_allowed(old: Entry, new: Entry, chosen: TrackingOptions) -> None:
    """DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION"""
    details = list(_lost(old.schema, new.schema, ""))
    operations = sorted({kind for kind, _ in details})
    allowed = {"RENAME COLUMN": chosen.rename, "DROP COLUMN": chosen.drop, "TYPE WIDENING": chosen.widening}
    refused = [kind for kind in operations if not _allows(allowed.get(kind), new.version)]
    if refused:
        raise ExecutionError(
            "DELTA_STREAMING_CANNOT_CONTINUE_PROCESSING_POST_SCHEMA_EVOLUTION",
            opType=", ".join(refused),
            previousSchemaChangeVersion=old.version,
            currentSchemaChangeVersion=new.version,
            columnChangeDetails="; ".join(text for _, text in details),
        )


def _allows(said: str | None, version: int) -> bool:
    return said is not None and (said.lower() == "always" or said == str(version))


def _lost(old: StructType, new: StructType, above: str) -> Iterator[tuple[str, str]]:
    """What of the columns is not there any more as it was."""
    by_stored = {stored_name(f): f for f in new.fields}
    for f in old.fields:
        now = by_stored.get(stored_name(f))
        if now is None:
            yield "DROP COLUMN", f"'{above}{f.name}' is gone"
            continue
        if now.name != f.name:
            yield "RENAME COLUMN", f"'{above}{f.name}' -> '{above}{now.name}'"
        yield from _changed(f.type, now.type, f"{above}{f.name}")


def _changed(old: DataType, new: DataType, name: str) -> Iterator[tuple[str, str]]:
    """What of a type is not there any more as it was. None can allow what is no widening, as of a table overwritten."""
    match old, new:
        case StructType(), StructType():
            yield from _lost(old, new, f"{name}.")
        case ArrayType(was), ArrayType(now):
            yield from _changed(was, now, f"{name}.element")
        case MapType(key, was), MapType(other, now):
            yield from _changed(key, other, f"{name}.key")
            yield from _changed(was, now, f"{name}.value")
        case _ if not same_type(old, new):
            kind = "TYPE WIDENING" if widens(old, new) else "TYPE CHANGE"
            yield kind, f"'{name}' was {sql_name(old)}, is {sql_name(new)}"
