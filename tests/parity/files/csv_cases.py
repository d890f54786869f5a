"""CSV as Spark reads it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

CORRUPT = "a INT, b STRING, _corrupt_record STRING"


def cases() -> Iterator[Case]:
    yield from _shapes()
    yield from _quotes()
    yield from _values()
    yield from _times()
    yield from _modes()
    yield from _inference()
    yield from _bytes()


def csv(id: str, text: str | bytes, schema: str | None = None, *, select: tuple[str, ...] = (), filter: str = "",
        conf: dict[str, str] | None = None, **options: str) -> Case:  # fmt: skip
    content = text.encode() if isinstance(text, str) else text
    return Case(f"csv {id}", "csv", {"f.csv": content}, schema, options, conf or {}, select=select, filter=filter)


def _shapes() -> Iterator[Case]:
    yield csv("no header", "a,b\n1,2\n")
    yield csv("header", "a,b\n1,2\n", header="true")
    yield csv("header only", "a,b\n", header="true")
    yield csv("empty file", "")
    yield csv("empty file with schema", "", "a INT")
    yield csv("newlines only", "\n\n\n")
    yield csv("newlines only with header", "\n\n\n", header="true")
    yield csv("blank lines between", "a,b\n\n1,2\n\n\n3,4\n\n", header="true")
    yield csv("spaces only lines", "a,b\n  \n1,2\n", header="true")
    yield csv("spaces only lines trimmed", "a,b\n  \n1,2\n", header="true", ignoreLeadingWhiteSpace="true",
              ignoreTrailingWhiteSpace="true")  # fmt: skip
    yield csv("blank lines before header", "\n\na,b\n1,2\n", header="true")
    yield csv("no last newline", "a,b\n1,2", header="true")
    yield csv("empty header names", "a,,c,\n1,2,3,4\n", header="true")
    yield csv("duplicate header names", "a,a,A,b\n1,2,3,4\n", header="true")
    yield csv("duplicate header names, case sensitive", "a,a,A,b\n1,2,3,4\n", header="true",
              conf={"spark.sql.caseSensitive": "true"})  # fmt: skip
    yield csv("header names like generated", "_c1,,a\n1,2,3\n", header="true")
    yield csv("quoted header names", '"a b","c,d"\n1,2\n', header="true")
    yield csv("spaces in header names", " a , b\n1,2\n", header="true")
    yield csv("null header name", "NA,b\n1,2\n", header="true", nullValue="NA")
    yield csv("short rows", "a,b,c\n1,2\n1\n1,2,3\n", header="true")
    yield csv("long rows", "a,b\n1,2,3\n1,2,3,4\n1,2\n", header="true")
    yield csv("ragged without header", "1,2\n1,2,3\n1\n")
    yield csv("short rows with schema", "1,2\n1\n", "a INT, b INT, c INT")
    yield csv("long rows with schema", "1,2,3\n1,2\n", "a INT, b INT")
    yield csv("trailing separators", "1,2,\n3,4,\n", "a INT, b INT")
    yield csv("schema by position", "b,a\n1,2\n", "a INT, b INT", header="true")
    yield csv("enforceSchema false", "b,a\n1,2\n", "a INT, b INT", header="true", enforceSchema="false")
    yield csv("enforceSchema false, equal but for case", "A,b\n1,2\n", "a INT, b INT", header="true",
              enforceSchema="false")  # fmt: skip
    yield csv("enforceSchema false, too few", "a\n1\n", "a INT, b INT", header="true", enforceSchema="false")
    yield csv("select one column", "a,b\n1,2\n3,4\n", header="true", select=("b",))
    yield csv("select no column", "a,b\n1,2\n3,4,5\n6\n", header="true", select=("count(*) AS n",))
    yield csv("select reordered", "a,b\n1,2\n", header="true", select=("b", "a"))
    yield csv("count with malformed", "1,x\ny,2\n", "a INT, b INT", select=("count(*) AS n",))
    yield csv("count malformed dropped", "1,x\ny,2\n1,2\n", "a INT, b INT", mode="DROPMALFORMED",
              select=("count(*) AS n",))  # fmt: skip
    yield csv("column of malformed dropped", "1,x\ny,2\n1,2\n", "a INT, b INT", mode="DROPMALFORMED", select=("a",))
    yield csv("column of malformed, pruning off", "1,x\ny,2\n1,2\n", "a INT, b INT", mode="DROPMALFORMED",
              select=("a",), conf={"spark.sql.csv.parser.columnPruning.enabled": "false"})  # fmt: skip
    yield csv("filter", "1,x\n2,y\n", "a INT, b STRING", filter="a > 1")
    yield csv("filter on malformed", "1,x\nz,y\n", "a INT, b STRING", filter="a IS NULL")
    yield csv("comment", "#c\na,b\n#d\n1,2\n", header="true", comment="#")
    yield csv("comment in data", "a,#b\n #x,2\n", comment="#")
    yield csv("comment off", "#a,b\n1,2\n")
    yield csv("tab", "a\tb\n1\t2\n", header="true", sep="\\t")
    yield csv("delimiter", "a|b\n1|2\n", header="true", delimiter="|")
    yield csv("long separator", "a||b\n1||2\n", header="true", sep="||")
    yield csv("long separator and quotes", 'a||b\n"x||y"||2\n1|||2\n', header="true", sep="||")
    yield csv("space separator", "a b\n1  2\n", header="true", sep=" ")
    yield csv("empty separator", "a,b\n", sep="")
    yield csv("unicode separator", "aéb\n1é2\n", header="true", sep="é")
    yield csv("backslash separator", "a\\b\n1\\2\n", header="true", sep="\\\\")
    yield csv("nul separator", "a\0b\n1\0002\n", header="true", sep="\\0")
    yield csv("CRLF", "a,b\r\n1,2\r\n3,4\r\n", header="true")
    yield csv("CR", "a,b\r1,2\r3,4\r", header="true")
    yield csv("mixed line ends", "1,2\r\n3,4\n5,6\r7,8", "a INT, b STRING")
    yield csv("CRLF with quotes", '"a","b"\r\n"1","2"\r\n', header="true")
    yield csv("lineSep", "a,b;1,2;3,4;", header="true", lineSep=";")
    yield csv("lineSep and newlines", "a,b;1,2\n;3,4;", header="true", lineSep=";")
    yield csv("lineSep LF and CRs", "a,b\r\n1,2\r\n", header="true", lineSep="\n")
    yield csv("lineSep two characters", "1,2||3,4||", lineSep="||")
    yield csv("lineSep two characters multiLine", "1,2xy3,4xy", lineSep="xy", multiLine="true")
    yield csv("maxColumns", "1,2,3\n", maxColumns="2")
    yield csv("maxCharsPerColumn", "12345,1\n", maxCharsPerColumn="3")
    yield csv("single column", "x\ny\n")
    yield csv("single column empty values", 'x\n""\ny\n', "a STRING")
    yield csv("wide", ",".join(map(str, range(50))) + "\n")


def _quotes() -> Iterator[Case]:
    rows = {
        "plain": 'a,"b",c',
        "separator inside": '"a,b",c',
        "newline inside": '"a\nb",c\nd,e',
        "doubled": '"a""b",c',
        "doubled only": '"""",c',
        "doubled ends": '"a""",c',
        "escaped": '"a\\"b",c',
        "escaped end": '"a\\",c',
        "escaped escape": '"a\\\\",c',
        "escaped escape in middle": '"a\\\\b",c',
        "escape before other": '"a\\nb",c',
        "escape unquoted": "a\\,b,c",
        "escape unquoted quote": 'a\\"b,c',
        "escape unquoted both": "a\\\\b,c",
        "quote in middle": 'a"b,c',
        "quote at end": 'ab",c',
        "text after quote": '"a"b,c',
        "text after quote with quote": '"a"b"c,d',
        "space after quote": '"a" ,c',
        "space before quote": ' "a",c',
        "spaces in quotes": '" a ",c',
        "unclosed": '"a,b\nc,d',
        "unclosed at end": 'a,"b\nc,d',
        "unclosed last": 'a,b\nc,"d',
        "empty quoted": '"",c',
        "only quotes": '"",""',
        "two quotes then text": '""a,c',
        "quote alone": '",c\nd,e',
        "quote quote quote": '""",c\nd,e',
        "json": '"{""x"": 1}",c',
        "json escaped": '"{\\"x\\": 1}",c',
        "single quotes": "'a,b',c",
        "nul": "a\0b,c",
    }
    for name, row in rows.items():
        text = row + "\n"
        yield csv(f"quotes: {name}", text)
        yield csv(f"quotes doubled: {name}", text, escape='"')
        yield csv(f"quotes multiLine: {name}", text, multiLine="true")
        yield csv(f"quotes schema: {name}", text, "x STRING, y STRING, _corrupt_record STRING")
        yield csv(f"quotes trimmed: {name}", text, ignoreLeadingWhiteSpace="true", ignoreTrailingWhiteSpace="true")
    for name in ("plain", "separator inside", "doubled", "escaped", "quote in middle", "text after quote", "unclosed"):
        yield csv(f"quote off: {name}", rows[name] + "\n", quote="")
        yield csv(f"quote NUL: {name}", rows[name] + "\n", quote="\\u0000")
        yield csv(f"escape off: {name}", rows[name] + "\n", escape="")
        yield csv(f"other quote: {name}", rows[name].replace('"', "'") + "\n", quote="'")
        yield csv(f"quotes doubled multiLine: {name}", rows[name] + "\n", escape='"', multiLine="true")
        for handling in (
            "STOP_AT_CLOSING_QUOTE",
            "BACK_TO_DELIMITER",
            "STOP_AT_DELIMITER",
            "SKIP_VALUE",
            "RAISE_ERROR",
        ):
            yield csv(f"unescaped {handling}: {name}", rows[name] + "\n", unescapedQuoteHandling=handling)
    for name in ("escaped escape", "escaped", "escaped end"):
        yield csv(f"charToEscapeQuoteEscaping: {name}", rows[name] + "\n", charToEscapeQuoteEscaping="\\")
        yield csv(f"charToEscapeQuoteEscaping other: {name}", rows[name] + "\n", charToEscapeQuoteEscaping="~")


