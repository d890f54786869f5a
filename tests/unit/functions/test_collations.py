"""What the recordings of Apache Spark in tests/parity/relations/collations.py do not ask."""

from __future__ import annotations

import json

import pytest

from glowplug import collations
from glowplug.errors import ExecutionError
from glowplug.functions import collated_texts as texts
from glowplug.types import ArrayType, StringType, StructField, StructType
from glowplug.types_json import from_json, to_json


def lower_case(text: str) -> texts.Text:
    return texts.text(list(text), [c.lower() for c in text], False)


def test_every_name_is_the_name_of_its_collation() -> None:
    names = [c.name for c in collations.every()]
    assert len(set(names)) == len(names)
    assert [collations.named(n.lower()) for n in names] == names


@pytest.mark.parametrize("name", ["", "ci", "unicode__xx", "de_ci_cs", "utf8_lcase_ai", "rtrim"])
def test_what_is_no_collation(name: str) -> None:
    with pytest.raises(ExecutionError, match="COLLATION_INVALID_NAME"):
        collations.parse(name)


def test_a_schema_s_collations_stand_in_metadata_and_come_back() -> None:
    fields = (StructField("x", StringType("UTF8_LCASE")), StructField("l", ArrayType(StringType("de_CI"))))
    schema = StructType((*fields, StructField("s", StructType(fields))))
    written = to_json(schema)
    assert written["fields"][1]["metadata"] == {"__COLLATIONS": {"l.element": "icu.de_CI"}}
    assert written["fields"][0]["type"] == "string"
    assert from_json(json.dumps(written)) == schema


def test_places_do_not_overlap() -> None:
    assert texts.split(lower_case("aAaA"), lower_case("aa")) == ["", "", ""]
    assert texts.replace(lower_case("AaA"), lower_case("aa"), "-") == "-A"


def test_characters_are_trimmed_at_one_end_or_both() -> None:
    assert texts.trim(lower_case("xXaXx"), lower_case("x"), True, False) == "aXx"
    assert texts.trim(lower_case("xXaXx"), lower_case("x"), True, True) == "a"
    assert texts.trim(lower_case("xX"), lower_case("x"), False, True) == ""
