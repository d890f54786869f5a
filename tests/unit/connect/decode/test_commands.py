"""Commands that the real client sends, and those that Spark 4.2.1 refuses."""

from __future__ import annotations

import pyspark.sql.connect.proto as proto
import pytest
from pyspark import StorageLevel as PySparkStorageLevel
from pyspark.sql import functions as F

from glowplug.connect import decode
from glowplug.errors import AnalysisError, InvalidPlanInput, RuntimeFailure
from glowplug.execute.cache import StorageLevel
from glowplug.plan.commands import (
    Checkpoint,
    CreateResourceProfile,
    CreateView,
    ExecuteExternal,
    GetResources,
    MergeAction,
    MergeInto,
    RemoveCachedRemote,
    SQLStatement,
    WriteFiles,
    WriteTable,
)
from glowplug.plan.expressions import Literal, UnresolvedAttribute, UnresolvedFunction
from glowplug.plan.relations import SQLText, UnresolvedRelation
from glowplug.types import INT

T = UnresolvedRelation(("t",))


def col(*parts: str) -> UnresolvedAttribute:
    return UnresolvedAttribute(parts)


@pytest.fixture
def t(spark):
    return spark.table("t")


def test_views(t, last_command):
    t.createTempView("v")
    assert last_command() == CreateView(("v",), T, "temp")
    t.createOrReplaceGlobalTempView("`x.y`")
    assert last_command() == CreateView(("x.y",), T, "global", replace=True)
    t.createTempView("s.v")
    assert last_command().parts == ("v",)


@pytest.mark.parametrize(
    ("name", "error"), [("a b", AnalysisError), ("a-b", AnalysisError), ("a.b.c", InvalidPlanInput)]
)
def test_names_that_are_no_view(name, error, t, last_command):
    t.createTempView(name)
    with pytest.raises(error):
        last_command()


def test_files(t, last_command):
    t.write.csv("/p", mode="overwrite", header=True)
    assert last_command() == WriteFiles(T, "csv", "/p", "overwrite", (("header", "true"),))
    t.write.save()
    assert last_command() == WriteFiles(T, None, None, "error")
    t.write.format("parquet").partitionBy("a").bucketBy(3, "b", "c").sortBy("c").mode("append").save("/p")
    expected = WriteFiles(T, "parquet", "/p", "append", (), ("a",), ("c",), (3, ("b", "c")))
    assert last_command() == expected
    t.write.clusterBy("a").save("/p")
    assert last_command().cluster_by == ("a",)


def test_tables(t, last_command):
    t.write.format("parquet").partitionBy("a").mode("ignore").saveAsTable("s.t")
    expected = WriteTable(T, ("s", "t"), "save_as_table", "ignore", "parquet", partition_by=(col("a"),))
    assert last_command() == expected
    t.write.insertInto("t", overwrite=True)
    assert last_command() == WriteTable(T, ("t",), "insert_into", "overwrite")


def test_tables_by_write_to(t, last_command):
    t.writeTo("s.t").using("delta").option("a", 1).tableProperty("p", "q").partitionedBy(
        F.partitioning.years("a")
    ).create()
    years = UnresolvedFunction(("years",), (col("a"),))
    expected = WriteTable(
        T, ("s", "t"), "create", format="delta", options=(("a", "1"),), properties=(("p", "q"),), partition_by=(years,)
    )
    assert last_command() == expected
    t.writeTo("t").overwrite(F.col("a") > 1)
    condition = UnresolvedFunction((">",), (col("a"), Literal(1, INT)))
    assert last_command() == WriteTable(T, ("t",), "overwrite", condition=condition)
    verbs = {"append": "append", "overwritePartitions": "overwrite_partitions", "replace": "replace"}
    for method, verb in {**verbs, "createOrReplace": "create_or_replace"}.items():
        getattr(t.writeTo("t"), method)()
        assert last_command() == WriteTable(T, ("t",), verb)


def test_merge(t, last_command):
    (
        t.mergeInto("u", F.col("x") == F.col("y"))
        .whenMatched(F.col("d"))
        .delete()
        .whenMatched()
        .update({"a": F.col("b")})
        .whenNotMatched()
        .insertAll()
        .whenNotMatchedBySource()
        .updateAll()
        .withSchemaEvolution()
        .merge()
    )
    update = MergeAction("update", None, ((col("a"), col("b")),))
    assert last_command() == MergeInto(
        ("u",),
        None,
        T,
        UnresolvedFunction(("==",), (col("x"), col("y"))),
        (MergeAction("delete", col("d"), ()), update),
        (MergeAction("insert", None, None),),
        (MergeAction("update", None, None),),
        True,
    )


def test_a_merge_that_does_nothing(t, last_command):
    t.mergeInto("u", F.col("x") == F.col("y")).merge()
    with pytest.raises(RuntimeFailure, match="NO_MERGE_ACTION_SPECIFIED"):
        last_command()