def _values() -> Iterator[Case]:
    yield csv("nullValue", 'NA,1\nx,NA\n,\n"NA",2\n', "a STRING, b INT", nullValue="NA")
    yield csv("nullValue default", 'x,1\n,\n"",""\n', "a STRING, b INT")
    yield csv("nullValue with inference", "a,b\nNA,1\n2,NA\n", header="true", nullValue="NA", inferSchema="true")
    yield csv("emptyValue", '"",1\n,2\nx,""\n', "a STRING, b INT", emptyValue="E")
    yield csv("emptyValue and nullValue", '"",1\n,2\nN,3\n', "a STRING, b INT", emptyValue="E", nullValue="N")
    yield csv("nan", "NaN\nnan\nx\n", "a DOUBLE, _corrupt_record STRING", nanValue="x")
    yield csv("inf", "Inf\n-Inf\nInfinity\n-Infinity\n+Infinity\nP\nM\n", "a DOUBLE, _corrupt_record STRING",
              positiveInf="P", negativeInf="M")  # fmt: skip
    yield csv("inf default", "Inf\n-Inf\nNaN\nnan\ninf\n", "a FLOAT, _corrupt_record STRING")
    texts = ["1", "-1", "+1", " 1", "1 ", "1.0", "1.5", "1e3", "abc", "127", "128", "-128", "-129", "32768", "2147483647",
             "2147483648", "9223372036854775807", "9223372036854775808", "0x10", "1_000", "1,000", "true", "TRUE", "t", "1L",
             "1d", "1.5f", "-0", "00012", ".5", "5.", "1e400", "-1e400", "1e-400", "--1", "1e", "1.2.3",
             "12345678901234567890.123", "99999.995", "NaN", "Infinity", "\t1", "1\u00a0", "", "''", "T", "no", "0", "False"]  # fmt: skip
    text = "".join('"' + t + '"\n' for t in texts)
    for type in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,2)", "DECIMAL(38,18)",
                 "STRING", "BINARY", "DECIMAL(3,0)", "CHAR(3)", "VARCHAR(3)"):  # fmt: skip
        yield csv(f"text as {type}", text, f"a {type}, _corrupt_record STRING")
    yield csv("trimmed numbers", " 1 , 2.5 \n", "a INT, b DOUBLE", ignoreLeadingWhiteSpace="true",
              ignoreTrailingWhiteSpace="true")  # fmt: skip
    yield csv("trimmed strings", ' a , " b " \n\t x\t,y\n', "a STRING, b STRING", ignoreLeadingWhiteSpace="true",
              ignoreTrailingWhiteSpace="true")  # fmt: skip
    yield csv("leading trimmed", ' a , " b " \n', "a STRING, b STRING", ignoreLeadingWhiteSpace="true")
    yield csv("trailing trimmed", ' a , " b " \n', "a STRING, b STRING", ignoreTrailingWhiteSpace="true")
    yield csv("trimmed to nothing", ' , ""\n', "a STRING, b STRING", ignoreLeadingWhiteSpace="true",
              ignoreTrailingWhiteSpace="true")  # fmt: skip
    for type in ("ARRAY<INT>", "MAP<STRING,INT>", "STRUCT<x:INT>", "INTERVAL", "VOID", "VARIANT"):
        yield csv(f"type {type}", "1\n", f"a {type}")
    yield csv("interval types", "INTERVAL '1-2' YEAR TO MONTH,INTERVAL '1 02:03:04' DAY TO SECOND\n3,4\n",
              "a INTERVAL YEAR TO MONTH, b INTERVAL DAY TO SECOND, _corrupt_record STRING", select=("cast(a as string)", "b", "_corrupt_record"))  # fmt: skip
    yield csv("not null column", "1\nx\n\n", "a INT NOT NULL")
    yield csv("default locale decimal", '"1,234.5"\n"1.234,5"\n', "a DECIMAL(10,2), _corrupt_record STRING")
    yield csv(
        "german locale decimal", '"1,234.5"\n"1.234,5"\n', "a DECIMAL(10,2), _corrupt_record STRING", locale="de-DE"
    )


