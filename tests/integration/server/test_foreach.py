"""Functions of `foreach` and `foreachBatch` in a server: in workers, where they break nothing but their query."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import StreamingQueryException
from pyspark.sql.connect.session import SparkSession


def rates(session: Any) -> Any:
    return session.readStream.format("rate-micro-batch").option("rowsPerBatch", 5).load()


def test_the_function_has_a_client_of_the_query_s_session(session: Any, tmp_path: Path) -> None:
    session.sql("CREATE TEMP VIEW names AS SELECT * FROM VALUES (0, 'even'), (1, 'odd') AS t(k, name)")
    out = str(tmp_path / "out")

    def write(batch: Any, number: int) -> None:
        batch.createOrReplaceTempView("rows")
        named = batch.sparkSession.sql("SELECT value, name FROM rows JOIN names ON value % 2 = k")
        named.write.mode("append").parquet(out)
        if number == 1:
            batch.sparkSession.streams.active[0].stop()

    query = rates(session).writeStream.foreachBatch(write).start()
    assert query.awaitTermination(60)
    found = {tuple(r) for r in session.read.parquet(out).collect()}
    assert found >= {(n, "odd" if n % 2 else "even") for n in range(10)}


def test_rows_one_by_one(session: Any, tmp_path: Path) -> None:
    directory = str(tmp_path)

    class Writer:
        def open(self, partition: int, epoch: int) -> bool:
            self.path = os.path.join(directory, f"{epoch}.txt")
            return True

        def process(self, row: Any) -> None:
            with open(self.path, "a") as file:
                file.write(f"{row.value}\n")

        def close(self, error: Any) -> None:
            pass

    query = rates(session).writeStream.trigger(availableNow=True).foreach(Writer()).start()
    assert query.awaitTermination(60)
    assert sorted((tmp_path / "0.txt").read_text().split()) == ["0", "1", "2", "3", "4"]


def test_a_function_that_ends_its_process_ends_its_query_only(session: Any, server: Any) -> None:
    query = rates(session).writeStream.foreachBatch(lambda batch, number: os._exit(7)).start()
    with pytest.raises(StreamingQueryException, match="exit"):
        query.awaitTermination(60)
    assert session.range(3).count() == 3
    assert server.popen.poll() is None


def test_an_error_is_the_user_s_traceback(session: Any) -> None:
    def fail(batch: Any, number: int) -> None:
        raise ValueError(f"no {number}")

    query = rates(session).writeStream.foreachBatch(fail).start()
    with pytest.raises(StreamingQueryException, match=r"(?s)in fail.*ValueError: no 0"):
        query.awaitTermination(60)


def test_a_function_that_never_ends_is_stopped(session: Any) -> None:
    def hang(batch: Any, number: int) -> None:
        batch.sparkSession.sql(
            "SELECT count(*) FROM range(3000000) a JOIN range(3000000) b ON a.id + b.id < 0"
        ).collect()

    query = rates(session).writeStream.foreachBatch(hang).start()
    time.sleep(1)
    begun = time.monotonic()
    query.stop()
    assert time.monotonic() - begun < 10
    assert query.exception() is None


def test_workers_need_no_token(serve: Any) -> None:
    with serve("--conf", "spark.connect.authenticate.token=secret") as server:
        client = SparkSession(connection=f"{server.url.replace('127.0.0.1', 'localhost')}/;token=secret")
        frames = client.readStream.format("rate-micro-batch").option("rowsPerBatch", 5).load()
        query = frames.writeStream.trigger(availableNow=True)
        query = query.foreachBatch(lambda batch, number: batch.count()).start()
        assert query.awaitTermination(60)
        client.stop()
