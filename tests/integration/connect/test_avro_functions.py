"""`pyspark.sql.avro.functions` as the client sends them, over more rows than a batch has."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from pyspark.sql import functions as F
from pyspark.sql.avro.functions import from_avro, to_avro

SCHEMA = {
    "type": "record",
    "name": "r",
    "fields": [{"name": "id", "type": "long"}, {"name": "name", "type": ["null", "string"]}],
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    yield session
    session.stop()


@pytest.fixture(scope="module")
def written(spark: Any) -> Any:
    name = F.when(F.col("id") % 3 > 0, F.concat(F.lit("n"), F.col("id").cast("string")))
    return spark.range(10_000).select(
        "id", to_avro(F.struct("id", name.alias("name")), json.dumps(SCHEMA)).alias("data")
    )


def test_what_is_written_is_read(written: Any) -> None:
    read = written.select("id", from_avro("data", json.dumps(SCHEMA)).alias("r"))
    assert read.where("r.id = id AND r.name <=> CASE WHEN id % 3 > 0 THEN 'n' || id END").count() == 10_000


def test_a_later_schema_and_a_mode(written: Any) -> None:
    later = {**SCHEMA, "fields": [{"name": "id", "type": "double"}, {"name": "extra", "type": "int", "default": 7}]}
    options = {"mode": "PERMISSIVE", "avroSchema": json.dumps(later)}
    damaged = F.when(F.col("id") == 4, F.lit(b"\x80")).otherwise(F.col("data"))
    read = written.limit(6).select("id", from_avro(damaged, json.dumps(SCHEMA), options).alias("r")).orderBy("id")
    assert [tuple(r.r) for r in read.collect()] == [(float(i), 7) if i != 4 else (None, None) for i in range(6)]


def test_damaged_bytes_fail_with_their_record(written: Any) -> None:
    from pyspark.errors import PySparkException

    with pytest.raises(PySparkException, match=r"MALFORMED_RECORD_IN_PARSING.*8081"):
        written.select(from_avro(F.lit(b"\x80\x81"), json.dumps(SCHEMA))).collect()
