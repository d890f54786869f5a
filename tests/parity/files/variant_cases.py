"""Text files whose records or fields are read as variants."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

SHOWN = ("to_json(v)", "schema_of_variant(v)")
BAD = "v VARIANT, _corrupt_record STRING"
CSV = 'a,b,c,d\n1,1.5,2020-01-02,true\n9223372036854775808,1e5,,FALSE\n"x,y",1,2020-01-02 03:04:05,x\n1.5,2,2020-01-05,true\n'
RAGGED = "a,b\n1,2\n1\n1,2,3\n"
JSON = '{"a":1,"b":[1.50,"x",null,{"d":1e3}]}\n{"a":1,"a":2}\n{"bad\n[1,2]\n3\nnull\n\n{"a":1} x\n{"a":1}{"b":2}\n'
TEXTS = ("1", " 1 ", "-5", "1.50", "1e5", "TRUE", "x", "", "2020-01-02", "2020-01-02T03:04:05Z", "NaN", "1,000", "007", "1" * 39)  # fmt: skip
XML = "<x>" + "".join(f"<r><a>{t}</a></r>" for t in TEXTS) + (
    '<r i="1">t<a>1</a>u<a j="2">3</a><b> </b><c><d/></c><e k="1"/></r><r><A>1</A><a>2</a></r><r/><r>text</r></x>'
)  # fmt: skip


def case(id: str, format: str, content: str, schema: str | None = None, select: tuple[str, ...] = SHOWN,
         conf: dict[str, str] | None = None, **options: str) -> Case:  # fmt: skip
    tag = {"rowTag": "r"} if format == "xml" else {}
    return Case(
        f"variants {format} {id}", format, {"f": content.encode()}, schema, tag | options, conf or {}, ("",), select
    )


def single(id: str, format: str, content: str, schema: str | None = None, select: tuple[str, ...] = SHOWN,
           conf: dict[str, str] | None = None, **options: str) -> Case:  # fmt: skip
    return case(id, format, content, schema, select, conf, singleVariantColumn="v", **options)


def cases() -> Iterator[Case]:
    yield from _csv()
    yield from _json()
    options: list[dict[str, str]] = [
        {}, {"excludeAttribute": "true"}, {"attributePrefix": "@", "valueTag": "w"}, {"nullValue": "x"}, {"inferSchema": "false"},
    ]  # fmt: skip
    for o in options:
        yield single(f"rows {o}", "xml", XML, **o)
    yield single("rows by case", "xml", XML, conf={"spark.sql.caseSensitive": "true"})
    yield case("fields", "xml", XML, "a VARIANT, c VARIANT, _i VARIANT", ("to_json(a)", "to_json(c)", "to_json(_i)"))


def _csv() -> Iterator[Case]:
    options: list[dict[str, str]] = [
        {}, {"preferDate": "false"}, {"multiLine": "true"}, {"nullValue": "x", "emptyValue": "E"}, {"dateFormat": "dd/MM/yyyy"},
        {"timestampFormat": "dd/MM/yyyy"}, {"sep": ";"}, {"enforceSchema": "false"},
    ]  # fmt: skip
    for header in ("true", "false"):
        for o in options:
            yield single(f"kinds {header} {o}", "csv", CSV, header=header, **o)
        yield single(f"names {header}", "csv", ",b,,B, d \n1,2,3,4,5\n", header=header)
        for mode in ("PERMISSIVE", "DROPMALFORMED", "FAILFAST"):
            yield single(f"ragged {header} {mode}", "csv", RAGGED, header=header, mode=mode)
        yield single(f"ragged {header} corrupt", "csv", RAGGED, BAD, (*SHOWN, "_corrupt_record"), header=header)
    yield single("NTZ", "csv", CSV, conf={"spark.sql.timestampType": "TIMESTAMP_NTZ"}, header="true")
    yield single("equal names", "csv", "a,a\n1,2\n", header="true")
    for schema in ("w VARIANT", "v STRING", "v VARIANT, w INT", BAD):
        yield single(f"schema {schema}", "csv", CSV, schema, header="true")
    columns = "a VARIANT, b DOUBLE, c VARIANT, d STRING, _corrupt_record STRING"
    shown = ("to_json(a)", "b", "to_json(c)", "d", "_corrupt_record")
    yield case("columns", "csv", CSV, columns, shown, header="true")
    short = ("a", "to_json(b)", "to_json(c)")
    yield case("columns of short records", "csv", RAGGED, "a STRING, b VARIANT, c VARIANT", short)
    yield case("one column", "csv", CSV, columns, ("to_json(c)",), header="true")


def _json() -> Iterator[Case]:
    options: list[dict[str, str]] = [
        {},
        {"mode": "DROPMALFORMED"},
        {"multiLine": "true"},
        {"allowNonNumericNumbers": "false"},
    ]
    for o in options:
        yield single(f"records {o}", "json", JSON, **o)
    yield single("corrupt", "json", JSON, BAD, (*SHOWN, "_corrupt_record"))
    yield single("failfast", "json", JSON, mode="FAILFAST")
    yield single("array of lines", "json", '[{"a":1},\n{"b":2}]', multiLine="true")
    text = '{"a":null,"b":1}\n{"b":2}\n{"a":{"x":1,"x":2}}\n{"a":{"x":null,"y":[1]}}\n{"a":[1,null]}\n'
    for type in ("VARIANT", "ARRAY<VARIANT>", "MAP<STRING, VARIANT>", "STRUCT<x: VARIANT>"):
        schema = f"a {type}, b INT, _corrupt_record STRING"
        yield case(f"field {type}", "json", text, schema, ("to_json(struct(a))", "b", "_corrupt_record"))
