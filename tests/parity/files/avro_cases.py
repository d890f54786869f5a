"""Avro as Spark reads it: the files in `fixtures/`, with other schemas, and what is none."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case
from tests.parity.files.orc_cases import COLUMNS, TARGETS, fixture


def avro(id: str, names: str | dict[str, bytes], schema: str | None = None, *, select: tuple[str, ...] = (), filter: str = "",
         conf: dict[str, str] | None = None, load: tuple[str, ...] = ("",), **options: str) -> Case:  # fmt: skip
    files = names if isinstance(names, dict) else {n: fixture(f"spark_{n}.avro") for n in names.split()}
    files = {f if "." in f else f"{f}.avro": content for f, content in files.items()}
    return Case(f"avro {id}", "avro", files, schema, options, conf or {}, load, select, filter, True)


def record(*fields: str) -> str:
    return f'{{"type": "record", "name": "topLevelRecord", "fields": [{", ".join(fields)}]}}'


def cases() -> Iterator[Case]:
    yield avro("values", "values", select=(*(c for c in COLUMNS if c != "ym"), "cast(ym AS string)"))
    yield avro(
        "values in another zone",
        "values",
        conf={"spark.sql.session.timeZone": "Asia/Tokyo"},
        select=("cast(ts AS string)", "cast(ntz as string)"),
    )
    yield avro("nested", "nested")
    yield avro("names", "case")
    yield avro("no rows", "zero")
    yield avro("numbers filtered", "numbers", filter="i > 2 AND s = '3'", select=("d",))
    yield avro("count", "numbers", select=("count(*)",))
    yield avro("metadata", "numbers", select=("_metadata.file_name", "i"))
    for codec in ("uncompressed", "snappy", "deflate", "bzip2", "xz", "zstandard"):
        yield avro(f"codec {codec}", f"codec_{codec}")
    for name in ("values", "nested", "zero"):
        columns = (*(c for c in COLUMNS if c != "ym"), "cast(ym AS string)") if name == "values" else ()
        yield avro(f"{name} written here", {"f": fixture(f"own_{name}.avro")}, select=columns)
    yield from _foreign()
    yield from _evolution()
    yield from _conversions()
    yield from _bad()


def _foreign() -> Iterator[Case]:
    for name in ("types", "logical", "times", "unions", "decimals", "recursive", "records"):
        yield avro(f"foreign {name}", {"f": fixture(f"foreign_{name}.avro")})
    unions = {"f": fixture("foreign_unions.avro")}
    yield avro("stable union names", unions, enableStableIdentifiersForUnionType="true")
    yield avro(
        "stable union names with prefix",
        unions,
        enableStableIdentifiersForUnionType="true",
        stableIdentifierPrefixForUnionType="m_",
    )
    for depth in ("-1", "0", "1", "2", "3", "16"):
        yield avro(f"recursive to {depth}", {"f": fixture("foreign_recursive.avro")}, recursiveFieldMaxDepth=depth)


def _evolution() -> Iterator[Case]:
    yield avro("two schemas", "more numbers", "i BIGINT, dbl DOUBLE, d DOUBLE")
    yield avro("missing column", "numbers", "i BIGINT, nothing STRING, d DOUBLE")
    yield avro("only missing columns", "numbers", "nothing STRING")
    yield avro("reordered", "numbers", "d DOUBLE, i BIGINT")
    yield avro("other case", "numbers", "I BIGINT, S STRING")
    yield avro("other case, case sensitive", "numbers", "I BIGINT, S STRING", conf={"spark.sql.caseSensitive": "true"})
    yield avro("names that differ in case", "case", "a INT, B INT, C_D INT")
    yield avro(
        "nested fields",
        "nested",
        "s STRUCT<q: STRING, new: INT, r: STRUCT<z: STRING, y: INT>>, l ARRAY<STRUCT<y: INT, x: DATE>>",
    )
    yield avro("nested wider", "nested", "a ARRAY<BIGINT>, m MAP<STRING, DOUBLE>, s STRUCT<p: BIGINT>")
    yield avro(
        "partitions",
        {"p=1/a.avro": fixture("spark_numbers.avro"), "p=2/b.avro": fixture("spark_more.avro")},
        "i BIGINT, extra BOOLEAN",
        select=("p", "i"),
    )
    yield avro("partition like a column", {"i=9/a.avro": fixture("spark_numbers.avro")})
    yield avro("glob", {"a1.avro": fixture("spark_numbers.avro"), "b1.avro": b"junk"}, load=("a*.avro",))
    yield avro("pathGlobFilter", {"a1.avro": fixture("spark_numbers.avro"), "b1.txt": b"junk"}, pathGlobFilter="*.avro")
    yield avro("another extension", {"a1.data": fixture("spark_numbers.avro")})
    yield avro("another extension not ignored", {"a1.data": fixture("spark_numbers.avro")}, ignoreExtension="false")
    i, s = '{"name": "i", "type": ["long", "null"]}', '{"name": "s", "type": ["string", "null"]}'
    for name, schema in (
        ("same", record(i, s)),
        ("fewer", record(s)),
        ("default", record(i, '{"name": "x", "type": "int", "default": 7}')),
        ("default null", record(i, '{"name": "x", "type": ["null", "int"], "default": null}')),
        ("no default", record(i, '{"name": "x", "type": "int"}')),
        ("alias", record('{"name": "j", "type": ["long", "null"], "aliases": ["i"]}')),
        ("wider", record('{"name": "i", "type": "double"}')),
        ("narrower", record('{"name": "i", "type": ["int", "null"]}')),
        ("string as bytes", record('{"name": "s", "type": ["bytes", "null"]}')),
        ("other name", record(i).replace("topLevelRecord", "Other")),
        (
            "enum default",
            record(i, '{"name": "x", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}, "default": "B"}'),
        ),
        ("date", record('{"name": "i", "type": {"type": "int", "logicalType": "date"}}')),
        ("junk", "{junk"),
        ("no record", '"int"'),
    ):
        yield avro(f"avroSchema {name}", "numbers", avroSchema=schema)
        yield avro(f"avroSchema {name} with schema", "numbers", "i BIGINT, x STRING", avroSchema=schema)
    for mode in ("EXCEPTION", "CORRECTED", "LEGACY", "nothing"):
        yield avro(f"datetimeRebaseMode {mode}", "values", datetimeRebaseMode=mode, select=("d", "ts"))
    yield avro("positional", "numbers", "x BIGINT, y STRING, z DOUBLE", positionalFieldMatching="true")
    yield avro("positional fewer", "numbers", "x BIGINT", positionalFieldMatching="true")
    yield avro("positional more", "numbers", "x BIGINT, y STRING, z DOUBLE, more INT", positionalFieldMatching="true")


def _conversions() -> Iterator[Case]:
    for name in COLUMNS:
        for target in TARGETS:
            yield avro(
                f"{name} as {target}",
                "values",
                f"{name} {target}",
                select=(f"cast({name} AS string)",) if "YEAR" in target else (),
            )


def _bad() -> Iterator[Case]:
    whole = fixture("spark_values.avro")
    for schema in (None, "i INT"):
        with_schema = " with schema" if schema else ""
        yield avro(f"empty file{with_schema}", {"a": b""}, schema)
        yield avro(f"foreign file{with_schema}", {"a": b"this is not a file of that kind, but a text\n" * 4}, schema)
        yield avro(f"one byte{with_schema}", {"a": b"O"}, schema)
        yield avro(f"truncated{with_schema}", {"a": whole[: len(whole) - 40]}, schema, select=("i",))
        yield avro(f"truncated header{with_schema}", {"a": whole[:100]}, schema, select=("i",))
        yield avro(
            f"truncated ignored{with_schema}",
            {"a": whole[: len(whole) - 40]},
            schema,
            select=("i",),
            ignoreCorruptFiles="true",
        )
    yield avro("empty file beside another with schema", {"a": b"", "b": whole}, "i INT")
    yield avro("foreign file beside another", {"a": b"junk " * 20, "b": whole}, "i INT")
    yield avro("corrupt ignored", {"a": b"junk " * 20, "b": whole}, select=("i",), ignoreCorruptFiles="true")
    yield avro("corrupt ignored with schema", {"a": b"junk " * 20, "b": whole}, "i INT", ignoreCorruptFiles="true")
    damaged = bytearray(whole)
    damaged[-60:-20] = bytes(40)
    yield avro("damaged data", {"a": bytes(damaged)}, select=("i", "s"))
    yield avro("damaged data ignored", {"a": bytes(damaged)}, select=("i", "s"), ignoreCorruptFiles="true")
