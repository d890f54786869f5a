"""The tables that the cases are over: `python -m tests.parity.differential.tables > tables.sql`.

Each column has its type's extremes, special values and NULL among ordinary ones, in an order of its own, so that a row
pairs what a person would not. Recorded answers belong to the tables: a change here asks for recording all anew.
"""

# ruff: noqa: RUF005
from __future__ import annotations

import random

ROWS = 24


def _cast(type: str, *texts: str) -> list[str]:
    return [f"CAST('{x}' AS {type})" for x in texts]


def _texts(*texts: str) -> list[str]:
    return ["'" + x.replace("\\", "\\\\").replace("'", "\\'") + "'" for x in texts]


# Column: values. What a column has few of, it repeats.
T: dict[str, list[str]] = {
    "g": ["0", "1", "2", "3"],
    "k": ["-3", "-2", "-1", "0", "1", "2", "3", "4", "5", "NULL"],
    "b": ["true", "false", "NULL"],
    "i8": _cast("TINYINT", "0", "1", "-1", "127", "-128", "7", "42") + ["NULL"],
    "i16": _cast("SMALLINT", "0", "1", "-1", "32767", "-32768", "255", "128", "-129") + ["NULL"],
    "i32": ["0", "1", "-1", "2147483647", "-2147483648", "100", "1000000", "-65536", "86400", "20240229", "NULL"],
    "i64": [
        "0L",
        "1L",
        "-1L",
        "9223372036854775807L",
        "-9223372036854775807L - 1L",
        "4294967296L",
        "-2147483649L",
        "1700000000L",
        "253402300800L",
        "9007199254740993L",
        "NULL",
    ],
    "f32": _cast(
        "FLOAT",
        "0",
        "-0.0",
        "1.5",
        "-1.5",
        "NaN",
        "Infinity",
        "-Infinity",
        "3.4028235E38",
        "1.4E-45",
        "0.1",
        "16777217",
        "1e10",
    )
    + ["NULL"],
    "f64": _cast(
        "DOUBLE",
        "0",
        "-0.0",
        "0.5",
        "-2.5",
        "NaN",
        "Infinity",
        "-Infinity",
        "1.7976931348623157E308",
        "4.9E-324",
        "0.1",
        "9007199254740993",
        "1e19",
        "-1e-7",
        "123456.789",
        "2147483648.5",
        "3",
    )
    + ["NULL"],
    "dec": _cast("DECIMAL(10,2)", "0", "0.01", "-0.01", "99999999.99", "-99999999.99", "12.34", "2.50", "-3.5")
    + ["NULL"],
    "dh": _cast(
        "DECIMAL(38,0)",
        "0",
        "1",
        "-1",
        "99999999999999999999999999999999999999",
        "-99999999999999999999999999999999999999",
        "9223372036854775808",
        "123",
    )
    + ["NULL"],
    "df": _cast(
        "DECIMAL(38,18)",
        "0",
        "0.000000000000000001",
        "-0.000000000000000001",
        "99999999999999999999.999999999999999999",
        "1.5",
        "-2.5",
        "0.333333333333333333",
    )
    + ["NULL"],
    "s": _texts(
        "",
        " ",
        "a",
        "Hello World",
        "hello",
        "naïve café",
        "ß",
        "İstanbul",
        "\U0001f600",
        "a\U0001f600b\U0001d11e",
        "日本語",
        "e\u0301",
        "a,b,c",
        "%_\\",
        "  pad  ",
        "A",
        "\u00a0x\u2003",
        "l'été",
        "x\ty\nz",
        "ΑΒΣ",
        "tab|pipe",
        "NULL",
    )
    + ["NULL"],
    "p": _texts("a", "", "l", "%a%", "_", ".", "[a-z]+", "\\d", "o W", ",", "\U0001f600", "(a)|b", "é", "h%o", "^$")
    + ["NULL"],
    "n": _texts(
        "0",
        "1",
        "-1",
        " 12 ",
        "1.5",
        "1e3",
        "abc",
        "",
        "127",
        "128",
        "2147483648",
        "9223372036854775808",
        "NaN",
        "Infinity",
        "-inf",
        "true",
        "f",
        "0x1F",
        "+5",
        "1.",
        ".5",
        "1e400",
        "12345678901234567890.123456789",
        "1d",
        "\t7\n",
    )
    + ["NULL"],
    "w": _texts(
        "2024-02-29",
        "2023-02-29",
        "1970-01-01",
        "0001-01-01",
        "9999-12-31",
        "2024-3-10",
        "2024-03-10 02:30:00",
        "2024-11-03 01:30:00",
        "2024-11-03 01:30:00-08:00",
        "1582-10-10",
        "2024-12-31T23:59:59.999999Z",
        "2024-06-15 12:34:56.789 Europe/Paris",
        "12:34:56",
        "23:59:59.999999",
        "10000-01-01",
        "epoch",
        "today?",
        "",
        "2024-02-29 24:00:00",
        "2024-06",
        "2024",
        "-0044-03-15",
        "1 day",
        "1-2",
        "interval 3 days",
    )
    + ["NULL"],
    "j": _texts(
        '{"a":1,"b":[1,2,null]}',
        "[]",
        "{}",
        "null",
        '{"a":{"b":"c\\\\u00e9"}}',
        '[1,2.5,"x"]',
        "{bad",
        "",
        "1",
        '"s"',
        '{"a":1,"a":2}',
        '[{"a":1},{"a":null}]',
        '{"a":"1","b":1e3}',
        '{"d":"2024-02-29"}',
        "true",
        '{"a":9223372036854775808}',
        ' {"a" : -0.0} ',
    )
    + ["NULL"],
    "bin": [
        "X''",
        "X'00'",
        "X'FF'",
        "X'C3A9'",
        "X'61626364'",
        "X'F09F9880'",
        "X'C328'",
        "X'80000000'",
        "X'0001020304050607'",
        "NULL",
    ],
    "d": [
        f"DATE '{x}'"
        for x in (
            "1970-01-01",
            "2024-02-29",
            "2023-12-31",
            "0001-01-01",
            "9999-12-31",
            "1582-10-04",
            "1582-10-15",
            "1969-12-31",
            "1900-02-28",
            "2024-03-31",
            "2021-01-03",
        )
    ]
    + ["NULL"],
    "ts": [
        f"TIMESTAMP '{x}'"
        for x in (
            "1970-01-01 00:00:00Z",
            "2024-03-10 10:00:00Z",
            "2024-03-10 09:59:59.999999Z",
            "2024-11-03 08:30:00Z",
            "2024-11-03 09:30:00Z",
            "2024-10-27 00:30:00Z",
            "0001-01-01 00:00:00Z",
            "9999-12-31 23:59:59.999999Z",
            "1969-12-31 23:59:59.999999Z",
            "1883-11-18 20:00:00Z",
            "2024-02-29 12:34:56.789012Z",
            "1582-10-10 00:00:00Z",
            "2011-12-30 12:00:00Z",
        )
    ]
    + ["NULL"],
    "ntz": [
        f"TIMESTAMP_NTZ '{x}'"
        for x in (
            "1970-01-01 00:00:00",
            "2024-03-10 02:30:00",
            "2024-11-03 01:30:00",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59.999999",
            "2024-02-29 12:34:56.789012",
            "1969-12-31 23:59:59.999999",
            "2024-03-31 02:30:00",
            "1883-11-18 12:05:00",
            "2000-01-31 23:00:00",
        )
    ]
    + ["NULL"],
    "tm": [f"TIME '{x}'" for x in ("00:00:00", "23:59:59.999999", "12:34:56.789", "01:02:03", "12:00:00.000001")]
    + ["NULL"],
    "ym": [
        f"INTERVAL '{x}' YEAR TO MONTH" for x in ("0-0", "1-2", "-1-2", "178956970-7", "-178956970-8", "0-1", "100-11")
    ]
    + ["NULL"],
    "dt": [
        f"INTERVAL '{x}' DAY TO SECOND"
        for x in (
            "0 00:00:00",
            "1 02:03:04.5",
            "-1 02:03:04.5",
            "106751991 04:00:54.775807",
            "-106751991 04:00:54.775808",
            "0 00:00:00.000001",
            "30 23:59:59.999999",
        )
    ]
    + ["NULL"],
    "ci": [
        "make_interval(0,0,0,0,0,0,0)",
        "make_interval(1,2,3,4,5,6,7.5)",
        "make_interval(-1,0,0,-1,0,0,-0.5)",
        "make_interval(0,1,0,31,0,0,0)",
        "make_interval(0,0,0,0,1000,0,0)",
        "NULL",
    ],
    "ai": [
        "array(1, 2, 3)",
        "array()",
        "array(3, NULL, 1, 3)",
        "array(2147483647, -2147483648)",
        "array(NULL)",
        "array(0)",
        "NULL",
    ],
    "ad": [
        "array(1.5D, double('NaN'), -0.0D, 0.0D)",
        "array(double('Infinity'), double('-Infinity'))",
        "array()",
        "array(NULL, 0.1D)",
        "array(double('NaN'), double('NaN'), 1D)",
        "NULL",
    ],
    "sa": [
        "array('a', 'b', 'a')",
        "array('', NULL, 'é')",
        "array()",
        "array('\U0001f600', 'B', 'b')",
        "array(NULL)",
        "array('1', 'x,y')",
        "NULL",
    ],
    "aa": [
        "array(array(1, 2), array(), NULL)",
        "array(array(3), array(1, NULL))",
        "array()",
        "array(array(NULL))",
        "NULL",
    ],
    "m": ["map('a', 1, 'b', NULL)", "map()", "map('', 0)", "map('é', -1, 'a', 2, 'c', 3)", "NULL"],
    "mi": ["map(1, 'x', 2, NULL)", "map()", "map(0, '', -1, 'neg')", "map(2147483647, 'max')", "NULL"],
    "st": [
        "named_struct('a', 1, 'b', 'x')",
        "named_struct('a', NULL, 'b', '')",
        "named_struct('a', -1, 'b', NULL)",
        "named_struct('a', 1, 'b', 'é')",
        "NULL",
    ],
    "ss": [
        "array(named_struct('a', 1, 'b', 'x'), named_struct('a', NULL, 'b', NULL))",
        "array()",
        "array(named_struct('a', 2, 'b', 'y'), NULL)",
        "array(named_struct('a', 0, 'b', ''))",
        "NULL",
    ],
    "v": [
        'parse_json(\'{"a":1,"b":[1,"x"]}\')',
        "parse_json('null')",
        "parse_json('1.5')",
        "parse_json('\"str\"')",
        "parse_json('[1,2,{\"a\":null}]')",
        "parse_json('true')",
        "parse_json('9223372036854775807')",
        "NULL",
    ],
}
U: dict[str, list[str]] = {
    "uid": [str(i) for i in range(10)],
    "x": ["0", "1", "1", "2", "NULL", "NULL", "-1", "100", "127", "3"],
    "y": [*_cast("DOUBLE", "0", "-0.0", "NaN", "1", "2.5", "1", "0.1", "Infinity", "3"), "NULL"],
    "z": ["'a'", "'A'", "''", "NULL", "'hello'", "'ß'", "'1'", "'a'", "' '", "'日本語'"],
    "w2": _cast("DECIMAL(10,2)", "0", "0.01", "12.34", "12.34", "1", "-3.5", "2", "100", "7") + ["NULL"],
    "e": [f"DATE '2024-0{i}-15'" for i in range(1, 9)] + ["DATE '1970-01-01'", "NULL"],
}  # fmt: skip
TYPES = {
    "g": "INT", "k": "INT", "b": "BOOLEAN", "i8": "TINYINT", "i16": "SMALLINT", "i32": "INT", "i64": "BIGINT",
    "f32": "FLOAT", "f64": "DOUBLE", "dec": "DECIMAL(10,2)", "dh": "DECIMAL(38,0)", "df": "DECIMAL(38,18)",
    "s": "STRING", "p": "STRING", "n": "STRING", "w": "STRING", "j": "STRING", "bin": "BINARY", "d": "DATE",
    "ts": "TIMESTAMP", "ntz": "TIMESTAMP_NTZ", "tm": "TIME(6)", "ym": "INTERVAL YEAR TO MONTH",
    "dt": "INTERVAL DAY TO SECOND", "ci": "INTERVAL", "ai": "ARRAY<INT>", "ad": "ARRAY<DOUBLE>",
    "sa": "ARRAY<STRING>", "aa": "ARRAY<ARRAY<INT>>", "m": "MAP<STRING, INT>", "mi": "MAP<INT, STRING>",
    "st": "STRUCT<a: INT, b: STRING>", "ss": "ARRAY<STRUCT<a: INT, b: STRING>>", "v": "VARIANT", "uid": "INT",
    "x": "INT", "y": "DOUBLE", "z": "STRING", "w2": "DECIMAL(10,2)", "e": "DATE",
}  # fmt: skip


def create(name: str, key: str, columns: dict[str, list[str]], rows: int, rng: random.Random) -> str:
    shuffled = {}
    for column, values in columns.items():
        many = (values * (rows // len(values) + 1))[:rows] if len(values) < rows else list(values)
        rng.shuffle(many)
        shuffled[column] = many[:rows]
    names = [*([key] if key else []), *columns]
    lines = []
    for i in range(rows):
        cells = [*([str(i)] if key else []), *(shuffled[c][i] for c in columns)]
        lines.append("(" + ", ".join(cells) + ")")
    casts = ", ".join(c if c == key else f"CAST({c} AS {TYPES[c]}) AS {c}" for c in names)
    body = ",\n".join(lines)
    return f"CREATE TEMPORARY VIEW {name} AS SELECT {casts} FROM VALUES\n{body}\nAS r({', '.join(names)});\n"


def main() -> None:
    rng = random.Random(2024)
    print(create("t", "id", T, ROWS, rng), end="")
    print(create("u", "", U, 10, rng), end="")


if __name__ == "__main__":
    main()
