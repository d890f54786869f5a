"""What is not as in Apache Spark, by the name of the case. A gap that closes fails its test until it is taken out here."""

from __future__ import annotations

_CALENDAR = "Java's text of a calendar, where a function that is declared to return a string returns a date"
_ROW = "an error here too, but of PythonException and not of PickleException"
_NO_ROWS = (
    "boolean", "tinyint", "int", "bigint", "float", "double", "decimal(10,1)", "string", "binary", "array<int>",
    "array<string>", "map<string,int>",
)  # fmt: skip
GAPS: dict[str, str] = {
    "pickled returns string datetime.date(2020, 1, 2)": _CALENDAR,
    "pickled returns string datetime.datetime(2020, 1, 2, 3, 4, 5, 6)": _CALENDAR,
    **{f"pickled returns {type} Row(a=1, b='r')": _ROW for type in _NO_ROWS},
}
