"""Files as Spark writes them: what their names end in, and what is in them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.parity.files.cases import SPARK_NAMES, condition
from tests.parity.settings import settings

TEXTS = [
    "a", "", " a ", "  ", "a,b", 'a"b', '"', '""', 'a""b', "a\\b", "\\", 'a\\"b', "\\\\", "l1\nl2", "l1\rl2", "l1\r\nl2", "\t", "\ta\t",
    "#a", "a#", "é", "a'b", "null", "NA", "a|b", "a;b", "{x}", "a\u0000b", "'", "a\\", "\\a", '"a"', 'a"', "\u2028", "a b", "\x01", "😀", "/",
]  # fmt: skip


def literal(text: str) -> str:
    return "'" + "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text) + "'"


ALL_TEXTS = (
    "select * from values "
    + ", ".join(f"({i}, {literal(t)}, {literal(t)})" for i, t in enumerate(TEXTS))
    + " t(i, a, b)"
)
VALUES = """
    select * from values
      (1, true, 1Y, 2S, 3L, 1.5F, 2.5D, 12.30BD, date'2020-01-02', timestamp'2020-01-02 03:04:05', timestamp_ntz'2020-01-02 03:04:05', x'00ff'),
      (2, false, -1Y, -2S, -3L, cast('NaN' as float), cast('Infinity' as double), -0.50BD, date'0045-01-02', timestamp'2020-07-02 03:04:05.123', timestamp_ntz'2020-01-02 03:04:05.123456', x''),
      (3, null, null, null, null, null, null, null, null, null, null, null),
      (4, true, 0Y, 0S, 0L, cast('-Infinity' as float), 1e20D, 0.00BD, date'2020-12-31', timestamp'1960-07-02 03:04:05.1', timestamp_ntz'0045-01-02 00:00:00', x'41'),
      (5, true, 0Y, 0S, 0L, 1e-10F, 1e-5D, 99999.99BD, date'2020-12-31', timestamp'2020-01-02 00:00:00', timestamp_ntz'2020-01-02 00:00:00', x'41'),
      (6, true, 0Y, 0S, 0L, 12345678.9F, 123456789.123D, 0.01BD, date'2020-12-31', timestamp'2020-01-02 12:00:00', timestamp_ntz'2020-01-02 12:00:00', x'41')
      t(i, bool, byte, short, long, flt, dbl, dec, d, ts, ntz, bin)
"""
NESTED = """
    select 1 i, array(1, null, 3) a, map('x', 1, 'y', null) m, named_struct('p', 1, 'q', null, 'r', named_struct('z', 'é"')) s,
      array(named_struct('x', date'2020-01-02')) l, cast(null as array<int>) n, map(1, array(true)) k, array() e
    union all select 2, array(), map(), null, null, array(1), null, array()
"""


@dataclass(frozen=True)
class WriteCase:
    id: str
    format: str
    query: str
    options: dict[str, str] = field(default_factory=dict)
    partition_by: tuple[str, ...] = ()
    conf: dict[str, str] = field(default_factory=dict)
    mode: str = "error"
    before: str = ""  # a query written there first, in the same way
    files: dict[str, bytes] = field(default_factory=dict)


def run(spark: Any, case: WriteCase, root: Path) -> dict[str, Any]:
    """The files that a write makes: names without what is random, and the text in them."""
    target = root / "out"
    for name, content in case.files.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        (target / name).write_bytes(content)
    try:
        with settings(spark, case.conf):
            for query, mode in ([(case.before, "error")] if case.before else []) + [(case.query, case.mode)]:
                writer = (
                    spark.sql(query)
                    .coalesce(1)
                    .write.format(SPARK_NAMES.get(case.format, case.format))
                    .options(**case.options)
                    .mode(mode)
                )
                if case.partition_by:
                    writer = writer.partitionBy(*case.partition_by)
                writer.save(str(target))
    except Exception as error:
        return {"error": condition(error)}
    found = []
    for folder, _, names in os.walk(target):
        for name in names:
            if name.startswith((".", "_SUCCESS")) and name != "_SUCCESS":
                continue
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, target)
            shown = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "UUID", relative)
            if name.endswith(".avro"):
                found.append([shown, avro_header(Path(path).read_bytes())])
                continue
            binary = case.format in ("parquet", "orc", "avro") or not name.endswith((".csv", ".json", ".txt", ".xml"))
            content = "" if binary or name == "_SUCCESS" else Path(path).read_bytes().decode("latin-1")
            found.append([shown, content])
    return {"files": sorted(found)}


def avro_header(content: bytes) -> dict[str, Any]:
    """The schema and the codec that a file's header names."""
    found, at = dict[str, str](), 4

    def number() -> int:
        nonlocal at
        value, shift = 0, 0
        while True:
            byte, at = content[at], at + 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (value >> 1) ^ -(value & 1)

    def text() -> str:
        nonlocal at
        length = number()
        at += length
        return content[at - length : at].decode()

    while count := number():
        for _ in range(abs(count)):
            key = text()
            found[key] = text()
    return {"schema": json.loads(found["avro.schema"]), "codec": found.get("avro.codec"), "keys": sorted(found)}


