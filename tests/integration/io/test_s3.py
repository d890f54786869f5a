"""Files in an object store: moto's server on this machine, reached as a PySpark program reaches S3."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import glowplug

moto = pytest.importorskip("moto.server")
s3fs = pytest.importorskip("s3fs")
CREDENTIALS = {"key": "test", "secret": "test"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def store(endpoint: str) -> Any:
    store = s3fs.S3FileSystem(**CREDENTIALS, client_kwargs={"endpoint_url": endpoint}, use_listings_cache=False)
    store.mkdir("lake")
    return store


@pytest.fixture
def spark(endpoint: str, store: Any) -> Iterator[Any]:
    session = glowplug.session()
    session.conf.set("fs.s3a.access.key", "test")
    session.conf.set("spark.hadoop.fs.s3a.secret.key", "test")
    session.conf.set("fs.s3a.endpoint", endpoint)
    session.conf.set("fs.s3a.path.style.access", "true")
    yield session
    session.stop()


@pytest.mark.parametrize("format", ["parquet", "csv", "json"])
@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_written_and_read_again(spark: Any, store: Any, scheme: str, format: str) -> None:
    path = f"{scheme}://lake/{scheme}-{format}"
    spark.sql("select id, id * 2 d, concat('t', id) t from range(100)").write.format(format).save(path)
    frame = spark.read.format(format).schema("id BIGINT, d BIGINT, t STRING").load(path)
    assert frame.count() == 100
    assert [tuple(r) for r in frame.where("id = 7").collect()] == [(7, 14, "t7")]
    names = sorted(n.rpartition("/")[2] for n in store.find(f"lake/{scheme}-{format}"))
    assert names[0] == "_SUCCESS" and len(names) == 2 and names[1].startswith("part-00000-")


def test_partitions_globs_and_metadata(spark: Any) -> None:
    path = "s3a://lake/parts"
    spark.sql("select id, id % 3 p from range(9)").write.partitionBy("p").parquet(path)
    assert sorted(r[0] for r in spark.read.parquet(path).where("p = 1").select("id").collect()) == [1, 4, 7]
    assert spark.read.parquet(path + "/p={0,2}").count() == 6
    row = spark.read.parquet(path).where("p = 2").select("_metadata.file_path").first()
    assert row[0].startswith("s3a://lake/parts/p=2/part-00000-")


def test_overwrite_append_and_modes(spark: Any, store: Any) -> None:
    path = "s3a://lake/modes"
    spark.range(3).write.parquet(path)
    with pytest.raises(Exception, match="PATH_ALREADY_EXISTS"):
        spark.range(3).write.parquet(path)
    spark.range(3).write.mode("append").parquet(path)
    assert spark.read.parquet(path).count() == 6
    spark.range(2).write.mode("overwrite").parquet(path)
    assert spark.read.parquet(path).count() == 2
    assert not store.exists("lake/modes/_temporary")
    rows = "select * from values (1, 'a'), (2, 'b') t(i, p)"
    spark.sql(rows).write.partitionBy("p").parquet("s3a://lake/dynamic")
    writer = spark.sql("select 9 i, 'a' p").write.mode("overwrite").option("partitionOverwriteMode", "dynamic")
    writer.partitionBy("p").parquet("s3a://lake/dynamic")
    assert sorted(tuple(r) for r in spark.read.parquet("s3a://lake/dynamic").collect()) == [(2, "b"), (9, "a")]


def test_missing_path_and_bucket(spark: Any) -> None:
    for path in ("s3a://lake/nothing", "s3a://no-such-bucket/x"):
        with pytest.raises(Exception, match="PATH_NOT_FOUND"):
            spark.read.parquet(path).collect()


def test_compressed_text(spark: Any) -> None:
    spark.sql("select 'é' v").write.option("compression", "gzip").text("s3a://lake/gz")
    assert [r[0] for r in spark.read.text("s3a://lake/gz").collect()] == ["é"]