def _times() -> Iterator[Case]:
    dates = ["2020-01-02", "2020-1-2", "2020-01-02 ", "2020-01-02T00:00:00", "2020-01-02 10:11:12", "2020", "2020-05",
             "02/01/2020", "20200102", "2020-02-30", "0002-01-01", "9999-12-30", "abc", "",
             "+2020-01-02", "2020-01-02x", "2020-13-01", "1582-10-10", "2020-01-02Z"]  # fmt: skip
    stamps = ["2020-01-02 03:04:05", "2020-01-02T03:04:05", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123456Z",
              "2020-01-02 03:04:05.1234567", "2020-01-02T03:04:05+01:00", "2020-01-02T03:04:05 Europe/Berlin",
              "2020-01-02 03:04", "2020-01-02 3:4:5", "2020-01-02", "2020-01", "2020", "abc",
              "2020-02-30 00:00:00", "2020-01-02T24:00:00", "2020-01-02 03:04:60", "2020-03-08 02:30:00",
              "2020-11-01 01:30:00", "1577934245", "2020-01-02T03:04:05.000-0500", "2020-01-02 03:04:05 PM", "0002-01-01 00:00:00",
              "2020-01-02T03:04:05GMT+01:00", "2020-01-02T03:04:05.1Z", " 2020-01-02 03:04:05", "2020-01-02 03:04:05 "]  # fmt: skip
    date_text, stamp_text = ("".join(f'"{t}"\n' for t in x) for x in (dates, stamps))
    for type in ("DATE", "TIMESTAMP", "TIMESTAMP_NTZ"):
        schema = f"a {type}, _corrupt_record STRING"
        yield csv(f"dates as {type}", date_text, schema)
        yield csv(f"times as {type}", stamp_text, schema)
        yield csv(f"times as {type}, zone option", stamp_text, schema, timeZone="Asia/Tokyo")
    for pattern in (
        "yyyy-MM-dd",
        "dd/MM/yyyy",
        "yyyyMMdd",
        "yyyy",
        "d/M/yy",
        "MMM dd, yyyy",
        "yyyy-MM-dd'T'HH:mm",
        "D yyyy",
    ):
        values = ["2020-01-02", "02/01/2020", "20200102", "2020", "2/1/20", "Jan 02, 2020", "2020-01-02T03:04", "2020-1-2",
                  "02/13/2020", "30/02/2020", "45 2020", "x", " 2020-01-02", "2020-01-02 "]  # fmt: skip
        text = "".join(f'"{v}"\n' for v in values)
        yield csv(f"dateFormat {pattern}", text, "a DATE, _corrupt_record STRING", dateFormat=pattern)
    for pattern in ("yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm", "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "yyyyMMddHHmmss", "MM/dd/yyyy hh:mm:ss a",
                    "yyyy-MM-dd HH:mm:ss.SSSSSS", "yyyy-MM-dd HH:mm:ss VV", "EEE, dd MMM yyyy HH:mm:ss Z", "yyyy-MM-dd", "HH:mm"):  # fmt: skip
        values = ["2020-01-02 03:04:05", "02/01/2020 03:04", "2020-01-02T03:04:05", "2020-01-02T03:04:05.123+02:00", "20200102030405",
                  "01/02/2020 03:04:05 PM", "2020-01-02 03:04:05.123456", "2020-01-02 03:04:05 Europe/Berlin",
                  "Thu, 02 Jan 2020 03:04:05 +0100", "2020-01-02", "12:34", "x", "2020-01-02 3:04:05", "2020-02-30 00:00:00",
                  "Fri, 02 Jan 2020 03:04:05 +0100"]  # fmt: skip
        text = "".join(f'"{v}"\n' for v in values)
        yield csv(f"timestampFormat {pattern}", text, "a TIMESTAMP, _corrupt_record STRING", timestampFormat=pattern)
        yield csv(
            f"timestampNTZFormat {pattern}", text, "a TIMESTAMP_NTZ, _corrupt_record STRING", timestampNTZFormat=pattern
        )
    for pattern in (
        "YYYY",
        "yyyy-MM-dd u",
        "e",
        "bad'",
        "yyyyyyyyyyyyy",
        "n",
        "A",
        "[",
        "yyyy-MM-dd#",
        "Y",
        "W",
        "F",
        "c",
        "B",
    ):
        yield csv(f"bad pattern {pattern}", "2020-01-02\n", "a DATE", dateFormat=pattern)
        yield csv(f"bad timestamp pattern {pattern}", "2020-01-02\n", "a TIMESTAMP", timestampFormat=pattern)