def cases() -> Iterator[WriteCase]:
    yield from _text_formats()
    yield from _layout()
    yield from _other_formats()
    yield from _marks()


XML_NESTED = """
    select 1 i, array(1, null, 3) a, map('x', 1, 'y', null) m, named_struct('_p', 1, 'q', null, '_VALUE', 'é<') s,
      array(array(1, 2), array(3)) l, array(named_struct('x', 1), null) n, array() e
"""
# Columns written with a schema of the user's.
AVRO_SCHEMAS = [
    ("enum", "select 'B' a", '{"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}}'),
    ("enum without it", "select 'C' a", '{"name": "a", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}}'),
    ("fixed", "select x'0102' a", '{"name": "a", "type": {"type": "fixed", "name": "F", "size": 2}}'),
    ("fixed of another size", "select x'01' a", '{"name": "a", "type": {"type": "fixed", "name": "F", "size": 2}}'),
    ("millis", "select timestamp'2020-01-02 03:04:05.123456' a", '{"name": "a", "type": {"type": "long", "logicalType": "timestamp-millis"}}'),
    ("local millis", "select timestamp_ntz'2020-01-02 03:04:05.123456' a", '{"name": "a", "type": {"type": "long", "logicalType": "local-timestamp-millis"}}'),
    ("decimal bytes", "select 1.25BD a", '{"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 3, "scale": 2}}'),
    ("other decimal", "select 1.25BD a", '{"name": "a", "type": {"type": "bytes", "logicalType": "decimal", "precision": 5, "scale": 3}}'),
    ("not null", "select cast(null as int) a", '{"name": "a", "type": "int"}'),
    ("nullable", "select 1 a", '{"name": "a", "type": ["int", "null"]}'),
    ("long", "select 1 a", '{"name": "a", "type": "long"}'),
    ("int", "select 1L a", '{"name": "a", "type": "int"}'),
    ("string", "select 1 a", '{"name": "a", "type": "string"}'),
    ("bytes", "select 'x' a", '{"name": "a", "type": "bytes"}'),
    ("more", "select 1 a", '{"name": "a", "type": "int"}, {"name": "b", "type": "int"}'),
    ("more with null", "select 1 a", '{"name": "a", "type": "int"}, {"name": "b", "type": ["null", "int"], "default": null}'),
    ("fewer", "select 1 a, 2 b", '{"name": "a", "type": "int"}'),
    ("union", "select 1 a", '{"name": "a", "type": ["int", "string"]}'),
    ("other case", "select 1 A", '{"name": "a", "type": "int"}'),
    ("other order", "select 1 a, 'x' b", '{"name": "b", "type": "string"}, {"name": "a", "type": "int"}'),
    ("date as int", "select date'2020-01-01' a", '{"name": "a", "type": "int"}'),
    ("float as double", "select 1.5F a", '{"name": "a", "type": "double"}'),
]  # fmt: skip


def record(fields: str) -> str:
    return f'{{"type": "record", "name": "top", "fields": [{fields}]}}'


