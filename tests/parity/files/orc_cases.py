"""ORC as Spark reads it: the files in `fixtures/`, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.parity.files.cases import Case

FIXTURES = Path(__file__).parent / "fixtures"
COLUMNS = {
    "i": "INT", "bool": "BOOLEAN", "byte": "TINYINT", "short": "SMALLINT", "long": "BIGINT", "flt": "FLOAT", "dbl": "DOUBLE",
    "dec": "DECIMAL(4,2)", "d": "DATE", "ts": "TIMESTAMP", "ntz": "TIMESTAMP_NTZ", "bin": "BINARY", "s": "STRING", "c": "STRING",
    "ym": "INTERVAL YEAR TO MONTH", "dt": "INTERVAL DAY TO SECOND",
}  # fmt: skip
TARGETS = (
    "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,1)", "DECIMAL(3,2)", "DATE", "TIMESTAMP",
    "TIMESTAMP_NTZ", "BINARY", "STRING", "VARCHAR(1)", "CHAR(5)", "INTERVAL YEAR TO MONTH", "INTERVAL DAY TO SECOND", "ARRAY<INT>", "STRUCT<a INT>",
)  # fmt: skip


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def orc(id: str, names: str | dict[str, bytes], schema: str | None = None, *, select: tuple[str, ...] = (), filter: str = "",
        conf: dict[str, str] | None = None, load: tuple[str, ...] = ("",), **options: str) -> Case:  # fmt: skip
    files = names if isinstance(names, dict) else {n: fixture(f"spark_{n}.orc") for n in names.split()}
    files = {f if "." in f else f"{f}.orc": content for f, content in files.items()}
    return Case(f"orc {id}", "orc", files, schema, options, conf or {}, load, select, filter, True)


def cases() -> Iterator[Case]:
    yield orc("values", "values", select=(*(c for c in COLUMNS if c != "ym"), "cast(ym AS string)"))
    yield orc(
        "values in another zone",
        "values",
        conf={"spark.sql.session.timeZone": "Asia/Tokyo"},
        select=("cast(ts AS string)", "cast(ntz as string)"),
    )
    yield orc("nested", "nested")
    yield orc("names", "case")
    yield orc("no rows", "zero")
    yield orc("numbers filtered", "numbers", filter="i > 2 AND s = '3'", select=("d",))
    yield orc("count", "numbers", select=("count(*)",))
    yield orc("metadata", "numbers", select=("_metadata.file_name", "i"))
    yield orc("no metadata row_index", "numbers", select=("_metadata.row_index",))
    for codec in ("none", "zlib", "lz4", "zstd", "lzo"):
        yield orc(f"codec {codec}", f"codec_{codec}")
    for name in ("values", "nested", "zero"):
        columns = (*(c for c in COLUMNS if c != "ym"), "cast(ym AS string)") if name == "values" else ()
        yield orc(f"{name} written here", {"f": fixture(f"own_{name}.orc")}, select=columns)
    yield from _evolution()
    yield from _conversions()
    yield from _bad()


def _evolution() -> Iterator[Case]:
    yield orc("two schemas", "more numbers", "i BIGINT, dbl DOUBLE, d DOUBLE")
    yield orc("two schemas merged", "more numbers", mergeSchema="true")
    yield orc("schemas that do not merge", "case numbers values", mergeSchema="true")
    yield orc("two schemas merged by the setting", "more zero", conf={"spark.sql.orc.mergeSchema": "true"})
    yield orc("missing column", "numbers", "i BIGINT, nothing STRING, d DOUBLE")
    yield orc("only missing columns", "numbers", "nothing STRING")
    yield orc("reordered", "numbers", "d DOUBLE, i BIGINT")
    yield orc("other case", "numbers", "I BIGINT, S STRING")
    yield orc("other case, case sensitive", "numbers", "I BIGINT, S STRING", conf={"spark.sql.caseSensitive": "true"})
    yield orc("names that differ in case", "case", "a INT, B INT, C_D INT")
    yield orc(
        "nested fields",
        "nested",
        "s STRUCT<q: STRING, new: INT, r: STRUCT<z: STRING, y: INT>>, l ARRAY<STRUCT<y: INT, x: DATE>>",
    )
    yield orc("nested in other case", "nested", "s STRUCT<Q: STRING, P: INT>")
    yield orc("nested wider", "nested", "a ARRAY<BIGINT>, m MAP<STRING, DOUBLE>, s STRUCT<p: BIGINT>")
    yield orc(
        "partitions",
        {"p=1/a.orc": fixture("spark_numbers.orc"), "p=2/b.orc": fixture("spark_more.orc")},
        "i BIGINT, extra BOOLEAN",
        select=("p", "i"),
    )
    yield orc("partition like a column", {"i=9/a.orc": fixture("spark_numbers.orc")})
    yield orc("glob", {"a1.orc": fixture("spark_numbers.orc"), "b1.orc": b"junk"}, load=("a*.orc",))
    yield orc("pathGlobFilter", {"a1.orc": fixture("spark_numbers.orc"), "b1.txt": b"junk"}, pathGlobFilter="*.orc")


def _conversions() -> Iterator[Case]:
    for name in COLUMNS:
        for target in TARGETS:
            yield orc(f"{name} as {target}", "values", f"{name} {target}",
                      select=(f"cast({name} AS string)",) if "YEAR" in target else ())  # fmt: skip


def _bad() -> Iterator[Case]:
    whole = fixture("spark_values.orc")
    for schema in (None, "i INT"):
        with_schema = " with schema" if schema else ""
        yield orc(f"empty file{with_schema}", {"a": b""}, schema)
        yield orc(f"empty file beside another{with_schema}", {"a": b"", "b": whole}, schema, select=("i",))
        yield orc(f"foreign file{with_schema}", {"a": b"this is not a file of that kind, but a text\n" * 4}, schema)
        yield orc(f"one byte{with_schema}", {"a": b"O"}, schema)
        yield orc(f"truncated{with_schema}", {"a": whole[: len(whole) // 2]}, schema)
        if schema:
            yield orc("foreign file beside another", {"a": b"junk " * 20, "b": whole}, schema, select=("i",))
        yield orc(
            f"corrupt ignored{with_schema}",
            {"a": b"junk " * 20, "b": whole},
            schema,
            select=("i",),
            ignoreCorruptFiles="true",
        )
    damaged = bytearray(whole)
    damaged[3:80] = bytes(77)
    yield orc("damaged data", {"a": bytes(damaged)}, select=("i", "s"))
    yield orc("damaged data ignored", {"a": bytes(damaged)}, select=("i", "s"), ignoreCorruptFiles="true")
    yield orc("bad mergeSchema", "values", mergeSchema="maybe")
    yield orc("bad codec", "values", compression="nothing", select=("i",))
