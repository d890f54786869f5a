"""Table functions: how they are called, what `analyze` may say, what errors there are. `programs.py` asks."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from pyspark import cloudpickle
from pyspark.sql import Row
from pyspark.sql.functions import arrow_udtf, col, lit, udtf
from pyspark.sql.types import IntegerType, LongType, StringType, StructType
from pyspark.sql.udtf import (
    AnalyzeArgument,
    AnalyzeResult,
    OrderingColumn,
    PartitioningColumn,
    SelectedColumn,
    SkipRestOfInputTableException,
)

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers have no such module

SEEN = "SELECT id % 2 AS k, id AS v, CAST(id AS STRING) AS s FROM range(5)"
NULLS = "SELECT * FROM VALUES (1, 1), (NULL, 2), (1, NULL), (NULL, NULL), (2, 3) AS t(k, v)"
CONSTANTS = [
    "1", "1Y", "2S", "4L", "1.5F", "2.5D", "1.50BD", "'s'", "true", "X'0102'", "DATE'2020-01-02'",
    "TIMESTAMP'2020-01-02 03:04:05.000006'", "TIMESTAMP_NTZ'2020-01-02 03:04:05'", "TIME'01:02:03.000004'",
    "INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '1-2' YEAR TO MONTH", "array(1, null)", "map('a', 1)",
    "named_struct('a', 1, 'b', 'x')", "array(named_struct('a', DATE'2020-01-02'))", "parse_json('[1]')", "NULL",
    "CAST(NULL AS INT)", "1 + 1", "upper('a')", "rand(1) < 2", "current_database()", "array()", "(SELECT 1)",
]  # fmt: skip


# --- without analyze ---------------------------------------------------------------------------------


class Squares:
    def eval(self, n: int) -> Any:
        for i in range(n):
            yield i, str(n)


class Defaults:
    def eval(self, a: Any, b: Any = "b", *, c: Any = "c") -> Any:
        yield (f"{a} {b} {c}",)


class Anything:
    def eval(self, *args: Any, **kwargs: Any) -> Any:
        yield (f"{args!r} {sorted(kwargs.items())!r}",)


class Shown:
    def eval(self, row: Any) -> Any:
        yield (f"{type(row).__name__} {row!r} {len(row)} {row[0]!r} {row['k']!r} {row.k!r}",)


class Groups:
    """A row for each group, with what came in which order."""

    def __init__(self) -> None:
        self.rows: list[Any] = []

    def eval(self, row: Row) -> Any:
        self.rows.append(tuple(row))

    def terminate(self) -> Any:
        yield (repr(self.rows),)


class Sets(Groups):
    """The same where the order is nobody's to say."""

    def terminate(self) -> Any:
        yield (repr(sorted(self.rows, key=repr)),)


class Counts:
    def __init__(self) -> None:
        self.n = 0

    def eval(self, *args: Any) -> Any:
        self.n += 1
        yield self.n, "row"

    def terminate(self) -> Any:
        yield self.n, "end"


class Skips:
    def __init__(self) -> None:
        self.n = 0

    def eval(self, row: Any) -> Any:
        self.n += 1
        if self.n == 2:
            raise SkipRestOfInputTableException
        yield self.n, "row"

    def terminate(self) -> Any:
        yield self.n, "end"


class SkipsScalar(Skips):
    def eval(self, n: Any) -> Any:
        raise SkipRestOfInputTableException


class OnlyTerminates:
    def eval(self) -> None:
        pass

    def terminate(self) -> Any:
        yield 7, "end"


class ReturnsList:
    def eval(self) -> Any:
        return [(1, "a"), (2, None)]


class WithNew:
    def __new__(cls) -> Any:
        made = super().__new__(cls)
        made.said = "new"
        return made

    def eval(self) -> Any:
        yield 1, self.said


def yields(value: Any) -> type:
    class Yields:
        def eval(self) -> Any:
            yield value

    return Yields


def returns(value: Any) -> type:
    class Returns:
        def eval(self) -> Any:
            return value

    return Returns


def fails(method: str, error: str) -> type:
    def fail(self: Any, *args: Any) -> Any:
        raise {"value": ValueError("boo"), "stop": StopIteration("stop"), "skip": SkipRestOfInputTableException()}[
            error
        ]

    return type("Fails", (), {"eval": lambda self: iter([(1, "a")]), method: fail})


class Late:
    def eval(self) -> Any:
        yield 1, "a"
        raise ValueError("late")