def _other_formats() -> Iterator[WriteCase]:
    yield WriteCase("write binaryFile", "binaryFile", "select 'x' path, x'00' content")
    for codec in ("", "none", "uncompressed", "snappy", "zlib", "lz4", "zstd", "nothing"):
        yield WriteCase(f"write orc {codec}", "orc", VALUES, {"compression": codec} if codec else {})
    for codec in ("", "uncompressed", "snappy", "deflate", "bzip2", "xz", "zstandard", "nothing", "none", "SNAPPY"):
        yield WriteCase(f"write avro {codec}", "avro", "select 1 a", {"compression": codec} if codec else {})
    yield WriteCase("write avro values", "avro", VALUES)
    yield WriteCase("write avro nested", "avro", NESTED)
    yield WriteCase(
        "write avro nested names",
        "avro",
        "select named_struct('b', named_struct('b', 1)) a, array(named_struct('c', 1)) l, map('x', named_struct('d', 2)) m",
    )
    yield WriteCase("write avro not null", "avro", "select * from values (1, 'x'), (2, 'y') t(a, b)")
    yield WriteCase(
        "write avro intervals", "avro", "select interval '1-2' year to month a, interval '1 02:03:04.5' day to second b"
    )
    yield WriteCase("write avro calendar interval", "avro", "select make_interval(1) c")
    yield WriteCase("write avro variant", "avro", "select parse_json('1') a")
    yield WriteCase("write avro void", "avro", "select null a")
    yield WriteCase("write avro names", "avro", "select 1 `a b`")
    yield WriteCase("write avro bad name", "avro", "select 1 `1a`")
    yield WriteCase("write avro nothing there", "avro", "select 1 a where false")
    yield WriteCase("write avro partitions", "avro", "select id % 2 p, id from range(4)", partition_by=("p",))
    yield WriteCase(
        "write avro recordName",
        "avro",
        "select 1 a, named_struct('x', 1) s",
        {"recordName": "R", "recordNamespace": "a.b"},
    )
    yield WriteCase("write avro maps by int", "avro", "select map(1, 2) m")
    for name, query, schema in AVRO_SCHEMAS:
        yield WriteCase(f"write avro as {name}", "avro", query, {"avroSchema": record(schema)})
    yield WriteCase(
        "write avro by position",
        "avro",
        "select 1 a, 2 b",
        {
            "avroSchema": record('{"name": "x", "type": "int"}, {"name": "y", "type": "int"}'),
            "positionalFieldMatching": "true",
        },
    )
    yield WriteCase(
        "write avro as other names",
        "avro",
        "select 1 a, 2 b",
        {"avroSchema": record('{"name": "x", "type": "int"}, {"name": "y", "type": "int"}')},
    )
    yield WriteCase("write avro as junk", "avro", "select 1 a", {"avroSchema": "{junk"})
    options: list[dict[str, str]] = [
        {}, {"rootTag": "top"}, {"rootTag": 'top a="1"'}, {"declaration": ""}, {"declaration": "version='1.0'"}, {"attributePrefix": "@"},
        {"nullValue": "-"}, {"arrayElementName": "e"}, {"compression": "gzip"}, {"compression": "nothing"}, {"rowTag": ""}, {"rowTag": "a b"},
        {"dateFormat": "dd/MM/yy", "timestampFormat": "yyyy-MM-dd HH:mm"}, {"encoding": "UTF-16LE"}, {"timeZone": "Asia/Tokyo"}, {"valueTag": "_i"},
    ]  # fmt: skip
    for o in options:
        shown = " ".join(f"{k}={v!r}" for k, v in o.items())
        yield WriteCase(f"write xml values {shown}", "xml", VALUES, {"rowTag": "r", **o})
        yield WriteCase(f"write xml nested {shown}", "xml", XML_NESTED, {"rowTag": "r", **o})
    yield WriteCase("write xml no rowTag", "xml", "select 1 a")
    yield WriteCase("write xml texts", "xml", ALL_TEXTS, {"rowTag": "r"})
    yield WriteCase("write xml nothing", "xml", "select 1 a where false", {"rowTag": "r"})
    yield WriteCase("write xml all null", "xml", "select cast(null as int) a", {"rowTag": "r"})
    yield WriteCase("write xml names", "xml", "select 1 `a b`", {"rowTag": "r"})
    yield WriteCase("write xml names not checked", "xml", "select 1 `a b`", {"rowTag": "r", "validateName": "false"})
    yield WriteCase(
        "write xml intervals",
        "xml",
        "select interval '1-2' year to month a, interval '1 02:03:04.5' day to second b",
        {"rowTag": "r"},
    )
    yield WriteCase("write xml calendar interval", "xml", "select make_interval(1) a", {"rowTag": "r"})
    yield WriteCase(
        "write xml partitions", "xml", "select id % 2 p, id from range(4)", {"rowTag": "r"}, partition_by=("p",)
    )
    yield WriteCase("write orc nothing there", "orc", "select 1 a where false")
    yield WriteCase("write orc orc.compress", "orc", "select 1 a", {"orc.compress": "SNAPPY"})
    yield WriteCase("write orc partitions", "orc", "select id % 2 p, id from range(4)", partition_by=("p",))
    yield WriteCase("write orc interval", "orc", "select interval 3 day c, 1 a, make_interval(1) i")
    yield WriteCase("write orc void", "orc", "select null a")
    yield WriteCase("write orc variant", "orc", "select parse_json('1') a")


