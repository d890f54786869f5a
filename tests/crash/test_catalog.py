"""A statement that changes the catalog and data leaves both as they were or as they shall be, wherever it is killed.

A child process runs it and kills itself by SIGKILL before its n-th step, for every n there is: a step is a renaming, a
removal, or the beginning or the commit of a transaction. Another child then looks, as the next program would.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import glowplug.kernel.database
import glowplug.query
import glowplug.session.commands
import glowplug.sql.statements  # noqa: F401
from glowplug.plan.commands import Command, SQLStatement, WriteTable
from glowplug.plan.relations import SQLText

OLD, NEW = [[1, "a"], [2, "b"]], [[7, 70], [8, 80], [9, 90]]
NEW_ROWS = "SELECT id + 7 AS x, (id + 7) * 10 AS y FROM range(3)"


def session(warehouse: Path) -> Any:
    from glowplug.config import Conf
    from glowplug.session.engine import Engine
    from glowplug.session.session import Session

    start = {"spark.glowplug.threads": "1", "spark.glowplug.memory.limit": "256m"}
    return Session(Engine(start), "crash", conf=Conf({**start, "spark.sql.warehouse.dir": str(warehouse)}))


def run(warehouse: Path, *commands: str | Command) -> Any:
    from glowplug import query
    from glowplug.execute.operation import Operation

    with contextlib.closing(session(warehouse)) as s:
        for command in commands:
            statement = SQLStatement(SQLText(command)) if isinstance(command, str) else command
            query.run(statement, s, Operation("crash"))


def rows(warehouse: Path, name: str) -> list[list[Any]] | None:
    """The table's rows in order, None where there is no table."""
    from glowplug import query
    from glowplug.errors import AnalysisError
    from glowplug.execute.operation import Operation

    with contextlib.closing(session(warehouse)) as s:
        try:
            result = query.execute(SQLText(f"SELECT * FROM {name} ORDER BY 1"), s, Operation("look"))
        except AnalysisError as error:
            assert error.condition == "TABLE_OR_VIEW_NOT_FOUND"
            return None
        return [list(row) for b in result.batches for row in zip(*(c.to_pylist() for c in b.columns), strict=True)]


def in_child(work: Callable[[], Any]) -> tuple[bool, Any]:
    """Whether a child that does the work lived to the end, and what it found."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = json.dumps(work())
        except BaseException as error:
            answer = json.dumps({"failed": repr(error)})
        os.write(writer, answer.encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as stream:
        text = stream.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return False, None
    found = json.loads(text)
    assert not (isinstance(found, dict) and "failed" in found), found
    return True, found


@contextlib.contextmanager
def killed_before(step: int) -> Iterator[None]:
    """This process ends before its `step`-th operation on directories or transactions."""
    from glowplug.catalog import store

    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            due()
            return original(*args, **kwargs)

        return call

    def due() -> None:
        nonlocal count
        count += 1
        if count == step:
            os.kill(os.getpid(), signal.SIGKILL)

    transaction = store._transaction

    @contextlib.contextmanager
    def watched(connection: Any) -> Iterator[None]:
        due()
        with transaction(connection):
            yield
            due()

    for module, name in ((os, "rename"), (os, "unlink"), (shutil, "rmtree")):
        setattr(module, name, counted(getattr(module, name)))
    store._transaction = watched
    yield


CTAS = f"CREATE TABLE t AS {NEW_ROWS}"
SCENARIOS: dict[str, tuple[tuple[str | Command, ...], str | Command, dict[str, tuple[Any, ...]]]] = {
    # what is there before, what is killed, and for each table what may be found afterwards (old, new)
    "create table as select": ((), CTAS, {"t": (None, NEW)}),
    "partitioned": ((), f"CREATE TABLE t USING parquet PARTITIONED BY (y) AS {NEW_ROWS}", {"t": (None, NEW)}),
    "overwrite by save as table": (
        ("CREATE TABLE t AS SELECT * FROM VALUES (1, 'a'), (2, 'b') AS v(k, s)",),
        WriteTable(SQLText(NEW_ROWS), ("t",), "save_as_table", "overwrite"),
        {"t": (OLD, NEW)},
    ),
    "insert into partitions": (
        ("CREATE TABLE p (x BIGINT, y BIGINT) PARTITIONED BY (y)", "INSERT INTO p VALUES (1, 70)"),
        f"INSERT INTO p {NEW_ROWS}",
        {"p": ([[1, 70]], [[1, 70], *NEW])},
    ),
    "drop": ((CTAS,), "DROP TABLE t", {"t": (NEW, None)}),
    "rename": ((CTAS,), "ALTER TABLE t RENAME TO u", {"t": (NEW, None), "u": (None, NEW)}),
}


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_kill_leaves_the_old_or_the_new(name: str, tmp_path: Path) -> None:
    before, killed, expected = SCENARIOS[name]
    outcomes = set[int]()
    for step in range(1, 200):
        warehouse = tmp_path / str(step)
        in_child(lambda at=warehouse: run(at, *before))  # type: ignore[misc]

        def work(at: Path = warehouse, n: int = step) -> None:
            with killed_before(n):
                run(at, killed)

        lived, _ = in_child(work)
        _, found = in_child(lambda at=warehouse: {table: rows(at, table) for table in expected})  # type: ignore[misc]
        fits = [i for i in (0, 1) if all(found[t] == states[i] for t, states in expected.items())]
        assert fits, f"killed before step {step}: {found}"
        outcomes.add(fits[0])
        # The next change cleans up, and the name can be used again.
        _, again = in_child(lambda at=warehouse: run(at, "DROP TABLE IF EXISTS t", CTAS) or rows(at, "t"))  # type: ignore[misc]
        assert again == NEW
        assert not [p.name for p in warehouse.iterdir() if p.name.startswith(".glowplug-")]
        assert not list((warehouse / ".glowplug").glob("*.lock"))
        if lived:
            assert outcomes == {0, 1}, "the kills did not reach both sides of the change"
            return
    raise AssertionError("there is no end of steps")
