"""What the actions of a version say that depends on which version they become: its time, and the ids of new rows.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#in-commit-timestamps and #row-tracking
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from glowplug.errors import unsupported
from glowplug.io.place import Place
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.snapshot import Snapshot, committed_at, flag, said
from glowplug.lake.delta.vectors import vector_of

TIMES, TRACKED, SUSPENDED = "delta.enableInCommitTimestamps", "delta.enableRowTracking", "delta.rowTrackingSuspended"
SINCE, SINCE_TIME = "delta.inCommitTimestampEnablementVersion", "delta.inCommitTimestampEnablementTimestamp"
ROW_TRACKING = "delta.rowTracking"  # the domain of its metadata
_HIGH = "rowIdHighWaterMark"
KEPT = {
    "delta.rowTracking.materializedRowIdColumnName": "_row-id-col-",
    "delta.rowTracking.materializedRowCommitVersionColumnName": "_row-commit-version-col-",
}


def tracked(metadata: a.Metadata) -> a.Metadata:
    """The metadata of a table that tracks rows, with names for columns in which writers may keep ids and versions of
    rows that they move. We move none: what is written anew is new."""
    if not flag(metadata.configuration, TRACKED):
        return metadata
    names = {key: f"{prefix}{uuid.uuid4()}" for key, prefix in KEPT.items() if key not in metadata.configuration}
    return replace(metadata, configuration={**metadata.configuration, **names})


def numbered(path: Place, base: Snapshot | None, actions: Sequence[a.Action], version: int) -> list[a.Action]:
    """The actions as this version has them. All earlier versions are there."""
    protocol = next((x for x in actions if isinstance(x, a.Protocol)), None if base is None else base.protocol)
    metadata = next((x for x in actions if isinstance(x, a.Metadata)), None if base is None else base.metadata)
    if protocol is None or metadata is None:  # no table's, and so nobody's who reads on
        return list(actions)
    if "inCommitTimestamp" in protocol.writer_features and flag(metadata.configuration, TIMES):
        actions = _timed(path, base, actions, version)
    if "rowTracking" in protocol.writer_features and not flag(metadata.configuration, SUSPENDED):
        actions = _with_ids(actions, version, -1 if version == 0 else highest_row(path, version - 1))
    return list(actions)


def _timed(path: Place, base: Snapshot | None, actions: Sequence[a.Action], version: int) -> list[a.Action]:
    """Times that grow from version to version, whatever clocks say; the metadata says since when there are such."""
    now = int(time.time() * 1000)
    if version > 0:
        now = max(now, committed_at(path, version - 1) + 1)
    before = {} if base is None else base.configuration
    since = {k: before[k] for k in (SINCE, SINCE_TIME) if k in before}
    if base is not None and not flag(before, TIMES):
        since = {SINCE: str(version), SINCE_TIME: str(now)}
    made: list[a.Action] = []
    for x in actions:
        match x:
            case a.CommitInfo():
                made.append(replace(x, timestamp=now, in_commit=now))
            case a.Metadata():
                made.append(replace(x, configuration={**x.configuration, **since}))
            case _:
                made.append(x)
    return made


def _with_ids(actions: Sequence[a.Action], version: int, high: int) -> list[a.Action]:
    """New files' rows get ids that no row had; files that come again keep theirs."""
    last = high
    moved = any(isinstance(x, a.RemoveFile) for x in actions) and any(map(_is_new, actions))
    made: list[a.Action] = []
    for x in actions:
        if isinstance(x, a.CommitInfo):  # rows that files are written anew for get ids as if they were new
            x = replace(x, tags={"delta.rowTracking.preserved": "false" if moved else "true"})
        if isinstance(x, a.AddFile):
            rows = json.loads(x.stats or "{}").get("numRecords")
            if rows is None:  # so that other rows would get the same ids
                raise unsupported(f"ids for the rows of {x.path}, of which the log does not say how many there are")
            if x.first_row is None:
                x = replace(x, first_row=last + 1, row_version=version)
            assert x.first_row is not None
            last = max(last, x.first_row + rows - 1)
        made.append(x)
    if last != high:
        made.append(a.DomainMetadata(ROW_TRACKING, _domain(last)))
    return made


def _is_new(x: a.Action) -> bool:
    return isinstance(x, a.AddFile) and x.first_row is None


def _domain(high: int) -> str:
    return json.dumps({_HIGH: high, "domainName": ROW_TRACKING}, separators=(",", ":"))


def highest_row(path: Place, version: int) -> int:
    """The greatest id that a row was given; -1 before the first."""
    for f in said(path, version, "domainMetadata"):
        if f["domain"] == ROW_TRACKING:
            return -1 if f.get("removed") else int(json.loads(f["configuration"])[_HIGH])
    return -1


def again(path: str, f: Mapping[str, Any], data_change: bool = True) -> a.AddFile:
    """The action that names a file another time, of what the log said of it."""
    vector = vector_of(f["deletionVector"]) if f.get("deletionVector") else None
    tags = dict(f["tags"]) if f.get("tags") else None
    values, stats = f["partitionValues"], f.get("stats")
    made = a.AddFile(path, values, f["size"], f["modificationTime"], data_change, stats, vector, tags)
    return replace(made, clustering=f.get("clusteringProvider"), **ids_of(f))


def ids_of(add: Mapping[str, Any]) -> dict[str, Any]:
    """What the log says of a file's rows, for who names the file again."""
    known = {"first_row": add.get("baseRowId"), "row_version": add.get("defaultRowCommitVersion")}
    return {k: v for k, v in known.items() if v is not None}