def _text_formats() -> Iterator[WriteCase]:
    options: list[dict[str, str]] = [
        {}, {"header": "true"}, {"quoteAll": "true"}, {"escapeQuotes": "false"}, {"quote": "'"}, {"quote": ""}, {"escape": '"'}, {"sep": "|"},
        {"sep": "||"}, {"sep": "\\t"}, {"nullValue": "NA"}, {"emptyValue": "E"}, {"emptyValue": ""}, {"ignoreLeadingWhiteSpace": "false"},
        {"ignoreTrailingWhiteSpace": "false"}, {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}, {"lineSep": ";"},
        {"lineSep": "\r\n"}, {"encoding": "UTF-16LE"}, {"encoding": "ISO-8859-1"}, {"comment": "#"}, {"charToEscapeQuoteEscaping": "~"},
        {"charToEscapeQuoteEscaping": "\\"}, {"escape": "~"},
    ]  # fmt: skip
    for o in options:
        shown = " ".join(f"{k}={v!r}" for k, v in o.items())
        yield WriteCase(f"write csv texts {shown}", "csv", ALL_TEXTS, o)
    formats: list[dict[str, str]] = [
        {}, {"dateFormat": "dd/MM/yy", "timestampFormat": "yyyy-MM-dd HH:mm:ss", "timestampNTZFormat": "HH:mm:ss.SSSSSS"},
        {"timestampFormat": "MMM d yyyy h:mm a z"}, {"timeZone": "Asia/Tokyo"}, {"nullValue": "-"}, {"dateFormat": "bad'"}, {"dateFormat": "YYYY"},
    ]  # fmt: skip
    for format in ("csv", "json"):
        for o in formats:
            shown = " ".join(f"{k}={v!r}" for k, v in o.items())
            yield WriteCase(f"write {format} values {shown}", format, VALUES, o)
        yield WriteCase(
            f"write {format} intervals",
            format,
            "select interval '1-2' year to month a, interval '1 02:03:04.5' day to second b, interval 3 day c",
        )
        yield WriteCase(f"write {format} nothing", format, "select 1 a, 'x' b where false", {"header": "true"})
        yield WriteCase(f"write {format} duplicate names", format, "select 1 a, 2 a", {"header": "true"})
        yield WriteCase(f"write {format} all null", format, "select cast(null as int) a, cast(null as string) b")
        yield WriteCase(f"write {format} one empty", format, "select '' a")
        yield WriteCase(f"write {format} one null", format, "select cast(null as string) a")
        yield WriteCase(
            f"write {format} NTZ zone",
            format,
            "select timestamp_ntz'2020-01-02 03:04:05' a",
            {"timestampNTZFormat": "HH:mm XXX"},
        )
        yield WriteCase(f"write {format} names", format, 'select 1 `a b`, 2 `a,b`, 3 `a"b`, 4 `é`', {"header": "true"})
    yield WriteCase("write json texts", "json", ALL_TEXTS)
    yield WriteCase("write json nested", "json", NESTED)
    yield WriteCase("write json nested nulls", "json", NESTED, {"ignoreNullFields": "false"})
    yield WriteCase("write json values nulls", "json", VALUES, {"ignoreNullFields": "false"})
    yield WriteCase("write json lineSep", "json", "select 1 a union all select 2", {"lineSep": "\r\n"})
    yield WriteCase("write json encoding", "json", "select 'é' a", {"encoding": "UTF-16LE"})
    yield WriteCase("write json pretty", "json", "select 1 a", {"pretty": "true"})
    yield WriteCase(
        "write json nulls by conf",
        "json",
        "select cast(null as int) a, 1 b",
        conf={"spark.sql.jsonGenerator.ignoreNullFields": "false"},
    )
    yield WriteCase("write json non-ascii", "json", "select 'é😀' a", {"writeNonAsciiCharacterAsCodePoint": "true"})
    yield WriteCase("write text", "text", "select a from (" + ALL_TEXTS + ")")
    yield WriteCase("write text lineSep", "text", "select 'a' v union all select 'b'", {"lineSep": "--"})
    yield WriteCase("write text null", "text", "select cast(null as string) v")
    yield WriteCase("write text two columns", "text", "select 'a' v, 'b' w")
    yield WriteCase("write text int", "text", "select 1 v")


