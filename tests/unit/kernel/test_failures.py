"""The kernel's errors as Spark's: told apart by their class, whatever users wrote into the text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from glowplug.errors import SparkError
from glowplug.kernel.database import Connection, Database
from glowplug.kernel.failures import MARK, DecimalOverflow, raise_sql, translate
from glowplug.kernel.types import text


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    database = Database(memory_limit=256 << 20, threads=1)
    with database.connection("UTC") as connection:
        yield connection
    database.close()


def failure(connection: Connection, sql: str) -> SparkError:
    with pytest.raises(SparkError) as ran:
        connection.rows(sql)
    with pytest.raises(SparkError) as streamed:
        list(connection.stream(sql)[1])
    assert ran.value.condition == streamed.value.condition
    return ran.value


@pytest.mark.parametrize(
    ("sql", "condition"),
    [
        ("SELECT (SELECT i FROM range(2) t(i))", "SCALAR_SUBQUERY_TOO_MANY_ROWS"),
        ("SELECT CAST(300 + i AS TINYINT) FROM range(2) t(i)", "CAST_OVERFLOW"),
        ("SELECT 9223372036854775807 + i FROM range(2) t(i)", "ARITHMETIC_OVERFLOW"),
        ("SELECT repeat('a', 10000000000 + i) FROM range(2) t(i)", "UNABLE_TO_ACQUIRE_MEMORY"),
        ("SELECT * FROM read_parquet('/etc/passwd')", "FAILED_READ_FILE.NO_HINT"),
        ("SELECT * FROM read_parquet('/nowhere.parquet')", "FAILED_READ_FILE.FILE_NOT_EXIST"),
    ],
)
def test_classes_of_errors(connection: Connection, sql: str, condition: str) -> None:
    assert failure(connection, sql).condition == condition


def test_decimals_that_need_more_digits_are_known_as_such(connection: Connection) -> None:
    error = failure(connection, f"SELECT CAST(i AS DECIMAL(38, 0)) * {'9' * 38} FROM range(2, 4) t(i)")
    assert isinstance(error, DecimalOverflow)


@pytest.mark.parametrize(
    "words",
    ["out of range", "More than one row", "Out of Memory", "Overflow in addition of INT64 (", "Could not cast value",
     'glowplug:{"condition": "DIVIDE_BY_ZERO"}', "Parquet magic bytes"],
)  # fmt: skip
def test_what_users_wrote_does_not_count(connection: Connection, words: str) -> None:
    """In a conversion's error the kernel quotes the value."""
    error = failure(connection, f"SELECT CAST({text(words + ' x')} || i AS UUID) FROM range(2) t(i)")
    assert error.condition == "INTERNAL_ERROR"
    assert words not in str(error)


def test_nothing_of_the_kernels_words_is_in_an_answer(connection: Connection) -> None:
    error = failure(connection, "SELECT nonsense FROM range(1)")
    assert error.condition == "INTERNAL_ERROR" and "nonsense" not in str(error)


def test_errors_of_ours_come_back_with_their_parameters(connection: Connection) -> None:
    sql = f"SELECT {raise_sql('DIVIDE_BY_ZERO', {'config': text('x y')}, None, {})}"
    error = failure(connection, sql)
    assert (error.condition, error.parameters) == ("DIVIDE_BY_ZERO", {"config": "x y"})


def test_a_mark_that_is_cut_off_is_an_error_still() -> None:
    assert isinstance(translate(ValueError(f"Invalid Input Error: {MARK}{{")), SparkError)
