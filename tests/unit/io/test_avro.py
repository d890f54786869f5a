"""Avro files beyond what Spark's answers cover: damage anywhere, the missing extra, batches, and who else reads them."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import fastavro
import pytest

from glowplug.functions.avro_schemas import TypeOptions, parsed, spark_type
from glowplug.functions.avro_values import Reader, Writer
from glowplug.io.avro_container import CODECS, Container, Damaged, read_blocks, read_header

SCHEMA = '{"type": "record", "name": "R", "fields": [{"name": "i", "type": "long"}, {"name": "s", "type": ["null", "string"]}]}'
ROWS = [{"i": i, "s": None if i % 3 == 0 else "x" * (i % 50)} for i in range(-500, 500)]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    yield session
    session.stop()


def container(codec: str) -> bytes:
    avro, out = parsed(SCHEMA), BytesIO()
    writer = Writer(avro, spark_type(avro, TypeOptions())[0])
    file = Container(out, SCHEMA, codec, None, {"k": "v"})
    for at in range(0, len(ROWS), 300):
        file.block(len(ROWS[at : at + 300]), writer.many(ROWS[at : at + 300]))
    return out.getvalue()


def rows(content: bytes) -> list[Any]:
    stream, avro = BytesIO(content), parsed(SCHEMA)
    header = read_header(stream)
    reader = Reader(avro, avro, spark_type(avro, TypeOptions())[0], TypeOptions())
    return [row for count, data in read_blocks(stream, header) for row in reader.many(data, count)]


@pytest.mark.parametrize("codec", CODECS)
def test_what_is_written_is_read(codec: str) -> None:
    assert rows(container(codec)) == ROWS


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_the_library_reads_it_and_is_read(codec: str) -> None:
    assert list(fastavro.reader(BytesIO(container(codec)))) == ROWS
    out = BytesIO()
    fastavro.writer(out, parsed(SCHEMA).schema, ROWS, codec=codec)
    assert rows(out.getvalue()) == ROWS


@pytest.mark.parametrize("codec", CODECS)
def test_cut_off_anywhere_is_an_error_or_fewer_blocks(codec: str) -> None:
    whole = container(codec)
    for at in random.Random(1).sample(range(len(whole)), 60):
        try:
            found = rows(whole[:at])
        except (Damaged, ValueError):
            continue
        assert found == ROWS[: len(found)] and len(found) % 300 == 0


def test_damage_is_an_error_of_spark(spark: Any, tmp_path: Path) -> None:
    """Bytes changed at random: rows, or FAILED_READ_FILE, and nothing else."""
    from pyspark.errors import PySparkException

    whole, chance, failed = container("null"), random.Random(2), 0
    for n in range(40):
        content = bytearray(whole)
        for _ in range(3):
            content[chance.randrange(200, len(content))] = chance.randrange(256)
        path = tmp_path / f"{n}.avro"
        path.write_bytes(content)
        try:
            spark.read.schema("i BIGINT, s STRING").format("avro").load(str(path)).collect()
        except PySparkException as error:
            assert error.getCondition() == "FAILED_READ_FILE.NO_HINT"
            failed += 1
    assert failed > 10


def test_a_missing_library_names_the_extra(spark: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "f.avro"
    path.write_bytes(container("null"))
    monkeypatch.setitem(sys.modules, "fastavro", None)
    with pytest.raises(Exception, match=r"glowplug\[avro\]"):
        spark.read.format("avro").load(str(path)).collect()


def test_rows_are_counted_without_reading_them(spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spark.range(5).write.format("avro").save(f"{tmp_path}/t")
    table = spark.read.format("avro").load(f"{tmp_path}/t")
    assert table.selectExpr("sum(id)").first()[0] == 10

    def many(reader: Any, data: bytes, count: int) -> Any:
        raise AssertionError("they are read")

    monkeypatch.setattr(Reader, "many", many)
    assert table.count() == 5 and table.union(table).count() == 10
