"""Tables of databases: a PostgreSQL server of our own, and SQLite's files."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("glowplug_test_postgres", HERE / "postgres.py")
assert spec is not None and spec.loader is not None
postgres = importlib.util.module_from_spec(spec)
import sys  # noqa: E402

sys.modules[spec.name] = postgres
spec.loader.exec_module(postgres)

TYPES = """
    CREATE TABLE types (bool boolean, i2 smallint, i4 int, i8 bigint, f4 real, f8 double precision, n numeric(10,2), nn numeric,
      t text, vc varchar(5), ch char(4), b bytea, d date, ts timestamp, tz timestamptz, tm time, u uuid, j json, jb jsonb,
      iv interval, m money, a int[], ta text[], na numeric(5,1)[], bits bit(3), ip inet, x xml, o oid, pt point, nm name,
      tmz timetz)
"""
VALUES = """
    INSERT INTO types VALUES (true, 1, 2, 3, 1.5, 2.5, 12.30, 1.5, 't', 'vc', 'ch', '\\x00ff', '2020-01-02',
      '2020-01-02 03:04:05.123456', '2020-01-02 03:04:05+00', '03:04:05', '12345678-1234-1234-1234-123456789012', '{"a": 1}',
      '{"a":1}', '1 day', 12.5, '{1,null}', '{a,b}', '{1.5}', '101', '127.0.0.1', '<a/>', 7, '(1,2)', 'nm', '03:04:05+00')
"""
# Apache Spark 4.2.1 with PostgreSQL's driver 42.5.5 gives this, but for `bits`, which it has as the bytes of the digits, for
# `ip`, without the /32, and for `na`, of which ADBC does not say the scale.
SPARK_TYPES = (
    "bool:boolean,i2:smallint,i4:int,i8:bigint,f4:float,f8:double,n:decimal(10,2),nn:decimal(38,18),t:string,vc:string,"
    "ch:string,b:binary,d:date,ts:timestamp,tz:timestamp,tm:timestamp,u:string,j:string,jb:string,iv:string,m:string,"
    "a:array<int>,ta:array<string>,na:array<decimal(38,18)>,bits:string,ip:string,x:string,o:decimal(20,0),pt:string,nm:string,"
    "tmz:timestamp"
)
SPARK_VALUES = {
    "bool": True, "i2": 1, "i4": 2, "i8": 3, "f4": 1.5, "f8": 2.5, "n": Decimal("12.30"),
    "nn": Decimal("1.500000000000000000"), "t": "t", "vc": "vc", "ch": "ch  ", "b": b"\x00\xff", "d": date(2020, 1, 2),
    "ts": datetime(2020, 1, 2, 3, 4, 5, 123456), "tz": datetime(2020, 1, 1, 22, 4, 5), "tm": datetime(1970, 1, 1, 3, 4, 5),
    "u": "12345678-1234-1234-1234-123456789012", "j": '{"a": 1}', "jb": '{"a": 1}', "iv": "1 day", "m": "$12.50",
    "a": [1, None], "ta": ["a", "b"], "na": [Decimal("1.5")], "bits": "101", "ip": "127.0.0.1/32", "x": "<a/>",
    "o": Decimal(7), "pt": "(1,2)", "nm": "nm", "tmz": datetime(1969, 12, 31, 22, 4, 5),
}  # fmt: skip
ALL = """
    select 1 i, true b, 1Y y, 2S s, 3L l, 1.5F f, 2.5D d, 12.30BD n, date'2020-01-02' da,
      timestamp'2020-01-02 03:04:05.123456' ts, timestamp_ntz'2020-07-02 03:04:05' ntz, x'00ff' bi, 'it''s "x" é' st
    union all select 2, null, null, null, null, null, null, null, null, null, null, null, null
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/New_York"
    time.tzset()
    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", "America/New_York")
    yield session
    session.stop()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


