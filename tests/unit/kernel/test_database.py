"""Connections and functions of the kernel: shared, bounded, and clean when they are used again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from glowplug.errors import SparkError
from glowplug.kernel import database as kernel
from glowplug.kernel.database import Database, default_memory_limit, default_threads, identity


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(memory_limit=256 << 20, threads=1)
    yield database
    database.close()


def adding(n: Any) -> Callable[[pa.Array], pa.Array]:
    def add(values: pa.Array) -> pa.Array:
        return pc.cast(pc.add(values, n), pa.int64())

    return add


def result(database: Database, body: Callable[..., Any]) -> tuple[str, int]:
    with database.connection("UTC") as connection:
        name = connection.define("add", body, ["BIGINT"], "BIGINT")
        return name, connection.rows(f"SELECT {name}(1)")[0][0]


def test_a_function_is_known_by_what_it_does(database: Database) -> None:
    one, two, again = (result(database, adding(n)) for n in (1, 2, 1))
    assert (one[1], two[1]) == (2, 3)
    assert one == again and one[0] != two[0]


def test_a_long_lived_database_holds_a_bounded_number_of_functions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel, "IDLE_FUNCTIONS", 3)
    for n in range(10):
        assert result(database, adding(n))[1] == 1 + n
    with database.connection("UTC") as connection:
        mine = "SELECT count(*) FROM duckdb_functions() WHERE function_name LIKE 'add\\_%' ESCAPE '\\'"
        assert connection.rows(mine)[0][0] <= 4


def test_a_function_in_use_is_not_dropped(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "IDLE_FUNCTIONS", 1)
    with database.connection("UTC") as connection:
        name = connection.define("add", adding(100), ["BIGINT"], "BIGINT")
        for n in range(5):
            result(database, adding(n))
        assert connection.rows(f"SELECT {name}(1)") == [(101,)]


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (0.0, -0.0), ((1,), (True,)), ("a", b"a"), (partial(max, 1), partial(max, 2)), ([1], [1])],
)
def test_what_differs_has_another_identity(one: Any, other: Any) -> None:
    assert identity(adding(one)) != identity(adding(other))


def test_equal_bodies_have_one_identity() -> None:
    for value in (1, 1.5, (1, "a"), partial(max, 1, key=len), None):
        assert identity(adding(value)) == identity(adding(value))


def test_a_function_that_holds_itself_has_an_identity() -> None:
    def recursive(n: int) -> int:
        return recursive(n - 1) if n else 0

    assert identity(recursive) == identity(recursive)


def test_a_connection_that_cannot_be_reset_is_thrown_away(database: Database) -> None:
    with database.connection("UTC") as connection:
        connection.register("input0", pa.table({"a": [1]}))
        connection.at_reset("DROP TABLE there_is_none")
    with database.connection("UTC") as another:
        assert another is not connection
        assert another.rows("SELECT 1") == [(1,)]
        with pytest.raises(SparkError):
            another.rows("SELECT * FROM input0")


def test_idle_connections_are_bounded_over_all_zones(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel, "IDLE_CONNECTIONS", 3)
    first = database.acquire("+01:00")
    database.release(first)
    for hour in range(2, 10):
        database.release(database.acquire(f"+{hour:02}:00"))
    assert sum(map(len, database._idle.values())) == 3
    assert len(database._idle) == 3
    assert database.acquire("+01:00") is not first


def test_threads_and_memory_are_those_this_process_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = Path("/proc/self/cgroup").read_text().partition("0::/")[2].partition("\n")[0]
    inner = tmp_path / group / "inner"
    inner.mkdir(parents=True)
    monkeypatch.setattr(kernel, "CONTROL_GROUPS", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)))
    assert default_threads() == 8
    (tmp_path / "cpu.max").write_text("250000 100000\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    assert (default_threads(), default_memory_limit()) == (3, 600_000)
    (tmp_path / "cpu.max").write_text("max 100000\n")
    assert default_threads() == 8
