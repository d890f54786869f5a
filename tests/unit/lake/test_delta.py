"""The parts of Delta tables that need no kernel: statistics, partition values, versions and their times, the log."""

from __future__ import annotations

import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import deltalake
import pyarrow as pa
import pytest

from glowplug.config import Conf
from glowplug.errors import AnalysisError, ExecutionError
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place, place_of
from glowplug.io.streams.log import MetadataLog
from glowplug.lake.delta import actions as a
from glowplug.lake.delta.commit import Conflict, Draft, Reads, commit
from glowplug.lake.delta.snapshot import at_suffix, load, numbers, version_at, versions
from glowplug.lake.delta.staged import _partition_value, statistics
from glowplug.lake.delta.tracking import check_location
from glowplug.types import DATE, DOUBLE, INT, LONG, STRING, TIMESTAMP, ArrayType, DecimalType, StructField, StructType

NESTED = StructType((StructField("x", INT), StructField("y.z", STRING), StructField("l", ArrayType(INT))))


def test_statistics() -> None:
    columns = {
        '"a"': {"min": "1", "max": "9", "null_count": "2"},
        '"s"': {"min": "b" * 40, "max": "c" * 40, "null_count": "0"},
        '"d"': {"min": "-inf", "max": "1.5", "null_count": "0", "has_nan": "false"},
        '"n"': {"min": "0.5", "max": "1.5", "null_count": "1", "has_nan": "true"},
        '"t"': {"min": "2024-01-01 01:00:00.1239+01", "max": "2024-01-01 00:00:00+00", "null_count": "0"},
        '"w"': {"min": "-10000-01-01", "max": "2024-01-01", "null_count": "0"},
        '"m"': {"min": "12345678901234567890.10", "max": "12345678901234567890.10", "null_count": "0"},
        '"q"."x"': {"min": "1", "max": "2", "null_count": "0"},
        '"q"."y.z"': {"null_count": "3"},
        '"q"."l"': {"null_count": "0"},  # of which the kernel does not count those in structs that are NULL
    }
    types = {
        "a": LONG,
        "s": STRING,
        "d": DOUBLE,
        "n": DOUBLE,
        "t": TIMESTAMP,
        "w": DATE,
        "m": DecimalType(38, 2),
        "q": NESTED,
    }
    text = statistics(3, columns, [StructField(n, t) for n, t in types.items()], -1)
    assert '"m":12345678901234567890.10' in text  # with all digits
    found = json.loads(text)
    assert found["minValues"].keys() == {"a", "s", "t", "m", "q"}
    assert (found["minValues"]["s"], found["maxValues"]["s"]) == ("b" * 32, "c" * 32 + "\U0010ffff")
    assert found["minValues"]["t"] == "2024-01-01T00:00:00.123Z"
    assert found["nullCount"]["q"] == {"x": 0, "y.z": 3}
    assert json.loads(statistics(3, columns, [StructField(n, t) for n, t in types.items()], 1))["minValues"] == {"a": 1}


def test_partition_values_of_instants_are_in_utc() -> None:
    assert _partition_value("2024-06-01 12:00:00", TIMESTAMP) == "2024-06-01T12:00:00.000000Z"
    assert _partition_value("0001-06-01 12:00:00.5", TIMESTAMP) == "0001-06-01T12:00:00.500000Z"
    assert _partition_value(None, TIMESTAMP) is None
    assert _partition_value("x", STRING) == "x"


def test_paths_with_versions() -> None:
    assert at_suffix("/t@v12") == ("/t", 12)
    assert at_suffix("/t@20240131235958123") == ("/t", "2024-01-31 23:59:58.123")
    assert at_suffix("/t@home") == ("/t@home", None)


def made(path: Path) -> Place:
    info = a.CommitInfo("MAKE", {}, {}, 0, None, True, "test", "0")
    metadata = a.Metadata("id", StructType((StructField("a", INT),)), created=1)
    table = Place(LOCAL, str(path))
    assert commit(Draft(table, None, [info, a.Protocol(1, 2), metadata])) == 0
    return table


def info(name: str) -> a.CommitInfo:
    return a.CommitInfo(name, {}, {}, 0, 0, True, "test", name)


