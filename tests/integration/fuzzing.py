"""What the fuzz test throws at a server: plans that are nearly right, messages of anything, and bytes that were changed.

All of it comes from a `Random`, so that a seed gives the same again.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pyspark.sql.connect.proto as pb
from google.protobuf.message import Message
from pyspark.sql.connect.dataframe import DataFrame
from pyspark.sql.connect.functions import builtin as F

from glowplug.functions.registry import all_functions
from glowplug.plan.function import Accept, Function, Signature
from glowplug.sql import parse_type
from glowplug.types import DataType

# Columns of every kind, with the values that break things.
COLUMNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "b": ("BOOLEAN", ("true", "false")),
    "y": ("TINYINT", ("0Y", "-128Y", "127Y")),
    "i": ("INT", ("0", "1", "-1", "2147483647", "-2147483648", "7")),
    "l": ("BIGINT", ("0L", "3L", "9223372036854775807L", "-1L")),
    "f": ("FLOAT", ("0f", "-0f", "1.5f", "'NaN'", "'Infinity'")),
    "d": ("DOUBLE", ("0d", "-1.5d", "1e300d", "'NaN'", "'-Infinity'")),
    "m": ("DECIMAL(10,2)", ("0.00", "99999999.99", "-0.01")),
    "w": ("DECIMAL(38,6)", ("0", "99999999999999999999999999999999.999999", "-1")),
    "s": ("STRING", ("''", "'abc'", "'ä🔥'", "' a b '", "'%_\\\\\\\\'", "'{\"a\": 1}'", "'12'", "'2024-02-30'")),
    "t": ("STRING", ("'2024-02-29'", "'1'", "'yyyy-MM-dd'", "'UTC'", "'a'", "'('")),
    "x": ("BINARY", ("X''", "X'00ff'", "X'616263'")),
    "dt": ("DATE", ("DATE'2024-02-29'", "DATE'0001-01-01'", "DATE'9999-12-31'")),
    "ts": ("TIMESTAMP", ("TIMESTAMP'2024-03-31 02:30:00.123456'", "TIMESTAMP'1900-01-01 00:00:00'")),
    "tn": ("TIMESTAMP_NTZ", ("TIMESTAMP_NTZ'2024-12-31 23:59:59.999999'",)),
    "ym": ("INTERVAL YEAR TO MONTH", ("INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '-3' MONTH")),
    "dy": ("INTERVAL DAY TO SECOND", ("INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '-1' SECOND")),
    "a": ("ARRAY<INT>", ("array(1, null, 3)", "array()", "array(2147483647)")),
    "sa": ("ARRAY<STRING>", ("array('a', null, '')", "array('b')")),
    "aa": ("ARRAY<ARRAY<INT>>", ("array(array(1), null)", "array(array(null, 2))")),
    "mp": ("MAP<STRING,INT>", ("map('a', 1, 'b', null)", "map()")),
    "st": ("STRUCT<a:INT,b:STRING>", ("named_struct('a', 1, 'b', 'x')", "named_struct('a', null, 'b', '')")),
    "se": ("ARRAY<STRUCT<k:STRING,v:INT>>", ("array(named_struct('k', 'a', 'v', 1))",)),
    "v": ("VOID", ("NULL",)),
}
TYPES: dict[str, DataType] = {name: parse_type(type) for name, (type, _) in COLUMNS.items()}
CASTS = [*{type for type, _ in COLUMNS.values()}, "DECIMAL(3,1)", "SMALLINT", "CHAR(2)", "TIME(6)", "NOPE"]
OPERATORS = ["+", "-", "*", "/", "%", "DIV", "=", "<=>", "<", ">=", "AND", "OR", "||", "&", "^", "<<", "LIKE", "RLIKE"]
FUNCTIONS = {n: f for n, f in sorted(all_functions().items()) if n.isidentifier()}
AGGREGATES = [name for name, function in FUNCTIONS.items() if function.kind == "aggregate"]
RANKINGS = [name for name, function in FUNCTIONS.items() if function.kind == "window"]
# They wait for a time that the arguments say, or their result is as long as those say.
SLOW = ("repeat", "space", "lpad", "rpad", "sequence", "array_repeat", "stack", "randstr")


def table_sql(rows: int = 6) -> str:
    """A query of all columns, in which a row is NULL."""
    lines = []
    for i in range(rows):
        values = (f"CAST({v[i % len(v)]} AS {t})" if t != "VOID" else "NULL" for t, v in COLUMNS.values())
        lines.append(f"({', '.join('NULL' for _ in COLUMNS) if i == rows - 1 else ', '.join(values)})")
    return f"SELECT * FROM VALUES {', '.join(lines)} t({', '.join(COLUMNS)})"


class Frames:
    """Random DataFrames over a table of all types, of SQL expressions that mostly fit their places."""

    def __init__(self, random: Random, table: DataFrame) -> None:
        self.random, self.table = random, table

    def frame(self) -> DataFrame:
        df = self.table
        if self.random.random() < 0.5:
            return self.probe()
        for _ in range(self.random.randint(1, 4)):
            df = self.random.choice(self.STEPS)(self, df)
        return df

    def probe(self) -> DataFrame:
        """A call of one function whose arguments fit, mostly."""
        name = self.random.choice([name for name in FUNCTIONS if name not in SLOW])
        if FUNCTIONS[name].kind == "aggregate":
            return self.table.groupBy("b").agg(F.expr(self.call_of(name, 0)))
        over = " OVER (ORDER BY i, s)" if FUNCTIONS[name].kind == "window" else ""
        return self.table.selectExpr(self.call_of(name, 0) + over)

    # --- expressions

    def text(self, accept: Accept | None = None, depth: int = 2) -> str:
        """An expression; a column that `accept` accepts, mostly."""
        r = self.random
        roll = r.random()
        if accept is not None and roll < 0.8:
            fitting = [name for name, type in TYPES.items() if accept.accepts(type)]
            if fitting:
                name = r.choice(fitting)
                return self.literal(name) if accept.foldable or r.random() < 0.3 else name
        if depth == 0 or roll < 0.15:
            name = r.choice(list(COLUMNS))
            return name if r.random() < 0.7 else self.literal(name)
        return r.choice(self.FORMS)(self, depth - 1)

    def literal(self, name: str) -> str:
        type, values = COLUMNS[name]
        return "NULL" if self.random.random() < 0.1 else f"CAST({self.random.choice(values)} AS {type})"

    def call(self, depth: int) -> str:
        while (name := self.random.choice(list(FUNCTIONS))) in SLOW or FUNCTIONS[name].kind != "scalar":
            pass
        return self.call_of(name, depth)

    def call_of(self, name: str, depth: int) -> str:
        function: Function = FUNCTIONS[name]
        overloads = function.signature if isinstance(function.signature, tuple) else (function.signature,)
        signature: Signature = self.random.choice(overloads)
        params = [*signature.params]
        if signature.optional:
            params = params[: self.random.randint(signature.least, len(params))]
        if signature.variadic and params:
            params += [params[-1]] * self.random.randint(0, 2)
        if self.random.random() < 0.03:
            params = params[1:]
        texts = [self.random.choice(LAMBDAS) if p.lambda_ else self.text(p, depth) for p in params]
        return f"{name}({', '.join(texts)})"

    def operation(self, depth: int) -> str:
        x = self.text(None, depth)
        y = self.literal(x) if x in COLUMNS and self.random.random() < 0.7 else self.text(None, depth)
        return f"({x} {self.random.choice(OPERATORS)} {y})"

    def cast(self, depth: int) -> str:
        word = self.random.choice(("CAST", "TRY_CAST"))
        return f"{word}({self.text(None, depth)} AS {self.random.choice(CASTS)})"

    def choice(self, depth: int) -> str:
        return f"CASE WHEN {self.condition(depth)} THEN {self.text(None, depth)} ELSE {self.text(None, depth)} END"

    def test(self, depth: int) -> str:
        x, y = self.text(None, depth), self.text(None, depth)
        forms = (
            f"{x} IS NULL",
            f"{x} IN ({y}, {x})",
            f"{x} BETWEEN {y} AND {x}",
            f"NOT ({x})",
            f"{x} IS DISTINCT FROM {y}",
        )
        return f"({self.random.choice(forms)})"

    def part(self, depth: int) -> str:
        return self.random.choice(("a[{}]", "mp[{}]", "sa[{}]", "st.a", "se.k", "se[{}].v", "st[{}]")).format(
            self.text(None, depth)
        )

    def subquery(self, depth: int) -> str:
        x = self.text(None, depth)
        forms = (
            f"(SELECT max({x}) FROM base)",
            f"EXISTS (SELECT 1 FROM base WHERE {x} = i)",
            f"{x} IN (SELECT i FROM base)",
        )
        return f"({self.random.choice(forms)})"

    def condition(self, depth: int) -> str:
        return self.random.choice((self.test, lambda d: f"{self.text(None, d)} > {self.text(None, d)}", lambda d: "b"))(
            depth
        )

    def aggregate(self) -> str:
        call = self.call_of(self.random.choice(AGGREGATES), 1)
        if self.random.random() < 0.2:
            call = call.replace("(", "(DISTINCT ", 1)
        return call if self.random.random() < 0.8 else f"{call} FILTER (WHERE {self.condition(1)})"

    def window(self, depth: int = 1) -> str:
        r = self.random
        call = self.call_of(r.choice(RANKINGS), 1) if r.random() < 0.5 else self.aggregate()
        order = f"ORDER BY {self.text(None, depth)} {r.choice(('', 'DESC', 'NULLS LAST'))}" if r.random() < 0.8 else ""
        frame = r.choice(
            (
                "",
                "",
                "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW",
                "RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING",
                "ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING",
                "ROWS BETWEEN 2 FOLLOWING AND 1 PRECEDING",
            )
        )
        return f"{call} OVER (PARTITION BY {self.text(None, depth)} {order} {frame})"

    FORMS: tuple[Callable[..., str], ...] = (
        call,
        call,
        call,
        call,
        operation,
        operation,
        cast,
        choice,
        test,
        part,
        subquery,
    )

    # --- relations

    def names(self, df: DataFrame, least: int = 1) -> list[str]:
        """Some columns of the table, which `df` may have no more; it is not asked, for that costs a call."""
        return self.random.sample(list(COLUMNS), self.random.randint(least, 3))

    def items(self, most: int = 4) -> list[str]:
        makers: tuple[Callable[[], str], ...] = (self.text, self.text, self.text, self.window)
        return [f"{self.random.choice(makers)()} AS c{i}" for i in range(self.random.randint(1, most))]

    def select(self, df: DataFrame) -> DataFrame:
        return df.selectExpr("*", *self.items()) if self.random.random() < 0.7 else df.selectExpr(*self.items())

    def generate(self, df: DataFrame) -> DataFrame:
        names = [name for name, function in FUNCTIONS.items() if function.kind == "generator" and name not in SLOW]
        return df.selectExpr("i", self.call_of(self.random.choice(names), 1))

    def filter(self, df: DataFrame) -> DataFrame:
        return df.filter(self.condition(2))

    def group(self, df: DataFrame) -> DataFrame:
        r = self.random
        keys = [F.expr(self.text(None, 1)) if r.random() < 0.4 else F.col(name) for name in self.names(df, 0)]
        grouped = r.choice((df.groupBy, df.rollup, df.cube))(*keys)
        if r.random() < 0.2 and len(keys) == 1:
            grouped = df.groupBy(*keys).pivot(r.choice(list(COLUMNS)), ["a", 1] if r.random() < 0.3 else [1, 7])
        return grouped.agg(*[F.expr(self.aggregate()).alias(f"g{i}") for i in range(r.randint(1, 3))])

    def join(self, df: DataFrame) -> DataFrame:
        r = self.random
        kind = r.choice(("inner", "left", "right", "full", "semi", "anti", "cross"))
        if r.random() < 0.4:
            return df.join(self.table, self.names(df), kind)
        return df.alias("p").join(
            self.table.alias("q"), F.expr(f"p.i {r.choice(OPERATORS)} {self.text(None, 1)}"), kind
        )

    def sort(self, df: DataFrame) -> DataFrame:
        return df.sort(*[F.expr(self.text(None, 1)).desc_nulls_last() for _ in self.names(df)])

    def cut(self, df: DataFrame) -> DataFrame:
        return self.random.choice((df.limit, df.offset))(self.random.choice((0, 1, 3, 1 << 30)))

    def combine(self, df: DataFrame) -> DataFrame:
        name = self.random.choice(("union", "unionByName", "intersect", "intersectAll", "subtract", "exceptAll"))
        other = self.table if self.random.random() < 0.5 else df
        return getattr(df, name)(other)  # type: ignore[no-any-return]

    def reshape(self, df: DataFrame) -> DataFrame:
        names, r = self.names(df), self.random
        return r.choice(
            (
                lambda: df.distinct(),
                lambda: df.dropDuplicates(names),
                lambda: df.drop(*names),
                lambda: df.select(*names),
                lambda: df.withColumn(names[0], F.expr(self.text())),
                lambda: df.withColumnRenamed(names[0], "renamed"),
                lambda: df.unpivot(names[0], names[1:] or ["i"], "k", "v"),
                lambda: df.na.fill(r.choice((1, "x", True, 1.5)), names),
                lambda: df.na.drop("all", None, names),
                lambda: df.na.replace(1, 2, names),
                lambda: df.describe(*names),
                lambda: df.summary("count", "50%"),
                lambda: df.sample(0.5, seed=3),
                lambda: df.freqItems(names),
                lambda: df.crosstab(names[0], names[-1]),
                lambda: df.repartition(3, *names),
                lambda: df.hint("broadcast").alias("z"),
                lambda: df.transpose(),
                lambda: df.to(self.table.schema),
                lambda: df.selectExpr(*[f"{n} AS {m}" for n, m in zip(names, reversed(names), strict=True)]),
            )
        )()

    STEPS: tuple[Callable[..., DataFrame], ...] = (
        select, select, select, select, generate, filter, group, group, join, sort, cut, combine, reshape, reshape,
    )  # fmt: skip


LAMBDAS = (
    "x -> x",
    "x -> x + 1",
    "(x, y) -> x",
    "(x, y) -> x = y",
    "(x, y) -> x + y",
    "x -> x IS NULL",
    "(x, y, z) -> z",
)
TEXTS = ["", "a", "i", "s", "q.i", "a.b", "`a", "1 +", "i + 1 AS z", "int", "a int", "array<", "decimal(99)", "nope",
         "SELECT 1", "SELECT * FROM base", "base", "{", '{"type":"struct","fields":[]}', "'", "*", "t.*", "\0", "🔥",
         "inner", "sum", "+", "count", "abs", "parquet", "/nope"]  # fmt: skip
NUMBERS = [0, 1, 2, 3, 7, 38, 39, 255, -1, -128]
FINAL = {"relation": ("sql", "local_relation", "range", "read"), "expression": ("literal", "unresolved_attribute")}


class Messages:
    """Messages of any content. Where they may go no deeper they end with what can be analysed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def plan(self) -> pb.Plan:
        plan = pb.Plan()
        self.fill(plan.root, self.random.randint(2, 8))
        return plan

    def fill(self, message: Message, depth: int) -> None:
        r = self.random
        if depth <= 0 and (end := ENDS.get(message.DESCRIPTOR.full_name)):
            message.CopyFrom(r.choice(end))
            return
        chosen = {o.name: r.choice([f.name for f in o.fields]) for o in message.DESCRIPTOR.oneofs}
        for field in message.DESCRIPTOR.fields:
            group = field.containing_oneof
            if field.name in ("common", "extension") or (group is not None and chosen[group.name] != field.name):
                continue
            if field.message_type is None:
                if r.random() < 0.8:
                    self.scalar(message, field)
            elif field.message_type.GetOptions().map_entry:
                self.entry(getattr(message, field.name), field.message_type.fields_by_name["value"], depth)
            elif field.message_type.full_name in ENDS or r.random() < 0.7:
                target = getattr(message, field.name)
                for _ in range(r.randint(0, 2)) if field.is_repeated else (0,):
                    part = target.add() if field.is_repeated else target
                    part.SetInParent()
                    if depth > -4:
                        self.fill(part, depth - 1)

    def entry(self, target: Any, field: Any, depth: int) -> None:
        key = self.random.choice(TEXTS)
        if field.message_type is None:
            target[key] = self.value(field)
        elif depth > 0:
            self.fill(target[key], depth - 1)

    def scalar(self, message: Message, field: Any) -> None:
        if field.is_repeated:
            getattr(message, field.name).extend([self.value(field) for _ in range(self.random.randint(0, 2))])
        else:
            setattr(message, field.name, self.value(field))

    def value(self, field: Any) -> Any:
        r = self.random
        match field.cpp_type:
            case field.CPPTYPE_STRING:
                text = r.choice(TEXTS)
                return text.encode() if field.type == field.TYPE_BYTES else text
            case field.CPPTYPE_BOOL:
                return r.random() < 0.5
            case field.CPPTYPE_FLOAT | field.CPPTYPE_DOUBLE:
                return r.choice([0.0, 0.5, 1.0, -1.0, 1e300, float("inf"), float("nan")])
            case field.CPPTYPE_ENUM:
                return r.randrange(10)
            case field.CPPTYPE_UINT32 | field.CPPTYPE_UINT64:
                return abs(r.choice(NUMBERS))
        return r.choice(NUMBERS)


