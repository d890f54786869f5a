"""Whatever arrives, a SparkError is the worst that comes out; and depth and size are no danger."""

from __future__ import annotations

import random
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pyspark.sql.connect.proto as proto
import pytest
from google.protobuf.message import DecodeError, Message
from pyspark.sql import Window
from pyspark.sql import functions as F

from glowplug.conditions import CONDITIONS
from glowplug.connect import decode
from glowplug.connect.decode.commands import COMMANDS
from glowplug.connect.decode.expressions import EXPRESSIONS
from glowplug.connect.decode.relations import RELATIONS
from glowplug.errors import InvalidPlanInput, SparkError
from glowplug.plan.expressions import UnresolvedFunction
from glowplug.plan.relations import Limit, Range

SECONDS = 3.0  # for each way of making messages
TEXTS = ["", "a", "a.b", "`a", "a b", "1 +", "x as y", "int", "a int", "array<", "decimal(99)", "nope", "select 1"]
TEXTS += ["{", '{"type":"struct","fields":[]}', "[[", "'", "1.5", "1e9", "t.*", "`.*`", "x.`[`", "\0", "🔥", "--", "/*"]
NUMBERS = [0, 1, 2, 3, 7, 38, 39, 255, -1, -128, 2**31 - 1, -(2**31)]


@pytest.mark.parametrize(
    ("message", "oneof", "table"),
    [
        (proto.Relation, "rel_type", RELATIONS),
        (proto.Expression, "expr_type", EXPRESSIONS),
        (proto.Command, "command_type", COMMANDS),
    ],
)
def test_every_kind_of_message_is_known(message, oneof, table):
    assert {*table, "unknown"} == {field.name for field in message.DESCRIPTOR.oneofs_by_name[oneof].fields} | {
        "unknown"
    }


def test_a_kind_of_a_later_protocol(context):
    with pytest.raises(InvalidPlanInput) as failure:
        decode.relation(proto.Relation(unknown=proto.Unknown()), context)
    assert failure.value.parameters == {"fullName": "spark.connect.Relation", "name": "UNKNOWN", "number": "999"}


@pytest.mark.parametrize("kind", sorted(RELATIONS))
def test_relations_that_say_nothing(kind, context):
    message = proto.Relation()
    getattr(message, kind).SetInParent()
    answer(lambda: decode.relation(message, context))


@pytest.mark.parametrize("kind", sorted(EXPRESSIONS))
def test_expressions_that_say_nothing(kind, context):
    message = proto.Expression()
    getattr(message, kind).SetInParent()
    answer(lambda: decode.expression(message, context))


@pytest.mark.parametrize("kind", sorted(COMMANDS))
def test_commands_that_say_nothing(kind, context):
    message = proto.Command()
    getattr(message, kind).SetInParent()
    answer(lambda: decode.command(message, context))


def answer(work: Callable[[], Any]) -> None:
    """Whether it works or not, nothing but a SparkError comes out, with all the parameters of its message."""
    try:
        work()
    except SparkError as failure:
        _, template = CONDITIONS[failure.condition]
        assert set(re.findall(r"<(\w+)>", template)) <= set(failure.parameters)


# What a message that may go no deeper becomes.
LEAVES: dict[str, Message] = {
    leaf.DESCRIPTOR.full_name: leaf
    for leaf in (
        proto.Relation(range=proto.Range(end=3, step=1)),
        proto.Expression(literal=proto.Expression.Literal(integer=1)),
        proto.Expression.Literal(integer=1),
        proto.DataType(integer=proto.DataType.Integer()),
    )
}