class Cleans:
    def __init__(self) -> None:
        self.n = 0

    def eval(self, x: int) -> Any:
        self.n += 1
        yield self.n, "a"

    def terminate(self) -> Any:
        yield self.n, "t"

    def cleanup(self) -> None:
        self.n = -1


class NotAMethod:
    eval = 3


# --- with analyze --------------------------------------------------------------------------------------


class Describes:
    @staticmethod
    def analyze(*args: AnalyzeArgument, **kwargs: AnalyzeArgument) -> AnalyzeResult:
        said = [
            f"{a.dataType!r} {type(a.value).__name__} {a.value!r} {a.isTable} {a.isConstantExpression}" for a in args
        ]
        said += [f"{k}: {a.dataType!r} {a.value!r} {a.isTable} {a.isConstantExpression}" for k, a in kwargs.items()]
        return AnalyzeResult(StructType().add("; ".join(said), StringType()))

    def eval(self, *args: Any, **kwargs: Any) -> Any:
        yield (repr((args, kwargs)),)


def asks(**fields: Any) -> type:
    """A function of a table whose `analyze` answers so."""
    ordered = "orderBy" in fields and ("partitionBy" in fields or len(fields["orderBy"]) > 1)

    class Asks(Groups if ordered else Sets):  # type: ignore[misc]
        @staticmethod
        def analyze(row: AnalyzeArgument) -> AnalyzeResult:
            return AnalyzeResult(StructType().add("r", StringType()), **fields)

    return Asks


def answers(answer: Any) -> type:
    class Answers:
        @staticmethod
        def analyze(*args: Any) -> Any:
            return answer() if callable(answer) else answer

        def eval(self, *args: Any) -> Any:
            yield (1,)

    return Answers


@dataclass
class Prepared(AnalyzeResult):
    words: tuple[str, ...] = ()
    factor: int = 1


class Uses:
    @staticmethod
    def analyze(text: AnalyzeArgument, factor: AnalyzeArgument) -> AnalyzeResult:
        words = tuple(text.value.split(" "))
        schema = StructType()
        for word in words:
            schema = schema.add(word, IntegerType())
        return Prepared(schema, words=words, factor=factor.value)

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared

    def eval(self, text: str, factor: int) -> Any:
        yield tuple(len(w) * self.prepared.factor for w in self.prepared.words)


class UsesTable:
    """What `analyze` found out of a table, and a buffer."""

    @staticmethod
    def analyze(n: AnalyzeArgument, row: AnalyzeArgument) -> AnalyzeResult:
        names = tuple(f.name for f in row.dataType.fields)
        schema = StructType().add("n", LongType()).add("names", StringType())
        return Prepared(schema, withSinglePartition=True, orderBy=[OrderingColumn("v", False)], words=names)

    def __init__(self, prepared: Prepared) -> None:
        self.prepared, self.total, self.first = prepared, 0, None

    def eval(self, n: int, row: Row) -> None:
        self.first = row["v"] if self.first is None else self.first
        self.total += n * row["v"]

    def terminate(self) -> Any:
        yield self.total, f"{self.prepared.words} {self.first}"


class Counted(AnalyzeResult):
    def __init__(self, schema: StructType) -> None:
        super().__init__(schema)
        self.lock = __import__("threading").Lock()


class InitOfTwo:
    @staticmethod
    def analyze() -> AnalyzeResult:
        return AnalyzeResult(StructType().add("a", IntegerType()))

    def __init__(self, one: Any, two: Any) -> None:
        pass

    def eval(self) -> Any:
        yield (1,)


class InitOfNone(InitOfTwo):
    def __init__(self) -> None:
        pass


class OptionalAnalyze:
    @staticmethod
    def analyze(a: AnalyzeArgument, b: AnalyzeArgument | None = None) -> AnalyzeResult:
        return AnalyzeResult(StructType().add("a" if b is None else "b", a.dataType))

    def eval(self, a: Any, b: Any = None) -> Any:
        yield (a,)


class NamedOnly:
    @staticmethod
    def analyze(*, a: AnalyzeArgument) -> AnalyzeResult:
        return AnalyzeResult(StructType().add("a", a.dataType))

    def eval(self, *, a: Any) -> Any:
        yield (a,)


class TwoColumns:
    @staticmethod
    def analyze() -> AnalyzeResult:
        return AnalyzeResult(StructType().add("a", IntegerType()).add("b", StringType(), False))

    def eval(self) -> Any:
        yield 1, None


def _raises() -> Any:
    raise ValueError("no")


def _exits() -> Any:
    os._exit(7)


