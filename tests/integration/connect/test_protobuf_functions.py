"""`pyspark.sql.protobuf.functions` as the client sends them.

No package with Spark's own functions of Protobuf is published for Spark 4, so there are no recorded answers: what is
expected here are the examples of Spark's documentation, the library's own bytes, and what Spark's classes say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    message_factory,
    timestamp_pb2,
    wrappers_pb2,
)
from pyspark.errors import PySparkException
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql.protobuf.functions import from_protobuf, to_protobuf

# As the documentation of to_protobuf has it.
SIMPLE = bytes.fromhex(
    "0ACE010A41636F6E6E6563746F722F70726F746F6275662F7372632F746573742F7265736F75726365732F70726F746F6275662F70797370"
    "61726B5F746573742E70726F746F121D6F72672E6170616368652E737061726B2E73716C2E70726F746F627566224B0A0D53696D706C654D"
    "65737361676512100A03616765180120012805520361676512120A046E616D6518022001280952046E616D6512140A0573636F7265180320"
    "012803520573636F72654215421353696D706C654D65737361676550726F746F73620670726F746F33"
)
F_ = descriptor_pb2.FieldDescriptorProto


def field(
    name: str, number: int, type: int, type_name: str = "", repeated: bool = False, optional: bool = False
) -> Any:
    made = F_(name=name, number=number, type=type, label=F_.LABEL_REPEATED if repeated else F_.LABEL_OPTIONAL)  # type: ignore[arg-type]
    if type_name:
        made.type_name = type_name
    made.proto3_optional = optional
    return made


def descriptor_set() -> bytes:
    file = descriptor_pb2.FileDescriptorProto(name="t.proto", package="t", syntax="proto3")
    file.dependency.extend(f"google/protobuf/{n}.proto" for n in ("timestamp", "duration", "any", "wrappers"))
    color = file.enum_type.add(name="Color")
    for n, name in enumerate(("RED", "BLUE")):
        color.value.add(name=name, number=n)
    all_types = file.message_type.add(name="All")
    scalars = ["int32", "int64", "uint32", "uint64", "sint32", "fixed64", "float", "double", "bool", "string", "bytes"]
    for n, name in enumerate(scalars, 1):
        all_types.field.append(field(f"f_{name}", n, getattr(F_, f"TYPE_{name.upper()}")))
    all_types.field.append(field("color", 20, F_.TYPE_ENUM, ".t.Color"))
    all_types.field.append(field("list", 21, F_.TYPE_INT32, repeated=True))
    entry = all_types.nested_type.add(name="NamesEntry")
    entry.options.map_entry = True
    entry.field.extend([field("key", 1, F_.TYPE_STRING), field("value", 2, F_.TYPE_INT64)])
    all_types.field.append(field("names", 22, F_.TYPE_MESSAGE, ".t.All.NamesEntry", repeated=True))
    all_types.field.append(field("at", 23, F_.TYPE_MESSAGE, ".google.protobuf.Timestamp"))
    all_types.field.append(field("took", 24, F_.TYPE_MESSAGE, ".google.protobuf.Duration"))
    all_types.field.append(field("any", 25, F_.TYPE_MESSAGE, ".google.protobuf.Any"))
    all_types.field.append(field("boxed", 26, F_.TYPE_MESSAGE, ".google.protobuf.Int64Value"))
    all_types.oneof_decl.add(name="_maybe")
    all_types.field.append(field("maybe", 27, F_.TYPE_INT32, optional=True))
    all_types.field[-1].oneof_index = 0
    person = file.message_type.add(name="Person")
    person.field.extend([field("name", 1, F_.TYPE_STRING), field("friend", 2, F_.TYPE_MESSAGE, ".t.Person")])
    person.field.append(field("empty", 3, F_.TYPE_MESSAGE, ".t.Empty"))
    file.message_type.add(name="Empty")
    found = descriptor_pb2.FileDescriptorSet()
    for module in (timestamp_pb2, duration_pb2, any_pb2, wrappers_pb2):
        module.DESCRIPTOR.CopyToProto(found.file.add())
    found.file.append(file)
    return bytes(found.SerializeToString(deterministic=True))


SET = descriptor_set()


POOL = descriptor_pool.DescriptorPool()
for found in descriptor_pb2.FileDescriptorSet.FromString(SET).file:
    POOL.Add(found)


def message(name: str, /, **values: Any) -> Any:
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"t.{name}"))(**values)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    yield session
    session.stop()


def read(spark: Any, data: bytes, name: str, **options: str) -> Any:
    dotted = {k.replace("__", "."): v for k, v in options.items()}
    frame = spark.createDataFrame([(data,)], "data binary")
    return frame.select(from_protobuf("data", name, options=dotted, binaryDescriptorSet=SET).alias("r"))


def test_the_example_of_the_documentation(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "simple.desc"
    path.write_bytes(SIMPLE)
    frame = spark.createDataFrame(
        [("1", (2, "Alice", 109200))], "key STRING, value STRUCT<age: INT, name: STRING, score: LONG>"
    )
    written = frame.select(to_protobuf(frame.value, "SimpleMessage", str(path)).alias("value"))
    assert bytes(written.first()[0]).hex(" ").upper() == "08 02 12 05 41 6C 69 63 65 18 90 D5 06"
    for described in ({"descFilePath": str(path)}, {"binaryDescriptorSet": SIMPLE}):
        assert written.select(from_protobuf("value", "SimpleMessage", **described)).first()[0] == Row(
            age=2, name="Alice", score=109200
        )
    sql = f"SELECT from_protobuf(X'0802', 'org.apache.spark.sql.protobuf.SimpleMessage', '{path}', map()) AS r"
    assert spark.sql(sql).first().r == Row(age=2, name=None, score=None)


FULL: dict[str, Any] = {
    "f_int32": -1, "f_int64": -2, "f_uint32": 4_000_000_000, "f_uint64": 2**63 + 5, "f_sint32": -7, "f_fixed64": 2**64 - 1,
    "f_float": 1.5, "f_double": -0.0, "f_bool": True, "f_string": "é", "f_bytes": b"\0\1", "color": 1, "list": [3, 0],
    "names": {"b": 1}, "maybe": 0,
}  # fmt: skip


def full() -> bytes:
    made = message("All", **FULL)
    made.at.FromDatetime(datetime(2020, 1, 2, 3, 4, 5, 678000))
    made.took.FromTimedelta(timedelta(days=-1, milliseconds=250))
    made.any.Pack(message("Person", name="x"))
    made.boxed.value = 9
    return bytes(made.SerializeToString(deterministic=True))


def test_all_types_read(spark: Any) -> None:
    row = read(spark, full(), "All").first().r.asDict(recursive=True)
    assert row.pop("any")["type_url"] == "type.googleapis.com/t.Person"
    assert row == {
        **FULL, "f_uint32": 4_000_000_000 - 2**32, "f_uint64": 5 - 2**63, "f_fixed64": -1, "color": "BLUE",
        "f_bytes": bytearray(b"\0\1"), "at": datetime(2020, 1, 2, 3, 4, 5, 678000), "took": timedelta(days=-1, milliseconds=250),
        "boxed": {"value": 9},
    }  # fmt: skip


def test_all_types_return_as_they_were(spark: Any) -> None:
    frame = read(spark, full(), "All").select(to_protobuf("r", "t.All", binaryDescriptorSet=SET).alias("d"))
    assert message("All").FromString(bytes(frame.first().d)) == message("All").FromString(full())


def test_types_under_options(spark: Any) -> None:
    on = dict.fromkeys(("upcast__unsigned__ints", "enums__as__ints", "convert__any__fields__to__json"), "true")
    frame = read(spark, full(), "All", **on, unwrap__primitive__wrapper__types="true")
    row = frame.first().r
    assert (row.f_uint32, row.f_uint64, row.f_fixed64) == (4_000_000_000, Decimal(2**63 + 5), -1)
    assert (row.color, row.boxed) == (1, 9)
    assert json.loads(row.any) == {"@type": "type.googleapis.com/t.Person", "name": "x"}
    types = {f.name: f.dataType.simpleString() for f in frame.schema["r"].dataType}
    assert (types["f_uint32"], types["f_uint64"], types["any"]) == ("bigint", "decimal(20,0)", "string")
    again = frame.select(to_protobuf(F.col("r").dropFields("any").withField("any", F.lit(None).cast("struct<type_url:string,value:binary>")),
                                     "All", options={"unwrap.primitive.wrapper.types": "true"}, binaryDescriptorSet=SET).alias("d"))  # fmt: skip
    back = message("All").FromString(bytes(again.first().d))
    assert (back.f_uint64, back.f_uint32, back.color, back.boxed.value) == (2**63 + 5, 4_000_000_000, 1, 9)


def test_defaults(spark: Any) -> None:
    empty = read(spark, b"", "All").first().r
    assert (empty.f_int32, empty.f_string, empty.color, empty.list, empty.names, empty.maybe) == (
        None,
        None,
        None,
        [],
        {},
        None,
    )
    filled = read(spark, b"", "All", emit__default__values="true").first().r
    assert (filled.f_int32, filled.f_string, filled.color, filled.boxed, filled.maybe) == (0, "", "RED", None, None)


@pytest.mark.parametrize(
    ("depth", "expected"),
    [("1", "struct<name:string>"), ("2", "struct<name:string,friend:struct<name:string>>")],
)
def test_messages_in_themselves(spark: Any, depth: str, expected: str) -> None:
    data = message("Person", name="a", friend={"name": "b", "friend": {"name": "c"}}).SerializeToString()
    frame = read(spark, data, "Person", recursive__fields__max__depth=depth)
    assert frame.schema["r"].dataType.simpleString() == expected
    assert frame.first().r.name == "a"


def test_empty_messages(spark: Any) -> None:
    frame = read(spark, b"\x1a\0", "Person", recursive__fields__max__depth="1", retain__empty__message__types="true")
    assert (
        frame.schema["r"].dataType.simpleString()
        == "struct<name:string,empty:struct<__dummy_field_in_empty_struct:string>>"
    )
    assert frame.first().r.empty is not None


@pytest.mark.parametrize("data", [b"\x08", b"\xff", b"\x0a\x01x"], ids=["cut off", "no tag", "another type"])
def test_damaged_messages(spark: Any, data: bytes) -> None:
    assert set(read(spark, data, "All", mode="PERMISSIVE").first().r) == {None}
    with pytest.raises(PySparkException, match="MALFORMED_PROTOBUF_MESSAGE"):
        read(spark, data, "All").collect()


@pytest.mark.parametrize(
    ("call", "condition"),
    [
        (lambda d: from_protobuf(d, "Nobody", binaryDescriptorSet=SET), "PROTOBUF_MESSAGE_NOT_FOUND"),
        (lambda d: from_protobuf(d, "Person", binaryDescriptorSet=SET), "RECURSIVE_PROTOBUF_SCHEMA"),
        (lambda d: from_protobuf(d, "All", binaryDescriptorSet=b"\xff"), "CANNOT_PARSE_PROTOBUF_DESCRIPTOR"),
        (lambda d: from_protobuf(d, "com.example.All"), "CANNOT_LOAD_PROTOBUF_CLASS"),
        (lambda d: from_protobuf(d, "All", options={"mode": "DROPMALFORMED"}, binaryDescriptorSet=SET), "PARSE_MODE_UNSUPPORTED"),
        (lambda d: to_protobuf(d, "SimpleMessage", binaryDescriptorSet=SIMPLE), "DATATYPE_MISMATCH.NON_STRUCT_TYPE"),
        (lambda d: to_protobuf(F.struct(d.alias("nope")), "SimpleMessage", binaryDescriptorSet=SIMPLE), "NO_SQL_TYPE_IN_PROTOBUF_SCHEMA"),
        (lambda d: to_protobuf(F.struct(d.alias("name")), "SimpleMessage", binaryDescriptorSet=SIMPLE), "CANNOT_CONVERT_SQL_TYPE_TO_PROTOBUF_FIELD_TYPE"),
        (lambda d: to_protobuf(F.struct(F.lit("x").alias("name")), "SimpleMessage", binaryDescriptorSet=SIMPLE), "PROTOBUF_FIELD_MISSING_IN_SQL_SCHEMA"),
    ],
)  # fmt: skip
def test_what_does_not_fit(spark: Any, call: Any, condition: str) -> None:
    frame = spark.createDataFrame([(b"",)], "data binary")
    with pytest.raises(PySparkException) as caught:
        frame.select(call(F.col("data"))).collect()
    assert caught.value.getCondition() == condition


def test_values_that_an_enum_has_not(spark: Any) -> None:
    frame = read(spark, full(), "All").select(F.col("r").withField("color", F.lit("GREEN")).alias("r"))
    with pytest.raises(PySparkException, match="CANNOT_CONVERT_SQL_VALUE_TO_PROTOBUF_ENUM_TYPE"):
        frame.select(to_protobuf("r", "All", binaryDescriptorSet=SET)).collect()
