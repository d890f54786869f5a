"""Messages the client reads back: types, constants, batches. The client's own decoder is the judge."""

from decimal import Decimal

import pyarrow as pa
import pytest
from pyspark.sql.connect.expressions import LiteralExpression
from pyspark.sql.connect.types import proto_schema_to_pyspark_data_type

from glowplug import types as t
from glowplug.connect import encode
from glowplug.connect.responses import BATCH_BYTES, cut
from glowplug.plan.expressions import Attribute, Literal
from glowplug.plan.relations import LocalData
from glowplug.types_json import to_json

NESTED = t.StructType(
    (
        t.StructField("a b", t.INT, False, '{"comment":"c"}'),
        t.StructField("m", t.MapType(t.STRING, t.ArrayType(t.DecimalType(10, 2), False), True)),
    )
)
TYPES = [
    t.NULL, t.BOOLEAN, t.BYTE, t.SHORT, t.INT, t.LONG, t.FLOAT, t.DOUBLE, t.STRING, t.BINARY, t.DATE, t.TIMESTAMP,
    t.TIMESTAMP_NTZ, t.CALENDAR_INTERVAL, t.VARIANT, t.DecimalType(38, 18), t.CharType(3), t.VarcharType(4),
    t.TimeType(3), t.YearMonthIntervalType(0, 0), t.DayTimeIntervalType(1, 2), NESTED, t.StructType(),
    t.StringType("UNICODE"),
]  # fmt: skip


@pytest.mark.parametrize("type", TYPES, ids=t.simple_string)
def test_types(type: t.DataType) -> None:
    read = proto_schema_to_pyspark_data_type(encode.data_type(type))
    assert read.jsonValue() == to_json(type)


@pytest.mark.parametrize(
    ("value", "type", "read"),
    [
        (None, t.INT, None),
        (True, t.BOOLEAN, True),
        (-5, t.BYTE, -5),
        (1.5, t.DOUBLE, 1.5),
        ("x", t.STRING, "x"),
        (b"\0", t.BINARY, b"\0"),
        (Decimal("1.50"), t.DecimalType(3, 2), Decimal("1.50")),
        ((1, None), t.ArrayType(t.LONG), [1, None]),
        ((("k", 1),), t.MapType(t.STRING, t.INT), {"k": 1}),
        ((), t.ArrayType(t.STRING), []),
    ],
)
def test_constants(value: object, type: t.DataType, read: object) -> None:
    assert LiteralExpression._to_value(encode.literal(Literal(value, type))) == read


def test_structs_are_rows() -> None:
    type = t.StructType((t.StructField("x", t.INT), t.StructField("y", t.STRING)))
    row = LiteralExpression._to_value(encode.literal(Literal((1, "a"), type)))
    assert row.asDict() == {"x": 1, "y": "a"}


def test_a_batch_is_a_stream_of_its_own() -> None:
    batch = pa.record_batch([pa.array([1, None]), pa.array(["a", "b"])], names=["x", "x"])
    assert pa.ipc.open_stream(encode.arrow_ipc(batch)).read_all() == pa.table(batch)
    packed = encode.arrow_ipc(batch, options=pa.ipc.IpcWriteOptions(compression="zstd"))
    assert pa.ipc.open_stream(packed).read_all() == pa.table(batch)


def test_rows_in_memory() -> None:
    data = LocalData(
        (Attribute("a", t.INT, True, 1), Attribute("a", t.STRING, False, 2)), pa.table([[1], ["x"]], ["c1", "c2"])
    )
    local = encode.local_relation(data).local_relation
    read = pa.ipc.open_stream(local.data).read_all()
    assert read.column_names == ["a", "a"] and [c.to_pylist() for c in read.columns] == [[1], ["x"]]


def test_batches_are_cut_to_size() -> None:
    batch = pa.record_batch([pa.array(["x" * 1000] * 20_000)], names=["s"])
    pieces = list(cut(batch))
    assert [r for p in pieces for r in p.column(0).to_pylist()] == batch.column(0).to_pylist()
    assert max(p.nbytes for p in pieces) <= BATCH_BYTES * 1.1
    row = pa.record_batch([pa.array(["x" * (2 * BATCH_BYTES)])], names=["s"])
    assert list(cut(row)) == [row]
