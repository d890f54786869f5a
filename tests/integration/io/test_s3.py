"""Files in an object store: moto's server on this machine, reached as a PySpark program reaches S3."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import glowplug
from glowplug.config import Conf
from glowplug.io import formats
from glowplug.io.objects import ObjectFiles, _shared
from glowplug.io.produce import Layout
from glowplug.io.source import Context
from glowplug.io.write import WriteJob
from glowplug.kernel.database import Database
from glowplug.kernel.workbench import Workbench
from glowplug.sql import parse_schema


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


def test_files_are_staged_in_the_temporary_directory_until_they_are_finished(
    endpoint: str, store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = Conf({
        "fs.s3a.access.key": "test", "fs.s3a.secret.key": "test", "fs.s3a.endpoint": endpoint,
        "fs.s3a.path.style.access": "true", "spark.glowplug.tempDirectory": str(tmp_path),
    })  # fmt: skip
    staged: list[list[str]] = []

    def upload(self: ObjectFiles, staging: str, path: str, name: str) -> None:
        original(self, staging, path, name)
        staged.append([p.name for p in Path(staging).rglob("part-*")])

    original = ObjectFiles.upload
    monkeypatch.setattr(ObjectFiles, "upload", upload)
    layout = Layout(schema=parse_schema("a BIGINT, p BIGINT"), partition_by=("p",))
    job = WriteJob(rows="SELECT range, range % 3 FROM range(9)", layout=layout, path="s3a://lake/staged", mode="append")
    with closing(Database(memory_limit=1 << 28, threads=1)) as database, database.connection("UTC") as connection:
        files = formats.write("parquet", job, Context(conf, Workbench(conf, connection)))
    assert sorted(f.rows or 0 for f in files) == [3, 3, 3]
    assert staged == [[]] * 4  # three files and the marker: none is here any more when it is there
    assert list(tmp_path.rglob("write-*")) == []
    assert len(list(tmp_path.iterdir())) == 1  # this process's own directory
    assert sorted(store.find("lake/staged")) == sorted(
        f"lake/staged/{n}" for n in ["_SUCCESS", *(f.path for f in files)]
    )


def test_an_object_is_replaced_by_a_table(spark: Any, store: Any) -> None:
    store.pipe("lake/object", b"precious")
    with pytest.raises(Exception, match="TASK_WRITE_FAILED"):
        spark.range(3).write.mode("append").parquet("s3a://lake/object")
    assert store.cat("lake/object") == b"precious"
    spark.range(3).write.mode("overwrite").parquet("s3a://lake/object")
    assert spark.read.parquet("s3a://lake/object").count() == 3
    assert sorted(n.rpartition("/")[2][:8] for n in store.find("lake/object")) == ["_SUCCESS", "part-000"]


def test_credentials_go_with_their_session(endpoint: str) -> None:
    def kept() -> int:
        gc.collect()
        secrets = (s.access.given["secret.key"] for s in _shared.values())
        return sum(s is not None and s.startswith("secret") for s in secrets)

    conf = Conf()
    for i in range(9):
        conf.set("fs.s3a.secret.key", f"secret{i}")
        ObjectFiles.of("s3a", conf)
    assert kept() == 4
    other = Conf()
    other.set("fs.s3a.secret.key", "secret8")
    assert ObjectFiles.of("s3a", other) is ObjectFiles.of("s3a", conf)
    del conf
    assert kept() == 1
    del other
    assert kept() == 0


@contextmanager
def refusing() -> Iterator[str]:
    """The address of a store that forbids everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = b"<Error><Code>AccessDenied</Code><Message>not for you</Message></Error>"
            self.send_response(403)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(text)

        do_HEAD = do_PUT = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            """Quietly."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def uses(spark: Any) -> dict[str, Callable[[], Any]]:
    rate = spark.readStream.format("rate").load().writeStream.format("noop")
    return {
        "s3a://lake/x": lambda: spark.read.parquet("s3a://lake/x").schema,
        "s3a://lake/y": lambda: spark.range(1).write.parquet("s3a://lake/y"),
        "s3a://lake/d": lambda: spark.read.format("delta").load("s3a://lake/d").schema,
        "s3a://lake/e": lambda: spark.range(1).write.format("delta").save("s3a://lake/e"),
        "s3a://lake/cp": lambda: rate.option("checkpointLocation", "s3a://lake/cp").start(),
    }


def test_a_store_that_refuses_is_told_with_its_reason() -> None:
    spark = glowplug.session()
    with refusing() as address:
        spark.conf.set("fs.s3a.endpoint", address)
        spark.conf.set("fs.s3a.access.key", "a")
        spark.conf.set("fs.s3a.secret.key", "b")
        for uri, use in uses(spark).items():
            with pytest.raises(
                Exception, match=f"(FAILED_READ_FILE|TASK_WRITE_FAILED).*{uri}.*(not for you|Forbidden)"
            ):
                use()
    spark.stop()


def test_credentials_that_are_missing_are_asked_for(monkeypatch: pytest.MonkeyPatch, endpoint: str, store: Any) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nothing")
    spark = glowplug.session(**{"fs.s3a.endpoint": endpoint})
    for uri, use in uses(spark).items():
        with pytest.raises(Exception, match=f"(FAILED_READ_FILE|TASK_WRITE_FAILED).*{uri}.*fs.s3a.access.key"):
            use()
    store.pipe_file("lake/public/a.json", b'{"a": 1}\n', ACL="public-read")
    provider = "org.apache.hadoop.fs.s3a.AnonymousAWSCredentialsProvider"
    spark.conf.set("spark.hadoop.fs.s3a.aws.credentials.provider", provider)
    assert spark.read.json("s3a://lake/public").collect() == [(1,)]
    spark.stop()
