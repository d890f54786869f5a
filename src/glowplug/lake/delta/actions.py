"""What a version in Delta's log consists of: one JSON object to a line. Names and meanings are the protocol's.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from glowplug.types import StructType
from glowplug.types_json import to_json

# What a URI's path may have as it is; the log keeps paths percent-encoded.
_SAFE = "/!$&'()*+,;=:@-._~"


@dataclass(frozen=True, slots=True)
class Protocol:
    """What readers and writers of a table must know: versions, and from 3 and 7 on features by name."""

    reader: int
    writer: int
    reader_features: tuple[str, ...] = ()
    writer_features: tuple[str, ...] = ()

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {"minReaderVersion": self.reader, "minWriterVersion": self.writer}
        if self.reader >= 3:
            made["readerFeatures"] = list(self.reader_features)
        if self.writer >= 7:
            made["writerFeatures"] = list(self.writer_features)
        return {"protocol": made}


@dataclass(frozen=True, slots=True)
class Metadata:
    """`created` is in milliseconds since the epoch."""

    id: str
    schema: StructType
    partition_by: tuple[str, ...] = ()
    configuration: Mapping[str, str] = field(default_factory=dict, hash=False)
    name: str | None = None
    description: str | None = None
    created: int | None = None

    def json(self) -> dict[str, Any]:
        made = {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "format": {"provider": "parquet", "options": {}},
            "schemaString": json.dumps(to_json(self.schema), separators=(",", ":"), ensure_ascii=False),
            "partitionColumns": list(self.partition_by),
            "configuration": dict(self.configuration),
            "createdTime": self.created,
        }
        return {"metaData": {k: v for k, v in made.items() if v is not None}}


@dataclass(frozen=True, slots=True)
class DeletionVector:
    """Which rows of a file are gone; the vector itself is in the log or in a file of its own."""

    storage: str
    place: str
    offset: int | None
    size: int
    cardinality: int

    def json(self) -> dict[str, Any]:
        made = {
            "storageType": self.storage,
            "pathOrInlineDv": self.place,
            "offset": self.offset,
            "sizeInBytes": self.size,
            "cardinality": self.cardinality,
        }
        return {k: v for k, v in made.items() if v is not None}


@dataclass(frozen=True, slots=True)
class AddFile:
    """`path` is relative to the table and not encoded; `modified` is in milliseconds since the epoch."""

    path: str
    values: Mapping[str, str | None]
    size: int
    modified: int
    data_change: bool = True
    stats: str | None = None
    vector: DeletionVector | None = None
    tags: Mapping[str, str] | None = None
    clustering: str | None = None  # who has ordered the rows of a clustered table
    first_row: int | None = None  # the id of the file's first row, where rows are tracked
    row_version: int | None = None  # the version that rows come from which do not say it themselves

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "path": quote(self.path, safe=_SAFE),
            "partitionValues": dict(self.values),
            "size": self.size,
            "modificationTime": self.modified,
            "dataChange": self.data_change,
        }
        more: dict[str, Any] = {"stats": self.stats, "tags": self.tags, "clusteringProvider": self.clustering}
        more |= {"baseRowId": self.first_row, "defaultRowCommitVersion": self.row_version}
        made |= {k: v for k, v in more.items() if v is not None}
        return {"add": made if self.vector is None else made | {"deletionVector": self.vector.json()}}


@dataclass(frozen=True, slots=True)
class RemoveFile:
    """`path` as in `AddFile`, `deleted` in milliseconds since the epoch."""

    path: str
    deleted: int
    values: Mapping[str, str | None]
    size: int
    data_change: bool = True
    vector: DeletionVector | None = None
    first_row: int | None = None
    row_version: int | None = None

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {
            "path": quote(self.path, safe=_SAFE),
            "deletionTimestamp": self.deleted,
            "dataChange": self.data_change,
            "extendedFileMetadata": True,
            "partitionValues": dict(self.values),
            "size": self.size,
        }
        more = {"baseRowId": self.first_row, "defaultRowCommitVersion": self.row_version}
        made |= {k: v for k, v in more.items() if v is not None}
        return {"remove": made | ({} if self.vector is None else {"deletionVector": self.vector.json()})}


@dataclass(frozen=True, slots=True)
class AddChange:
    """A file of the change feed."""

    path: str
    values: Mapping[str, str | None]
    size: int

    def json(self) -> dict[str, Any]:
        path = quote(self.path, safe=_SAFE)
        return {"cdc": {"path": path, "partitionValues": dict(self.values), "size": self.size, "dataChange": False}}


@dataclass(frozen=True, slots=True)
class Transaction:
    """The last version that an application has written."""

    app: str
    version: int
    updated: int

    def json(self) -> dict[str, Any]:
        return {"txn": {"appId": self.app, "version": self.version, "lastUpdated": self.updated}}


@dataclass(frozen=True, slots=True)
class DomainMetadata:
    """What a feature keeps in the log under a name of its own, as JSON; or that it keeps it no more."""

    domain: str
    configuration: str
    removed: bool = False

    def json(self) -> dict[str, Any]:
        return {"domainMetadata": {"domain": self.domain, "configuration": self.configuration, "removed": self.removed}}


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """What DESCRIBE HISTORY shows. Parameters are shown as they are; values of `metrics` are numbers as text."""

    operation: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, str]
    timestamp: int
    read_version: int | None
    blind_append: bool
    engine: str
    transaction: str
    user_metadata: str | None = None
    isolation: str = "Serializable"
    in_commit: int | None = None  # the version's time, where the table keeps times in the log
    tags: Mapping[str, str] | None = None

    def json(self) -> dict[str, Any]:
        made = {
            "inCommitTimestamp": self.in_commit,
            "timestamp": self.timestamp,
            "operation": self.operation,
            "operationParameters": dict(self.parameters),
            "readVersion": self.read_version,
            "isolationLevel": self.isolation,
            "isBlindAppend": self.blind_append,
            "operationMetrics": dict(self.metrics),
            "userMetadata": self.user_metadata,
            "tags": self.tags,
            "engineInfo": self.engine,
            "txnId": self.transaction,
        }
        return {"commitInfo": {k: v for k, v in made.items() if v is not None}}


Action = Protocol | Metadata | AddFile | RemoveFile | AddChange | Transaction | DomainMetadata | CommitInfo


def lines(actions: Sequence[Action]) -> bytes:
    """The contents of a version's file."""
    return "".join(json.dumps(a.json(), separators=(",", ":"), ensure_ascii=False) + "\n" for a in actions).encode()
