"""binaryFile as Spark reads it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.parity.files.cases import Case

FILES = {"a.png": b"\x89PNG\x00\xff", "b.txt": b"text", "empty": b"", "d/c.png": b"c" * 20}


def binary(id: str, files: dict[str, bytes] | None = None, schema: str | None = None, *, select: tuple[str, ...] = ("path", "length", "content"),
           filter: str = "", conf: dict[str, str] | None = None, load: tuple[str, ...] = ("",), **options: str) -> Case:  # fmt: skip
    return Case(
        f"binaryFile {id}",
        "binaryFile",
        FILES if files is None else files,
        schema,
        options,
        conf or {},
        load,
        select,
        filter,
        True,
    )


def cases() -> Iterator[Case]:
    yield binary("all")
    yield binary("no column", select=("count(*)",))
    yield binary("recursive", recursiveFileLookup="true")
    yield binary("glob filter", pathGlobFilter="*.png")
    yield binary("glob filter for nothing", pathGlobFilter="*.gif")
    yield binary("globs", load=("{a,b}*", "d/*"))
    yield binary("partitions", {"p=1/x": b"1", "p=2/y": b"22"}, select=("p", "content"))
    yield binary("filter on length", filter="length > 4")
    yield binary("filter on length of nothing", filter="length < 0")
    yield binary("filter on path", filter="path like '%b.txt'")
    yield binary("metadata", select=("_metadata.file_name", "_metadata.file_size", "length"))
    yield binary(
        "is the modification time that of the file", select=("modificationTime = _metadata.file_modification_time",)
    )
    yield binary("name in Latin and not", {"é ü%20.bin": b"1"})
    yield binary("schema", schema="path STRING, modificationTime TIMESTAMP, length BIGINT, content BINARY")
    yield binary("part of the schema", schema="path STRING, length BIGINT", select=("path", "length"))
    yield binary("another schema", schema="path STRING, content STRING", select=("*",))
    yield binary("longer than allowed", conf={"spark.sql.sources.binaryFile.maxLength": "5"})
    yield binary(
        "longer than allowed but not read", conf={"spark.sql.sources.binaryFile.maxLength": "5"}, select=("length",)
    )
    yield binary(
        "longer than allowed but filtered", conf={"spark.sql.sources.binaryFile.maxLength": "5"}, filter="length < 5"
    )
    yield binary("no files", {"_hidden": b""}, select=("*",))
    yield binary("missing", load=("nowhere",))
