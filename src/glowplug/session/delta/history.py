"""DESCRIBE HISTORY and DESCRIBE DETAIL."""

from __future__ import annotations

import json
from typing import Any

from glowplug.analyze.commands import targets
from glowplug.catalog.table import Table, is_delta
from glowplug.errors import AnalysisError
from glowplug.io.place import Place, place_of
from glowplug.lake.delta.clustering import columns_of
from glowplug.lake.delta.snapshot import Snapshot, is_table, load, version_file, versions
from glowplug.plan import delta as d
from glowplug.plan.relations import Relation
from glowplug.session.delta.protocol import features
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import (
    BOOLEAN,
    INT,
    LONG,
    STRING,
    TIMESTAMP,
    ArrayType,
    DataType,
    MapType,
    StructField,
    StructType,
)

_TEXTS = MapType(STRING, STRING, True)
_JOB = ("jobId", "jobName", "jobRunId", "runId", "jobOwnerId", "triggerType")
_HISTORY: tuple[tuple[str, DataType], ...] = (
    ("version", LONG),
    ("timestamp", TIMESTAMP),
    ("userId", STRING),
    ("userName", STRING),
    ("operation", STRING),
    ("operationParameters", _TEXTS),
    ("job", StructType(tuple(StructField(n, STRING) for n in _JOB))),
    ("notebook", StructType((StructField("notebookId", STRING),))),
    ("clusterId", STRING),
    ("readVersion", LONG),
    ("isolationLevel", STRING),
    ("isBlindAppend", BOOLEAN),
    ("operationMetrics", _TEXTS),
    ("userMetadata", STRING),
    ("engineInfo", STRING),
)
_DETAIL: tuple[tuple[str, DataType], ...] = (
    ("format", STRING),
    ("id", STRING),
    ("name", STRING),
    ("description", STRING),
    ("location", STRING),
    ("createdAt", TIMESTAMP),
    ("lastModified", TIMESTAMP),
    ("partitionColumns", ArrayType(STRING, True)),
    ("clusteringColumns", ArrayType(STRING, True)),
    ("numFiles", LONG),
    ("sizeInBytes", LONG),
    ("properties", _TEXTS),
    ("minReaderVersion", INT),
    ("minWriterVersion", INT),
    ("tableFeatures", ArrayType(STRING, True)),
)


def table_of(parts: tuple[str, ...], operation: str, session: Session) -> tuple[Table, Place]:
    """A Delta table by name or path, and its directory. DELTA_TABLE_ONLY_OPERATION."""
    from glowplug.session.world import context

    table = targets.table(parts, context(session), operation)
    if not is_delta(table):
        raise AnalysisError("DELTA_TABLE_ONLY_OPERATION", tableName=table.identifier.unquoted, operation=operation)
    return table, place_of(table.location or "", session.conf)


def describe_history(command: d.DescribeHistory, session: Session) -> Relation:
    """The newest version first. Each version's file says what made it."""
    _, root = table_of(command.parts, "DESCRIBE HISTORY", session)
    load(root)  # for the error of what is no table, or cannot be read
    found = list(reversed(versions(root)))[: command.limit]
    return rows(_HISTORY, [_version(root, version, time) for version, time in found], nullable=True)


def _version(root: Place, version: int, time: int) -> tuple[Any, ...]:
    with version_file(root, version).open() as stream:
        info: dict[str, Any] = next(
            (a["commitInfo"] for a in map(json.loads, filter(bytes.strip, stream)) if "commitInfo" in a), {}
        )
    return (
        version,
        time * 1000,
        info.get("userId"),
        info.get("userName"),
        info.get("operation"),
        _texts(info.get("operationParameters")),
        _struct(info.get("job"), _JOB),
        _struct(info.get("notebook"), ("notebookId",)),
        info.get("clusterId"),
        info.get("readVersion"),
        info.get("isolationLevel"),
        info.get("isBlindAppend"),
        _texts(info.get("operationMetrics")),
        info.get("userMetadata"),
        info.get("engineInfo"),
    )


def _texts(values: dict[str, Any] | None) -> list[tuple[str, str | None]] | None:
    if values is None:
        return None
    shown = {k: v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for k, v in values.items()}
    return list(shown.items())


def _struct(value: dict[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if value is None else {n: value.get(n) for n in names}


def describe_detail(command: d.DescribeDetail, session: Session) -> Relation:
    table, root = table_of(command.parts, "DESCRIBE DETAIL", session)
    return rows(_DETAIL, [_detail(table, load(root))], nullable=True)


def _detail(table: Table, at: Snapshot) -> tuple[Any, ...]:
    named = table.identifier.namespace != ("delta",)
    created = at.metadata.created
    return (
        "delta",
        at.metadata.id,
        table.identifier.unquoted if named else at.metadata.name,
        at.metadata.description,
        at.location,
        None if created is None else created * 1000,
        versions(at.path)[-1][1] * 1000,
        list(at.partition_by),
        [".".join(parts) for parts in columns_of(at)],
        at.files.num_rows,
        sum(at.files["size_bytes"].to_pylist()),
        list(at.configuration.items()),
        at.protocol.reader,
        at.protocol.writer,
        sorted(features(at.protocol)),
    )


def is_delta_table(command: d.IsDeltaTable, session: Session) -> Relation:
    return rows((("value", BOOLEAN),), [(is_table(place_of(command.path, session.conf)),)])