# --- of Arrow --------------------------------------------------------------------------------------------


class Batches:
    def eval(self, batch: pa.RecordBatch) -> Iterator[Any]:
        yield pa.table({"a": [batch.num_rows], "b": [str(batch.schema.names)]})


class Arrays:
    def eval(self, *args: Any) -> Iterator[Any]:
        yield pa.table({"a": [len(args)], "b": [" ".join(f"{a.type} {a.to_pylist()}" for a in args)]})


class ArrowSums:
    def __init__(self) -> None:
        self.total, self.keys = 0, set()  # type: ignore[var-annotated]

    def eval(self, batch: pa.RecordBatch) -> Iterator[Any]:
        self.total += sum(batch.column("v").to_pylist())
        self.keys |= set(batch.column("k").to_pylist())
        return iter(())

    def terminate(self) -> Iterator[Any]:
        yield pa.table({"a": [self.total], "b": [repr(sorted(self.keys))]})


class TableAndMore:
    def eval(self, batch: Any, x: Any, y: Any = None) -> Iterator[Any]:
        said = f"{type(batch).__name__} {type(x).__name__} {x} {y}"
        yield pa.RecordBatch.from_pydict({"a": [batch.num_rows], "b": [said]})


class ArrowSkips:
    def __init__(self) -> None:
        self.n = 0

    def eval(self, batch: Any) -> Iterator[Any]:
        self.n += 1
        raise SkipRestOfInputTableException

    def terminate(self) -> Iterator[Any]:
        yield pa.table({"a": [self.n], "b": ["end"]})


def gives(value: Any) -> type:
    class Gives:
        def eval(self) -> Any:
            yield value

    return Gives


# --- the cases -------------------------------------------------------------------------------------------


TYPE = "a int, b string"


def call(cls: type, sql: str, type: str | None = TYPE, **how: Any) -> Any:
    """The rows of a query in which `f` is a table function of that class."""

    def run(spark: Any) -> Any:
        spark.udtf.register("f", udtf(cls, returnType=type, **how))
        return spark.sql(sql)

    return run


def arrow(cls: type, sql: str, type: str = TYPE) -> Any:
    def run(spark: Any) -> Any:
        spark.udtf.register("f", arrow_udtf(cls, returnType=type))
        return spark.sql(sql)

    return run


def inline(cls: type, given: Any, type: str | None = TYPE) -> Any:
    return lambda spark: given(udtf(cls, returnType=type), spark)


BAD_YIELDS: dict[str, Any] = {
    "a number": 1, "a string": "ab", "a list": [1, "a"], "a row": Row(a=1, b="x"), "a row in another order": Row(b="x", a=1),
    "a row of other names": Row(x=1, y="x"), "a dict": {"a": 1, "b": "x"}, "too few": (1,), "too many": (1, "a", 2),
    "none": None, "nothing in it": (), "other types": ("x", 1), "nested": ((1, "a"),), "a float": (1.5, "a"),
    "too large": (1 << 40, "a"), "a decimal for text": (1, 2.5),
}  # fmt: skip


