"""Blocks of JSON texts: what they give is what the reader of single texts gives, or nothing.

By Arrow's reader here; by `glowplug-native`, which has its say on each text for itself, below.
"""

from __future__ import annotations

import json
import shutil

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glowplug.arrow import arrow_type
from glowplug.functions import json_native
from glowplug.functions.json_blocks import PAUSE, BlockReader, supported
from glowplug.functions.json_values import JsonOptions, JsonReader
from glowplug.functions.lowering import rows
from glowplug.sql import parse_schema

TYPE = parse_schema(
    "a INT, b BIGINT, c DOUBLE, d STRING, e BOOLEAN, f TIMESTAMP, g DATE, h TIMESTAMP_NTZ, i ARRAY<INT>,"
    " j STRUCT<a: STRING, b: ARRAY<DOUBLE>>, k TINYINT"
)
OPTIONS = JsonOptions()
assert supported(TYPE, OPTIONS)


@pytest.fixture(autouse=True, scope="module")
def without_native():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_native, "native", None)
        yield


def blocks(*texts: str, options: JsonOptions = OPTIONS, type=TYPE) -> list | None:
    """What the block reader finds, None where it gives up."""
    found = BlockReader(type, options)(pa.array(texts)).to_pylist()
    return None if found[0] is None else found


def singly(*texts: str, type=TYPE) -> list:
    return rows(JsonReader(type, OPTIONS), type)(pa.array(texts)).to_pylist()


NUMBERS = [
    "0",
    "-0",
    "1",
    "127",
    "128",
    "-1.5",
    "1e3",
    "1E-2",
    "2147483648",
    "9223372036854775808",
    "01",
    "1.",
    "1e400",
]
TIMES = ["2026-01-01", "2026-01-01T23", "2026-01-01 23:05", "2026-01-01T23:05:06", "2026-01-01T23:05:06.123456Z",
         "2026-01-01T23:05:06.1234567Z", "2026-02-30", "2026-01-01T24:00:00Z", "2026-01-01T23:05:06+05:30",
         "2026-01-01T23:05:06+18:30", "2026-01-01T23:05+05:30", "2026-01-01T23:05:06Z ", "26-01-01", ""]  # fmt: skip
OTHERS = ["null", "true", "NaN", "-NaN", "Infinity", "Inf", "-INF", '"x"', r'"\u00e9\n"', r'"\ud83d"', '"12"', "[1,null]", "[]",
          '["1"]', '{"a":"y","b":[1.5]}', '{"a":1}', '{"a":"y","a":"z"}', "{}", "[1,]", "'x'"]  # fmt: skip
values = st.sampled_from([*NUMBERS, *map(json.dumps, TIMES), *OTHERS])
members = st.lists(st.tuples(st.sampled_from("abcdefghijkA"), values).map(lambda m: f'"{m[0]}":{m[1]}'), max_size=4)
texts = st.one_of(
    members.map(lambda m: "{" + ",".join(m) + "}"),
    members.map(lambda m: "{" + ",".join(m) + ",}"),
    st.sampled_from(["{", "{}{}", '{"a":{}', '{"d":"}', '{","a":1}', "", " ", "[]", "1", '{"a":1}\n{"a":2}', "{}}"]),
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(texts, min_size=1, max_size=4))
def test_a_block_is_what_its_texts_are_or_is_not_read(block):
    found = blocks(*block)
    assert found is None or repr(found) == repr(singly(*block))


PLAIN = {
    "a": "1", "b": "-5", "c": "0.5", "d": '"x"', "e": "true", "f": '"2026-01-01T23:05:06Z"', "g": '"2026-01-01"',
    "h": '"2026-01-01 23:05:06"', "i": "[1,null]", "j": '{"a":"y","b":[1.5]}', "k": "3", "z": '{"unknown": [1]}',
}  # fmt: skip


@pytest.mark.parametrize("name", PLAIN)
def test_plain_texts_are_read(name):
    text = f'{{"{name}": {PLAIN[name]}}}'
    assert blocks(text, "{}") == singly(text, "{}")


@pytest.mark.parametrize("time", ["2026-01-01T23:05:06.5+05:30", "2026-01-01 23:05:06"])
def test_times_with_and_without_zones(time):
    text = json.dumps({"f": time})
    assert blocks(text) == singly(text)
    assert (blocks(text, options=JsonOptions(zone="Europe/Berlin")) is None) == ("+" not in time)


def test_missing_texts_are_missing_values():
    found = BlockReader(TYPE, OPTIONS)(pa.array(['{"a":1}', None]))
    assert found.null_count == 1
    assert found[0].as_py()["a"] == 1


def test_after_a_block_that_fails_some_are_not_tried():
    reader = BlockReader(TYPE, OPTIONS)
    good, bad = pa.array(['{"a":1}']), pa.array(['{"a":"1"}'])
    assert reader(good)[0].as_py() is not None and reader(bad)[0].as_py() is None
    found = [reader(good)[0].as_py() is not None for _ in range(PAUSE + 1)]
    assert found == [False] * PAUSE + [True]


def test_the_column_for_malformed_records_is_null():
    type = parse_schema("a INT, _corrupt_record STRING")
    assert blocks('{"a":1}', type=type) == [{"a": 1, "_corrupt_record": None}]


@pytest.mark.parametrize(
    "type",
    [
        "a INT, a INT",
        "a STRUCT<b: INT, b: STRING>",
        "a DECIMAL(10,2)",
        "a FLOAT",
        "a MAP<STRING,INT>",
        "a ARRAY<TIMESTAMP>",
        "a BINARY",
    ],
)
def test_types_that_are_read_otherwise(type):
    assert not supported(parse_schema(type), OPTIONS)


