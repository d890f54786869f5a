"""Deletion vectors: their descriptions in the log, and the rows that they take away."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from glowplug.errors import ExecutionError
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.lake.delta import snapshot as s
from glowplug.lake.delta.actions import DeletionVector
from glowplug.lake.delta.vectors import rows_gone

WRITTEN = Path(__file__).parents[2] / "integration/delta/tables/dv"  # by Apache Spark
FILE = "part-00000-b3e82f73-8d2b-43e0-9f7d-64262b450e67-c000.snappy.parquet"
INLINE = DeletionVector("i", "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L", None, 44, 6)


@pytest.fixture
def table(tmp_path: Path) -> Place:
    shutil.copytree(WRITTEN, tmp_path / "t")
    return Place(LOCAL, str(tmp_path / "t"))


def test_rows_of_each_kind_of_vector(table: Place) -> None:
    (first,), (second,) = (s.load(table, v).descriptors().values() for v in (2, 3))
    name = "deletion_vector_1ee858a0-b12f-4da8-a2cf-6bfb11a25e1b.bin"
    absolute = replace(first, storage="p", place=f"file:{table.path}/{name}")
    given = {"one": first, "other": second, "absolute": absolute, "inline": INLINE}
    found = {key: rows.to_pylist() for key, rows in rows_gone(given, table)}
    assert found == {"one": [3, 5], "other": [3, 5, 7], "absolute": [3, 5], "inline": [3, 4, 7, 11, 18, 29]}


@pytest.mark.parametrize(
    "wrong",
    [{"offset": 2}, {"size": 37}, {"size": 2000}, {"cardinality": 4}, {"place": "ab0" + "0" * 20}, {"storage": "i"}],
)
def test_a_vector_that_is_damaged(table: Place, wrong: dict[str, object]) -> None:
    (vector,) = s.load(table).descriptors().values()
    with pytest.raises((OSError, ValueError)):
        list(rows_gone({"": replace(vector, **wrong)}, table))  # type: ignore[arg-type]


def test_a_file_of_vectors_that_is_torn(table: Place) -> None:
    (_, second) = sorted(Path(table.path).glob("*.bin"))
    second.write_bytes(second.read_bytes()[:-1])
    with pytest.raises(ExecutionError) as error:
        list(s.load(table).vectors())
    assert error.value.condition == "DELTA_STATE_RECOVER_ERROR"
    assert list(s.load(table).vectors({"another file"})) == []


def test_descriptions_in_a_checkpoint(table: Place) -> None:
    """Only files with vectors become Python objects."""
    whole = s.load(table)
    whole.handle.create_checkpoint()
    (table / f"_delta_log/{3:020}.json").remove()
    assert [f["path"] for f in s.said(table, 3, "add", "deletionVector")] == [FILE]
    assert len(list(s.said(table, 3, "add"))) == 2
    assert s.load(table).descriptors() == whole.descriptors() != {}
    assert {p: rows.to_pylist() for p, rows in s.load(table).vectors()} == {f"{table.path}/{FILE}": [3, 5, 7]}