QUOTED = "select * from values (1, '#a', cast(null as string), cast(null as int)), (null, '', 'x', 2) t(i, s, n, k)"
COMMENTS = "select * from values ('#a', 'b'), ('a', '#b'), (' #a', 'x'), ('#', 'y'), ('z#', ''), (null, '') t(a, b)"
MIXED = """
    select named_struct('z', 1, 'a', map('k', date'2020-01-02')) s, map(date'2020-01-02', 1) md, 'é😀' t, array() e,
      named_struct('q', cast(null as int)) n, parse_json('{"t": [1.50, true, null, "x"]}') v, array(parse_json('1'), null) l
"""


def _marks() -> Iterator[WriteCase]:
    """What fields and files begin and end with, and how objects and elements are laid out."""
    quoted: list[dict[str, str]] = [
        {"quoteAll": "true"}, {"quoteAll": "true", "nullValue": "N\"A"}, {"quoteAll": "true", "emptyValue": "E"}, {"nullValue": "N,A"},
        {"quoteAll": "true", "quote": "'"},
    ]  # fmt: skip
    for o in quoted:
        yield WriteCase(f"write csv quoted {o}", "csv", QUOTED, o)
    comments: list[dict[str, str]] = [
        {}, {"comment": "a"}, {"comment": ""}, {"comment": "##"}, {"ignoreLeadingWhiteSpace": "false"}, {"quote": ""},
        {"comment": "n", "nullValue": "null"},
    ]  # fmt: skip
    for o in comments:
        yield WriteCase(f"write csv comments {o}", "csv", COMMENTS, o)
    yield WriteCase("write csv comment in a header", "csv", "select 1 `#a`, 2 b", {"header": "true"})
    yield WriteCase("write csv number like a comment", "csv", "select 12 a, 13 b", {"comment": "1"})
    for extension in ("txt", "a.b", ""):
        yield WriteCase(f"write csv extension {extension}", "csv", "select 'a' v", {"extension": extension})
    yield WriteCase("write csv extension gzip", "csv", "select 'a' v", {"extension": "tsv", "compression": "gzip"})
    objects: list[dict[str, str]] = [
        {"sortKeys": "true"}, {"writeNonAsciiCharacterAsCodePoint": "true"}, {"sortKeys": "true", "ignoreNullFields": "false"},
    ]  # fmt: skip
    for o in objects:
        yield WriteCase(f"write json mixed {o}", "json", MIXED, o)
    for indent in ("  ", "", "xx"):
        yield WriteCase(f"write xml indent {indent!r}", "xml", XML_NESTED, {"rowTag": "r", "indent": indent})
    wrong = {"valueTag": "", "rootTag": "<a", "declaration": "x>", "attributePrefix": "_VALUE"}
    for name, value in wrong.items():
        yield WriteCase(f"write xml {name} {value}", "xml", XML_NESTED, {"rowTag": "r", name: value})
    exact = {"spark.sql.caseSensitive": "true"}
    for format in ("csv", "json", "xml", "orc", "avro"):
        yield WriteCase(f"write {format} names by case", format, "select 'a' a, 'b' A", {"rowTag": "r"}, conf=exact)
        yield WriteCase(f"write {format} time", format, "select time'12:30:00' t", {"rowTag": "r"})
    yield WriteCase("write avro bad nested name", "avro", "select named_struct('a b', 1) s")
    yield WriteCase("write avro name of letters", "avro", "select 1 `é`")
    yield WriteCase(
        "write avro void inside", "avro", "select array() e, named_struct('x', null, 'y', 1) s, array(null) n"
    )
    yield WriteCase("write path twice", "csv", "select 1 a", {"path": "elsewhere"})
    yield WriteCase("write text encoding", "text", "select 'é' v", {"encoding": "ISO-8859-1"})