def _plain() -> dict[str, Any]:
    cases: dict[str, Any] = {}
    for kind, how in (("rows", {"useArrow": False}), ("arrow", {"useArrow": True})):

        def add(name: str, cls: type, sql: str, type: str | None = TYPE, kind: str = kind, how: Any = how) -> None:
            cases[f"{kind} {name}"] = call(cls, sql, type, **how)

        add("constant", Squares, "SELECT * FROM f(2)")
        add("named", Squares, "SELECT b, a FROM f(n => 1)")
        add("unknown name", Squares, "SELECT * FROM f(m => 1)")
        add("too few arguments", Squares, "SELECT * FROM f()")
        add("too many arguments", Squares, "SELECT * FROM f(1, 2)")
        add("defaults", Defaults, "SELECT * FROM f(1), f(1, 2), f(1, c => 3), f(a => 1, b => 2)", "a string")
        add("defaults missing", Defaults, "SELECT * FROM f(b => 1)", "a string")
        add("anything", Anything, "SELECT * FROM f(1, 'a', x => 1.5BD, y => NULL)", "a string")
        add("positional after named", Anything, "SELECT * FROM f(x => 1, 2)", "a string")
        add("twice named", Anything, "SELECT * FROM f(x => 1, x => 2)", "a string")
        add("lateral", Squares, "SELECT id, a, b FROM range(3) t, LATERAL f(CAST(t.id AS INT))")
        add("lateral without rows", Counts, "SELECT * FROM range(0) t, LATERAL f(t.id)")
        add("lateral instance", Counts, "SELECT id, a, b FROM range(0, 3, 1, 1) t, LATERAL f(t.id)")
        add("left lateral", Squares, "SELECT id, a FROM range(3) t LEFT JOIN LATERAL f(CAST(t.id AS INT))")
        add("lateral with names", Squares, "SELECT id, x FROM range(3) t, LATERAL f(CAST(t.id AS INT)) u(x, y)")
        add("join of two", Squares, "SELECT x.a, y.a FROM f(2) x JOIN f(3) y USING (a)")
        add("skips rows", Skips, f"SELECT * FROM f(TABLE({SEEN}) WITH SINGLE PARTITION)")
        add("skips in each partition", Skips, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k)")
        add("skips without a table", SkipsScalar, "SELECT * FROM f(1)")
        add("skips in a lateral", SkipsScalar, "SELECT * FROM range(0, 3, 1, 1) t, LATERAL f(t.id)")
        add("only terminates", OnlyTerminates, "SELECT * FROM f()")
        add("returns a list", ReturnsList, "SELECT * FROM f()")
        add("new", WithNew, "SELECT * FROM f()")
        add("counts", Counts, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k)")
        add("cleans", Cleans, "SELECT * FROM f(1)")
        add("late", Late, "SELECT * FROM f()")
        add("not a method", NotAMethod, "SELECT * FROM f()")
        for method in ("__init__", "eval", "terminate", "cleanup"):
            for error in ("value", "stop", "skip"):
                add(f"fails {method} {error}", fails(method, error), "SELECT * FROM f()")
        for name, value in BAD_YIELDS.items():
            add(f"yields {name}", yields(value), "SELECT * FROM f()")
        for name, value in {
            "a number": 1,
            "none": None,
            "a string": "ab",
            "an empty list": [],
            "rows": [Row(1, "x")],
        }.items():
            add(f"returns {name}", returns(value), "SELECT * FROM f()")
        add("row", Shown, f"SELECT * FROM f(TABLE({SEEN}))", "a string")
        add("row named", Shown, f"SELECT * FROM f(row => TABLE({SEEN}))", "a string")
        add("table by name", Groups, "SELECT * FROM f(TABLE(seen) PARTITION BY k)", "a string")
        add("partition by two", Groups, f"SELECT * FROM f(TABLE({NULLS}) PARTITION BY (k, v))", "a string")
        add("partition by null", Groups, f"SELECT * FROM f(TABLE({NULLS}) PARTITION BY k ORDER BY v)", "a string")
        add(
            "partition by expression",
            Groups,
            f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY v % 3 ORDER BY v)",
            "a string",
        )
        add(
            "order down",
            Groups,
            f"SELECT * FROM f(TABLE({NULLS}) PARTITION BY k ORDER BY v DESC NULLS FIRST)",
            "a string",
        )
        add(
            "order by two",
            Groups,
            f"SELECT * FROM f(TABLE({SEEN}) WITH SINGLE PARTITION ORDER BY k DESC, s)",
            "a string",
        )
        add("distribute by", Groups, f"SELECT * FROM f(TABLE({SEEN}) DISTRIBUTE BY k SORT BY v DESC)", "a string")
        add("order alone", Groups, f"SELECT * FROM f(TABLE({SEEN}) ORDER BY k)", "a string")
        add("partition by unknown", Groups, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY nope)", "a string")
        add("order by unknown", Groups, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k ORDER BY nope)", "a string")
        add(
            "partition by array",
            Groups,
            "SELECT * FROM f(TABLE(SELECT array(id % 2) AS k FROM range(2)) PARTITION BY k)",
            "a string",
        )
        add("no rows single", Groups, "SELECT * FROM f(TABLE(SELECT 1 WHERE false) WITH SINGLE PARTITION)", "a string")
        add("no rows", Groups, "SELECT * FROM f(TABLE(SELECT 1 AS k WHERE false) PARTITION BY k)", "a string")
        add("two tables", Anything, f"SELECT * FROM f(TABLE({SEEN}), TABLE({SEEN}))", "a string")
        add("unknown table", Anything, "SELECT * FROM f(TABLE(nope))", "a string")
        add("in an expression", Squares, "SELECT f(1)")
        add(
            "of a table in a lateral",
            Groups,
            f"SELECT * FROM range(2) t, LATERAL f(TABLE({SEEN}) WITH SINGLE PARTITION)",
            "a string",
        )
        add(
            "correlated table",
            Groups,
            "SELECT * FROM range(2) t, LATERAL f(TABLE(SELECT t.id + id FROM range(2)) WITH SINGLE PARTITION)",
            "a string",
        )
        add("subquery as argument", Squares, "SELECT * FROM f((SELECT 2))")
        add("aggregate as argument", Squares, "SELECT * FROM f(max(1))")
        add("column without lateral", Squares, "SELECT * FROM range(1) t, f(t.id)")
        add("with a filter above", Counts, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k) WHERE b = 'end'")
        add("of itself", Squares, "SELECT * FROM f(TABLE(SELECT a FROM f(3)))")
        add("empty type", Squares, "SELECT count(*) FROM f(1)", "")
    return cases