def test_times_of_versions_grow(tmp_path: Path) -> None:
    path = made(tmp_path)
    for _ in range(2):
        commit(Draft(path, load(path), [info("w")]))
    for version, second in enumerate((10, 5, 20)):
        os.utime(tmp_path / f"_delta_log/{version:020}.json", (second, second))
    assert versions(path) == [(0, 10_000), (1, 10_001), (2, 20_000)]
    assert numbers(path) == [0, 1, 2]
    utc = ZoneInfo("UTC")
    assert [version_at(path, t, utc) for t in (10_000, 10_001, 19_999, 20_000)] == [0, 1, 1, 2]
    for time in (9_999, 20_001):
        with pytest.raises(AnalysisError):
            version_at(path, time, utc)


def test_columns_are_written_down_below_the_checkpoint_whatever_the_scheme() -> None:
    settings = Conf()
    for place in ("s3://b/ck/_s", "s3a://b/ck/_s"):
        check_location(MetadataLog(place_of(place, settings)), place_of("s3a://b/ck", settings))
    check_location(MetadataLog(place_of("/c k%41/_s", settings)), place_of("file:/c k%41", settings))
    for place in ("s3://b/ck2/_s", "s3://b/ck", "/b/ck/_s"):
        with pytest.raises(AnalysisError) as refused:
            check_location(MetadataLog(place_of(place, settings)), place_of("s3a://b/ck", settings))
        assert refused.value.condition == "DELTA_STREAMING_SCHEMA_LOCATION_NOT_UNDER_CHECKPOINT"


def test_a_version_is_made_once(tmp_path: Path) -> None:
    path = made(tmp_path)
    base = load(path)
    add = a.AddFile("f ä.parquet", {}, 1, 1)
    assert commit(Draft(path, base, [info("one"), add])) == 1
    assert commit(Draft(path, base, [info("two")])) == 2  # rests on nothing that the other one changed
    with pytest.raises(Conflict):
        commit(Draft(path, base, [info("three")], Reads(appended=lambda added: True)))
    assert load(path).version == 2
    assert load(path).files["path"].to_pylist() == ["f ä.parquet"]
    assert not [p for p in (tmp_path / "_delta_log").iterdir() if p.suffix == ".tmp"]


def test_what_is_read_and_removed_by_others(tmp_path: Path) -> None:
    path = made(tmp_path)
    commit(Draft(path, load(path), [info("add"), a.AddFile("f", {}, 1, 1)]))
    base = load(path)
    removal = a.RemoveFile("f", 1, {}, 1)
    commit(Draft(path, base, [info("remove"), removal]))
    with pytest.raises(Conflict) as read:
        commit(Draft(path, base, [info("w")], Reads(frozenset(["f"]))))
    assert read.value.condition == "DELTA_CONCURRENT_DELETE_READ.WITHOUT_HINT"
    with pytest.raises(Conflict) as removed:
        commit(Draft(path, base, [info("w"), removal]))
    assert removed.value.condition == "DELTA_CONCURRENT_DELETE_DELETE.WITHOUT_HINT"
    assert removed.value.jvm_classes[0] == "io.delta.exceptions.ConcurrentDeleteDeleteException"


def test_a_version_is_made_though_its_name_may_be_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails after it is there is no failure of the commit: who heard of one would write it twice."""
    table = made(tmp_path)

    def fails(path: Path) -> None:
        raise OSError(5, "the disk")

    monkeypatch.setattr("glowplug.durable.sync", fails)
    info = a.CommitInfo("WRITE", {}, {}, 0, 0, True, "test", "1")
    assert commit(Draft(table, load(table), [info])) == 1
    assert load(table).version == 1
    monkeypatch.setattr("glowplug.durable.os.link", lambda source, path: fails(path))
    with pytest.raises(OSError, match="the disk"):
        commit(Draft(table, load(table), [info]))
    assert load(table).version == 1


def test_what_the_log_says_of_files_is_read_as_far_as_it_is_asked_for(tmp_path: Path) -> None:
    """Of the checkpoint only the fields that are named; a file of which it says nothing is missed."""
    for i in range(3):
        deltalake.write_deltalake(tmp_path, pa.table({"a": [i]}), mode="append")
        if i == 1:
            deltalake.DeltaTable(tmp_path).create_checkpoint()
    at = load(Place(LOCAL, str(tmp_path)))
    paths = at.files["path"].to_pylist()
    found = list(at.adds(paths, "size", "absent"))
    assert sorted(p for p, _ in found) == sorted(paths)
    assert found[-1][1].keys() == {"path", "size", "partitionValues"}
    assert all("stats" in f for _, f in at.adds(paths))
    with pytest.raises(ExecutionError, match="DELTA_STATE_RECOVER_ERROR"):
        list(at.adds([*paths, "gone.parquet"]))
