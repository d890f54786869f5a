"""The newest snapshot of a table is kept, and never outlives what it was read from."""

from __future__ import annotations

import shutil
from pathlib import Path

import deltalake
import pyarrow as pa
import pytest

from glowplug.config import Conf
from glowplug.errors import SparkError
from glowplug.io.place import place_of
from glowplug.lake.delta.newest import newest
from glowplug.lake.delta.snapshot import LOG


def _append(path: str, value: int) -> None:
    deltalake.write_deltalake(path, pa.table({"v": [value]}), mode="append")


def test_the_newest_snapshot_is_read_once_for_each_version(tmp_path: Path) -> None:
    path, root = str(tmp_path / "t"), place_of(str(tmp_path / "t"), Conf())
    _append(path, 1)
    first = newest(root)
    assert newest(root) is first
    _append(path, 2)  # by somebody else
    assert (newest(root).version, newest(root).files.num_rows) == (1, 2)
    assert newest(root) is newest(root)


def test_another_table_at_the_place_is_another_snapshot(tmp_path: Path) -> None:
    path, root = str(tmp_path / "t"), place_of(str(tmp_path / "t"), Conf())
    _append(path, 1)
    first = newest(root)
    shutil.rmtree(path)
    with pytest.raises(SparkError):
        newest(root)
    _append(path, 1)
    assert newest(root).version == first.version == 0
    assert newest(root).metadata.id != first.metadata.id


def test_a_log_that_is_damaged_later_is_told_of_when_it_grows(tmp_path: Path) -> None:
    path, root = str(tmp_path / "t"), place_of(str(tmp_path / "t"), Conf())
    _append(path, 1)
    newest(root)
    (tmp_path / "t" / LOG / f"{1:020}.json").write_text("{")
    with pytest.raises(SparkError, match="DELTA_STATE_RECOVER_ERROR"):
        newest(root)