def test_sql(spark, t, last_command):
    spark.sql("drop table x where a = :a", {"a": 1})
    assert last_command() == SQLStatement(SQLText("drop table x where a = :a", (("a", Literal(1, INT)),)))
    spark.sql("insert into u select * from {df}", df=t)
    found = last_command()
    ((name, definition),) = found.views
    assert found.text == SQLText(f"insert into u select * from {name}")
    assert definition == T


def test_sql_of_older_clients(context):
    message = proto.Command(sql_command=proto.SqlCommand(sql="select 1"))
    message.sql_command.pos_args.add().integer = 1
    assert decode.command(message, context) == SQLStatement(SQLText("select 1", (), (Literal(1, INT),)))


def test_checkpoints(t, last_command):
    t.localCheckpoint(eager=False, storageLevel=PySparkStorageLevel.DISK_ONLY)
    level = StorageLevel(use_disk=True)
    assert last_command() == Checkpoint(T, local=True, eager=False, storage_level=level)
    t.checkpoint()
    assert last_command() == Checkpoint(T, local=False, eager=True)


def test_others(context):
    def command(**part: object) -> object:
        return decode.command(proto.Command(**part), context)

    remote = proto.RemoveCachedRemoteRelationCommand(relation=proto.CachedRemoteRelation(relation_id="x"))
    assert command(remove_cached_remote_relation_command=remote) == RemoveCachedRemote("x")
    assert command(get_resources_command=proto.GetResourcesCommand()) == GetResources()
    external = proto.ExecuteExternalCommand(runner="r", command="c", options={"b": "2", "a": "1"})
    assert command(execute_external_command=external) == ExecuteExternal("r", "c", (("a", "1"), ("b", "2")))
    profile = proto.CreateResourceProfileCommand()
    profile.profile.executor_resources["cores"].amount = 4
    profile.profile.task_resources["gpu"].amount = 0.5
    expected = CreateResourceProfile((("cores", 4),), (("gpu", 0.5),))
    assert command(create_resource_profile_command=profile) == expected


READ = proto.Relation(read=proto.Read(named_table=proto.Read.NamedTable(unparsed_identifier="t")))


@pytest.mark.parametrize(
    ("message", "condition"),
    [
        (proto.Command(), "INVALID_ONE_OF_FIELD_NOT_SET"),
        (proto.Command(create_dataframe_view=proto.CreateDataFrameViewCommand()), "INVALID_ONE_OF_FIELD_NOT_SET"),
        (proto.Command(write_operation=proto.WriteOperation(input=READ, mode=9)), "INVALID_ENUM"),
        (
            proto.Command(
                write_operation=proto.WriteOperation(input=READ, table=proto.WriteOperation.SaveTable(table_name="t"))
            ),
            "INVALID_ENUM",
        ),
        (proto.Command(write_operation_v2=proto.WriteOperationV2(input=READ, table_name="t")), "INVALID_ENUM"),
        (
            proto.Command(write_operation_v2=proto.WriteOperationV2(input=READ, table_name="t", mode=2)),
            "INVALID_ONE_OF_FIELD_NOT_SET",
        ),
        (proto.Command(sql_command=proto.SqlCommand(input=READ)), "SQL_COMMAND_EXPECTS_SQL_OR_WITH_RELATIONS"),
        (
            proto.Command(
                sql_command=proto.SqlCommand(
                    input=proto.Relation(with_relations=proto.WithRelations(root=READ, references=[READ]))
                )
            ),
            "INVALID_SQL_WITH_REFERENCES",
        ),
        (proto.Command(execute_external_command=proto.ExecuteExternalCommand(runner="r")), "FIELD_CANNOT_BE_EMPTY"),
    ],
)
def test_malformed_commands(message, condition, context):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.command(message, context)
    assert failure.value.condition == "CONNECT_INVALID_PLAN." + condition


@pytest.mark.parametrize(
    "command",
    [
        proto.Command(write_operation=proto.WriteOperation(input=READ, mode=2, path="p", with_schema_evolution=True)),
        proto.Command(
            write_operation_v2=proto.WriteOperationV2(input=READ, table_name="t", mode=4, with_schema_evolution=True)
        ),
    ],
)
def test_writes_refuse_schema_evolution_as_insert_does(command, context):
    with pytest.raises(AnalysisError) as failure:
        decode.command(command, context)
    assert failure.value.condition == "UNSUPPORTED_INSERT_WITH_SCHEMA_EVOLUTION"


def test_what_is_not_supported(context):
    for name, feature in {
        "ml_command": "machine learning",
        "pipeline_command": "pipelines",
    }.items():
        message = proto.Command()
        getattr(message, name).SetInParent()
        with pytest.raises(AnalysisError, match=feature) as failure:
            decode.command(message, context)
        assert failure.value.condition == "UNSUPPORTED_FEATURE.GLOWPLUG"
    message = proto.Command(register_function=proto.CommonInlineUserDefinedFunction(java_udf=proto.JavaUDF()))
    with pytest.raises(AnalysisError, match="Java functions"):
        decode.command(message, context)