def _column(name: str) -> pb.Expression:
    return pb.Expression(unresolved_attribute=pb.Expression.UnresolvedAttribute(unparsed_identifier=name))


ENDS: dict[str, list[Any]] = {
    "spark.connect.Relation": [
        pb.Relation(sql=pb.SQL(query="SELECT * FROM base")),
        pb.Relation(range=pb.Range(end=3, step=1)),
        pb.Relation(sql=pb.SQL(query="SELECT 1 AS i, 'x' AS s")),
    ],
    "spark.connect.Expression": [
        *map(_column, ["i", "s", "a", "id", "d", "nope"]),
        pb.Expression(literal=pb.Expression.Literal(integer=1)),
        pb.Expression(expression_string=pb.Expression.ExpressionString(expression="count(*)")),
    ],
    "spark.connect.Expression.Literal": [pb.Expression.Literal(integer=1), pb.Expression.Literal(string="x")],
    "spark.connect.DataType": [pb.DataType(integer=pb.DataType.Integer()), pb.DataType(string=pb.DataType.String())],
}


def mutated(data: bytes, random: Random) -> bytes:
    """The bytes with some flipped, cut or repeated; never none."""
    out = bytearray(data)
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(out))
        match random.randrange(4):
            case 0 | 1:
                out[at] = random.randrange(256)
            case 2:
                del out[at : at + random.randint(1, 8)]
            case 3:
                out[at:at] = out[at : at + random.randint(1, 16)]
        if not out:
            return b"\0"
    return bytes(out)