def _with_analyze() -> dict[str, Any]:
    cases: dict[str, Any] = {
        f"analyze given {c}": call(Describes, f"SELECT * FROM f({c})", None) for c in CONSTANTS
    }  # fmt: skip
    wrong_lists: dict[str, Any] = {
        "partitionBy of names": {"partitionBy": ["k"]}, "orderBy of names": {"orderBy": ["v"], "withSinglePartition": True},
        "select of names": {"select": ["v"]}, "partitionBy of a name": {"partitionBy": "k"},
        "partitionBy of a column": {"partitionBy": PartitioningColumn("k")},
        "both partitionings": {"withSinglePartition": True, "partitionBy": [PartitioningColumn("k")]},
        "order without partitions": {"orderBy": [OrderingColumn("v")]},
    }  # fmt: skip
    good: dict[str, Any] = {
        "single": {"withSinglePartition": True},
        "partitionBy": {"partitionBy": [PartitioningColumn("k")]},
        "partitionBy two": {"partitionBy": [PartitioningColumn("k"), PartitioningColumn("v")]},
        "partitionBy expression": {
            "partitionBy": [PartitioningColumn("v % 3")],
            "orderBy": [OrderingColumn("v"), OrderingColumn("k")],
        },
        "partitionBy unknown": {"partitionBy": [PartitioningColumn("nope")]},
        "partitionBy what does not parse": {"partitionBy": [PartitioningColumn("a b c")]},
        "orderBy": {"partitionBy": [PartitioningColumn("k")], "orderBy": [OrderingColumn("v")]},
        "orderBy down": {"partitionBy": [PartitioningColumn("k")], "orderBy": [OrderingColumn("v", ascending=False)]},
        "orderBy nulls last": {"withSinglePartition": True, "orderBy": [OrderingColumn("v", overrideNullsFirst=False), OrderingColumn("k")]},
        "orderBy down nulls first": {"withSinglePartition": True, "orderBy": [OrderingColumn("v", False, True), OrderingColumn("k")]},
        "orderBy expression": {"withSinglePartition": True, "orderBy": [OrderingColumn("-v"), OrderingColumn("k")]},
        "orderBy expression with order": {"withSinglePartition": True, "orderBy": [OrderingColumn("v DESC")]},
        "orderBy unknown": {"withSinglePartition": True, "orderBy": [OrderingColumn("nope")]},
        "select": {"withSinglePartition": True, "orderBy": [OrderingColumn("v"), OrderingColumn("k")], "select": [SelectedColumn("v")]},
        "select two": {"withSinglePartition": True, "select": [SelectedColumn("v"), SelectedColumn("k")]},
        "select expression": {"withSinglePartition": True, "select": [SelectedColumn("v + 1", "w"), SelectedColumn("k", "l")]},
        "select expression without alias": {"withSinglePartition": True, "select": [SelectedColumn("v + 1")]},
        "select what is partitioned by": {"partitionBy": [PartitioningColumn("k")], "orderBy": [OrderingColumn("v")], "select": [SelectedColumn("v")]},
        "select and partition by both": {"partitionBy": [PartitioningColumn("k")], "orderBy": [OrderingColumn("v")], "select": [SelectedColumn("k"), SelectedColumn("v")]},
        "select unknown": {"withSinglePartition": True, "select": [SelectedColumn("nope")]},
        "select twice": {"withSinglePartition": True, "select": [SelectedColumn("v"), SelectedColumn("v")]},
        "select without partitions": {"select": [SelectedColumn("v")]},
        "select by alias in order": {"withSinglePartition": True, "orderBy": [OrderingColumn("w")], "select": [SelectedColumn("v", "w")]},
        "select star": {"withSinglePartition": True, "select": [SelectedColumn("*")]},
        "select aggregate": {"withSinglePartition": True, "select": [SelectedColumn("max(v)", "m")]},
    }  # fmt: skip
    for name, fields in (good | wrong_lists).items():
        cases[f"analyze asks {name}"] = call(asks(**fields), f"SELECT * FROM f(TABLE({NULLS} ORDER BY k, v))", None)
    one, single = asks(partitionBy=[PartitioningColumn("k")]), asks(withSinglePartition=True)
    nothing = asks()
    for clause in (
        "PARTITION BY k",
        "WITH SINGLE PARTITION",
        "PARTITION BY k ORDER BY v",
        "WITH SINGLE PARTITION ORDER BY k, v",
    ):
        for name, cls in (("partitionBy", one), ("single", single), ("nothing", nothing)):
            cases[f"analyze asks {name} and call has {clause}"] = call(
                cls, f"SELECT * FROM f(TABLE({NULLS}) {clause})", None
            )
    cases |= {
        "analyze asks single of arrow": call(asks(**good["select expression"]), f"SELECT * FROM f(TABLE({NULLS} ORDER BY k, v))", None, useArrow=True),
        "analyze given a table": call(Describes, f"SELECT * FROM f(TABLE({SEEN}))", None),
        "analyze given a named table": call(Describes, f"SELECT * FROM f(t => TABLE({SEEN}) WITH SINGLE PARTITION, n => 1)", None),
        "analyze given a column": call(Describes, "SELECT u.* FROM range(2) t, LATERAL f(t.id, 1) u", None),
        "analyze given nothing": call(TwoColumns, "SELECT a FROM f()", None),
        "analyze given named": call(Describes, "SELECT * FROM f(1, x => 'a')", None),
        "analyze raises": call(answers(_raises), "SELECT * FROM f()", None),
        "analyze answers None": call(answers(None), "SELECT * FROM f()", None),
        "analyze answers a type": call(answers(StructType().add("a", IntegerType())), "SELECT * FROM f()", None),
        "analyze answers text as a type": call(answers(AnalyzeResult("a int")), "SELECT * FROM f()", None),
        "analyze answers a type that is no struct": call(answers(AnalyzeResult(IntegerType())), "SELECT * FROM f()", None),
        "analyze answers no columns": call(answers(AnalyzeResult(StructType())), "SELECT count(*) FROM f()", None),
        "analyze asks single without a table": call(answers(AnalyzeResult(StructType().add("a", IntegerType()), withSinglePartition=True)), "SELECT * FROM f()", None),
        "analyze asks partitions without a table": call(answers(AnalyzeResult(StructType().add("a", IntegerType()), partitionBy=[PartitioningColumn("a")])), "SELECT * FROM f()", None),
        "analyze asks select without a table": call(answers(AnalyzeResult(StructType().add("a", IntegerType()), select=[SelectedColumn("a")])), "SELECT * FROM f()", None),
        "analyze exits": call(answers(_exits), "SELECT * FROM f()", None),
        "analyze with too few": call(OptionalAnalyze, "SELECT * FROM f()", None),
        "analyze with one": call(OptionalAnalyze, "SELECT * FROM f(1)", None),
        "analyze with two": call(OptionalAnalyze, "SELECT * FROM f(b => 1, a => 'x')", None),
        "analyze with three": call(OptionalAnalyze, "SELECT * FROM f(1, 2, 3)", None),
        "analyze named only": call(NamedOnly, "SELECT * FROM f(a => 1.5D)", None),
        "analyze named only by place": call(NamedOnly, "SELECT * FROM f(1.5D)", None),
        "analyze prepares": call(Uses, "SELECT * FROM f('a bb ccc', 10)", None),
        "analyze prepares, of arrow": call(Uses, "SELECT * FROM f('a bb ccc', 10)", None, useArrow=True),
        "analyze prepares with a null": call(Uses, "SELECT * FROM f(NULL, 10)", None),
        "analyze prepares for a table": call(UsesTable, f"SELECT * FROM f(2, TABLE({SEEN}))", None),
        "analyze prepares for a table, of arrow": call(UsesTable, f"SELECT * FROM f(row => TABLE({SEEN}), n => 3)", None, useArrow=True),
        "analyze answers what no pickle holds": call(answers(lambda: Counted(StructType().add("a", IntegerType()))), "SELECT * FROM f()", None),
        "analyze and __init__ of two": call(InitOfTwo, "SELECT * FROM f()", None),
        "analyze and __init__ of none": call(InitOfNone, "SELECT * FROM f()", None),
        "analyze says never null": call(TwoColumns, "SELECT * FROM f()", None),
        "analyze in a lateral": call(OptionalAnalyze, "SELECT id, a FROM range(2) t, LATERAL f(t.id)", None),
        "inline constant": inline(Squares, lambda f, spark: f(lit(2))),
        "inline named": inline(Squares, lambda f, spark: f(n=lit(2))),
        "inline column": inline(Squares, lambda f, spark: f("id")),
        "inline table": inline(Groups, lambda f, spark: f(spark.sql(SEEN).asTable().partitionBy("k").orderBy(col("v").desc())), "a string"),
        "inline table partitioned by an expression": inline(Groups, lambda f, spark: f(spark.sql(SEEN).asTable().partitionBy(col("v") % 3).orderBy("v")), "a string"),
        "inline single": inline(Groups, lambda f, spark: f(spark.sql(SEEN).asTable().withSinglePartition().orderBy("s")), "a string"),
        "inline lateral": inline(Squares, lambda f, spark: spark.range(3).lateralJoin(f(col("id").cast("int").outer()))),
        "inline analyze": inline(Uses, lambda f, spark: f(lit("a bb"), factor=lit(3)), None),
        "inline analyze of a table": inline(UsesTable, lambda f, spark: f(lit(1), row=spark.sql(SEEN).asTable()), None),
        "inline analyze and partitions": inline(one, lambda f, spark: f(spark.sql(NULLS).asTable().partitionBy("k")), None),
    }  # fmt: skip
    return cases


