"""A change of a Delta table leaves the old version or the new, wherever it is killed, and nothing that is in the way.

A child process runs it and kills itself by SIGKILL before its n-th step, for every n there is: a step is a file linked,
moved, removed or forced to disk. The steps are gone through by a process of its own, for the library's threads do not
survive a fork: it must not be at work in the process that forks.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = "(SELECT * FROM VALUES (2L, 'B'), (3L, 'c') AS x(id, v))"
OLD = [[1, "a"], [2, "b"]]
# What is killed ({0} is the table), and the rows that it leaves when it is not.
SCENARIOS: dict[str, tuple[str, list[list[Any]]]] = {
    "append": ("INSERT INTO {0} VALUES (3, 'c')", [*OLD, [3, "c"]]),
    "merge": (
        f"MERGE INTO {{0}} t USING {SOURCE} s ON t.id = s.id "
        "WHEN MATCHED THEN UPDATE SET * WHEN NOT MATCHED THEN INSERT *",
        [[1, "a"], [2, "B"], [3, "c"]],
    ),
}


@contextlib.contextmanager
def killed_before(step: int) -> Iterator[None]:
    """This process ends before its `step`-th operation on files."""
    count = 0

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **kwargs)

        return call

    for module, name in (
        (os, "rename"),
        (os, "link"),
        (os, "unlink"),
        (os, "fsync"),
        (os, "makedirs"),
        (shutil, "rmtree"),
    ):
        setattr(module, name, counted(getattr(module, name)))
    yield


def go_through(name: str, directory: Path) -> None:
    from tests.crash.test_catalog import in_child, rows, run

    statement, new = SCENARIOS[name]
    made, warehouse = directory / "made", directory / "warehouse"

    def make() -> None:
        table = f"delta.`{made}`"
        run(warehouse, f"CREATE TABLE m USING delta LOCATION '{made}' AS SELECT * FROM VALUES (1L, 'a'), (2L, 'b') AS x(id, v)",
            f"ALTER TABLE {table} SET TBLPROPERTIES ('delta.checkpointInterval' = '2')")  # fmt: skip

    in_child(make)
    outcomes = set[int]()
    for step in range(1, 200):
        path = directory / str(step)
        shutil.copytree(made, path)
        table = f"delta.`{path}`"

        def work(table: str = table, n: int = step) -> None:
            with killed_before(n):
                run(warehouse, statement.format(table))

        def look(table: str = table) -> Any:
            found = rows(warehouse, table)
            run(warehouse, f"INSERT INTO {table} VALUES (7, 'later')")
            return found, rows(warehouse, table)

        lived, _ = in_child(work)
        _, (found, after) = in_child(look)
        assert found in (OLD, new), f"killed before step {step}: {found}"
        assert after == sorted([*found, [7, "later"]])
        outcomes.add(0 if found == OLD else 1)
        if lived:
            assert outcomes == {0, 1}, "the kills did not reach both sides of the change"
            return
    raise AssertionError("there is no end of steps")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_kill_leaves_the_old_or_the_new(name: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-m", "tests.crash.test_delta", name, str(tmp_path)],
        cwd=root, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


if __name__ == "__main__":
    go_through(sys.argv[1], Path(sys.argv[2]))