@pytest.fixture(params=["postgresql", "sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The options that name an empty database."""
    if request.param == "sqlite":
        return {"url": f"jdbc:sqlite:{tmp_path}/a b.db"}
    server = request.getfixturevalue("server")
    run(server, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return dict(server.options)


def run(server: Any, *statements: str) -> list[tuple[Any, ...]]:
    """Statements run beside Glowplug; the last one's rows."""
    import adbc_driver_postgresql.dbapi as driver

    from glowplug.io.postgresql import uri

    rows = []
    with driver.connect(uri(server.url, server.options), autocommit=True) as c, c.cursor() as cursor:
        for text in statements:
            for statement in text.split(";"):
                cursor.execute(statement)
        if cursor.description:
            rows = cursor.fetchall()
    return rows


def read(spark: Any, place: dict[str, str], **options: str) -> Any:
    return spark.read.format("jdbc").options(**place).options(**options).load()


def write(frame: Any, place: dict[str, str], mode: str = "error", **options: str) -> None:
    frame.write.format("jdbc").mode(mode).options(**place).options(**options).save()


def condition(act: Any) -> str | None:
    from pyspark.errors import PySparkException

    with pytest.raises(PySparkException) as raised:
        act()
    found: str | None = raised.value.getCondition()
    return found


def test_types_of_postgresql_are_those_of_spark(spark: Any, server: Any) -> None:
    run(server, "DROP TABLE IF EXISTS types", TYPES, VALUES, "INSERT INTO types DEFAULT VALUES")
    frame = read(spark, server.options, dbtable="types")
    assert frame.schema.simpleString() == f"struct<{SPARK_TYPES}>"
    first, second = frame.collect()
    assert first.asDict() == SPARK_VALUES
    assert set(second) == {None}
    ntz = read(spark, server.options, dbtable="types", preferTimestampNTZ="true").selectExpr(
        "typeof(ts)", "cast(ts as string)"
    )
    assert tuple(ntz.first()) == ("timestamp_ntz", "2020-01-02 03:04:05.123456")


def test_what_is_written_is_read(spark: Any, place: dict[str, str]) -> None:
    frame = spark.sql(ALL)
    write(frame, place, dbtable="t")
    again = read(spark, place, dbtable="t").orderBy("i")
    columns = [c for c in frame.columns if c != "ntz"]
    assert again.select(columns).collect() == frame.orderBy("i").select(columns).collect()
    assert again.selectExpr("cast(ntz as string)").first()[0] == "2020-07-02 03:04:05"


def test_save_modes(spark: Any, place: dict[str, str]) -> None:
    rows = lambda: sorted(tuple(r) for r in read(spark, place, dbtable="t").collect())  # noqa: E731
    one = spark.sql("select 1L a, 'x' b")
    write(one, place, dbtable="t")
    assert condition(lambda: write(one, place, dbtable="t")) == "_LEGACY_ERROR_TEMP_1288"
    write(one, place, "ignore", dbtable="t")
    assert rows() == [(1, "x")]
    write(spark.sql("select 'y' B, 2L a"), place, "append", dbtable="t")
    assert rows() == [(1, "x"), (2, "y")]
    assert (
        condition(lambda: write(spark.sql("select 1L zz"), place, "append", dbtable="t"))
        == "COLUMN_NOT_DEFINED_IN_TABLE"
    )
    write(spark.sql("select 3L a, 'z' b"), place, "overwrite", dbtable="t", truncate="true")
    assert rows() == [(3, "z")]
    write(spark.sql("select true q"), place, "overwrite", dbtable="t")
    assert rows() == [(True,)]
    one.write.jdbc(place["url"], "t", mode="overwrite", properties={k: v for k, v in place.items() if k != "url"})
    assert rows() == [(1, "x")]


def test_a_write_that_fails_changes_nothing(spark: Any, place: dict[str, str]) -> None:
    write(spark.sql("select 1L a"), place, dbtable="t")
    bad = spark.sql("select cast(if(id = 99999, raise_error('stop'), id) as bigint) a from range(100000)")
    for mode, options in (("append", {}), ("overwrite", {}), ("overwrite", {"truncate": "true"})):
        assert condition(lambda m=mode, o=options: write(bad, place, m, dbtable="t", **o)) == "USER_RAISED_EXCEPTION"
        assert [tuple(r) for r in read(spark, place, dbtable="t").collect()] == [(1,)]


def test_partitions_hold_each_row_once(spark: Any, place: dict[str, str]) -> None:
    write(spark.sql("select if(id = 5, null, id) i, date_add(date'2020-01-01', int(id)) d, "
                    "timestamp'2020-01-01 00:00:00' + make_dt_interval(int(id)) t from range(100)"), place, dbtable="t")  # fmt: skip
    for column, lower, upper in (
        ("i", "10", "60"),
        ("d", "2020-02-01", "2020-03-01"),
        ("t", "2020-02-01", "2020-03-01 12:00:00"),
    ):
        frame = read(
            spark, place, dbtable="t", partitionColumn=column, lowerBound=lower, upperBound=upper, numPartitions="4"
        )
        assert frame.selectExpr("count(*)", "sum(i)", "count(distinct d)").first() == (100, 4945, 100)
    frame = spark.read.jdbc(place["url"], "t", predicates=["i < 10", "i > 90"],
                            properties={k: v for k, v in place.items() if k != "url"})  # fmt: skip
    assert frame.count() == 18


def test_wrong_partitions(spark: Any, place: dict[str, str]) -> None:
    write(spark.sql("select 1L i, 'x' s"), place, dbtable="t")
    bounds = {"lowerBound": "1", "upperBound": "9", "numPartitions": "3"}
    cases: list[tuple[dict[str, str], str]] = [
        ({"dbtable": "t", "partitionColumn": "i"}, "INVALID_DATA_SOURCE_OPTION"),
        ({"dbtable": "t", "partitionColumn": "nope", **bounds}, "_LEGACY_ERROR_TEMP_1286"),
        ({"dbtable": "t", "partitionColumn": "s", **bounds}, "_LEGACY_ERROR_TEMP_1287"),
        ({"dbtable": "t", "partitionColumn": "i", **bounds, "lowerBound": "10"}, "INVALID_DATA_SOURCE_OPTION"),
        ({"dbtable": "t", "partitionColumn": "i", **bounds, "lowerBound": "x"}, "INVALID_DATA_SOURCE_OPTION"),
        ({"query": "select * from t", "partitionColumn": "i", **bounds}, "INVALID_DATA_SOURCE_OPTION"),
    ]
    for options, expected in cases:
        assert condition(lambda o=options: read(spark, place, **o).schema) == expected


@pytest.mark.parametrize(
    ("filter", "pushed"),
    [
        ("i = 3", 1), ("3 < i", 1), ("i <=> 3", 1), ("i in (1, 2)", 1), ("i is null", 1), ("i is not null and s = 'b'", 2),
        ("not (i = 1)", 1), ("i = 1 or i > 2", 1), ("s < 'c'", 0), ("upper(s) = 'A'", 0), ("i + 1 = 2", 0),
        ("i = 1 or upper(s) = 'B'", 0), ("i = 1 and upper(s) = 'A'", 1),
        ("i = 1 or i = 2 and upper(s) = 'B'", 1), ("s = 'it''s'", 1),
    ],
)  # fmt: skip
def test_filters_go_to_the_database(spark: Any, place: dict[str, str], filter: str, pushed: int) -> None:
    rows = "select * from values (1, 'a'), (2, 'b'), (3, 'it\\'s'), (null, 'b'), (4, null), (-1, 'B') t(i, s)"
    write(spark.sql(rows), place, dbtable="t")
    frame, same = (
        read(spark, place, dbtable="t"),
        spark.sql(f"select cast(i as {'bigint' if 'sqlite' in place['url'] else 'int'}) i, s from ({rows})"),
    )
    assert sorted(frame.where(filter).collect(), key=str) == sorted(same.where(filter).collect(), key=str)
    text = frame.where(filter)._explain_string(extended=True)
    shown = text.partition("filters: ")[2].partition("\n")[0]
    assert (shown.count(" AND ") + 1 if shown else 0) == pushed
    plain = read(spark, place, dbtable="t", pushDownPredicate="false").where(filter)
    assert "filters: " not in plain._explain_string(extended=True)
    assert sorted(plain.collect(), key=str) == sorted(same.where(filter).collect(), key=str)


def test_texts_that_sqlite_compares_in_its_own_way(spark: Any, tmp_path: Any) -> None:
    """By a column's collation; as numbers where its type is none that SQLite knows; by what a query makes of them."""
    with sqlite3.connect(tmp_path / "texts.db") as database:
        database.executescript("""
            CREATE TABLE t (id INTEGER, folded TEXT COLLATE NOCASE, loose STRING);
            INSERT INTO t VALUES (1, 'a', '007'), (2, 'A', '7.5'), (3, 'b', 'x'), (4, NULL, NULL);
        """)
    options = {"url": f"jdbc:sqlite:{tmp_path / 'texts.db'}"}
    cases = {"folded = 'a'": [1], "NOT (folded = 'a')": [2, 3], "folded NOT IN ('a')": [2, 3],
             "NOT (folded <=> 'A')": [1, 3, 4], "NOT (loose = '007')": [1, 2, 3], "loose IN ('7', '7.5')": [1, 2]}  # fmt: skip
    for condition, ids in cases.items():
        rows = read(spark, options, dbtable="t").where(condition).collect()
        assert sorted(row.id for row in rows) == ids, condition
    made = read(spark, options, query="SELECT id, nullif(id, 1) AS made FROM t")  # a text, by its first value
    assert [row.id for row in made.where("made = '3'").collect()] == [3]


def test_filters_of_other_types(spark: Any, server: Any) -> None:
    run(server, "DROP TABLE IF EXISTS types", TYPES, VALUES)
    frame = read(spark, server.options, dbtable="types")
    for filter in ("d > date'2020-01-01'", "n = 12.30BD", "bool", "not bool = false", "i8 in (3L)",
                   "tz = timestamp'2020-01-01 22:04:05'", "ts > timestamp'2020-01-01'", "ch = 'ch  '", "ch <> 'ch'"):  # fmt: skip
        assert frame.where(filter).count() == 1, filter
    assert frame.where("ch = 'ch'").count() == 0


def test_limits_go_to_the_database(spark: Any, place: dict[str, str]) -> None:
    write(spark.range(100), place, dbtable="t")
    frame = read(spark, place, dbtable="t")
    assert frame.limit(7).count() == 7
    assert frame.select((frame.id + 1).alias("x")).limit(3).count() == 3
    assert "limit: 3" in frame.selectExpr("id + 1").limit(3)._explain_string(extended=True)
    for other in (frame.where("id % 2 = 1").limit(3), frame.orderBy("id").limit(3), frame.limit(3).offset(1)):
        assert "limit: 3" not in other._explain_string(extended=True) or other.count() == 2
    assert [r[0] for r in frame.where("id % 2 = 1").orderBy("id").limit(3).collect()] == [1, 3, 5]
    windows = frame.selectExpr("count(*) OVER () AS n").limit(1)
    assert "limit: 1" not in windows._explain_string(extended=True) and windows.first().n == 100
    plain = read(spark, place, dbtable="t", pushDownLimit="false").limit(3)
    assert "limit: 3" not in plain._explain_string(extended=True)
    assert plain.count() == 3


def test_only_the_columns_in_use_are_asked_for(spark: Any, server: Any) -> None:
    """A column that the database cannot compute does no harm where it is not used."""
    query = "select i, 1 / (i - i) AS bad from generate_series(1, 3) i"
    assert read(spark, server.options, query=query).select("i").count() == 3
    assert condition(lambda: read(spark, server.options, query=query).collect()) == "FAILED_JDBC.UNCLASSIFIED"


def test_options(spark: Any, server: Any) -> None:
    options = server.options
    run(server, "DROP TABLE IF EXISTS t")
    write(spark.sql("select 'x' a, 1 b"), options, dbtable="t", createTableColumnTypes="A VARCHAR(10)",
          createTableOptions="WITH (fillfactor=70)", isolationLevel="SERIALIZABLE", batchsize="10")  # fmt: skip
    columns = (
        "select column_name, data_type, character_maximum_length from information_schema.columns where table_name = 't'"
    )
    assert sorted(run(server, columns)) == [("a", "character varying", 10), ("b", "integer", None)]
    assert run(server, "select reloptions from pg_class where relname = 't'") == [(["fillfactor=70"],)]
    custom = read(spark, options, dbtable="t", customSchema="b STRING, nope INT")
    assert custom.schema.simpleString() == "struct<a:string,b:string>"
    assert tuple(custom.first()) == ("x", "1")
    init = read(
        spark, options, query="select current_setting('x.y') v", sessionInitStatement="set x.y = 'hello'", fetchsize="1"
    )
    assert init.first()[0] == "hello"
    prepared = read(spark, options, prepareQuery="WITH w AS (SELECT 7 AS seven)", dbtable="(SELECT * FROM w) AS q")
    assert prepared.first()[0] == 7
    in_url = read(spark, {"url": f"{server.url}?user={postgres.USER}&password=plug's%20secret&ApplicationName=me"},
                  query="select current_setting('application_name') v", driver="org.postgresql.Driver")  # fmt: skip
    assert in_url.first()[0] == "me"
    slow = {"queryTimeout": "1", "query": "select pg_sleep(20)::text s"}
    assert condition(lambda: read(spark, options, **slow).collect()) == "FAILED_JDBC.UNCLASSIFIED"
    write(spark.sql("select array(1, 2) a, array('x') b, 1 c"), options, "overwrite", dbtable="public.t")
    assert tuple(read(spark, options, dbtable='public."t"').first()) == ([1, 2], ["x"], 1)


def test_wrong_options(spark: Any, server: Any) -> None:
    o = server.options
    one = spark.sql("select 1 a")
    cases: list[tuple[Any, str]] = [
        (lambda: read(spark, o, query="select 1", dbtable="t"), "_LEGACY_ERROR_TEMP_2078"),
        (lambda: read(spark, o), "_LEGACY_ERROR_TEMP_2079"),
        (lambda: read(spark, {}, dbtable="t"), "INVALID_DATA_SOURCE_OPTION"),
        (lambda: read(spark, {"url": "jdbc:oracle:thin:@x"}, dbtable="t"), "UNSUPPORTED_FEATURE.GLOWPLUG"),
        (lambda: read(spark, o, dbtable="nowhere"), "JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION"),
        (lambda: read(spark, o, query="selec 1"), "JDBC_EXTERNAL_ENGINE_SYNTAX_ERROR.DURING_OUTPUT_SCHEMA_RESOLUTION"),
        (lambda: read(spark, {**o, "password": "x"}, query="select 1"), "FAILED_JDBC.CONNECTION"),
        (lambda: read(spark, {"url": "jdbc:postgresql://127.0.0.1:1/x"}, query="select 1"), "FAILED_JDBC.CONNECTION"),
        (lambda: spark.read.format("jdbc").options(**o, query="select 1 a").schema("b INT").load().schema,
         "USER_SPECIFIED_AND_ACTUAL_SCHEMA_MISMATCH"),
        (lambda: write(one, o, dbtable="t", isolationLevel="nope"), "_LEGACY_ERROR_TEMP_2081"),
        (lambda: write(one, o, dbtable="t", numPartitions="0"), "_LEGACY_ERROR_TEMP_2087"),
        (lambda: write(one, o, dbtable="no.where"), "FAILED_JDBC.UNCLASSIFIED"),
        (lambda: write(one, o, "overwrite", dbtable="t2", createTableColumnTypes="zz INT"), "_LEGACY_ERROR_TEMP_1171"),
        (lambda: write(spark.sql("select map(1, 2) i"), o, dbtable="m"), "_LEGACY_ERROR_TEMP_2082"),
        (lambda: write(spark.sql("select named_struct('a', 1) i"), o, dbtable="m"), "_LEGACY_ERROR_TEMP_2082"),
        (lambda: write(spark.sql("select null i"), o, dbtable="m"), "_LEGACY_ERROR_TEMP_2082"),
        (lambda: write(spark.sql("select interval '1' day i"), o, dbtable="m"), "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE"),
    ]  # fmt: skip
    for number, (act, expected) in enumerate(cases):
        assert condition(lambda act=act: (f := act()) is None or f.schema) == expected, number


def test_passwords_are_not_shown(spark: Any, server: Any) -> None:
    url = f"{server.url}?user={postgres.USER}&password=hunter2"
    with pytest.raises(Exception) as raised:
        read(spark, {"url": url}, dbtable="t").collect()
    assert "hunter2" not in str(raised.value)
    frame = read(spark, server.options, query="select 1 a")
    assert postgres.PASSWORD not in frame._explain_string(extended=True)


def test_a_missing_driver_names_the_extra(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql.dbapi", None)
    with pytest.raises(Exception, match=r"glowplug\[postgresql\]"):
        read(spark, {"url": "jdbc:postgresql://127.0.0.1:1/x"}, dbtable="t").collect()


def test_sqlite_goes_by_declared_types(spark: Any, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as c:
        c.execute(
            "create table t (i integer, s varchar(5), r real, n numeric(10,2), bl blob, da date, ts timestamp, bo boolean, no)"
        )
        c.execute("insert into t values (1, 's', 1.5, 12.3, x'00ff', '2020-01-02', '2020-01-02 03:04:05', 1, 'x')")
        c.execute("insert into t values (9007199254740993, 5, 2, 1, 'text', 1577941445000, 1577952245123, 0, null)")
    place = {"url": f"jdbc:sqlite:{path}"}
    frame = read(spark, place, dbtable="t")
    assert frame.schema.simpleString() == (
        "struct<i:bigint,s:string,r:double,n:decimal(10,2),bl:binary,da:date,ts:timestamp,bo:boolean,no:string>"
    )
    assert [tuple(r) for r in frame.collect()] == [
        (1, "s", 1.5, Decimal("12.30"), b"\x00\xff", date(2020, 1, 2), datetime(2020, 1, 2, 3, 4, 5), True, "x"),
        (9007199254740993, "5", 2.0, Decimal("1.00"), b"text", date(2020, 1, 2), datetime(2020, 1, 2, 3, 4, 5, 123000), False, None),
    ]  # fmt: skip
    expressions = read(spark, place, query="select count(*) n, avg(r) a, max(s) s from t").first()
    assert tuple(expressions) == (2, 1.75, "s")
    with sqlite3.connect(path) as c:
        c.execute("insert into t (i) values ('no number')")
    assert condition(lambda: frame.select("i").collect()) == "FAILED_JDBC.UNCLASSIFIED"
    path.write_bytes(b"this is no database, but a text that is long enough" * 10)
    assert condition(lambda: read(spark, place, dbtable="t").schema) == "FAILED_JDBC.CONNECTION"