def _layout() -> Iterator[WriteCase]:
    pairs = "select * from values (1, 'x'), (2, null), (3, ''), (4, 'a/b=c%d'), (5, 'é ü'), (6, 'x') t(i, s)"
    for format in ("csv", "json", "parquet", "text"):
        query = pairs if format != "text" else "select cast(i as string) i, s from (" + pairs + ")"
        yield WriteCase(f"write {format} partitions", format, query, partition_by=("s",))
        yield WriteCase(f"write {format} empty partitions", format, query + " where false", partition_by=("s",))
        for codec in ("gzip", "none", "snappy", "zstd", "bzip2", "deflate", "lz4", "nope"):
            yield WriteCase(f"write {format} {codec}", format, "select 'a' v", {"compression": codec})
    for column in ("bool", "byte", "long", "flt", "dbl", "dec", "d", "ts", "ntz"):
        yield WriteCase(
            f"write partition by {column}", "csv", VALUES.replace("*", f"i, {column}"), partition_by=(column,)
        )
    yield WriteCase("write partition levels", "csv", "select 1 a, 2 b, 3 c", partition_by=("c", "a"))
    yield WriteCase("write partition name escaped", "csv", "select 1 a, 2 `b c/d`", partition_by=("b c/d",))
    yield WriteCase("write partition case", "csv", "select 1 a, 2 b", partition_by=("B",))
    yield WriteCase("write partition missing", "csv", "select 1 a, 2 b", partition_by=("c",))
    yield WriteCase("write partition all", "csv", "select 1 a", partition_by=("a",))
    yield WriteCase("write partition twice", "csv", "select 1 a, 2 b", partition_by=("b", "B"))
    yield WriteCase("write partition array", "csv", "select 1 a, array(1) b", partition_by=("b",))
    yield WriteCase("write partition interval", "csv", "select 1 a, make_interval(1) b", partition_by=("b",))
    yield WriteCase("write partition void", "csv", "select 1 a, null b", partition_by=("b",))
    yield WriteCase("write exists", "csv", "select 1 a", before="select 2 a")
    yield WriteCase("write ignore", "csv", "select 1 a", before="select 2 a", mode="ignore")
    yield WriteCase("write append", "csv", "select 1 a", before="select 2 a", mode="append")
    yield WriteCase("write overwrite", "csv", "select 1 a", before="select 2 a", mode="overwrite", files={})
    two = "select * from values (1, 'x'), (2, 'y') t(i, p)"
    for how in ("static", "dynamic", "nope"):
        yield WriteCase(
            f"write overwrite {how}",
            "csv",
            "select 9 i, 'x' p",
            {"partitionOverwriteMode": how},
            ("p",),
            before=two,
            mode="overwrite",
        )
    yield WriteCase("write overwrite dynamic by conf", "csv", "select 9 i, 'x' p", {}, ("p",), before=two, mode="overwrite",
                    conf={"spark.sql.sources.partitionOverwriteMode": "dynamic"})  # fmt: skip
    yield WriteCase(
        "write overwrite dynamic without partitions",
        "csv",
        "select 9 i",
        {"partitionOverwriteMode": "dynamic"},
        before="select 1 i",
        mode="overwrite",
    )
    yield WriteCase(
        "write overwrite removes everything",
        "csv",
        "select 1 a",
        mode="overwrite",
        files={"x/y.txt": b"1", ".hidden": b"2", "_other": b"3"},
    )
    yield WriteCase("write max records", "csv", "select id from range(0, 10, 1, 1)", {"maxRecordsPerFile": "4"})
    yield WriteCase(
        "write max records partitions",
        "csv",
        "select id, id % 2 p from range(0, 10, 1, 1)",
        {"maxRecordsPerFile": "2"},
        ("p",),
    )
    yield WriteCase("write parquet duplicate names", "parquet", "select 1 a, 2 A")
    yield WriteCase("write parquet nothing", "parquet", "select 1 a where false")
    yield WriteCase("write parquet interval", "parquet", "select make_interval(1) a")
    yield WriteCase("write csv array", "csv", "select array(1) a")
    yield WriteCase("write csv void", "csv", "select null a")
    yield WriteCase("write json void", "json", "select null a, 1 b")