def _modes() -> Iterator[Case]:
    text = "1,x\ny,2\n3\n4,z,5\n,\n6,w\n"
    for mode in ("PERMISSIVE", "DROPMALFORMED", "FAILFAST", "permissive", "other"):
        yield csv(f"mode {mode}", text, "a INT, b STRING", mode=mode)
        yield csv(f"mode {mode} with corrupt column", text, CORRUPT, mode=mode)
    yield csv("corrupt column named", text, "a INT, bad STRING, b STRING", columnNameOfCorruptRecord="bad")
    yield csv("corrupt column first", text, "_corrupt_record STRING, a INT, b STRING")
    yield csv("corrupt column not a string", text, "a INT, b STRING, _corrupt_record INT")
    yield csv("corrupt column alone", text, CORRUPT, select=("_corrupt_record",))
    yield csv("corrupt column and a", text, CORRUPT, select=("a", "_corrupt_record"))
    yield csv("corrupt column and b", text, CORRUPT, select=("b", "_corrupt_record"))
    yield csv(
        "corrupt by conf", text, "a INT, b STRING, bad STRING", conf={"spark.sql.columnNameOfCorruptRecord": "bad"}
    )
    yield csv("corrupt with inference", "a,b\n1,2\n3,4,5\n", header="true", inferSchema="true",
              columnNameOfCorruptRecord="bad")  # fmt: skip
    yield csv("corrupt with trailing", "1,x  \ny,2 \n", CORRUPT)
    yield csv("corrupt multiLine", '1,"x\ny"\nz,"p\nq"\n', CORRUPT, multiLine="true")
    yield csv("failfast good", "1,x\n", "a INT, b STRING", mode="FAILFAST")
    yield csv("failfast short", "1\n", "a INT, b STRING", mode="FAILFAST")
    yield csv("failfast long", "1,2,3\n", "a INT, b STRING", mode="FAILFAST")
    yield csv("failfast other column", "x,2\n", "a INT, b STRING", mode="FAILFAST", select=("b",))
    yield csv("failfast inference", "a,b\n1,2,3\n", header="true", inferSchema="true", mode="FAILFAST")
    yield csv("dropmalformed inference", "a,b\n1,2,3\n4,5\n", header="true", inferSchema="true", mode="DROPMALFORMED")
    yield csv("partial results", "1,x,2020-01-01\n1,2,bad\n", "a INT, b INT, c DATE, _corrupt_record STRING")


