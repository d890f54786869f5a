"""Files as Apache Spark 4.2.1 reads them: `cases.py` says what is asked, `answers/` what Spark answered."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.parity.files import cases

HERE = Path(__file__).parent
ANSWERS: dict[str, Any] = {}
for found in sorted((HERE / "answers").glob("*.json")):
    ANSWERS |= json.loads(found.read_text())


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import glowplug

    before = os.environ.get("TZ")
    os.environ["TZ"] = cases.TIME_ZONE
    time.tzset()
    session = glowplug.session()
    session.conf.set("spark.sql.session.timeZone", cases.TIME_ZONE)
    yield session
    session.stop()
    os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
    time.tzset()


# What is different on purpose, or not there yet: a part of the case's name, and why.
DIFFERENT: dict[str, str] = {
    r"variants json field MAP": "of a name that comes twice a map has the last",
    r"csv german locale": "locales other than English are refused",
    r"bad (timestamp )?pattern (e|bad'|n|A|c|B)$|timestampNTZFormat EEE": "a pattern that is not valid is an error at once",
    r"partitions glob e\[\[\]1": "a bracket in brackets, on which Spark fails",
    r"write csv texts ignoreLeadingWhiteSpace='false'$": "Spark's writer puts stray characters after fields of blanks",
    r"write (csv|json) NTZ zone": "a pattern that asks a wall-clock time for its zone is an error before the job starts",
    r"write (csv|json|text) zstd$": "Spark has no zstd for text without Hadoop's native library",
    r"write parquet lz4": "the kernel writes the interoperable form of LZ4, and the name says so",
    r"json infer exponent prefersDecimal": "a decimal with an exponent, on which Spark fails",
    r"json infer same name|json same field|json nested inferred 12": "one of two equal names is taken",
    r"json values (40 )?as BINARY": "what is left of a record whose base64 is wrong",
    r"json values (40 as VOID|as VOID)": "the other fields of a record are kept",
    r"json nested without partial results": "turning partial results off is refused",
    r"json latin1": "encodings need no line separator",
    r"orc ts as TIMESTAMP_NTZ": "ORC's timestamp is a wall-clock time; Spark takes its seconds for microseconds",
    r"write xml intervals": "intervals are written, on which Spark fails",
    r"xml ((tags|attributes) (PERM|DROP)|ampersands (PERM|DROPMALFORMED inf)|unclosed|rows without|text after|an entity|count of mal|"
    r"corrupt column else|foreign file|values PERMISSIVE( corrupt)?$)": "rows are found one by one: one that is malformed is "
    "itself what is reported, keeps what fits, and does not end the file",
    r"avro dec as BINARY": "a decimal is not the bytes of its number",
    r"avro avroSchema no record with schema": "such a schema is refused at once",
    r"orc ntz as TIMESTAMP$": "NULL for what no timestamp holds; Spark's overflows",
    r"json invalid UTF-8": "bytes that are no text are replaced before they are JSON",
}


def expect(id: str, got: dict[str, Any], answer: dict[str, Any], request: pytest.FixtureRequest) -> None:
    """The answer is Spark's; an error without a condition of its own there may be any error here."""
    for part, reason in DIFFERENT.items():
        if re.search(part, id):
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))
    if re.search("[a-z]", answer.get("error", "")):
        assert "error" in got
    else:
        assert got == answer


@pytest.mark.parametrize("case", [pytest.param(c, id=c.id) for c in cases.cases()])
def test_reads_as_spark(spark: Any, case: cases.Case, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    expect(case.id, cases.run(spark, case, tmp_path), ANSWERS[case.id], request)
