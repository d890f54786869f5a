"""The pages in `docs/` say what the code declares: `make docs` writes them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def generator() -> Any:
    spec = importlib.util.spec_from_file_location("docs_generate", DOCS / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", ["functions.md", "statements.md", "options.md", "settings.md"])
def test_page_is_what_make_docs_writes(page: str) -> None:
    made = generator()
    assert made.PAGES[page]() == (DOCS / page).read_text("utf-8"), "run `make docs`"


def test_each_of_sparks_functions_is_listed_once() -> None:
    names = (DOCS / "spark" / "functions.txt").read_text().splitlines()
    assert len(set(names)) == len(names) == 574
