"""What `glowplug sql` reads."""

from __future__ import annotations

from glowplug.output import statements


def test_semicolons_separate_statements_but_not_within_texts_or_compound_statements() -> None:
    block = "BEGIN\n  DECLARE x INT DEFAULT 1;\n  IF x > 0 THEN SELECT ';'; END IF;\nEND"
    nested = "/* begin */ BEGIN SELECT 1; l: BEGIN SELECT 2; END l; END"
    script = f"SELECT 1; -- begin;\n;SELECT ';' AS `;`; {block};{nested};\nSELECT begin FROM t"
    assert list(statements(script)) == ["SELECT 1", "SELECT ';' AS `;`", block, nested, "SELECT begin FROM t"]


def test_a_block_without_an_end_is_one_statement_whose_error_is_shown() -> None:
    assert list(statements("SELECT 1; BEGIN SELECT 2; SELECT 3")) == ["SELECT 1", "BEGIN SELECT 2; SELECT 3"]