def _of_arrow() -> dict[str, Any]:
    table, constant = f"TABLE({SEEN})", "SELECT * FROM f()"
    good = pa.table({"a": pa.array([1], pa.int32()), "b": ["x"]})
    given: dict[str, Any] = {
        "a table": good, "a batch": good.to_batches()[0], "int64": pa.table({"a": [1], "b": ["x"]}),
        "too large": pa.table({"a": [1 << 40], "b": ["x"]}), "text of digits": pa.table({"a": ["1"], "b": ["x"]}),
        "text": pa.table({"a": ["x"], "b": ["x"]}), "another order": pa.table({"b": ["x"], "a": [1]}),
        "other names": pa.table({"x": [1], "y": ["x"]}), "too few": pa.table({"a": [1]}),
        "too many": pa.table({"a": [1], "b": ["x"], "c": [1]}), "nulls": pa.table({"a": pa.nulls(1), "b": pa.nulls(1)}),
        "no rows": good.slice(0, 0), "an array": pa.array([1]), "none": None, "a tuple": (1, "x"), "a float": pa.table({"a": [1.5], "b": ["x"]}),
        "large text": pa.table({"a": [1], "b": pa.array(["x"], pa.large_string())}), "a number for text": pa.table({"a": [1], "b": [2]}),
    }  # fmt: skip
    cases = {f"arrow_udtf gives {name}": arrow(gives(value), constant) for name, value in given.items()}
    cases |= {
        "arrow_udtf constants": arrow(Arrays, "SELECT * FROM f(1, 'a', NULL, array(1))"),
        "arrow_udtf nothing": arrow(Arrays, constant),
        "arrow_udtf lateral": arrow(Arrays, "SELECT id, a, b FROM range(0, 3, 1, 1) t, LATERAL f(t.id)"),
        "arrow_udtf table": arrow(Batches, f"SELECT * FROM f({table} WITH SINGLE PARTITION)"),
        "arrow_udtf partitions": arrow(ArrowSums, f"SELECT * FROM f({table} PARTITION BY k)"),
        "arrow_udtf partitions by expression": arrow(ArrowSums, f"SELECT * FROM f({table} PARTITION BY v % 3)"),
        "arrow_udtf order": arrow(Arrays, f"SELECT * FROM f({table} WITH SINGLE PARTITION ORDER BY v DESC)"),
        "arrow_udtf single": arrow(ArrowSums, f"SELECT * FROM f({table} WITH SINGLE PARTITION)"),
        "arrow_udtf table and more": arrow(TableAndMore, f"SELECT * FROM f({table} WITH SINGLE PARTITION, 5, y => 'k')"),
        "arrow_udtf skips": arrow(ArrowSkips, f"SELECT * FROM f({table} PARTITION BY k)"),
        "arrow_udtf terminates without rows": arrow(ArrowSums, "SELECT * FROM f(TABLE(SELECT 1 AS k, 2 AS v WHERE false) PARTITION BY k)"),
        "arrow_udtf fails": arrow(fails("eval", "value"), constant),
        "arrow_udtf fails in terminate": arrow(type("T", (), {"eval": lambda self: iter(()), "terminate": lambda self: _raises()}), constant),
        "arrow_udtf too many arguments": arrow(Batches, "SELECT * FROM f(1, 2)"),
        "arrow_udtf two tables": arrow(Arrays, f"SELECT * FROM f({table}, {table})"),
        "arrow_udtf returns none": arrow(type("N", (), {"eval": lambda self: None}), constant),
    }  # fmt: skip
    return cases


