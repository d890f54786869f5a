"""Partition directories, hidden files, globs and filters as Spark's file index finds them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

NULL = "__HIVE_DEFAULT_PARTITION__"
VALUES = {
    "int": ["1", "02", "+3", "-4"], "int and null": ["1", NULL], "null": [NULL], "long": ["1", "3000000000"], "decimal": ["1", "12345678901234567890"],
    "exponent": ["1e3", "5"], "double": ["1.5", "2"], "long and double": ["3000000000", "2.5"], "double and decimal": ["1.5", "12345678901234567890"],
    "date": ["2020-01-02", "2020-12-31"], "short date": ["2020-1-2"], "no date": ["2020-02-30"], "timestamp": ["2020-01-02 03%3A04%3A05"],
    "timestamp and date": ["2020-01-02 03%3A04%3A05", "2020-01-02"], "T timestamp": ["2020-01-02T03%3A04%3A05"], "text": ["a", "b c", "a%20b", "a%2Fb", "a+b"],
    "int and text": ["1", "x"], "date and int": ["2020-01-02", "5"], "empty": [""], "nan": ["NaN", "1.0"], "infinity": ["Infinity"], "suffixed": ["1d", "2f"],
    "boolean": ["true"], "blank": [" 1"], "minus zero": ["-0"], "one point zero": ["1.0"], "int, long, decimal": ["1", "3000000000", "12345678901234567890"],
    "the word null": ["NULL", "null"], "39 digits": ["1234567890123456789012345678901234567890"], "fraction of seconds": ["2020-01-02 03%3A04%3A05.123456"],
}  # fmt: skip


def tree(*directories: str) -> dict[str, bytes]:
    return {f"{d}/f.csv": b"x\n" for d in directories}


def read(
    id: str, files: dict[str, bytes], schema: str | None = "a STRING", load: tuple[str, ...] = ("",), **options: str
) -> Case:
    return Case(f"partitions {id}", "csv", files, schema, options, load=load)


def cases() -> Iterator[Case]:
    # One directory at a time where there are several values: the order of files is not defined.
    for name, values in VALUES.items():
        files = tree(*(f"p={v}" for v in values))
        for value in values[: 4 if len(values) > 1 else 1]:
            case = read(f"{name}: {value}", files)
            escaped = value.replace("%", "%25").replace(" ", "%20")
            yield Case(case.id, "csv", files, case.schema, filter=f"contains(_metadata.file_path, 'p={escaped}/')")
    yield Case(
        "partitions not inferred",
        "csv",
        tree("p=02"),
        "a STRING",
        conf={"spark.sql.sources.partitionColumnTypeInference.enabled": "false"},
    )
    for schema in ("p STRING, a STRING", "a STRING, p LONG", "p DOUBLE, a STRING", "a STRING, p DATE", "a STRING, p DECIMAL(5,2)", "a STRING, p TINYINT",
                   "a STRING, p BOOLEAN", "a STRING, P INT", "a STRING, p BINARY", "a STRING, p TIMESTAMP", "a STRING, p SMALLINT"):  # fmt: skip
        yield read(f"schema {schema}", tree("p=+3"), schema)
        yield read(f"schema of a date {schema}", tree("p=2020-01-02"), schema)
        yield read(f"schema of null {schema}", tree(f"p={NULL}"), schema)
        yield read(f"schema of a word {schema}", tree("p=x"), schema)
    for name, directories in {
        "other names": ["p=1", "q=1"], "plain directory beside": ["p=1", "x"], "other second level": ["p=1/q=2", "p=1/r=2"], "deeper": ["p=1", "p=1/q=1"],
        "two roots": ["x/p=1", "y/p=1"], "directory below": ["p=1/x"], "the same name": ["p=1/P=2"], "no name": ["=1"], "temporary": ["_temporary/p=1", "p=2"],
        "other case": ["P=1"], "underscore": ["_x=1"], "dot": [".y=1", "x=2"], "nothing": [],
    }.items():  # fmt: skip
        yield read(f"layout {name}", tree(*directories))
    yield read("layout file beside", tree("p=1") | {"f.csv": b"root\n"})
    deep = tree("p=1/q=2", "p=1/q=3")
    yield read("recursive", tree("p=1/q=2"), recursiveFileLookup="true")
    yield read("recursive plain", {"a/b/f.csv": b"1\n"}, recursiveFileLookup="true")
    yield read("not recursive", {"a/b/f.csv": b"1\n"})
    yield read("basePath is used by tests of relative paths only", deep, load=("p=1/q=2",))
    yield read("glob", deep, load=("p=*/q=2",))
    yield read("glob of files", deep, load=("p=1/*/f.csv",))
    yield read("file", deep, load=("p=1/q=2/f.csv",))
    names = {
        n: f"{n}\n".encode()
        for n in (
            "a1.csv",
            "a2.csv",
            "b1.csv",
            "c.txt",
            "_h.csv",
            ".d.csv",
            "x{y}.csv",
            "e[1].csv",
            "g h.csv",
            "i%20j.csv",
        )
    }
    for glob in ("a1.csv", "a?.csv", "{a1,b1}.csv", "[ab]1.csv", "[^a]1.csv", "[a-b]1.csv", "*.txt", "a[1", "{a1", "none*", "_h.csv", "_*.csv", "*.{txt}",
                 "e[[]1].csv", "e\\[1].csv", "g h.csv", "i%20j.csv", "x\\{y\\}.csv", "./c.txt", "[!a]1.csv"):  # fmt: skip
        only = glob.startswith(("a?", "{a1,"))
        yield Case(
            f"partitions glob {glob}", "csv", names, "a STRING", load=(glob,), select=("count(*)",) if only else ()
        )
    yield read("pathGlobFilter", names, pathGlobFilter="*.txt")
    yield read("pathGlobFilter nothing", names, pathGlobFilter="*.gif")
    yield read("pathGlobFilter nothing without schema", names, None, pathGlobFilter="*.gif")
    yield read("pathGlobFilter bad", names, pathGlobFilter="[")
    yield read("modifiedBefore", {"f.csv": b"1\n"}, modifiedBefore="2020-01-01T00:00:00")
    yield read("modifiedAfter", {"f.csv": b"1\n"}, modifiedAfter="2020-01-01T00:00:00")
    yield read("modifiedAfter date", {"f.csv": b"1\n"}, modifiedAfter="2020-01-01")
    yield read("modifiedAfter bad", {"f.csv": b"1\n"}, modifiedAfter="soon")
    yield read("recursiveFileLookup bad", {"f.csv": b"1\n"}, recursiveFileLookup="soon")
    yield read("missing", {}, load=("nope",))
    yield read("missing without schema", {}, None, load=("nope",))
    yield read("one missing", {"f.csv": b"1\n"}, load=("f.csv", "nope"))
    yield read("no files", {"x/f.csv": b"1\n"}, load=())
    yield read("no files without schema", {}, None, load=())
    yield read("duplicate columns", {"f.csv": b"1\n"}, "a INT, A INT")
    meta = ("_metadata.file_path", "_metadata.file_name", "_metadata.file_size", "_metadata.file_block_start", "_metadata.file_block_length",
            "_metadata.file_modification_time > timestamp'2020-01-01' AS t")  # fmt: skip
    for name in ("f.csv", "g h.csv", "i%20j.csv", "é.csv", "p=a%2Fb/f.csv"):
        yield Case(f"partitions metadata {name}", "csv", {name: b"x\n"}, "a STRING", select=meta)
    yield Case("partitions metadata in a filter", "csv", names, "a STRING", filter="_metadata.file_name = 'a1.csv'")
