"""What a stateful processor's variables may become from one run to the next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from glowplug.errors import SparkError
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.streaming.state.variables import Variables


def taken(path: Path, schema: str, *deleted: str, kind: str = "value", **also: Any) -> Variables:
    variables = Variables(Place(LOCAL, str(path)))
    asked = {} if "v" in deleted else {"v": {"kind": kind, "key": None, "schema": schema, "ttl": None, **also}}
    variables.take(asked, deleted, "none")
    return variables


@pytest.mark.parametrize("name", ["$timers", "$", "", " v", "default"])
def test_names_that_are_not_to_be_had(tmp_path: Path, name: str) -> None:
    asked = {name: {"kind": "value", "key": None, "schema": "a INT", "ttl": None}}
    with pytest.raises(SparkError, match="STATE_STORE_CANNOT_(CREATE|USE)_COLUMN_FAMILY_WITH"):
        Variables(Place(LOCAL, str(tmp_path / "v"))).take(asked, (), "none")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a INT", "a LONG"),
        ("a INT", "a DOUBLE"),
        ("a INT, b STRING", "b STRING, a INT"),
        ("a INT, b STRING", "a INT"),
        ("a INT", "a INT, b ARRAY<INT>"),
        ("s STRUCT<x: INT>", "s STRUCT<x: LONG, y: STRING>"),
        ("m MAP<STRING, INT>", "m MAP<STRING, LONG>"),
    ],
)
def test_fields_come_and_go_and_widen(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "variables.json"
    taken(path, old)
    assert len(taken(path, new).known["v"]["versions"]) == 2
    assert len(Variables(Place(LOCAL, str(path))).known["v"]["versions"]) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a LONG", "a INT"),
        ("a INT", "a STRING"),
        ("a INT", "a INT, b INT NOT NULL"),
        ("m MAP<STRING, INT>", "m MAP<INT, INT>"),
        ("a ARRAY<INT>", "a ARRAY<STRING>"),
    ],
)
def test_what_cannot_be_read_as_something_else(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "variables.json"
    taken(path, old)
    with pytest.raises(SparkError) as info:
        taken(path, new)
    assert info.value.condition == "STATE_STORE_INVALID_VALUE_SCHEMA_EVOLUTION"
    assert len(Variables(Place(LOCAL, str(path))).known["v"]["versions"]) == 1


def test_there_is_an_end_to_schemas(tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    for n in range(16):
        taken(path, f"a{n} INT")
    with pytest.raises(SparkError) as info:
        taken(path, "b INT")
    assert info.value.condition == "STATE_STORE_VALUE_SCHEMA_EVOLUTION_THRESHOLD_EXCEEDED"


def test_a_deleted_variable_is_known_until_its_rows_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    taken(path, "a INT")
    variables = taken(path, "", "v")
    assert variables.deleted == ["v"]
    assert (
        "v" in Variables(Place(LOCAL, str(path))).known
    )  # a crash here: a list of that name would find a value's rows
    variables.saved()
    assert "v" not in Variables(Place(LOCAL, str(path))).known


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "variables.json"
    taken(path, "a INT")
    path.write_text(path.read_text()[:10])
    with pytest.raises(SparkError, match=r"variables\.json"):
        Variables(Place(LOCAL, str(path)))