def _of_empty_tables() -> dict[str, Any]:
    """None of whose instances is made, and tables beside other rows."""
    nothing, cases = "SELECT * FROM (SELECT id % 2 AS k, id AS v FROM range(5)) WHERE v > 10", {}
    for kind, how in (("rows", {"useArrow": False}), ("arrow", {"useArrow": True})):
        for clause in ("PARTITION BY k", "WITH SINGLE PARTITION"):
            cases[f"{kind} empty, {clause}"] = call(
                Groups, f"SELECT * FROM f(TABLE({nothing}) {clause})", "a string", **how
            )
    numbers, chain = "SELECT id, a FROM range(3) t", "LATERAL f(CAST(t.id AS INT)) u, LATERAL f(u.a) w"
    return cases | {
        "arrow_udtf empty": arrow(ArrowSums, f"SELECT * FROM f(TABLE({nothing}) PARTITION BY k)"),
        "arrow_udtf lateral table": arrow(ArrowSums, f"SELECT * FROM range(2) t, LATERAL f(TABLE({SEEN}) PARTITION BY k)"),
        "arrow_udtf beside a table": arrow(ArrowSums, f"SELECT * FROM range(2) t, f(TABLE({SEEN}) PARTITION BY k)"),
        "deterministic in a lateral": _deterministic,
        "in a lateral subquery": call(Squares, f"{numbers}, LATERAL (SELECT a FROM f(CAST(t.id AS INT)))"),
        "in a lateral subquery of its own": call(Squares, f"{numbers}, LATERAL (SELECT a FROM f(1))"),
        "left lateral ON true": call(Squares, f"{numbers} LEFT JOIN LATERAL f(CAST(t.id AS INT)) ON true"),
        "left lateral ON": call(Squares, f"{numbers} LEFT JOIN LATERAL f(CAST(t.id AS INT)) u ON u.a > 0"),
        "lateral ON": call(Squares, "SELECT id, a FROM range(4) t JOIN LATERAL f(CAST(t.id AS INT)) u ON u.a = t.id - 1"),
        "lateral of a lateral": call(Squares, f"SELECT id, u.a, w.a FROM range(3) t, {chain}"),
        "order by two in parentheses": call(Groups, f"SELECT * FROM f(TABLE({SEEN}) WITH SINGLE PARTITION ORDER BY (k, v DESC))", "a string"),
        "partition by two without": call(Groups, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k, v)", "a string"),
        "partition by, and another argument": call(Anything, f"SELECT * FROM f(TABLE({SEEN}) PARTITION BY k, 5)", "a string"),
        "names twice": call(Groups, "SELECT * FROM f(TABLE(SELECT id, id FROM range(2)))", "a string"),
    }  # fmt: skip