def _inference() -> Iterator[Case]:
    columns = {
        "int": ["1", "2", "-3"], "int and null": ["1", "", "3"], "long": ["1", "3000000000"], "decimal": ["1", "12345678901234567890"],
        "double": ["1", "2.5"], "double exponent": ["1e3", "2"], "double nan": ["NaN", "1.0"], "double inf": ["Inf", "1"],
        "boolean": ["true", "FALSE"], "boolean and int": ["true", "1"], "date": ["2020-01-02", "2020-02-03"],
        "date and timestamp": ["2020-01-02", "2020-01-02 03:04:05"], "timestamp": ["2020-01-02 03:04:05", "2020-01-02T03:04:05Z"],
        "timestamp millis": ["2020-01-02 03:04:05.123", ""], "date and int": ["2020-01-02", "5"], "string": ["a", "1"], "all null": ["", ""],
        "leading zeros": ["007", "008"], "plus": ["+1", "+2"], "spaces": [" 1", "2 "], "quoted int": ['"1"', '"2"'], "year": ["2020", "2021"],
        "dot decimals": [".5", "5."], "suffix": ["1d", "2f"], "big double": ["1e400", "1"],
        "decimal scale": ["1.10", "22.333"], "long decimal": ["0.1234567890123456789", "1"], "hex": ["0x10", "1"],
        "decimal 39": ["123456789012345678901234567890123456789", "1"], "short date": ["2020-1-2", "2020-01-03"], "month": ["2020-01", "2020-02"],
    }  # fmt: skip
    for name, values in columns.items():
        text = "a,b\n" + "".join(f"{v},x\n" for v in values)
        yield csv(f"infer {name}", text, header="true", inferSchema="true")
        yield csv(f"infer {name} without preferDate", text, header="true", inferSchema="true", preferDate="false")
        yield csv(f"infer {name} as NTZ", text, header="true", inferSchema="true",
                  conf={"spark.sql.timestampType": "TIMESTAMP_NTZ"})  # fmt: skip
    yield csv("infer with dateFormat", "02/01/2020\n03/01/2020\n", inferSchema="true", dateFormat="dd/MM/yyyy")
    yield csv(
        "infer with timestampFormat", "02/01/2020 03:04\n", inferSchema="true", timestampFormat="dd/MM/yyyy HH:mm"
    )
    yield csv("infer ragged", "a,b\n1,2\n3\n4,5,6\n", header="true", inferSchema="true")
    yield csv("infer without header", "1,x\n2,y\n", inferSchema="true")
    yield csv("infer header only", "a,b\n", header="true", inferSchema="true")
    yield csv(
        "infer trimmed",
        " 1 , x \n",
        inferSchema="true",
        ignoreLeadingWhiteSpace="true",
        ignoreTrailingWhiteSpace="true",
    )
    yield csv("infer multiLine", 'a,b\n1,"x\ny"\n2,z\n', header="true", inferSchema="true", multiLine="true")
    yield csv("infer bad ratio", "1\n", inferSchema="true", samplingRatio="0")
    yield csv("infer with comment", "a\n1\n#x\n2\n", header="true", inferSchema="true", comment="#")
    two = {"1.csv": b"a,b\n1,2\n", "2.csv": b"a,b\n3,x\n"}
    yield Case("csv infer over files", "csv", two, options={"header": "true", "inferSchema": "true"}, filter="a = 1")
    yield Case("csv gaps", "csv", {"1.csv": b"", "2.csv": b"a,b\n3,4\n"}, options={"header": "true"})
    yield Case("csv string by default", "csv", {"1.csv": b"1,2020-01-02\n"})