def test_equal_readers_are_one_function_of_the_kernel():
    assert hash(BlockReader(TYPE, OPTIONS)) == hash(BlockReader(TYPE, JsonOptions()))
    assert arrow_type(TYPE, "UTC") == BlockReader(TYPE, OPTIONS)(pa.array(["{}"])).type


# --- glowplug-native -----------------------------------------------------------------------------------------

FLAT = parse_schema(
    "a INT, b BIGINT, c DOUBLE, d STRING, e BOOLEAN, f TIMESTAMP, g DATE, h TIMESTAMP_NTZ, i SMALLINT, k TINYINT"
)
ODD = ['{"d":"\x01"}', '{"y":"\x01"}', '{"d":"é\U0001f600"}', '{"\\u0061":1}', r'{"d":"\ud83d\ude00\/\b"}', r'{"d":"\x"}', r'{"y":"\x"}',
       '{"a":1}x', ' \t{"a" : 1 }\r\n', '{"c":' + "1" * 1100 + "}", '{"y":' + "1" * 1100 + "}", '{"y":' + "[" * 1200 + "]" * 1200 + "}",
       '{"c":0.1e-7,"b":-9223372036854775808}', '{"c":-0,"b":-0}', '{"c":12345678901234567890}', '{"y":01}', '{"y":1.}', "\ufeff{}", '{"y":nul}', '{"a":1,"y":' + "[" * 1100 + "]" * 1100 + "}"]  # fmt: skip


def installed():
    from glowplug.native import native

    if native is None and shutil.which("cargo") is None:
        pytest.skip("glowplug-native is not installed: there is no Rust")
    assert native is not None, "`make setup` installs it where there is Rust"
    return native


def natively(texts: list[str | None], type=FLAT, options: JsonOptions = OPTIONS) -> list:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_native, "native", installed())
        return BlockReader(type, options)(pa.array(texts, pa.string())).to_pylist()


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.one_of(texts, st.sampled_from(ODD)), min_size=1, max_size=8))
def test_native_reads_each_text_as_it_is_or_not_at_all(block):
    for found, text in zip(natively(block), block, strict=True):
        assert found is None or repr(found) == repr(singly(text, type=FLAT)[0])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**63), 2**63)), min_size=1))
def test_native_reads_numbers_to_the_last_digit(numbers):
    block = [json.dumps({"c": n}) for n in numbers]
    found = natively(block)
    expected = singly(*block, type=FLAT)  # -0.0 is left to others: it may be the integer -0
    assert repr(found) == repr([None if repr(n) == "-0.0" else e for n, e in zip(numbers, expected, strict=True)])


def test_minus_zero_is_an_integer_without_a_sign():
    """As Apache Spark 4.2.1 reads it."""
    block = ['{"c":-0}', '{"c":-0.0}', '{"c":-0e1}', '{"c":-0.5}']
    assert repr([row["c"] for row in singly(*block, type=FLAT)]) == "[0.0, -0.0, -0.0, -0.5]"
    assert [row and row["c"] for row in natively(block)] == [None, None, None, -0.5]
    assert blocks('{"c":-0}') is None
    assert blocks('{"c":-0.0,"g":"2026-01-01"}')[0]["c"] == 0


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1), st.booleans())
def test_native_reads_all_texts(strings, ascii):
    assert [x["d"] for x in natively([json.dumps({"d": s}, ensure_ascii=ascii) for s in strings])] == strings


@pytest.mark.parametrize("name", [f.name for f in FLAT.fields])
def test_native_reads_plain_texts(name):
    text = f'{{"z": {{"x": [1, "{{"]}}, "{name}": {"7" if name == "i" else PLAIN[name]}}}'
    assert natively([text]) == singly(text, type=FLAT)


def test_native_leaves_single_texts_to_others():
    good = dict.fromkeys("abcdefghik") | {"a": 1}
    assert natively(['{"a":1}', '{"a":"1"}', None, '{"a":1,"a":2}', '{"a":1}']) == [good, None, None, None, good]


@pytest.mark.parametrize("time", ["2026-01-01T23:05:06.5+05:30", "2026-01-01 23:05:06", "0001-01-01T00:00:00-17:59"])
def test_native_reads_times_with_and_without_zones(time):
    text = json.dumps({"f": time})
    assert natively([text]) == singly(text, type=FLAT)
    assert (natively([text], options=JsonOptions(zone="Europe/Berlin")) == [None]) == (time[10] == " ")


def test_native_reads_slices_and_bytes():
    texts = pa.array([None, b'{"a":1}', b'{"a":2,"d":"\xff"}', b'{"a":3}']).slice(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_native, "native", installed())
        assert [x and x["a"] for x in BlockReader(FLAT, OPTIONS)(texts).to_pylist()] == [1, None, 3]


def test_what_is_behind_a_missing_text_is_not_read():
    texts = pa.array(['{"a":1}', '{"a":2}'])
    hidden = pa.Array.from_buffers(pa.string(), 2, [pa.py_buffer(b"\x01"), *texts.buffers()[1:]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_native, "native", installed())
        assert BlockReader(FLAT, OPTIONS)(hidden).is_null().to_pylist() == [False, True]


def test_native_stays_within_its_buffers():
    read = installed().read_objects
    starts, lengths = np.array([0, 3, -1, 2**62]), np.array([2, 100, 5, 2**62])
    found, [[validity, _]] = read(np.frombuffer(b"{} {}", np.uint8), starts, lengths, [("a", "int")])
    assert found[0] & 15 == 1 and validity[0] & 15 == 0
    with pytest.raises(ValueError, match="decimal"):
        read(np.frombuffer(b"{}", np.uint8), starts, lengths, [("a", "decimal")])
