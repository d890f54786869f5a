"""Script transformation: what its process does when the query ends early, fails or is cancelled."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.errors import ArithmeticException, PySparkException
from pyspark.sql import SparkSession

import glowplug
from glowplug.errors import ExecutionError
from glowplug.execute.operation import Operation
from glowplug.execute.transform import _Script


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    session = glowplug.session(**{"spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse"))})
    yield session
    session.stop()


def _ends(marker: str) -> bool:
    """Whether no process has the marker in its command any more, within two seconds."""
    for _ in range(40):
        if not any(marker in _command(p) for p in Path("/proc").glob("[0-9]*/cmdline")):
            return True
        time.sleep(0.05)
    return False


def _command(path: Path) -> str:
    try:
        return path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def test_a_command_without_end_is_ended_by_limit(spark: SparkSession) -> None:
    rows = spark.sql("SELECT TRANSFORM(1) USING 'yes without_end' AS (x) LIMIT 2").collect()
    assert [r.x for r in rows] == ["without_end"] * 2
    assert _ends("yes without_end")


def test_a_cancelled_query_ends_its_command(spark: SparkSession) -> None:
    threading.Timer(0.5, spark.interruptAll).start()
    with pytest.raises(PySparkException, match="OPERATION_CANCELED"):
        spark.sql("SELECT TRANSFORM(1) USING 'sleep 98.75' AS (x)").collect()
    assert _ends("sleep 98.75")


def test_a_row_that_fails_below_fails_the_query_and_ends_the_command(spark: SparkSession) -> None:
    with pytest.raises(ArithmeticException, match="DIVIDE_BY_ZERO"):
        spark.sql("SELECT TRANSFORM(1 / (id - 100000)) USING 'cat - 98.76' AS (x) FROM range(200000)").collect()
    assert _ends("cat - 98.76")


def test_a_command_need_not_read_everything(spark: SparkSession) -> None:
    rows = spark.sql("SELECT TRANSFORM(id, repeat('x', 100)) USING 'head -n 1' AS (x INT) FROM range(300000)").collect()
    assert [r.x for r in rows] == [0]


def test_more_goes_through_a_command_than_pipes_hold(spark: SparkSession) -> None:
    text = "SELECT count(*) AS n, sum(x) AS s FROM (SELECT TRANSFORM(id, 'y') USING 'cat' AS (x BIGINT) FROM range(500000))"
    assert tuple(spark.sql(text).collect()[0]) == (500000, 499999 * 250000)


def test_what_a_command_leaves_behind_is_not_waited_for(spark: SparkSession) -> None:
    """Neither what is in its process group, which ends with it, nor what has left the group with a pipe of it."""
    began = time.monotonic()
    command = "(sleep 98.77 & setsid sleep 5 &) >/dev/null; cat"
    assert spark.sql(f"SELECT TRANSFORM(1) USING '{command}' AS (x)").collect()[0].x == "1"
    assert time.monotonic() - began < 4
    assert _ends("sleep 98.77")


def _line(text: str) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"line": [text]})


def test_a_command_that_ends_ends_what_its_input_comes_from() -> None:
    upstream, woken = Operation(""), threading.Event()
    upstream.on_cancel(woken.set)
    seen: list[bool] = []

    def rest() -> Iterator[pa.RecordBatch]:
        seen.append(woken.wait(10))
        upstream.check()
        yield _line("never")

    script = _Script("head -n 1; echo said >&2; exit 3", _line("first"), rest(), upstream)
    assert [b.to_pydict() for b in script.lines()] == [{"line": ["first"]}]
    with pytest.raises(ExecutionError, match="exit code 3: said"):
        script.finish(10)
    assert seen == [True]


def test_a_command_gets_each_batch_at_once() -> None:
    answered = threading.Event()

    def rest() -> Iterator[pa.RecordBatch]:
        assert answered.wait(10), "nothing came back"
        yield _line("second")

    script = _Script("cat", _line("first"), rest(), Operation(""))
    lines = script.lines()
    assert next(lines).to_pydict() == {"line": ["first"]}
    answered.set()
    assert next(lines).to_pydict() == {"line": ["second"]}
    assert not list(lines)
    script.finish(10)


def test_a_group_is_not_killed_once_its_id_may_be_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int | None] = []
    script = _Script("cat", _line("first"), iter(()), Operation(""))
    monkeypatch.setattr(os, "killpg", lambda *_: killed.append(script.process.returncode))
    assert len(list(script.lines())) == 1
    script.finish(10)
    script.kill()
    script.end()
    assert killed == [None]
