"""Files as Apache Spark 4.2.1 writes them: `write_cases.py` says what is asked, `answers/write.json` what Spark wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import fastavro
import pyarrow.orc as orc
import pytest

from tests.parity.files import make_own_fixtures, write_cases
from tests.parity.files.test_files import ANSWERS, expect, spark

__all__ = ["spark"]
# Cases that read the same rows from files that Spark wrote.
SAME = {"zero": "no rows"}


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in write_cases.cases()])
def test_writes_as_spark(
    spark: Any, case: write_cases.WriteCase, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    expect(case.id, write_cases.run(spark, case, tmp_path), ANSWERS[case.id], request)


def content(path: Path) -> Any:
    """What is in a file, as its own library reads it."""
    if path.suffix == ".orc":
        table = orc.ORCFile(str(path)).read()
        return [(f.name, f.type, f.metadata) for f in table.schema], [str(r) for r in table.to_pylist()]
    with path.open("rb") as raw:
        reader = fastavro.reader(raw)
        return reader.writer_schema, [str(r) for r in reader]


@pytest.mark.parametrize("name", make_own_fixtures.WRITTEN)
@pytest.mark.parametrize("format", make_own_fixtures.FORMATS)
def test_spark_reads_what_is_written_here(spark: Any, format: str, name: str, tmp_path: Path) -> None:
    """What Spark reads of the files in `fixtures/` is recorded; what is written now is the same as those."""
    assert ANSWERS[f"{format} {name} written here"] == ANSWERS[f"{format} {SAME.get(name, name)}"]
    written = make_own_fixtures.write(spark, make_own_fixtures.WRITTEN[name], format, str(tmp_path / "out"))
    assert content(written) == content(make_own_fixtures.HERE / f"own_{name}.{format}")
