"""Table functions of users."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from pyspark import cloudpickle
from pyspark.errors import AnalysisException, PythonException
from pyspark.sql import Row
from pyspark.sql.functions import lit, udtf
from pyspark.sql.types import LongType, StringType, StructType
from pyspark.sql.udtf import AnalyzeResult, OrderingColumn, PartitioningColumn

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers cannot import tests

arrow = pytest.mark.parametrize("arrow", [False, True])


def rows(frame: Any) -> list[tuple[Any, ...]]:
    return [tuple(r) for r in frame.collect()]


class Squares:
    def eval(self, n: int) -> Any:
        for i in range(n):
            yield i, str(n)


class Counts:
    def __init__(self) -> None:
        self.seen: list[Any] = []

    def eval(self, row: Row) -> None:
        self.seen.append(row)

    def terminate(self) -> Any:
        yield self.seen[0]["k"], len(self.seen), self.seen[0]["v"], len(self.seen[0])


@arrow
def test_constants_and_rows_before_it(both: Any, arrow: bool) -> None:
    function = udtf(Squares, returnType="a int, b string", useArrow=arrow)
    assert rows(function(lit(2))) == [(0, "2"), (1, "2")]
    both.udtf.register("squares", function)
    assert rows(both.sql("SELECT * FROM squares(n => 1)")) == [(0, "1")]
    lateral = both.sql("SELECT id, a FROM range(3) t, LATERAL squares(CAST(t.id AS INT))")
    assert rows(lateral) == [(1, 0), (2, 0), (2, 1)]
    outer = both.sql("SELECT id, a FROM range(2) t LEFT JOIN LATERAL squares(CAST(t.id AS INT))")
    assert sorted(rows(outer)) == [(0, None), (1, 0)]


@arrow
def test_left_joins_keep_rows_of_which_nothing_passes(both: Any, arrow: bool) -> None:
    both.udtf.register("squares", udtf(Squares, returnType="a int, b string", useArrow=arrow))
    call = "LEFT JOIN LATERAL (SELECT a, t.id AS again FROM squares(CAST(t.id AS INT))) u"
    joined = both.sql(f"SELECT id, a, again FROM range(4) t {call} ON a > 0 AND t.id <> 2")
    assert sorted(rows(joined), key=repr) == [(0, None, None), (1, None, None), (2, None, None), (3, 1, 3), (3, 2, 3)]
    joined = both.sql(f"SELECT id, a, again FROM range(2) t {call}")
    assert sorted(rows(joined)) == [(0, None, None), (1, 0, 1)]


@arrow
def test_tables_are_partitioned_and_ordered(both: Any, arrow: bool) -> None:
    both.udtf.register("counts", udtf(Counts, returnType="k int, n int, v int, width int", useArrow=arrow))
    table = "TABLE(SELECT id % 2 AS k, id AS v FROM range(5))"
    assert rows(both.sql(f"SELECT * FROM counts({table} PARTITION BY k ORDER BY v DESC)")) == [
        (0, 3, 4, 2),
        (1, 2, 3, 2),
    ]
    assert rows(both.sql(f"SELECT * FROM counts({table} WITH SINGLE PARTITION)")) == [(0, 5, 0, 2)]


class Summed:
    @staticmethod
    def analyze(row: Any) -> AnalyzeResult:
        if not row.isTable:
            raise ValueError("a table is wanted")
        schema = StructType().add("k", LongType()).add("s", LongType()).add("note", StringType())
        return AnalyzeResult(schema, partitionBy=[PartitioningColumn("k")], orderBy=[OrderingColumn("v")])

    def __init__(self) -> None:
        self.total = 0

    def eval(self, row: Row) -> None:
        self.k, self.total = row["k"], self.total + row["v"]

    def terminate(self) -> Any:
        yield self.k, self.total, None


@arrow
def test_analyze_decides_schema_and_partitions(both: Any, arrow: bool) -> None:
    function = udtf(Summed, useArrow=arrow)
    table = both.sql("SELECT id % 2 AS k, id AS v FROM range(5)")
    assert rows(function(table.asTable())) == [(0, 6, None), (1, 4, None)]
    with pytest.raises(AnalysisException, match="a table is wanted") as caught:
        function(lit(1)).collect()
    assert caught.value.getCondition() == "TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON"


class Fails:
    def eval(self) -> Any:
        raise ValueError("boo")


@arrow
def test_errors_name_the_method(both: Any, arrow: bool) -> None:
    with pytest.raises(PythonException, match=r"UDTF_EXEC_ERROR.*'eval' method: boo"):
        udtf(Fails, returnType="a int", useArrow=arrow)().collect()
