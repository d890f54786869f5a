"""DESCRIBE … AS JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from glowplug.catalog.table import Identifier, Partition, Statistics, Table, View, is_delta
from glowplug.plan import commands as c
from glowplug.plan.relations import LocalData, TextView
from glowplug.session.redaction import redacted
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.type_trees import as_strings
from glowplug.types import (
    STRING,
    StructField,
    StructType,
)
from glowplug.types_json import to_json


def one_text(facts: dict[str, Any]) -> LocalData:
    return rows((("json_metadata", STRING),), [(json.dumps(facts, separators=(",", ":"), ensure_ascii=False),)])


def temporary_as_json(command: c.Describe, schema: StructType, session: Session) -> dict[str, Any]:
    """Of a temporary view: what SQL made has a text, a DataFrame's view has none."""
    shared = len(command.parts) == 2
    stored = (session.engine.global_views if shared else session.temp_views).get(command.parts[-1].lower())
    view: View | None = stored.definition.view if isinstance(stored, TextView) else None
    place = Identifier("system", (command.parts[0].lower() if shared else "session",), command.parts[-1].lower())
    found = as_json(Table(place, "view", schema, view=view), schema, session)
    for key in ("created_time", "created_by", "view_original_text", "view_creation_spark_configuration"):
        found.pop(key, None)
    return found | ({} if view is None else {"view_schema_mode": "BINDING"})


def as_json(table: Table, schema: StructType, session: Session, partition: Partition | None = None) -> dict[str, Any]:
    """The form of https://spark.apache.org/docs/latest/sql-ref-syntax-aux-describe-table.html"""
    identifier = table.identifier
    enforced = table.view is not None or is_delta(table)  # files of other formats may hold NULL whatever a column says
    found: dict[str, Any] = {
        "table_name": identifier.name,
        "catalog_name": identifier.catalog,
        "namespace": list(identifier.namespace),
        "schema_name": identifier.namespace[-1],
        "columns": [_json_column(f if enforced else replace(f, nullable=True)) for f in schema.fields],
    }
    if partition is not None:
        found["partition_values"] = dict(zip(table.partition_by, partition.values, strict=True))
    if (buckets := table.bucketing) is not None:
        found |= {"num_buckets": buckets.buckets, "bucket_columns": list(buckets.columns)}
        found["sort_columns"] = list(buckets.sort)
    found["location"] = table.location if partition is None else partition.location
    if table.options:
        found["storage_properties"] = dict(redacted(table.options))
    created = table.created if partition is None else partition.created
    found |= {"created_time": _instant(created), "last_access": "UNKNOWN"}
    if partition is not None and partition.statistics is not None:
        found["partition_statistics"] = statistics_text(partition.statistics)
    found |= {
        "created_by": table.created_by,
        "type": kind_of(table),
        "provider": table.provider,
        "comment": table.comment,
    }
    properties = redacted(sorted(table.properties))
    if (view := table.view) is not None and view.metrics:
        found |= {
            "view_text": view.text,
            "language": "YAML",
            "table_properties": dict(properties),
        }
        found["view_creation_spark_configuration"] = dict(view.settings)
    elif view is not None:
        found |= {"view_text": view.text, "view_original_text": view.text, "view_schema_mode": view.binding.upper()}
        found["view_catalog_and_namespace"] = ".".join((view.catalog, *view.namespace))
        found["view_query_output_columns"] = list(view.columns)
        found["view_creation_spark_configuration"] = dict(view.settings)
    if table.properties and "table_properties" not in found:
        found["table_properties"] = dict(properties)
    if table.statistics is not None:
        found["statistics"] = {"size_in_bytes": table.statistics.bytes, "num_rows": table.statistics.rows}
    if table.partition_by:
        found |= {"partition_provider": "Catalog", "partition_columns": list(table.partition_by)}
    found["collation"] = table.collation or "UTF8_BINARY"
    return {k: v for k, v in found.items() if v is not None}


def _json_column(f: StructField) -> dict[str, Any]:
    data = json.loads(f.metadata)
    column: dict[str, Any] = {"name": f.name, "type": json_type(to_json(as_strings(f.type))), "nullable": f.nullable}
    if "comment" in data:
        column["comment"] = data["comment"]
    if "CURRENT_DEFAULT" in data:
        column["default"] = data["CURRENT_DEFAULT"]
    return column


def json_type(type: Any) -> dict[str, Any]:
    """A type as objects all the way: `{"name": "array", "element_type": {"name": "int"}, …}`."""
    names = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint", "timestamp": "timestamp_ltz"}
    match type:
        case {"type": "array", "elementType": element, "containsNull": null}:
            return {"name": "array", "element_type": json_type(element), "element_nullable": null}
        case {"type": "map", "keyType": key, "valueType": value, "valueContainsNull": null}:
            return {"name": "map", "key_type": json_type(key), "value_type": json_type(value), "value_nullable": null}
        case {"type": "struct", "fields": fields}:
            inner = [
                {"name": f["name"], "type": json_type(f["type"]), "nullable": f["nullable"]}
                | ({"comment": f["metadata"]["comment"]} if "comment" in f["metadata"] else {})
                for f in fields
            ]
            return {"name": "struct", "fields": inner}
        case str() if "(" in type:
            name, _, rest = type.rstrip(")").partition("(")
            if name == "decimal":
                precision, scale = rest.split(",")
                return {"name": name, "precision": int(precision), "scale": int(scale)}
            return {"name": name, "length": int(rest)}
        case str() if type.startswith("interval "):
            start, _, end = type.removeprefix("interval ").partition(" to ")
            return {"name": "interval", "start_unit": start, "end_unit": end or start}
        case str() if type.startswith("string"):
            return {"name": "string", "collation": type.partition(" collate ")[2] or "UTF8_BINARY"}
    return {"name": names.get(type, type)}


def _instant(millis: int) -> str:
    return datetime.fromtimestamp(millis // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kind_of(table: Table) -> str:
    return "METRIC_VIEW" if table.view is not None and table.view.metrics else table.kind.upper()


def statistics_text(statistics: Statistics) -> str:
    count = "" if statistics.rows is None else f", {statistics.rows} rows"
    return f"{statistics.bytes} bytes{count}"
