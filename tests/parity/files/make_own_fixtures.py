"""Writes the files in `fixtures/` that Glowplug makes, for Spark to read: `python -m tests.parity.files.make_own_fixtures`."""

from __future__ import annotations

import decimal
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.parity.files import cases
from tests.parity.files.make_fixtures import HERE, NESTED, VALUES

WRITTEN = {"values": VALUES, "nested": NESTED, "zero": "select 1 i, 'x' s where false"}
FORMATS = ("orc", "avro")
_LIST = {
    "type": "record",
    "name": "Node",
    "fields": [{"name": "v", "type": "int"}, {"name": "next", "type": ["null", "Node"]}],
}
_DECIMAL = {"logicalType": "decimal", "precision": 10, "scale": 2}
FOREIGN: dict[str, Any] = {
    "types": (
        [
            {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
            {"name": "f", "type": {"type": "fixed", "name": "F", "size": 3}},
            {"name": "b", "type": "bytes"},
            {"name": "n", "type": "null"},
            {"name": "i", "type": "int"},
            {"name": "l", "type": "long"},
            {"name": "fl", "type": "float"},
            {"name": "d", "type": "double"},
            {"name": "t", "type": "boolean"},
            {"name": "a", "type": {"type": "array", "items": "int"}},
            {"name": "m", "type": {"type": "map", "values": "E"}},
        ],
        [{"e": "B", "f": b"abc", "b": b"\xff", "n": None, "i": -1, "l": 1 << 62, "fl": 1.5, "d": 1e300, "t": True, "a": [1, 2],
          "m": {"k": "A"}}],
    ),
    "logical": (
        [
            {"name": "d", "type": {"type": "int", "logicalType": "date"}},
            {"name": "tm", "type": {"type": "long", "logicalType": "timestamp-millis"}},
            {"name": "tu", "type": {"type": "long", "logicalType": "timestamp-micros"}},
            {"name": "tn", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
            {"name": "lm", "type": {"type": "long", "logicalType": "local-timestamp-millis"}},
            {"name": "lu", "type": {"type": "long", "logicalType": "local-timestamp-micros"}},
            {"name": "u", "type": {"type": "string", "logicalType": "uuid"}},
            {"name": "z", "type": {"type": "string", "logicalType": "unknown-to-all"}},
        ],
        [{"d": 20000, "tm": 1577934245123, "tu": 1577934245123456, "tn": 1577934245123456789, "lm": 1577934245123,
          "lu": 1577934245123456, "u": "12345678-1234-1234-1234-123456789012", "z": "z"}],
    ),
    "times": ([{"name": "hu", "type": {"type": "long", "logicalType": "time-micros"}}], [{"hu": 1000000}]),
    "unions": (
        [
            {"name": "il", "type": ["int", "long"]},
            {"name": "fd", "type": ["float", "double"]},
            {"name": "one", "type": ["string"]},
            {"name": "last", "type": ["int", "null"]},
            {"name": "ni", "type": ["null", "int", "long"]},
            {"name": "is", "type": ["int", "string"]},
            {"name": "nib", "type": ["null", "int", "string", "boolean"]},
            {"name": "ne", "type": ["null", {"type": "enum", "name": "E", "symbols": ["A", "B"]}]},
            {"name": "se", "type": ["string", "E", {"type": "long", "logicalType": "timestamp-millis"}]},
            {"name": "rec", "type": ["null", {"type": "record", "name": "R1", "fields": [{"name": "x", "type": "int"}]},
                                      {"type": "record", "name": "R2", "fields": [{"name": "y", "type": "int"}]}]},
        ],
        [
            {"il": 1, "fd": 1.5, "one": "x", "last": None, "ni": 5, "is": 1, "nib": None, "ne": None, "se": "s", "rec": None},
            {"il": 1 << 40, "fd": 1e300, "one": "y", "last": 3, "ni": None, "is": "s", "nib": "t", "ne": "A", "se": ("some.space.E", "B"), "rec": ("some.space.R1", {"x": 1})},
            {"il": 1, "fd": 1.5, "one": "x", "last": 3, "ni": 1 << 40, "is": 2, "nib": True, "ne": "B", "se": 1000, "rec": ("some.space.R2", {"y": 2})},
        ],
    ),
    "decimals": (
        [
            {"name": "b", "type": {"type": "bytes", **_DECIMAL}},
            {"name": "f", "type": {"type": "fixed", "name": "F8", "size": 8, **_DECIMAL}},
            {"name": "n", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 0}]},
        ],
        [{"b": decimal.Decimal("-1.25"), "f": decimal.Decimal("12345678.90"), "n": None},
         {"b": decimal.Decimal("0"), "f": decimal.Decimal("-0.01"), "n": decimal.Decimal("-" + "9" * 38)}],
    ),
    "recursive": ([{"name": "list", "type": _LIST}], [{"list": {"v": 1, "next": {"v": 2, "next": {"v": 3, "next": None}}}}]),
    "records": (
        [{"name": "r", "type": {"type": "record", "name": "Inner", "fields": [{"name": "x", "type": ["null", "string"], "default": None}]}},
         {"name": "again", "type": {"type": "array", "items": "Inner"}}],
        [{"r": {"x": "a"}, "again": [{"x": None}, {"x": "b"}]}],
    ),
}  # fmt: skip


def write(spark: Any, query: str, format: str, path: str) -> Path:
    """The only file that a write makes."""
    # A codec of Avro that its library reads without another.
    options = {"compression": "deflate"} if format == "avro" else {}
    spark.sql(query).write.format(format).options(**options).save(path)
    (part,) = Path(path).glob("part-*")
    return part


def foreign() -> None:
    """Avro files with types that Spark does not write."""
    import fastavro

    for name, (fields, records) in FOREIGN.items():
        schema = {"type": "record", "name": "Top", "namespace": "some.space", "fields": fields}
        with open(HERE / f"foreign_{name}.avro", "wb") as out:
            fastavro.writer(out, fastavro.parse_schema(schema), records, sync_marker=b"glowplug-fixture")


def main() -> None:
    import glowplug

    spark = glowplug.session()
    spark.conf.set("spark.sql.session.timeZone", cases.TIME_ZONE)
    foreign()
    with tempfile.TemporaryDirectory() as scratch:
        for format in FORMATS:
            for name, query in WRITTEN.items():
                shutil.copy(write(spark, query, format, f"{scratch}/{name}.{format}"), HERE / f"own_{name}.{format}")
    spark.stop()


if __name__ == "__main__":
    os.environ["TZ"] = cases.TIME_ZONE
    time.tzset()
    main()
