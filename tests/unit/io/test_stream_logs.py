"""Logs that compact: every entry is there, whichever files are read for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from glowplug.errors import SparkError
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.io.sink_log import SinkLog
from glowplug.io.streams import log
from glowplug.io.streams.file import SourceLog


def test_entries_between_any_two_batches(tmp_path: Path) -> None:
    source = SourceLog(Place(LOCAL, str(tmp_path)))
    for n in range(25):
        source.add(n, [{"path": f"file:///{n}", "timestamp": n, "batchId": n}])
    assert {p.name for p in source.files().values() if "." in p.name} == {"9.compact", "19.compact"}
    assert [e["batchId"] for e in source.entries()] == list(range(25))
    for first in range(-1, 25):
        for last in range(first, 25):
            assert [e["batchId"] for e in source.between(first, last)] == list(range(first + 1, last + 1))


def test_the_entries_of_one_batch_are_read_from_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, opened = SourceLog(Place(LOCAL, str(tmp_path))), []
    for n in range(15):
        source.add(n, [{"path": f"file:///{n}", "timestamp": n, "batchId": n}])
    lines_of = log.lines_of
    monkeypatch.setattr(log, "lines_of", lambda path: opened.append(path.name) or lines_of(path))
    assert [e["batchId"] for e in source.between(13, 14)] == [14]
    assert opened == ["14"]


def test_what_a_sink_took_back_is_not_in_a_compact_file(tmp_path: Path) -> None:
    sink = SinkLog(Place(LOCAL, str(tmp_path)))
    sink.add_files(0, [("file:///é", 1, 1), ("file:///b", 1, 1)])
    sink.add(1, [{"path": "file:///b", "action": "delete"}])
    for n in range(2, 12):
        sink.add_files(n, [])
    sink.add_files(12, [("file:///c", 1, 1)])
    assert sink.uris() == ["file:///é", "file:///c"]
    assert (sink.root / "9.compact").read().count(b"\n") == 1
    with pytest.raises(SparkError, match="CONCURRENT_STREAM_LOG_UPDATE"):
        sink.add_files(9, [])
