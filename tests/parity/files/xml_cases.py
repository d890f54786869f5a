"""XML as Spark reads it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

CORRUPT = "a INT, b STRING, _corrupt_record STRING"


def xml(id: str, text: str | bytes, schema: str | None = None, *, select: tuple[str, ...] = (), filter: str = "",
        conf: dict[str, str] | None = None, tag: str = "r", name: str = "f.xml", **options: str) -> Case:  # fmt: skip
    content = text.encode() if isinstance(text, str) else text
    given = {"rowTag": tag, **options} if tag else options
    return Case(f"xml {id}", "xml", {name: content}, schema, given, conf or {}, select=select, filter=filter)


def cases() -> Iterator[Case]:
    yield from _shapes()
    yield from _rows()
    yield from _values()
    yield from _modes()
    yield from _inference()
    yield from _bytes()


def _shapes() -> Iterator[Case]:
    yield xml("simple", "<x><r><a>1</a><b>x</b></r><r><a>2</a></r></x>")
    yield xml("attributes", '<x><r i="1"><a j="2">3</a></r><r i="2"/></x>')
    yield xml("attributes prefixed", '<x><r i="1"><a j="2">3</a></r></x>', attributePrefix="@", valueTag="text")
    yield xml("attributes excluded", '<x><r i="1"><a j="2">3</a></r></x>', excludeAttribute="true")
    yield xml("own text", "<x><r>1</r><r>2</r></x>")
    yield xml("own text and elements", "<x><r>t<a>1</a>u</r><r><a>2</a></r></x>")
    yield xml("arrays", "<x><r><a>1</a><a>2</a></r><r><a>3</a></r><r/></x>")
    yield xml("arrays of structs", '<x><r><a i="1">x</a><a i="2"/></r></x>')
    yield xml("nested", "<x><r><a><b><c>1</c></b></a></r><r><a><b><c>2</c><c>3</c></b></a></r></x>")
    yield xml("empty elements", "<x><r><a/><b></b></r><r><a>1</a><b>x</b></r></x>")
    yield xml("all empty", "<x><r/><r></r></x>")
    yield xml("mixed types", "<x><r><a>1</a></r><r><a>x</a></r><r><a>1.5</a></r></x>")
    yield xml("struct or text", "<x><r><a>1</a></r><r><a><b>2</b></a></r></x>")
    yield xml("names by case", "<x><r><a>1</a><A>2</A></r></x>", conf={"spark.sql.caseSensitive": "true"})
    yield xml("names of other case", "<x><r><a>1</a></r><r><A>2</A></r></x>")
    yield xml("map", "<x><r><m><k>1</k><l>2</l></m></r></x>", "m MAP<STRING, INT>")
    yield xml("struct as text", "<x><r><m><k>1</k><l>2</l></m></r></x>", "m STRING")
    yield xml("element is no array", "<x><r><a>1</a><a>2</a></r></x>", "a INT")
    yield xml("reordered", "<x><r><b>x</b><a>1</a></r></x>", "c INT, a INT, b STRING")
    yield xml("other case", "<x><r><b>x</b><a>1</a></r></x>", "A INT, B STRING")
    yield xml("no columns", "<x><r><a>1</a></r><r><a>2</a></r></x>", select=("count(*)",))
    yield xml("one column", "<x><r><a>1</a><b>2</b></r></x>", select=("b",))
    yield xml("filter", "<x><r><a>1</a></r><r><a>2</a></r></x>", filter="a > 1")
    yield xml("metadata", "<x><r><a>1</a></r></x>", select=("_metadata.file_name", "a"))
    yield xml("no rowTag", "<x><r><a>1</a></r></x>", tag="")
    yield xml("rowTag that is not there", "<x><r><a>1</a></r></x>", tag="nothing")
    yield xml("rowTag that is not there, with schema", "<x><r><a>1</a></r></x>", "a INT", tag="nothing")


def _rows() -> Iterator[Case]:
    yield xml("rows in rows", "<x><r><r><a>1</a></r><a>2</a></r></x>")
    yield xml("rows with a longer name", "<x><ra><a>1</a></ra><r><a>2</a></r></x>")
    yield xml("rows in comments", "<x><!-- <r><a>1</a></r> --><r><a>2</a></r></x>")
    yield xml("rows in CDATA", "<x><![CDATA[<r><a>1</a></r>]]><r><a>2</a></r></x>")
    yield xml("comments in rows", "<x><r><!-- <a>1</a> --><a>2<!-- c --></a></r></x>")
    yield xml("CDATA in rows", "<x><r><a><![CDATA[<b>1</b>]]></a></r></x>")
    yield xml("end tag in CDATA", "<x><r><a><![CDATA[</r>]]></a></r><r><a>2</a></r></x>")
    yield xml("end tag in an attribute", '<x><r q="&lt;/r>"><a>1</a></r></x>')
    yield xml("rows over lines", '<?xml version="1.0"?>\n<x>\n  <r\n   i="1"\n  >\n    <a>\n 1 \n</a>\n  </r>\n</x>\n')
    yield xml("rows without a root", "<r><a>1</a></r><r><a>2</a></r>")
    yield xml("the root is the row", "<r><a>1</a></r>")
    yield xml("spaces in tags", "<x><r ><a >1</a ></r ><r><a>2</a></r></x>")
    yield xml("entities", "<x><r><a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a></r></x>")
    yield xml("an entity of its own", '<!DOCTYPE x [<!ENTITY e "y">]><x><r><a>&e;</a></r><r><a>1</a></r></x>')
    yield xml("processing instructions", "<x><?p q?><r><?p q?><a>1</a></r></x>")
    yield xml("namespaces", '<x xmlns:p="u"><p:r><p:a p:i="1">2</p:a></p:r></x>', tag="p:r")
    yield xml(
        "namespaces ignored",
        '<x xmlns:p="u"><r><p:a p:i="1">2</p:a><q:b xmlns:q="v">3</q:b></r></x>',
        ignoreNamespace="true",
    )
    yield xml("namespaces kept", '<x xmlns:p="u"><r xmlns:p="u"><p:a p:i="1">2</p:a></r></x>')
    yield xml("unclosed last row", "<x><r><a>1</a></r><r><a>2</a>")
    yield xml("unclosed last row with schema", "<x><r><a>1</a></r><r><a>2</a>", CORRUPT)
    yield xml("text after", "<x><r><a>1</a></r></x>junk")


def _values() -> Iterator[Case]:
    texts = ("1", " 1 ", "-1", "+1", "1.5", "1e3", "true", "TRUE", "x", "", "NaN", "Inf", "-Inf", "Infinity", "2020-01-02", "2020-01-02T03:04:05",
             "2020-01-02 03:04:05", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05+02:00", "300", "99999999999", "1,000.5", "1_0", "0x1", "null", "YWJj", "12:30:00")  # fmt: skip
    body = "<x>" + "".join(f"<r><a>{v}</a></r>" for v in texts) + "</x>"
    for type in ("STRING", "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(6,2)", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ",
                 "BINARY", "ARRAY<INT>", "STRUCT<b: INT>", "MAP<STRING, INT>"):  # fmt: skip
        yield xml(f"values as {type}", body, f"a {type}")
    for text in texts:
        yield xml(f"inferred {text!r}", f"<x><r><a>{text}</a></r></x>")
    yield xml("not trimmed", "<x><r><a> x </a><b> 1 </b></r></x>", ignoreSurroundingSpaces="false")
    yield xml(
        "not trimmed with schema",
        "<x><r><a> x </a><b> 1 </b></r></x>",
        "a STRING, b INT",
        ignoreSurroundingSpaces="false",
    )
    yield xml("nullValue", "<x><r><a>-</a><b>-</b></r></x>", "a INT, b STRING", nullValue="-")
    yield xml("nullValue inferred", "<x><r><a>-</a></r><r><a>1</a></r></x>", nullValue="-")
    yield xml(
        "dateFormat",
        "<x><r><a>02/01/2020</a><b>2/1/20 5h</b></r></x>",
        "a DATE, b TIMESTAMP",
        dateFormat="dd/MM/yyyy",
        timestampFormat="d/M/yy H'h'",
    )
    yield xml(
        "dateFormat inferred",
        "<x><r><a>02/01/2020</a><b>2/1/20 5h</b></r></x>",
        dateFormat="dd/MM/yyyy",
        timestampFormat="d/M/yy H'h'",
    )
    yield xml("timeZone", "<x><r><a>2020-01-02T03:04:05</a></r></x>", "a TIMESTAMP", timeZone="Asia/Tokyo")


def _modes() -> Iterator[Case]:
    bodies = {
        "values": "<x><r><a>1</a><b>x</b></r><r><a>y</a><b>z</b></r><r><a>3</a></r></x>",
        "tags": "<x><r><a>1</a><b>x</b></r><r><a>2</b></r><r><a>3</a></r></x>",
        "ampersands": "<x><r><a>1</a><b>x & y</b></r><r><a>3</a></r></x>",
        "attributes": "<x><r><a>1</a></r><r q><a>2</a></r><r><a>3</a></r></x>",
    }
    for name, body in bodies.items():
        for mode in ("PERMISSIVE", "DROPMALFORMED", "FAILFAST"):
            yield xml(f"{name} {mode}", body, "a INT, b STRING", mode=mode)
            yield xml(f"{name} {mode} corrupt", body, CORRUPT, mode=mode)
            yield xml(f"{name} {mode} inferred", body, mode=mode)
    yield xml("corrupt column elsewhere", bodies["values"], "a INT, bad STRING", columnNameOfCorruptRecord="bad")
    yield xml("corrupt column of a wrong type", bodies["values"], "a INT, _corrupt_record INT")
    yield xml("only the corrupt column", bodies["values"], CORRUPT, select=("_corrupt_record",))
    yield xml("bad mode", bodies["values"], "a INT", mode="nothing")
    yield xml("count of malformed", bodies["tags"], "a INT", select=("count(*)",))


def _inference() -> Iterator[Case]:
    body = "<x>" + "".join(f"<r><a>{i}</a></r>" for i in range(20)) + "<r><a>x</a><b>1</b></r></x>"
    yield xml("inferSchema false", "<x><r><a>1</a><b><c>true</c></b></r></x>", inferSchema="false")
    yield xml("prefersDecimal", "<x><r><a>1.25</a><b>12345678901234567890</b></r></x>", prefersDecimal="true")
    yield xml("samplingRatio 0", body, samplingRatio="0")
    yield xml("samplingRatio 2", body, samplingRatio="2")
    yield xml("long and double", "<x><r><a>1</a></r><r><a>1.5</a></r></x>")
    yield xml("date and timestamp", "<x><r><a>2020-01-02</a></r><r><a>2020-01-02T03:04:05</a></r></x>")
    yield xml(
        "NTZ inferred", "<x><r><a>2020-01-02T03:04:05</a></r></x>", conf={"spark.sql.timestampType": "TIMESTAMP_NTZ"}
    )
    yield xml("wildcard", "<x><r><a>1</a><q>2</q></r></x>", "a INT, xs_any STRING", wildcardColName="xs_any")


def _bytes() -> Iterator[Case]:
    yield xml("empty file", "")
    yield xml("empty file with schema", "", "a INT")
    yield xml("foreign file", "this is no XML, but a text")
    yield xml("foreign file with schema", b"\x00\x01\xff\xfe" * 20, "a INT")
    yield xml(
        "UTF-16", '<?xml version="1.0" encoding="UTF-16"?><x><r><a>é</a></r></x>'.encode("utf-16"), encoding="UTF-16"
    )
    yield xml(
        "latin1",
        '<?xml version="1.0" encoding="ISO-8859-1"?><x><r><a>é</a></r></x>'.encode("latin-1"),
        charset="ISO-8859-1",
    )
    yield xml("byte order mark", b"\xef\xbb\xbf<x><r><a>1</a></r></x>")
    yield xml("unknown encoding", "<x><r><a>1</a></r></x>", encoding="nothing")
    import gzip

    yield xml("gzip", gzip.compress(b"<x><r><a>1</a></r></x>", mtime=0), name="f.xml.gz")
    yield xml("gzip cut off", gzip.compress(b"<x><r><a>1</a></r></x>", mtime=0)[:-12], "a INT", name="f.xml.gz")
    yield xml("long", "<x>" + "<r><a>1</a><b>" + "y" * 100_000 + "</b></r>" * 1 + "</x>", select=("length(b)",))
