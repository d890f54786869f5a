"""Tables, files, shipped rows and SQL text."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pyspark.sql.connect.proto as proto
import pytest
from pyspark.sql import Row
from pyspark.sql import functions as F
from pyspark.sql import types as pyspark_types
from pyspark.sql.connect import plan as client

from glowplug.connect import decode
from glowplug.errors import AnalysisError, IllegalArgument, InvalidPlanInput, ParseError
from glowplug.plan import relations as r
from glowplug.plan.expressions import Literal
from glowplug.types import INT, LONG, STRING, StructField, StructType

SCHEMA = StructType((StructField("a", INT, False, '{"k":1}'), StructField("b", STRING)))
PYSPARK_SCHEMA = pyspark_types.StructType().add("a", "integer", False, {"k": 1}).add("b", "string")


def test_tables(spark, plan):
    assert plan(spark.table("c.`my s`.t")) == r.UnresolvedRelation(("c", "my s", "t"))
    found = plan(spark.read.option("x", "1").option("A", "2").table("t"))
    assert found == r.UnresolvedRelation(("t",), (("A", "2"), ("x", "1")))
    with pytest.raises(ParseError):
        plan(spark.table("a b"))


def test_files(spark, plan):
    found = plan(spark.read.schema(PYSPARK_SCHEMA).csv(["x", "y"], header=True))
    assert found == r.UnresolvedDataSource("csv", SCHEMA, (("header", "true"),), ("x", "y"))
    assert plan(spark.read.parquet("x")) == r.UnresolvedDataSource("parquet", None, (), ("x",))
    assert plan(spark.read.load()) == r.UnresolvedDataSource(None)
    found = plan(spark.read.schema("a INT").json("x"))
    assert found.schema == StructType((StructField("a", INT),))


def test_jdbc(spark, plan):
    found = plan(spark.read.jdbc("jdbc:x", "t", predicates=["a < 1", "a >= 1"], properties={"user": "me"}))
    options = (("dbtable", "t"), ("url", "jdbc:x"), ("user", "me"))
    assert found == r.UnresolvedDataSource("jdbc", None, options, predicates=("a < 1", "a >= 1"))


def source(**fields: object) -> proto.Relation:
    return proto.Relation(read=proto.Read(data_source=proto.Read.DataSource(**fields)))


@pytest.mark.parametrize(
    ("message", "condition"),
    [
        (source(format="csv", predicates=["a"]), "PREDICATES_NOT_SUPPORTED_FOR_DATA_SOURCE"),
        (source(format="jdbc", predicates=["a"]), "INVALID_JDBC_PARAMS"),
        (source(format="csv", schema='"integer"'), "INVALID_SCHEMA_NON_STRUCT_TYPE"),
        (proto.Relation(read=proto.Read()), "INVALID_ONE_OF_FIELD_NOT_SET"),
    ],
)
def test_malformed_sources(message, condition, context):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.relation(message, context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition


def test_streams(spark, plan):
    assert plan(spark.readStream.table("t")) == r.UnresolvedRelation(("t",), streaming=True)
    assert plan(spark.readStream.format("rate").load()) == r.UnresolvedDataSource("rate", streaming=True)


def test_changes_of_a_table(context):
    message = proto.Relation(
        relation_changes=proto.RelationChanges(unparsed_identifier="a.b", options={"startingVersion": "1"})
    )
    assert decode.relation(message, context) == r.RelationChanges(("a", "b"), (("startingVersion", "1"),))
    message.relation_changes.is_streaming = True
    with pytest.raises(AnalysisError, match="Structured Streaming"):
        decode.relation(message, context)


def test_ranges(spark, plan, context):
    found = plan(spark.range(1, 9, 2, 3))
    assert (found.start, found.end, found.step, found.partitions) == (1, 9, 2, 3)
    assert (found.column.name, found.column.type, found.column.nullable) == ("id", LONG, False)
    for wrong in (proto.Range(end=3), proto.Range(end=3, step=1, num_partitions=0)):
        with pytest.raises(IllegalArgument):
            decode.relation(proto.Relation(range=wrong), context)


def test_rows_of_the_client(spark, plan):
    found = plan(spark.createDataFrame([(1, "x"), (2, None)], PYSPARK_SCHEMA))
    assert found.schema == SCHEMA
    assert found.table.to_pydict() == {"a": [1, 2], "b": ["x", None]}
    found = plan(spark.createDataFrame([Row(a=1)]))
    assert found.schema.fields == (StructField("a", LONG),)
    found = plan(spark.createDataFrame(pd.DataFrame({"a": [1.5]})))
    assert (found.names, found.child.table.column(0).to_pylist()) == (("a",), [1.5])


def test_no_rows(spark, plan):
    found = plan(spark.createDataFrame([], PYSPARK_SCHEMA))
    assert found.schema == SCHEMA
    assert (found.table.num_rows, found.table.column_names) == (0, ["a", "b"])


def test_a_row_type_that_is_no_struct(context):
    message = proto.Relation(local_relation=proto.LocalRelation(schema='"long"'))
    assert decode.relation(message, context).schema == StructType((StructField("value", LONG),))


def test_uploaded_rows(spark, plan, channel, context):
    rows = [(i, "x" * 100) for i in range(1000)]
    df = spark.createDataFrame(rows, PYSPARK_SCHEMA)
    message = df._plan.to_proto(spark.client).root.chunked_cached_local_relation
    assert len(message.dataHashes) > 1
    found = plan(df)
    assert found.schema == SCHEMA
    assert found.table.column("a").to_pylist() == list(range(1000))
    for setting, condition in (
        ("localRelationChunkSizeLimit", "LOCAL_RELATION_CHUNK_SIZE_LIMIT_EXCEEDED"),
        ("localRelationSizeLimit", "LOCAL_RELATION_SIZE_LIMIT_EXCEEDED"),
    ):
        context.session.conf.set(f"spark.sql.session.{setting}", "1000")
        with pytest.raises(InvalidPlanInput) as failure:
            plan(df)
        assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition
        context.session.conf.unset(f"spark.sql.session.{setting}")
    for broken in (b"", b"no Arrow", b"\xff\xff\xff\xff\x10\x00\x00\x00 no Arrow either"):
        lost = {**context.session.blobs, message.dataHashes[0]: broken}
        context.session.blobs = lost
        with pytest.raises(InvalidPlanInput, match="cannot be read"):
            plan(df)
    context.session.blobs = {}
    with pytest.raises(InvalidPlanInput) as failure:
        plan(df)
    assert failure.value.condition == "CONNECT_INVALID_PLAN.NOT_FOUND_CHUNKED_CACHED_LOCAL_RELATION"
    with pytest.raises(InvalidPlanInput) as failure:
        decode.relation(proto.Relation(chunked_cached_local_relation=proto.ChunkedCachedLocalRelation()), context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN.CHUNKED_CACHED_LOCAL_RELATION_WITHOUT_DATA"


def arrow(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def test_cached_rows_of_older_clients(context):
    data = arrow(pa.table({"a": [1, 2]}))
    blobs = context.session.blobs
    context.session.blobs = {**blobs, "h": proto.LocalRelation(data=data).SerializeToString(), "broken": b"\xff"}
    cached = lambda hash: proto.Relation(cached_local_relation=proto.CachedLocalRelation(hash=hash))  # noqa: E731
    found = decode.relation(cached("h"), context)
    assert (found.schema, found.table.to_pydict()) == (None, {"a": [1, 2]})
    for hash, condition in (("lost", "CANNOT_FIND_CACHED_LOCAL_RELATION"), ("broken", "ASSERTION_FAILURE")):
        with pytest.raises(InvalidPlanInput) as failure:
            decode.relation(cached(hash), context)
        assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition


def test_rows_whose_offsets_lie_are_refused(context):
    data = bytearray(arrow(pa.table({"a": pa.array(["xy"] * 4)})))
    at = data.index(b"\0\0\0\0\2\0\0\0\4\0\0\0\6\0\0\0\x08\0\0\0")  # the offsets of four texts
    data[at + 16 : at + 20] = b"\xff\xff\xff\x7f"
    with pytest.raises(InvalidPlanInput, match="cannot be read"):
        decode.relation(proto.Relation(local_relation=proto.LocalRelation(data=bytes(data))), context)


def test_rows_without_anything(context):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.relation(proto.Relation(local_relation=proto.LocalRelation()), context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN.SCHEMA_REQUIRED_FOR_LOCAL_RELATION"


def test_sql_text(spark, plan):
    named = plan(spark.sql("select :a, :b", {"b": 1, "a": "x"}))
    assert named == r.SQLText("select :a, :b", (("a", Literal("x", STRING)), ("b", Literal(1, INT))))
    assert plan(spark.sql("select ?", [1])) == r.SQLText("select ?", (), (Literal(1, INT),))


def test_sql_text_that_names_dataframes(spark, plan):
    t = spark.table("t")
    found = plan(spark.sql("select * from {df} where a = {x} and {c} > 0", df=t, x=3, c=F.col("b")))
    name, definition = found.definitions[0]
    assert found.child == r.SQLText(f"select * from {name} where a = 3 and b > 0")
    assert definition == r.UnresolvedRelation(("t",))


def test_arguments_of_both_kinds(context):
    message = proto.Relation(sql=proto.SQL(query="select ?"))
    message.sql.pos_arguments.add().literal.integer = 1
    message.sql.named_arguments["a"].literal.integer = 1
    with pytest.raises(AnalysisError, match="INVALID_QUERY_MIXED_QUERY_PARAMETERS"):
        decode.relation(message, context)


def test_older_arguments(context):
    one = proto.Expression.Literal(integer=1)
    message = proto.Relation(sql=proto.SQL(query="select :a", args={"a": one}))
    assert decode.relation(message, context) == r.SQLText("select :a", (("a", Literal(1, INT)),))
    message = proto.Relation(sql=proto.SQL(query="select ?", pos_args=[one]))
    assert decode.relation(message, context) == r.SQLText("select ?", (), (Literal(1, INT),))


def test_cached_frames(context):
    message = proto.Relation(cached_remote_relation=proto.CachedRemoteRelation(relation_id="x"))
    assert decode.relation(message, context) == r.CachedRemote("x")


def test_catalog_calls(spark, context):
    def call(node: client.LogicalPlan) -> r.Relation:
        return replace(decode.relation(node.plan(spark.client), context).child, plan_id=None)

    assert call(client.CurrentDatabase()) == r.CatalogCall("CurrentDatabase")
    assert call(client.ListTables("d")) == r.CatalogCall("ListTables", (("db_name", "d"), ("pattern", None)))
    level = call(client.CacheTable("t", None))
    assert level == r.CatalogCall("CacheTable", (("table_name", "t"), ("storage_level", None)))
    created = call(client.CreateTable("t", "p", "csv", None, PYSPARK_SCHEMA, {"b": "2", "a": "1"}))
    arguments = dict(created.args)
    assert (arguments["schema"], arguments["options"]) == (SCHEMA, (("a", "1"), ("b", "2")))


def test_every_catalog_call_is_known(context):
    for field in proto.Catalog.DESCRIPTOR.fields:
        message = proto.Relation()
        getattr(message.catalog, field.name).SetInParent()
        assert decode.relation(message, context).method == field.message_type.name


def test_an_unset_catalog_call(context):
    with pytest.raises(InvalidPlanInput):
        decode.relation(proto.Relation(catalog=proto.Catalog()), context)
