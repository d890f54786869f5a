"""A user's code as it arrives."""

from __future__ import annotations

import pyspark.sql.connect.proto as proto
import pytest
from pyspark.sql.connect.types import pyspark_types_to_proto_types
from pyspark.sql.types import LongType, StructType

from glowplug.connect import decode
from glowplug.errors import InvalidPlanInput
from glowplug.plan.commands import RegisterDataSource, RegisterFunction, RegisterTableFunction
from glowplug.plan.expressions import UnresolvedAttribute, UnresolvedFunction
from glowplug.plan.python import EvalType, GroupMap, MapPartitions, PythonFunction
from glowplug.types import LONG

READ = proto.Relation(range=proto.Range(end=1, step=1))
ROWS = pyspark_types_to_proto_types(StructType().add("a", LongType()))


def function(kind: int, type: proto.DataType | None = None, name: str = "f") -> proto.CommonInlineUserDefinedFunction:
    udf = proto.PythonUDF(
        output_type=type or pyspark_types_to_proto_types(LongType()), eval_type=kind, command=b"code", python_ver="3.11"
    )
    column = proto.Expression(unresolved_attribute=proto.Expression.UnresolvedAttribute(unparsed_identifier="x"))
    return proto.CommonInlineUserDefinedFunction(
        function_name=name, deterministic=True, arguments=[column], python_udf=udf
    )


def test_a_call_carries_its_function(context):
    call = decode.expression(proto.Expression(common_inline_user_defined_function=function(101)), context)
    assert isinstance(call, UnresolvedFunction) and isinstance(call.inline, PythonFunction)
    assert call.parts == ("f",) and call.args == (UnresolvedAttribute(("x",)),)
    found = call.inline
    assert (found.kind, found.returns, found.deterministic) == ("scalar", LONG, True)
    assert found.code is not None and (found.code.eval_type, found.code.command) == (EvalType.ARROW_BATCHED, b"code")
    again = decode.expression(proto.Expression(common_inline_user_defined_function=function(101)), context)
    assert again == call  # so that kept rows are found


def test_aggregates_are_known_by_their_kind(context):
    call = decode.expression(proto.Expression(common_inline_user_defined_function=function(202)), context)
    assert isinstance(call, UnresolvedFunction) and call.inline is not None and call.inline.kind == "aggregate"


def test_a_kind_that_there_is_not(context):
    with pytest.raises(InvalidPlanInput, match="999"):
        decode.expression(proto.Expression(common_inline_user_defined_function=function(999)), context)


def test_relations(context):
    mapped = decode.relation(
        proto.Relation(map_partitions=proto.MapPartitions(input=READ, func=function(205, ROWS), is_barrier=True)),
        context,
    )
    assert isinstance(mapped, MapPartitions) and mapped.barrier
    grouped = decode.relation(proto.Relation(group_map=proto.GroupMap(input=READ, func=function(201, ROWS))), context)
    assert isinstance(grouped, GroupMap) and grouped.args == (UnresolvedAttribute(("x",)),)


def test_what_is_registered(context):
    made = decode.command(proto.Command(register_function=function(100)), context)
    assert isinstance(made, RegisterFunction) and made.name == "f"
    udtf = proto.CommonInlineUserDefinedTableFunction(
        function_name="t", python_udtf=proto.PythonUDTF(eval_type=300, command=b"t")
    )
    table = decode.command(proto.Command(register_table_function=udtf), context)
    assert isinstance(table, RegisterTableFunction) and table.function.schema is None
    source = proto.CommonInlineUserDefinedDataSource(name="s", python_data_source=proto.PythonDataSource(command=b"s"))
    registered = decode.command(proto.Command(register_data_source=source), context)
    assert isinstance(registered, RegisterDataSource) and registered.source.command == b"s"
