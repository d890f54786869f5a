"""Lines: the same wherever the chunks of a file end."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from glowplug.io import csv, lines
from glowplug.io.csv_tokens import Dialect, Tokenizer
from glowplug.io.filesystem import LOCAL
from glowplug.io.lines import LineFormat, Lines
from glowplug.io.listing import DataFile


def read(path: Path, content: bytes, format: LineFormat) -> list[str]:
    path.write_bytes(content)
    stream = Lines(LOCAL, (DataFile(LOCAL.status(str(path))),), format)
    return [t for batch in stream.batches() for t in batch.column(0).to_pylist()]


@pytest.fixture(params=[1, 2, 3, 7, 4 << 20])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(lines, "CHUNK", request.param)
    yield request.param


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"a\r\n\r\nb\n\rc\r", ["a", "", "b", "", "c"]),
        (b"\n\n", ["", ""]),
        (b"\r\r\n", ["", ""]),
        (b"no end", ["no end"]),
        ("é\n€\n😀 and more than twelve bytes\n".encode(), ["é", "€", "😀 and more than twelve bytes"]),
        (b"\xef\xbb\xbfa\n", ["a"]),
        (b"\xff\xfeab\n\xe2\x82", ["\ufffd\ufffdab", "\ufffd"]),
        (b"exactly12byt\nthirteen byte\n", ["exactly12byt", "thirteen byte"]),
        (b"a\0b\n", ["a\0b"]),
        (b"", []),
    ],
)
def test_lines(tmp_path: Path, chunk: int, content: bytes, expected: list[str]) -> None:
    assert read(tmp_path / "f", content, LineFormat()) == expected


def test_separators(tmp_path: Path, chunk: int) -> None:
    assert read(tmp_path / "f", b"a;b\n;c", LineFormat(separator=";")) == ["a", "b\n", "c"]
    assert read(tmp_path / "f", b"a||b|||c||", LineFormat(separator="||")) == ["a", "b", "|c"]


def test_headers_blanks_and_comments(tmp_path: Path, chunk: int) -> None:
    content = b"\n  \n#c\nname,age\n\t\nx,1\n#d\ny,2\n"
    format = LineFormat(skip_blank=True, comment="#", header=True)
    assert read(tmp_path / "f", content, format) == ["x,1", "y,2"]


def test_other_encodings(tmp_path: Path, chunk: int) -> None:
    for encoding in ("UTF-16LE", "UTF-16BE", "ISO-8859-1", "UTF-16"):
        assert read(tmp_path / "f", "é\nb\n".encode(encoding), LineFormat(encoding)) == ["é", "b"]


def test_records_over_chunks(tmp_path: Path, chunk: int) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,"x\ny"\r\n"1","2,\r\n3"\r\nlast,"open')
    stream = csv.Records(LOCAL, (DataFile(LOCAL.status(str(path))),), csv.CsvOptions(line_separator="\r\n"), False)
    found = [t for batch in stream.batches() for t in batch.column(0).to_pylist()]
    assert found == ['a,"x\ny"', '"1","2,\r\n3"', 'last,"open']


def test_quick_and_slow_splitting_agree(tmp_path: Path, files: "object") -> None:
    """Whatever the kernel splits by itself is what the tokenizer makes of it."""
    rng = random.Random(7)
    options = csv.CsvOptions(null_value="N", empty_value="E")
    texts = ["".join(rng.choices("ab,\"\\ 'N", k=rng.randint(0, 12))) for _ in range(3000)]
    kernel = files.kernel  # type: ignore[attr-defined]
    import pyarrow as pa

    source = kernel.register(pa.table({"line": texts}))
    quick = kernel.rows(f"SELECT line, {csv.tokens_sql('line', options, kernel)} FROM {source}")
    tokenizer = Tokenizer(Dialect())
    for line, tokens in quick:
        assert [t or None for t in tokens] == [t or None for t in tokenizer.tokens(line)] or line == "", line
