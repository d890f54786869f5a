"""Finding elements in a text that comes in pieces of any size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from glowplug.io.xml_records import elements

TEXT = (
    "<?xml version='1.0'?><x a='<r>'><!-- <r>no</r> --><r>1</r><ra/><![CDATA[<r>no</r>]]>"
    '<r i="a>b"><r/><r>in</r>2</r ><r\n/><r><![CDATA[</r>]]><!-- </r> -->3</r></x>'
)
FOUND = ["<r>1</r>", '<r i="a>b"><r/><r>in</r>2</r >', "<r\n/>", "<r><![CDATA[</r>]]><!-- </r> -->3</r>"]


def pieces(text: str, size: int) -> Iterator[str]:
    return (text[i : i + size] for i in range(0, len(text), size))


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 11, 50, 1000])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    # An attribute of the root looks like an element to whoever looks for elements only.
    text = TEXT.replace(" a='<r>'", "")
    assert list(elements(pieces(text, size), "r")) == FOUND


def test_the_last_may_be_cut_off() -> None:
    assert list(elements(iter(["<x><r>1</r><r>2"]), "r")) == ["<r>1</r>", "<r>2"]
    assert list(elements(iter(["<x>", "<r", " a='"]), "r")) == []
    assert list(elements(iter([]), "r")) == []
    assert list(elements(iter(["<!-- <r>1</r>"]), "r")) == []


def test_names_are_no_patterns() -> None:
    assert list(elements(iter(["<a.b>1</a.b><axb>2</axb>"]), "a.b")) == ["<a.b>1</a.b>"]


def test_little_is_kept_between_elements() -> None:
    """Ten million characters between elements; what is held at any time is a piece."""
    import tracemalloc

    def text() -> Iterator[str]:
        for _ in range(1000):
            yield "<b>" + "y" * 10_000 + "</b>"
        yield "<r>1</r>"

    tracemalloc.start()
    assert list(elements(text(), "r")) == ["<r>1</r>"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 200_000
