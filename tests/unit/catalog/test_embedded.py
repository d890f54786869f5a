"""The embedded catalog: entries as they were kept, changes as a whole, and no file before there is something in it."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from glowplug.catalog import store
from glowplug.catalog.codec import decode, encode
from glowplug.catalog.embedded import Embedded
from glowplug.catalog.table import (
    Bucketing,
    ColumnStatistics,
    Identifier,
    Namespace,
    Partition,
    PersistentFunction,
    Statistics,
    Table,
    View,
)
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.sql import parse_schema
from glowplug.types import INT, StructField

T = Identifier("spark_catalog", ("default",), "t")
SCHEMA = parse_schema("a INT NOT NULL, b ARRAY<STRUCT<c: DECIMAL(10,2), d: CHAR(3)>>, e MAP<STRING, DATE>")
SCHEMA = replace(SCHEMA, fields=(*SCHEMA.fields, StructField("f", INT, True, '{"CURRENT_DEFAULT":"1 + 1"}')))
FULL = Table(
    T,
    "view",
    SCHEMA,
    "parquet",
    ("a",),
    Bucketing(3, ("a",), ("b",)),
    (("a", "x"),),
    "file:/x",
    (("k", "v"),),
    (("p", "q"),),
    "comment",
    "me",
    12,
    "by",
    "UTF8_LCASE",
    Statistics(10, None, (("a", ColumnStatistics(1, "0", None, 3)),)),
    View("SELECT 1", "spark_catalog", ("default",), (("s", "t"),), ("c",), "evolution"),
    7,
)


@pytest.fixture
def catalog(tmp_path: Path) -> Embedded:
    return Embedded(f"file:{tmp_path}/warehouse")


@pytest.mark.parametrize(
    "noun",
    [
        FULL,
        Table(T, "managed", SCHEMA),
        Namespace("spark_catalog", ("s",), "file:/s", "c", "me", (("k", "v"),)),
        Partition(("1", None), "file:/p", 5, Statistics(1, 2)),
        PersistentFunction(T, SCHEMA, INT, "x + 1", False, False, "spark_catalog", ("default",), (("k", "v"),)),
        PersistentFunction(T, SCHEMA, SCHEMA, "SELECT 1", True, True, "spark_catalog", ("default",), ()),
    ],
)
def test_nouns_come_back_from_json(noun: Table) -> None:
    assert decode(encode(noun), type(noun)) == noun


def test_an_entry_of_an_older_version_has_the_new_fields_defaults() -> None:
    assert decode('{"catalog": "c", "name": ["s"]}', Namespace) == Namespace("c", ("s",))


def test_reading_makes_no_file(catalog: Embedded, tmp_path: Path) -> None:
    assert [n.name for n in catalog.namespaces()] == [("default",)]
    assert catalog.table(T) is None
    assert catalog.functions(("default",)) == []
    assert not list(tmp_path.iterdir())


def test_a_removed_warehouse_is_an_empty_one(catalog: Embedded, tmp_path: Path) -> None:
    catalog.create_table(replace(FULL, kind="external"))
    assert catalog.table(T) is not None
    shutil.rmtree(tmp_path / "warehouse")
    assert catalog.table(T) is None
    catalog.create_table(replace(FULL, kind="external"))
    assert catalog.table(T) is not None


def test_a_change_that_fails_changes_nothing(catalog: Embedded) -> None:
    catalog.create_table(FULL)
    before = catalog.table(T)

    def failing(table: Table) -> Table:
        raise ValueError

    with pytest.raises(ValueError):
        catalog.alter_table(T, failing)
    assert catalog.table(T) == before
    catalog.alter_table(T, lambda t: replace(t, comment="new"))
    after = catalog.table(T)
    assert after is not None and before is not None
    assert after.comment == "new" and after.version > before.version


def test_data_that_was_abandoned_is_gone(catalog: Embedded, tmp_path: Path) -> None:
    table = replace(FULL, kind="managed", view=None, location=catalog.new_location(T))
    staged = Path(catalog.stage(table))
    staged.mkdir(parents=True)
    catalog.abandon(str(staged))
    assert not staged.exists()
    assert catalog.table(T) is None


def test_of_two_that_make_a_table_one_wins(catalog: Embedded, tmp_path: Path) -> None:
    other = Embedded(f"file:{tmp_path}/warehouse")  # as another process has it
    table = replace(FULL, kind="managed", view=None, location=catalog.new_location(T))
    places = []
    for each, text in ((catalog, "first"), (other, "second")):
        places.append(each.stage(table))
        Path(places[-1]).mkdir(parents=True)
        (Path(places[-1]) / "data").write_text(text)
    catalog.publish(table, places[0], ())
    with pytest.raises(AnalysisError, match="TABLE_OR_VIEW_ALREADY_EXISTS"):
        other.publish(table, places[1], ())
    other.abandon(places[1])
    assert (tmp_path / "warehouse" / "t" / "data").read_text() == "first"
    assert sorted(p.name for p in (tmp_path / "warehouse").iterdir()) == [".glowplug", "t"]


def test_who_changes_it_for_too_long_is_named(
    catalog: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog.create_table(FULL)
    (changing,) = tmp_path.rglob("changing")
    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.1)
    lock = store._lock_soon(changing)
    with pytest.raises(ExecutionError, match=f"process {os.getpid()} on "):
        catalog.drop_table(T)
    assert catalog.table(T) is not None  # reading waits for nobody
    os.close(lock)
    catalog.drop_table(T)


def test_the_name_of_who_changes_it_is_only_a_hint(
    catalog: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store, "_BUSY_SECONDS", 0.1)
    monkeypatch.setattr(os, "pwrite", full)
    catalog.create_table(FULL)  # takes locks, and gives them back
    catalog.drop_table(T)
    (changing,) = tmp_path.rglob("changing")
    lock = store._lock_soon(changing)
    with pytest.raises(ExecutionError, match=r"process \(unknown\)"):
        catalog.create_table(FULL)
    monkeypatch.setattr(Path, "read_text", lambda path: str(path.with_suffix(".gone").read_bytes()))  # as if removed
    with pytest.raises(ExecutionError, match=r"process \(unknown\)"):
        catalog.create_table(FULL)
    os.close(lock)


def test_a_warehouse_elsewhere_has_nothing_and_takes_nothing() -> None:
    catalog = Embedded("s3://bucket/warehouse")
    assert catalog.table(T) is None
    assert catalog.namespaces()[0].location == "s3://bucket/warehouse"
    with pytest.raises(AnalysisError, match="UNSUPPORTED_FEATURE"):
        catalog.create_table(FULL)


def test_a_file_that_is_no_catalog_is_told_by_name(tmp_path: Path) -> None:
    place = tmp_path / "warehouse" / ".glowplug"
    place.mkdir(parents=True)
    (place / "catalog.sqlite").write_text("this is no database, however long it may be" * 100)
    with pytest.raises(Exception, match=r"catalog\.sqlite cannot be used"):
        Embedded(f"file:{tmp_path}/warehouse").table(T)
