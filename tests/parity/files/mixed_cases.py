"""Records in which one field is of several kinds: texts beside structs, empty texts, names in other cases."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case


def mixed(id: str, format: str, content: str, schema: str | None = None, select: tuple[str, ...] = (),
          conf: dict[str, str] | None = None, **options: str) -> Case:  # fmt: skip
    tag = {"rowTag": "r"} if format == "xml" else {}
    files = {"f": content.encode()}
    return Case(f"mixed {format} {id}", format, files, schema, tag | options, conf or {}, ("",), select)


def cases() -> Iterator[Case]:
    texts = {
        "empty and number": '{"a": "", "b": 1}\n{"a": 1.1}\n',
        "empty alone": '{"a": "", "d": true}\n',
        "empty in arrays": '{"a": ["", 1, ""], "b": [""], "c": ["", ""]}\n{"a":["",""],"c":[true,""]}\n',
        "empty in objects": '{"o":{"x":"","y": "" }}\n{"o":{"x":1,"y":[]}}\n',
        "empty name": '{"": "", "a": ""}\n{"a": 1, "": 2}\n',
        "escaped quotes": '{"a": "x\\"", "b": "\\"\\""}\n{"a": ",\\"\\"", "b": ":\\"\\"]"}\n',
    }
    options: list[dict[str, str]] = [
        {},
        {"dropFieldIfAllNull": "true"},
        {"primitivesAsString": "true"},
        {"prefersDecimal": "true"},
    ]
    for name, text in texts.items():
        for o in options:
            yield mixed(f"{name} {o}", "json", text, **o)
    seconds = (12345678901234567890, 9223372036854775807, -9223372036854775808, 92233720368547)
    wide = "".join(f'{{"a": {s}}}\n' for s in seconds)
    yield mixed("seconds", "json", wide, "a TIMESTAMP, _corrupt_record STRING", ("cast(a as long)", "_corrupt_record"))
    rows = {
        "struct and text": '<x><r><a i="1"><b k="1">x</b></a></r><r><a i="2">t</a></r><r><a>3</a></r></x>',
        "text and attribute": '<x><r><a>3</a></r><r><a i="2">4.5</a></r><r><a/></r><r><a><b>1</b></a></r></x>',
        "array of both": '<x><r><a>3</a><a i="1">4</a></r><r><a>x</a></r></x>',
        "markup": '<x><r><a i="1"><b k="1&lt;">x<c/></b><!-- c -->t<![CDATA[<y>]]>&amp;</a></r><r><a i="2">t</a></r></x>',
    }
    for name, text in rows.items():
        yield mixed(name, "xml", text)
        yield mixed(f"{name} valueTag", "xml", text, valueTag="v")
        for type in ("STRING", "ARRAY<STRING>", "MAP<STRING, STRING>", "STRUCT<_VALUE: STRING, _i: INT>"):
            yield mixed(f"{name} as {type}", "xml", text, f"a {type}")
    for text in ("1,2\r\n3,x,4\r\ny,5", "x,1\r\n\r\ny,2\r\n"):
        yield mixed(f"line ends {text!r}", "csv", text, "a INT, _corrupt_record STRING, b STRING", lineSep="\n")
    exact = {"spark.sql.caseSensitive": "true"}
    both = {"csv": "a,A\n1,2\n", "json": '{"a": 1, "A": 2}\n', "xml": "<x><r><a>1</a><A>2</A></r></x>"}
    for format, text in both.items():
        shown = ("A", "a", "_metadata.file_name")
        yield mixed("names by case", format, text, None, shown, exact, header="true")
        yield mixed("one name by case", format, text, None, ("A",), exact, header="true")
        yield mixed("names by case with schema", format, text, "A INT, a INT", shown, exact, header="true")