class Maker:
    """Fills messages with anything their fields can hold."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def fill(self, message: Message, depth: int) -> None:
        choice = self.random
        oneofs = {o.name: choice.choice([f.name for f in o.fields]) for o in message.DESCRIPTOR.oneofs}
        for field in message.DESCRIPTOR.fields:
            group = field.containing_oneof
            if (group is not None and oneofs[group.name] != field.name) or choice.random() < 0.1:
                continue
            if field.message_type is None:
                self.scalar(message, field)
            elif field.message_type.GetOptions().map_entry:
                self.entry(getattr(message, field.name), field.message_type.fields_by_name["value"], depth)
            else:
                target = getattr(message, field.name)
                for _ in range(choice.randrange(3)) if field.is_repeated else (0,):
                    part = target.add() if field.is_repeated else target
                    part.SetInParent()
                    if depth > 0:
                        self.fill(part, depth - 1)
                    elif part.DESCRIPTOR.full_name in LEAVES:
                        part.CopyFrom(LEAVES[part.DESCRIPTOR.full_name])

    def entry(self, target: Any, field: Any, depth: int) -> None:
        key = self.random.choice(TEXTS)
        if field.message_type is None:
            target[key] = self.value(field)
        elif depth > 0:
            self.fill(target[key], depth - 1)

    def scalar(self, message: Message, field: Any) -> None:
        if field.is_repeated:
            getattr(message, field.name).extend([self.value(field) for _ in range(self.random.randrange(3))])
        else:
            setattr(message, field.name, self.value(field))

    def value(self, field: Any) -> Any:
        choice = self.random
        match field.cpp_type:
            case field.CPPTYPE_STRING:
                text = choice.choice(TEXTS)
                return text.encode() if field.type == field.TYPE_BYTES else text
            case field.CPPTYPE_BOOL:
                return choice.random() < 0.5
            case field.CPPTYPE_FLOAT | field.CPPTYPE_DOUBLE:
                return choice.choice([0.0, 0.5, -1.0, 1e300, float("inf"), float("nan")])
            case field.CPPTYPE_ENUM:
                return choice.randrange(10)
            case field.CPPTYPE_UINT32 | field.CPPTYPE_UINT64:
                return abs(choice.choice(NUMBERS))
        return choice.choice(NUMBERS)


def test_messages_of_anything(context):
    maker = Maker(7)
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        for cls, decoder in ((proto.Relation, decode.relation), (proto.Command, decode.command)):
            message = cls()
            maker.fill(message, maker.random.randrange(1, 6))
            answer(lambda d=decoder, m=message: d(m, context))


def test_plans_with_changed_bytes(spark, context):
    t = spark.createDataFrame([(1, "x", 2.5)], "a int, b string, c double")
    window = Window.partitionBy("a").orderBy("b").rowsBetween(-1, 1)
    frames = [
        t.select("a", F.expr("a + 1"), F.lit([1, 2]), F.sum("c").over(window)).where(F.col("b").isin(["x", "y"])),
        t.groupBy("a").pivot("b", ["x"]).agg(F.sum("c")).join(spark.table("u"), "a", "left").orderBy(F.desc("a")),
        t.where(F.exists("l", lambda x: x > 1)).unpivot("a", ["c"], "k", "v").na.fill({"k": "x"}).sample(0.5, 1),
        t.where(t.a == spark.table("u").scalar()).withColumn("s", F.struct("a").cast("struct<a: string>")),
        spark.sql("select * from {df} where a = :a", {"a": 1}, df=t).drop("b").describe(),
        spark.read.schema("a int, b decimal(5, 2)").option("x", "y").csv("p").to(t.schema),
    ]
    plans = [frame._plan.to_proto(spark.client).root.SerializeToString() for frame in frames]
    change = random.Random(7)
    end, parsed = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        data = bytearray(change.choice(plans))
        for _ in range(change.randrange(1, 5)):
            data[change.randrange(len(data))] = change.randrange(256)
        try:
            message = proto.Relation.FromString(bytes(data))
        except DecodeError:
            continue
        parsed += 1
        answer(lambda m=message: decode.relation(m, context))
    assert parsed > 100


def deep_relation(depth: int) -> proto.Relation:
    message = part = proto.Relation()
    for _ in range(depth):
        part = part.limit.input
    part.range.step = 1
    return message


def deep_expression(depth: int) -> proto.Expression:
    message = part = proto.Expression()
    for _ in range(depth):
        part.unresolved_function.function_name = "not"
        part = part.unresolved_function.arguments.add()
    part.literal.boolean = True
    return message


def deep_type(depth: int) -> proto.DataType:
    message = part = proto.DataType()
    for _ in range(depth):
        part = part.array.element_type
    part.null.SetInParent()
    return message


@pytest.fixture
def unlimited():
    """Python's recursion limit as the server sets it; the C stack stays what it is."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1_000_000)
    yield
    sys.setrecursionlimit(before)


def in_small_stack(work: Callable[[], Any]) -> Any:
    """Run in a thread of 256 KiB of C stack, which any recursion in C would overflow at this depth."""
    result: list[Any] = []
    before = threading.stack_size(256 * 1024)
    thread = threading.Thread(target=lambda: result.append(work()))
    thread.start()
    threading.stack_size(before)
    thread.join()
    return result[0]


def test_plans_of_any_depth(unlimited, context):
    node = in_small_stack(lambda: decode.relation(deep_relation(5000), context))
    for _ in range(5000):
        assert isinstance(node, Limit)
        node = node.child
    assert isinstance(node, Range)
    node = in_small_stack(lambda: decode.expression(deep_expression(5000), context))
    for _ in range(5000):
        assert isinstance(node, UnresolvedFunction)
        (node,) = node.args
    in_small_stack(lambda: decode.data_type(deep_type(5000)))


def test_plans_too_deep_for_the_recursion_limit(context):
    for message, decoder in ((deep_relation(5000), decode.relation), (deep_expression(5000), decode.expression)):
        with pytest.raises(InvalidPlanInput, match="too deep"):
            decoder(message, context)
    with pytest.raises(InvalidPlanInput, match="too deep"):
        decode.data_type(deep_type(5000))


def test_the_work_grows_with_the_size_only(unlimited, context):
    def calls(work: Callable[[], Any]) -> int:
        count = 0

        def event(frame: Any, kind: str, arg: Any) -> None:
            nonlocal count
            count += kind == "call"

        sys.setprofile(event)
        try:
            work()
        finally:
            sys.setprofile(None)
        return count

    for make, decoder in ((deep_relation, decode.relation), (deep_expression, decode.expression)):
        messages = [make(n) for n in (500, 1000)]
        small, large = [calls(lambda d=decoder, m=m: d(m, context)) for m in messages]
        assert large - small <= 10 * 500
