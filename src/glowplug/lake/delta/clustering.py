"""Clustered tables: by which columns OPTIMIZE orders rows, and which files it has ordered.

The columns are in the log as metadata of the domain `delta.clustering`, by their names in files; a file that is ordered
has the tag of them. https://github.com/delta-io/delta/blob/master/PROTOCOL.md#clustered-table
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from glowplug.errors import AnalysisError
from glowplug.io.parquet_footer import stored_name
from glowplug.lake.delta.actions import DomainMetadata
from glowplug.lake.delta.skipping import ordered
from glowplug.lake.delta.snapshot import Snapshot, said
from glowplug.lake.delta.staged import indexed_columns, is_indexed, leaves, stored_path
from glowplug.plan.tree_string import tree_string
from glowplug.types import DataType, StructType, quote, sql_name

DOMAIN = "delta.clustering"
FEATURES = ("clustering", "domainMetadata")
PROVIDER = "liquid"
_COLUMNS, _TAG, _CUBE = "clusteringColumns", "ZCUBE_ZORDER_BY", "ZCUBE_ID"
_MOST = 4  # columns

Names = tuple[str, ...]


def columns_of(at: Snapshot) -> tuple[Names, ...]:
    """The clustering columns, as users name them."""
    if FEATURES[0] not in at.protocol.writer_features:
        return ()
    for f in said(at.path, at.version, "domainMetadata"):
        if f["domain"] == DOMAIN:
            stored = [] if f.get("removed") else json.loads(f["configuration"])[_COLUMNS]
            return tuple(shown(path, at.schema) for path in stored)
    return ()


def shown(path: Sequence[str], schema: StructType) -> Names:
    """A column's path in files as users name it."""
    names: list[str] = []
    type: DataType = schema
    for stored in path:
        assert isinstance(type, StructType)
        field = next(f for f in type.fields if stored_name(f) == stored)
        names.append(field.name)
        type = field.type
    return tuple(names)


def domain_of(columns: Sequence[Names], schema: StructType, configuration: Mapping[str, str]) -> DomainMetadata:
    """What the log says of clustering columns. Raises what Delta raises for those that cannot be."""
    if len(columns) > _MOST:
        raise AnalysisError(
            "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS", numColumnsLimit=_MOST, actualNumColumns=len(columns)
        )
    paths = []
    for parts in columns:
        path = stored_path(parts, schema)
        if path is None:
            raise AnalysisError(
                "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA", columnName=".".join(parts), tableSchema=tree_string(schema)
            )
        if path in paths:
            raise AnalysisError("DELTA_DUPLICATE_COLUMNS_FOUND.CLUSTER_BY", duplicateCols=quote(".".join(parts)))
        paths.append(path)
    all_leaves = list(leaves(schema.fields))
    types = dict(all_leaves)
    shown = {path: ".".join(parts) for path, parts in zip(paths, columns, strict=True)}
    bad = [f"{shown[p]} : {sql_name(types[p])}" for p in paths if p in types and not ordered(types[p])]
    bad += [f"{shown[p]} : STRUCT" for p in paths if p not in types]
    if bad:
        raise AnalysisError("DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED", columnsWithDataTypes=", ".join(bad))
    indexed = indexed_columns(configuration, schema)
    there = {path for number, (path, _) in enumerate(all_leaves) if is_indexed(path, number, indexed)}
    if without := [shown[p] for p in paths if p not in there]:
        raise AnalysisError(
            "DELTA_CLUSTERING_COLUMN_MISSING_STATS",
            columns=", ".join(without),
            schema=", ".join(".".join(p) for p in sorted(there)),
        )
    text = json.dumps({_COLUMNS: list(map(list, paths)), "domainName": DOMAIN}, separators=(",", ":"))
    return DomainMetadata(DOMAIN, text)


def tags_of(columns: Sequence[Names]) -> dict[str, str]:
    """Of files that are ordered together."""
    return {_CUBE: str(uuid.uuid4()), _TAG: _text(columns)}


FIELDS = ("clusteringProvider", "tags")  # of what the log says of a file, those that `is_ordered` and `cube_of` read


def is_ordered(add: Mapping[str, Any], columns: Sequence[Names]) -> bool:
    """Whether a file, as the log says it, was ordered by these columns."""
    return add.get("clusteringProvider") == PROVIDER and dict(add.get("tags") or ()).get(_TAG) == _text(columns)


def cube_of(add: Mapping[str, Any]) -> str | None:
    """What the files that were ordered together with this one have in common."""
    return dict(add.get("tags") or ()).get(_CUBE)


def _text(columns: Sequence[Names]) -> str:
    return json.dumps([".".join(parts) for parts in columns], separators=(",", ":"), ensure_ascii=False)
