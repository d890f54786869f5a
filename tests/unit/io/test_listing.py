"""Paths, globs, partitions and pruning."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from glowplug.errors import SparkError
from glowplug.io.filesystem import LOCAL, is_hidden
from glowplug.io.globs import expand, glob_pattern
from glowplug.io.partitions import escape, unescape
from glowplug.plan.expressions import Attribute, Literal
from glowplug.types import INT, LONG
from tests.unit.io.conftest import Files


@pytest.mark.parametrize(
    ("glob", "matches", "others"),
    [
        ("*.csv", ["a.csv", ".csv"], ["a.csvx", "a"]),
        ("a?", ["ab"], ["a", "abc"]),
        ("[ab]", ["a", "b"], ["c", "ab"]),
        ("[^a]", ["b"], ["a"]),
        ("[a-c]x", ["bx"], ["dx"]),
        ("{ab,c}d", ["abd", "cd"], ["abcd", "d"]),
        ("{a{b,c},d}", ["ab", "ac", "d"], ["a"]),
        ("a\\*", ["a*"], ["ab"]),
        ("a.b", ["a.b"], ["axb"]),
        ("a+(b)|c", ["a+(b)|c"], ["aab", "c"]),
    ],
)
def test_globs(glob: str, matches: list[str], others: list[str]) -> None:
    pattern = glob_pattern(glob)
    assert all(pattern.match(m) for m in matches)
    assert not any(pattern.match(o) for o in others)


@pytest.mark.parametrize("glob", ["[a", "{a", "[z-a]"])
def test_globs_that_are_not_closed(glob: str) -> None:
    with pytest.raises(SparkError, match="INVALID_GLOB"):
        glob_pattern(glob)


def test_groups_with_slashes(tmp_path: Path) -> None:
    for name in ("a/b", "c", "a/d"):
        (tmp_path / name).mkdir(parents=True)
    assert expand(LOCAL, f"{tmp_path}/{{a/b,c}}") == [f"{tmp_path}/a/b", f"{tmp_path}/c"]


def test_hidden_names() -> None:
    assert all(map(is_hidden, ("_SUCCESS", "_temporary", ".x", "a._COPYING_")))
    assert not any(map(is_hidden, ("_a=1", "_metadata", "_common_metadata", "a_", "a.b")))


@pytest.mark.parametrize("text", ["a/b", "x=1", "100%", "a b", "é", "'\"", "\n", "[a]", "a:b?c#d*e\\f{g^h"])
def test_partition_names_come_back(text: str) -> None:
    assert "/" not in escape(text) and "=" not in escape(text)
    assert unescape(escape(text)) == text


def test_names_that_the_kernel_could_take_for_globs(files: Files, tmp_path: Path) -> None:
    for number, name in enumerate(["a[1]*.parquet", "a1b.parquet", "b?.parquet", "bc.parquet", "d'e.parquet"]):
        files.kernel.execute(f"COPY (SELECT {number} AS n) TO '{tmp_path}/{name.replace(chr(39), chr(39) * 2)}'")
    found = {r[1].rpartition("/")[2]: r[0] for r in _with_paths(files, tmp_path)}
    assert found == {"a%5B1%5D*.parquet": 0, "a1b.parquet": 1, "b%3F.parquet": 2, "bc.parquet": 3, "d'e.parquet": 4}


def _with_paths(files: Files, path: Path) -> list[Any]:
    source = files.source("parquet", path)
    return files.kernel.rows(f"SELECT n, _metadata.file_path FROM ({source.sql(['n', '_metadata'], files.kernel)})")


def test_pruning_asks_once_for_each_partition(files: Files, tmp_path: Path) -> None:
    files.write("parquet", tmp_path / "t", "SELECT range a, range % 5 p FROM range(50)", "a BIGINT, p INT",
                partition_by=("p",))  # fmt: skip
    source = files.source("parquet", tmp_path / "t")
    a, p = Attribute("a", LONG, True, 1), Attribute("p", INT, True, 2)
    asked: list[Any] = []

    def evaluate(conditions: Any, columns: Any, table: pa.Table) -> list[bool]:
        asked.append((tuple(conditions), tuple(columns), table.column(0).to_pylist()))
        return [v == 3 for v in table.column(0).to_pylist()]

    assert source.prune([a], [a, p], evaluate) is source
    pruned = source.prune([p, a, Literal(True)], [a, p], evaluate)
    assert len(pruned.input_files()) == 1 and "/p=3/" in pruned.input_files()[0]
    assert asked == [((p,), (p,), [0, 1, 2, 3, 4])]
    assert sorted(r[0] for r in files.rows(pruned, "a")) == list(range(3, 50, 5))


def test_no_files_are_no_rows(files: Files, tmp_path: Path) -> None:
    source = files.source("parquet", tmp_path, schema="a INT, s STRUCT<x: DATE>")
    assert files.rows(source) == []
    assert files.kernel.rows(f"SELECT count(*) FROM ({source.sql([], files.kernel)})") == [(0,)]


def test_missing_files(files: Files, tmp_path: Path) -> None:
    for ignore, rows in ((True, [(2,)]), (False, None)):
        for n in (1, 2):
            files.kernel.execute(f"COPY (SELECT {n} AS n) TO '{tmp_path}/{n}.parquet'")
        source = files.source("parquet", tmp_path, ignoreMissingFiles=ignore)
        (tmp_path / "1.parquet").unlink()
        if rows is not None:
            assert files.rows(source) == rows
        else:
            with pytest.raises(SparkError, match="FAILED_READ_FILE"):
                files.rows(source)


def test_directory_without_permission(files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(type(LOCAL), "list", lambda self, path: refuse(path))
    with pytest.raises(SparkError, match="FAILED_READ_FILE.NO_HINT.*Permission denied"):
        files.source("parquet", tmp_path)
    with pytest.raises(SparkError, match="TASK_WRITE_FAILED.*Permission denied"):
        files.write("parquet", tmp_path, "SELECT 1", "a INT", mode="append")
    monkeypatch.setattr(type(LOCAL), "begin_staging", lambda self, path: refuse(path))
    with pytest.raises(SparkError, match="TASK_WRITE_FAILED.*Permission denied"):
        files.write("parquet", tmp_path / "t", "SELECT 1", "a INT")
