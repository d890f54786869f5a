"""JSON and text files as Spark reads them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

CORRUPT = "_corrupt_record STRING"


def js(
    id: str, text: str | bytes, schema: str | None = None, *, select: tuple[str, ...] = (), filter: str = "",
    conf: dict[str, str] | None = None, **options: str,
) -> Case:  # fmt: skip
    content = text.encode() if isinstance(text, str) else text
    return Case(f"json {id}", "json", {"f.json": content}, schema, options, conf or {}, select=select, filter=filter)


def cases() -> Iterator[Case]:
    yield from _inference()
    yield from _values()
    yield from _nested()
    yield from _modes()
    yield from _syntax()
    yield from _multi_line()
    yield from _times()
    yield from _bytes()
    yield from _text()


def _inference() -> Iterator[Case]:
    columns = {
        "int": ["1", "2"], "long": ["3000000000"], "big": ["12345678901234567890"], "bigger": ["1" * 39], "double": ["1.5", "2"], "exponent": ["1e3"],
        "int and double": ["1", "2.5"], "big and double": ["12345678901234567890", "1.5"], "string": ['"a"'], "string and int": ['"a"', "1"],
        "boolean": ["true"], "boolean and int": ["true", "1"], "null": ["null"], "null and int": ["null", "1"], "array": ["[1, 2.5]"], "empty array": ["[]"],
        "array of null": ["[null]"], "mixed array": ['[1, "a"]'], "array and int": ["[1]", "1"], "array of structs": ['[{"x": 1}, {"y": 2}]'],
        "struct": ['{"x": 1}', '{"y": "a"}'], "empty struct": ["{}"], "struct and int": ["{}", "1"], "nested": ['{"x": {"y": [{"z": null}]}}'],
        "date": ['"2020-01-02"'], "timestamp": ['"2020-01-02T03:04:05"'], "number text": ['"1"'], "big decimal": ["1.23456789012345678901234567890"],
        "negative": ["-1"], "minus zero": ["-0"], "zero point": ["0.0"], "array of arrays": ["[[1], [2.5]]"], "null struct": ["null", '{"x": 1}'],
    }  # fmt: skip
    for name, values in columns.items():
        text = "".join(f'{{"v": {v}}}\n' for v in values)
        yield js(f"infer {name}", text)
        yield js(f"infer {name} primitivesAsString", text, primitivesAsString="true")
        yield js(f"infer {name} prefersDecimal", text, prefersDecimal="true")
        yield js(f"infer {name} dropFieldIfAllNull", text, dropFieldIfAllNull="true")
        yield js(f"infer {name} inferTimestamp", text, inferTimestamp="true")
    yield js("infer field order", '{"b": 1, "a": 2}\n{"c": 3}\n')
    yield js("infer case", '{"a": 1, "A": 2}\n')
    yield js("infer case, case sensitive", '{"a": 1, "A": 2}\n', conf={"spark.sql.caseSensitive": "true"})
    yield js("infer same name", '{"a": 1, "a": "x"}\n')
    yield js("infer names", '{"a b": 1, "a.b": 2, "": 3, "é": 4}\n')
    yield js("infer empty file", "")
    yield js("infer blank lines", '\n  \n{"a": 1}\n\n')
    yield js("infer top array", '[{"a": 1}, {"a": 2}]\n{"a": 3}\n')
    yield js("infer top scalar", '1\n"x"\n')
    yield js("infer only corrupt", "{\n")
    yield js("infer some corrupt", '{"a": 1}\n{"a": \n')
    yield js("infer some corrupt, dropped", '{"a": 1}\n{"a": \n', mode="DROPMALFORMED")
    yield js("infer some corrupt, failfast", '{"a": 1}\n{"a": \n', mode="FAILFAST")
    yield js("infer corrupt name", '{"a": 1}\n{"a": \n', columnNameOfCorruptRecord="bad")
    yield js("infer corrupt name taken", '{"_corrupt_record": "x", "a": 1}\n')
    yield js("infer samplingRatio 1", '{"a": 1}\n{"a": 2}\n', samplingRatio="1.0")
    yield js("infer bad samplingRatio", '{"a": 1}\n', samplingRatio="0")
    yield js("infer dateFormat", '{"a": "02/01/2020"}\n', dateFormat="dd/MM/yyyy")
    yield js("infer dateFormat preferDate", '{"a": "02/01/2020"}\n', dateFormat="dd/MM/yyyy", preferDate="true")
    yield js(
        "infer timestampFormat",
        '{"a": "02/01/2020 03:04"}\n',
        timestampFormat="dd/MM/yyyy HH:mm",
        inferTimestamp="true",
    )


def _values() -> Iterator[Case]:
    texts = ["1", "-1", "0", "-0", "1.0", "1.5", "1e3", "1E-2", "1.10", "127", "128", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808",
             "12345678901234567890.123", "1e400", "99999.995", "true", "false", "null", '""', '"a"', '"1"', '" 1 "', '"1.5"', '"true"', '"NaN"', '"Infinity"', '"-Infinity"',
             '"INF"', '"+INF"', '"-INF"', '"+Infinity"', '"inf"', "NaN", "Infinity", "-Infinity", "INF", "+INF", "{}", '{"x": 1}', '{"x" : 1.10 , "y":[1, 2]}', "[]", "[1, 2]", '["a"]', '"1,000"', '"MTIz"', '"1.10"',
             '"é\\u00e9\\n\\"\\\\/\\/"', '"\\ud83d\\ude00"', "01", "1.", ".5", "+1", "0x1", "tru", "'x'"]  # fmt: skip
    text = "".join(f'{{"v": {t}, "k": {i}}}\n' for i, t in enumerate(texts))
    for type in ("BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL(10,2)", "DECIMAL(38,18)", "STRING", "BINARY", "ARRAY<INT>",
                 "ARRAY<STRING>", "STRUCT<x: INT>", "STRUCT<x: STRING>", "MAP<STRING, INT>", "MAP<STRING, STRING>", "CHAR(3)", "VARCHAR(3)", "VOID", "INTERVAL"):  # fmt: skip
        for i in range(0, len(texts), 20):
            part = "".join(text.splitlines(True)[i : i + 20])
            yield js(f"values {i} as {type}", part, f"k INT, v {type}, _corrupt_record STRING")
        yield js(f"values as {type} without corrupt column", text, f"k INT, v {type}")
    yield js("numbers that are not, allowed off", '{"v": NaN}\n{"v": Infinity}\n{"v": "NaN"}\n', "v DOUBLE, _corrupt_record STRING",
             allowNonNumericNumbers="false")  # fmt: skip
    yield js("missing fields", '{"a": 1}\n{"b": 2}\n{}\n', "a INT, b INT, c STRING")
    yield js("other fields", '{"z": 1, "a": 2}\n', "a INT")
    yield js("case of fields", '{"A": 1}\n', "a INT")
    yield js("same field twice", '{"a": 1, "a": 2}\n', "a INT")
    yield js("not null", '{"a": null}\n{}\n', "a INT NOT NULL")
    yield js(
        "not null by conf",
        '{"a": null}\n{}\n',
        "a INT NOT NULL",
        conf={"spark.sql.legacy.respectNullabilityInTextDatasetConversion": "true"},
    )
    yield js("long string", '{"a": "' + "x" * 100_000 + '"}\n', "a STRING", select=("length(a) n",))
    yield js("intervals", '{"a": "INTERVAL \'1-2\' YEAR TO MONTH", "b": "INTERVAL \'1\' DAY"}\n', "a INTERVAL YEAR TO MONTH, b INTERVAL DAY",
             select=("cast(a as string)", "b"))  # fmt: skip
    yield js("variant", '{"a": 1}\n', "a VARIANT")


def _nested() -> Iterator[Case]:
    schema = "a ARRAY<STRUCT<x: INT, y: STRING>>, m MAP<STRING, ARRAY<DOUBLE>>, s STRUCT<p: STRUCT<q: DATE>, r: BOOLEAN>, _corrupt_record STRING"
    rows = [
        '{"a": [{"x": 1, "y": "b"}, {"y": 2}, null, {}], "m": {"k": [1, 2.5], "l": null, "n": []}, "s": {"p": {"q": "2020-01-02"}, "r": true}}',
        '{"a": [{"x": "bad"}], "m": {"k": [1]}}', '{"a": [1], "s": {"r": true}}', '{"a": {"x": 1}}', '{"m": [1]}', '{"m": {"k": "x"}}', '{"m": {"k": [1, "x", 2]}}',
        '{"s": {"p": {"q": "bad"}, "r": true}}', '{"s": {"p": 1, "r": false}}', '{"s": "x", "a": []}', '{"s": null, "a": null, "m": null}', '{"a": [[1]]}',
        '{"m": {"k": [1], "k": [2]}}',
    ]  # fmt: skip
    for i, row in enumerate(rows):
        yield js(f"nested {i}", row + "\n", schema)
        yield js(f"nested inferred {i}", row + "\n")
        yield js(
            f"nested without partial results {i}",
            row + "\n",
            schema,
            conf={"spark.sql.json.enablePartialResults": "false"},
        )
    yield js("nested strings", '{"a": [1, "b", {"c": 1}, null, [2]]}\n', "a ARRAY<STRING>")
    yield js("map of mixed", '{"m": {"a": 1, "b": "x", "c": null, "d": {"e": 1}}}\n', "m MAP<STRING, STRING>")
    yield js("map of int keys", '{"m": {"1": 1}}\n', "m MAP<INT, INT>")
    yield js("array at top", '[{"a": 1}, {"a": 2}, 3, null]\n', "a INT, _corrupt_record STRING")
    yield js("array at top, one bad", '[{"a": 1}, {"a": "x"}]\n', "a INT, _corrupt_record STRING")
    yield js("single column array", "[1, 2]\n", "a ARRAY<INT>")


def _modes() -> Iterator[Case]:
    text = '{"a": 1, "b": "x"}\n{"a": "y", "b": "z"}\n{"a": 2\n\n[]\n3\n"s"\nnull\n{"b": 5}\n{"a": 3} trailing\n{"a": 4}{"a": 5}\n'
    for mode in ("PERMISSIVE", "DROPMALFORMED", "FAILFAST", "other"):
        yield js(f"mode {mode}", text, "a INT, b STRING", mode=mode)
        yield js(f"mode {mode} with corrupt column", text, f"a INT, b STRING, {CORRUPT}", mode=mode)
        yield js(f"mode {mode} inferred", text, mode=mode)
    good = '{"a": 1, "b": "x"}\n'
    yield js("failfast good", good, "a INT, b STRING", mode="FAILFAST")
    yield js("failfast wrong type", '{"a": "x"}\n', "a INT", mode="FAILFAST")
    yield js("failfast cut", '{"a": \n', "a INT", mode="FAILFAST")
    yield js("corrupt alone", text, f"a INT, b STRING, {CORRUPT}", select=("_corrupt_record",))
    yield js("corrupt and a", text, f"a INT, b STRING, {CORRUPT}", select=("a", "_corrupt_record"))
    yield js("corrupt count", text, f"a INT, b STRING, {CORRUPT}", select=("count(_corrupt_record)",))
    yield js("corrupt named", text, "a INT, bad STRING", columnNameOfCorruptRecord="bad")
    yield js("corrupt not string", text, "a INT, _corrupt_record INT")
    yield js("count", text, "a INT", select=("count(*)",))
    yield js("count inferred", text, select=("count(*)",))
    yield js("dropped count", text, "a INT", mode="DROPMALFORMED", select=("count(*)",))
    yield js("filter", text, "a INT, b STRING", filter="a > 1")


def _syntax() -> Iterator[Case]:
    rows = {
        "single quotes": "{'a': 'x\"y'}", "unquoted names": "{a: 1}", "comments": '{/* c */ "a": 1} // d', "yaml comments": '{"a": 1} # d', "trailing comma": '{"a": 1,}',
        "leading zeros": '{"a": 007}', "escaped any": '{"a": "\\q"}', "control characters": '{"a": "x\ty"}', "blank around": '  {"a": 1}  ', "two objects": '{"a": 1} {"a": 2}',
        "plus": '{"a": +1}', "hex": '{"a": 0x1F}', "nan": '{"a": NaN}', "capital": '{"a": True}', "empty name": '{"": 1}', "backslash at end": '{"a": "x\\"}',
        "nul": '{"a": "x\\u0000y"}', "lone surrogate": '{"a": "\\ud800"}', "deep": '{"a": ' + "[" * 50 + "]" * 50 + "}", "missing colon": '{"a" 1}', "extra brace": '{"a": 1}}',
        "single quote in double": "{\"a\": \"it's\"}", "tab": '\t{"a":\t1}',
    }  # fmt: skip
    options = {
        "single quotes": "allowSingleQuotes", "unquoted names": "allowUnquotedFieldNames", "comments": "allowComments", "leading zeros": "allowNumericLeadingZeros",
        "escaped any": "allowBackslashEscapingAnyCharacter", "control characters": "allowUnquotedControlChars", "nan": "allowNonNumericNumbers",
    }  # fmt: skip
    for name, row in rows.items():
        yield js(f"syntax {name}", row + "\n", "a STRING, _corrupt_record STRING")
        if name in options:
            for on in ("true", "false"):
                yield js(
                    f"syntax {name} {options[name]} {on}",
                    row + "\n",
                    "a STRING, _corrupt_record STRING",
                    **{options[name]: on},
                )
        yield js(f"syntax {name} inferred", row + "\n")
    for name in ("a-b", "@a", "1a", "#a", "*a", "+a", "-a", "a b", "a.b"):
        yield js(f"syntax bare {name}", f"{{{name}: 1}}\n", f"`{name}` INT, {CORRUPT}", allowUnquotedFieldNames="true")
    for name, row in {
        "escaped quote": r"""{"a": "x\'y"}""",
        "in quotes": r"""{"a": 'x\'y'}""",
        "+INF": '{"a": +INF}',
        "INF": '{"a": INF}',
    }.items():
        yield js(f"syntax also {name}", row + "\n", f"a STRING, {CORRUPT}")
    yield js("syntax also a time", '{"a": "12:30:45"}\n', "a TIME")
    yield js("syntax very deep", '{"a": ' + "[" * 950 + "]" * 950 + "}\n", f"a STRING, {CORRUPT}")


def _multi_line() -> Iterator[Case]:
    texts = {
        "object": '{\n  "a": 1,\n  "b": "x"\n}\n', "array": '[\n  {"a": 1},\n  {"a": 2, "b": null}\n]\n', "two objects": '{"a": 1}\n{"a": 2}\n', "cut": '{\n  "a": 1,\n', "cut array": '[{"a": 1}, {"a": \n',
        "scalar": "1\n", "empty": "", "array of scalars": "[1, 2]", "array of arrays": '[[{"a": 1}]]', "wrong type": '{\n"a": "x"}\n', "array with wrong type": '[{"a": 1}, {"a": "x"}]', "null": "null",
    }  # fmt: skip
    for name, text in texts.items():
        yield js(f"multiLine {name}", text, multiLine="true")
        yield js(f"multiLine {name} with schema", text, f"a INT, b STRING, {CORRUPT}", multiLine="true")
        yield js(f"multiLine {name} failfast", text, "a INT, b STRING", multiLine="true", mode="FAILFAST")
        yield js(f"multiLine {name} dropped", text, "a INT, b STRING", multiLine="true", mode="DROPMALFORMED")
    yield js("multiLine count", '[{"a": 1}, {"a": 2}]', "a INT", multiLine="true", select=("count(*)",))


def _times() -> Iterator[Case]:
    dates = [
        "2020-01-02",
        "2020-1-2",
        "2020-01-02 ",
        "2020-01-02T00:00:00",
        "2020",
        "2020-05",
        "02/01/2020",
        "2020-02-30",
        "0002-01-01",
        "abc",
        "",
    ]
    stamps = ["2020-01-02 03:04:05", "2020-01-02T03:04:05Z", "2020-01-02T03:04:05.123456+01:00", "2020-01-02T03:04:05 Europe/Berlin", "2020-01-02 3:4:5", "2020-01-02", "2020", "abc",
              "2020-02-30 00:00:00", "2020-03-08 02:30:00", "2020-11-01 01:30:00", "2020-01-02T03:04:05.000-0500"]  # fmt: skip
    for type in ("DATE", "TIMESTAMP", "TIMESTAMP_NTZ"):
        yield js(f"dates as {type}", "".join(f'{{"a": "{t}"}}\n' for t in dates), f"a {type}, {CORRUPT}")
        yield js(f"times as {type}", "".join(f'{{"a": "{t}"}}\n' for t in stamps), f"a {type}, {CORRUPT}")
        yield js(
            f"numbers as {type}", '{"a": 1577934245}\n{"a": 1.5}\n{"a": true}\n{"a": -1}\n', f"a {type}, {CORRUPT}"
        )
        yield js(
            f"times as {type}, zone option",
            "".join(f'{{"a": "{t}"}}\n' for t in stamps),
            f"a {type}, {CORRUPT}",
            timeZone="Asia/Tokyo",
        )
    yield js("dateFormat", '{"a": "02/01/2020"}\n{"a": "2020-01-02"}\n', f"a DATE, {CORRUPT}", dateFormat="dd/MM/yyyy")
    yield js(
        "timestampFormat",
        '{"a": "02/01/2020 03:04"}\n{"a": "2020-01-02"}\n',
        f"a TIMESTAMP, {CORRUPT}",
        timestampFormat="dd/MM/yyyy HH:mm",
    )
    yield js(
        "timestampNTZFormat",
        '{"a": "02/01/2020 03:04"}\n{"a": "2020-01-02"}\n',
        f"a TIMESTAMP_NTZ, {CORRUPT}",
        timestampNTZFormat="dd/MM/yyyy HH:mm",
    )
    yield js(
        "nested times",
        '{"a": [{"d": "2020-01-02", "t": "2020-01-02T00:00:00Z"}]}\n',
        "a ARRAY<STRUCT<d: DATE, t: TIMESTAMP>>",
    )


def _bytes() -> Iterator[Case]:
    import bz2
    import gzip

    plain = '{"a": "é"}\n'
    yield js("BOM", b"\xef\xbb\xbf" + plain.encode())
    yield js("UTF-16LE", plain.encode("utf-16-le"), encoding="UTF-16LE", lineSep="\n")
    yield js("UTF-16 multiLine", plain.encode("utf-16"), encoding="UTF-16", multiLine="true")
    yield js("UTF-16 multiLine detected", plain.encode("utf-16-be"), multiLine="true")
    yield js("latin1", plain.encode("latin-1"), "a STRING", encoding="ISO-8859-1")
    yield js("invalid UTF-8", b'{"a": "\xff"}\n', "a STRING, _corrupt_record STRING")
    yield js("unknown encoding", plain, encoding="nope")
    yield js("CRLF", '{"a": 1}\r\n{"a": 2}\r\n')
    yield js("CR", '{"a": 1}\r{"a": 2}\r')
    yield js("lineSep", '{"a": 1};{"a": 2};', lineSep=";")
    yield js("lineSep long", '{"a": 1}--{"a": 2}', lineSep="--")
    yield js("lineSep empty", '{"a": 1}', lineSep="")
    yield Case("json gz", "json", {"f.json.gz": gzip.compress(plain.encode())})
    yield Case("json bz2", "json", {"f.json.bz2": bz2.compress(plain.encode())}, "a STRING")
    yield Case("json files", "json", {"1.json": b'{"a": 1}', "2.json": b'{"b": 2}'}, filter="a = 1")
    for name in (
        "multiLine",
        "primitivesAsString",
        "prefersDecimal",
        "allowComments",
        "dropFieldIfAllNull",
        "samplingRatio",
        "timeZone",
        "allowSingleQuotes",
        "inferTimestamp",
    ):
        yield js(f"bad option {name}", '{"a": 1}\n', **{name: "wrong!"})
    yield js("duplicate columns", '{"a": 1}\n', "a INT, A INT")


def _text() -> Iterator[Case]:
    def text(id: str, content: bytes, schema: str | None = None, **options: str) -> Case:
        return Case(f"json text {id}", "text", {"f.txt": content}, schema, options)

    yield text("lines", b"a\nb\n\nc")
    yield text("CRLF", b"a\r\nb\rc\n")
    yield text("lineSep", b"a;b;\nc;", lineSep=";")
    yield text("lineSep LF", b"a\r\nb\r\n", lineSep="\n")
    yield text("lineSep long", b"a--b--", lineSep="--")
    yield text("wholetext", b"a\r\nb\n", wholetext="true")
    yield text("empty", b"")
    yield text("wholetext empty", b"", wholetext="true")
    yield text("schema", b"a\n", "line STRING")
    yield text("two columns", b"a\n", "a STRING, b STRING")
    yield text("int", b"1\n", "a INT")
    yield text("invalid UTF-8", b"\xff\n")
    yield text("BOM", b"\xef\xbb\xbfa\n")
    yield text("encoding", "é\n".encode("latin-1"), encoding="ISO-8859-1")
    yield text("nul", b"a\0b\n")
    yield Case("json text partitions", "text", {"p=1/f.txt": b"a\n"})
    yield Case("json text count", "text", {"f.txt": b"a\nb\n"}, select=("count(*)",))
    yield Case("json text dir", "text", {"d/f.txt": b"a\n"}, load=("d",))
