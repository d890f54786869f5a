"""What `show` prints, apart from what its values are."""

from __future__ import annotations

import pytest

from glowplug.execute.show import draw
from glowplug.plan.relations import OneRow, ShowString


def table(rows: int = 20, truncate: int = 20, vertical: bool = False, html: bool = False) -> ShowString:
    return ShowString(OneRow(), rows, truncate, vertical, html)


def test_columns_are_as_wide_as_their_widest_value_and_at_least_three() -> None:
    assert draw(table(), ["a", "long name"], [["1", "x"], ["22222", "y"]]) == (
        "+-----+---------+\n"
        "|    a|long name|\n"
        "+-----+---------+\n"
        "|    1|        x|\n"
        "|22222|        y|\n"
        "+-----+---------+\n"
    )
    assert draw(table(), ["a"], []) == "+---+\n|  a|\n+---+\n+---+\n"


def test_without_truncation_values_stand_on_the_left() -> None:
    assert draw(table(truncate=0), ["a"], [["x" * 30]]).split("\n")[1] == "|a" + " " * 29 + "|"


@pytest.mark.parametrize(("most", "shown"), [(3, "abc"), (4, "a..."), (9, "abcdefghi"), (8, "abcde...")])
def test_long_values_are_cut(most: int, shown: str) -> None:
    assert f"|{shown}|" in draw(table(truncate=most), ["a"], [["abcdefghi"]]).replace(" ", "")


def test_a_line_says_that_there_are_more_rows() -> None:
    assert draw(table(rows=1), ["a"], [["1"], ["2"]]).endswith("+---+\nonly showing top 1 row")
    assert draw(table(rows=2), ["a"], [["1"], ["2"], ["3"]]).endswith("+---+\nonly showing top 2 rows")


def test_wide_characters_take_two_places() -> None:
    lines = draw(table(), ["a"], [["中文"], ["abcd"]]).split("\n")
    assert lines[3] == "|中文|"
    assert lines[4] == "|abcd|"


def test_control_characters_are_written_out() -> None:
    assert "|x\\n\\ty|" in draw(table(), ["a"], [["x\n\ty"]])


def test_records() -> None:
    assert draw(table(vertical=True), ["a", "name"], [["1", "x"]]) == "-RECORD 0---\n a    | 1   \n name | x   \n"
    assert draw(table(vertical=True), ["a"], []) == "(0 rows)"


def test_html_is_escaped() -> None:
    assert draw(table(html=True), ["<a>"], [['é & "b"']]) == (
        "<table border='1'>\n<tr><th>&lt;a&gt;</th></tr>\n<tr><td>&eacute; &amp; &quot;b&quot;</td></tr>\n</table>\n"
    )