def _bytes() -> Iterator[Case]:
    import bz2
    import gzip
    import zlib

    plain = "a,b\n1,é\n"
    yield csv("BOM", b"\xef\xbb\xbfa,b\n1,2\n", header="true")
    yield csv("BOM without header", b"\xef\xbb\xbf1,2\n", "a INT, b INT, _corrupt_record STRING")
    yield csv("BOM multiLine", b"\xef\xbb\xbfa,b\n1,2\n", header="true", multiLine="true")
    yield csv("latin1", plain.encode("latin-1"), header="true", encoding="ISO-8859-1")
    yield csv("charset", plain.encode("latin-1"), header="true", charset="iso-8859-1")
    yield csv("latin1 multiLine", plain.encode("latin-1"), header="true", encoding="ISO-8859-1", multiLine="true")
    yield csv("windows-1252", plain.encode("cp1252"), header="true", encoding="windows-1252")
    yield csv("utf-16 multiLine", plain.encode("utf-16"), header="true", encoding="UTF-16", multiLine="true")
    yield csv("utf-16le with lineSep", plain.encode("utf-16-le"), header="true", encoding="UTF-16LE", lineSep="\n")
    yield csv("latin1 read as utf-8", plain.encode("latin-1"), header="true")
    yield csv("unknown encoding", plain.encode(), header="true", encoding="nope")
    yield csv("invalid utf-8", b"a,b\n\xff\xfe,\xc3\n", header="true")
    for name, content in {"f.csv.gz": gzip.compress(plain.encode()), "f.csv.bz2": bz2.compress(plain.encode()),
                          "f.csv.deflate": zlib.compress(plain.encode()), "f.csv.GZ": gzip.compress(plain.encode()),
                          "f.gz": gzip.compress(plain.encode())}.items():  # fmt: skip
        yield Case(f"csv {name}", "csv", {name: content}, options={"header": "true"})
        yield Case(f"csv {name} multiLine", "csv", {name: content}, options={"header": "true", "multiLine": "true"})
        yield Case(f"csv {name} inferred", "csv", {name: content}, options={"header": "true", "inferSchema": "true"})
    yield Case("csv truncated gz", "csv", {"f.csv.gz": gzip.compress(b"1,2\n" * 1000)[:30]})
    yield Case("csv not a gz", "csv", {"f.csv.gz": b"1,2\n"})
    for name in ("header", "multiLine", "inferSchema", "ignoreLeadingWhiteSpace", "maxColumns", "enforceSchema", "samplingRatio", "quote", "escape",
                 "comment", "timeZone", "locale", "maxCharsPerColumn", "unescapedQuoteHandling", "preferDate", "lineSep", "charToEscapeQuoteEscaping"):  # fmt: skip
        yield csv(f"bad option {name}", "1,2\n", **{name: "wrong!"})
    yield csv("empty lineSep", "1,2\n", lineSep="")
    yield csv("bad schema types", "1\n", "a INT, A STRING")