def _deterministic(spark: Any) -> Any:
    spark.udtf.register("f", udtf(Groups, returnType="a string").asDeterministic())
    return spark.sql(f"SELECT * FROM range(2) t, LATERAL f(TABLE({SEEN}) WITH SINGLE PARTITION ORDER BY v)")


def _texts() -> dict[str, Any]:
    """Texts that `analyze` may give where expressions belong."""
    cases: dict[str, Any] = {}
    ordered = [OrderingColumn("v"), OrderingColumn("k")]
    for text in ["a b c", "v AS", "sum(", "", "v, k", "v AS x", "count(*)", "row_number() OVER (ORDER BY v, k)"]:
        asked = {
            "partitionBy": asks(partitionBy=[PartitioningColumn(text)]),
            "orderBy": asks(withSinglePartition=True, orderBy=[OrderingColumn(text), *ordered]),
            "select": asks(withSinglePartition=True, select=[SelectedColumn(text)]),
            "select with an alias": asks(withSinglePartition=True, select=[SelectedColumn(text, "x")]),
        }
        for place, cls in asked.items():
            cases[f"analyze says {text!r} in {place}"] = call(cls, f"SELECT * FROM f(TABLE({NULLS}))", None)
    return cases


CASES: dict[str, Any] = _plain() | _with_analyze() | _of_arrow() | _of_empty_tables() | _texts()
