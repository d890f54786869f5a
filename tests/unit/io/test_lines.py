"""Lines: the same wherever the chunks of a file end."""

import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glowplug.errors import SparkError
from glowplug.functions.csv_fields import tokens_sql
from glowplug.functions.csv_options import CsvOptions
from glowplug.functions.csv_tokens import Dialect, Tokenizer
from glowplug.io import lines
from glowplug.io.csv_records import Records
from glowplug.io.filesystem import LOCAL
from glowplug.io.lines import LineFormat, Lines
from glowplug.io.listing import DataFile
from tests.unit.io.conftest import Files


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
    stream = Records(LOCAL, (DataFile(LOCAL.status(str(path))),), CsvOptions(line_separator="\r\n"), False)
    found = [t for batch in stream.batches() for t in batch.column(0).to_pylist()]
    assert found == ['a,"x\ny"', '"1","2,\r\n3"', 'last,"open']


@pytest.mark.parametrize("records", [Lines, Records])
def test_long_records_take_time_in_proportion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, records: Any) -> None:
    """One record of 1,000 chunks: all that is looked at together is a few times as long as it."""
    path, looked = tmp_path / "f", [0]
    path.write_bytes(b'"' + b"x,y" * 100_000 + b'"\na\nb\n')
    split, tokenize = lines.split, Tokenizer.records

    def counted_split(data: bytes, separator: bytes | None) -> Any:
        looked[0] += len(data)
        return split(data, separator)

    def counted_tokenize(self: Tokenizer, text: str, *args: Any) -> Any:
        looked[0] += len(text)
        return tokenize(self, text, *args)

    monkeypatch.setattr(lines, "CHUNK", 300)
    monkeypatch.setattr(lines, "split", counted_split)
    monkeypatch.setattr(Tokenizer, "records", counted_tokenize)
    file = (DataFile(LOCAL.status(str(path))),)
    stream = Lines(LOCAL, file, LineFormat()) if records is Lines else Records(LOCAL, file, CsvOptions(), False)
    found = [t for batch in stream.batches() for t in batch.column(0).to_pylist()]
    assert [len(t) for t in found] == [300_002, 1, 1]
    assert looked[0] < 4 * 300_000


@pytest.mark.parametrize("content", [b"x" * 5000, b'a,b\n"never closed' + b",\n" * 2500])
@pytest.mark.parametrize("multi_line", [False, True])
def test_records_have_a_greatest_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Files, content: bytes, multi_line: bool
) -> None:
    monkeypatch.setattr(lines, "CHUNK", 100)
    monkeypatch.setattr(lines, "MAX_RECORD", 1000)
    (tmp_path / "f.csv").write_bytes(content)
    source = files.source("csv", tmp_path / "f.csv", schema="a STRING, b STRING", multiLine=multi_line)
    if content.startswith(b"a") and not multi_line:  # lines of one comma each
        assert len(files.rows(source)) == 2501
        return
    with pytest.raises(SparkError) as info:
        files.rows(source)
    assert info.value.condition == "FAILED_READ_FILE.NO_HINT"


def test_files_as_records_have_a_greatest_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: Files) -> None:
    monkeypatch.setattr(lines, "MAX_RECORD", 1000)
    (tmp_path / "f").write_bytes(b"x" * 1000)
    with pytest.raises(SparkError, match=r"FAILED_READ_FILE.NO_HINT.*longer than"):
        files.rows(files.source("text", tmp_path / "f", wholetext=True))


@pytest.mark.parametrize("codec", ["deflate", "gz"])
def test_compressed_text_is_unpacked_in_pieces(tmp_path: Path, codec: str) -> None:
    """100 MB of one letter are 100 kB: no piece is much longer than a chunk."""
    packer = zlib.compressobj(wbits=15 if codec == "deflate" else 31)
    path = tmp_path / f"f.{codec}"
    path.write_bytes(packer.compress(b"x" * (100 << 20)) + packer.flush())
    sizes = [len(piece) for piece in lines.raw_chunks(LOCAL, DataFile(LOCAL.status(str(path))), False)]
    assert sum(sizes) == 100 << 20
    assert max(sizes) <= lines.CHUNK


def test_quick_and_slow_splitting_agree(tmp_path: Path, files: "object") -> None:
    """Whatever the kernel splits by itself is what the tokenizer makes of it."""
    rng = random.Random(7)
    options = CsvOptions(null_value="N", empty_value="E")
    texts = ["".join(rng.choices("ab,\"\\ 'N", k=rng.randint(0, 12))) for _ in range(3000)]
    kernel = files.kernel  # type: ignore[attr-defined]
    import pyarrow as pa

    source = kernel.register(pa.table({"line": texts}))
    quick = kernel.rows(f"SELECT line, {tokens_sql('line', options, kernel)} FROM {source}")
    tokenizer = Tokenizer(Dialect())
    for line, tokens in quick:
        assert [t or None for t in tokens] == [t or None for t in tokenizer.tokens(line)] or line == "", line
