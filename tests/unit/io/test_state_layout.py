"""State of which nothing says whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from glowplug.errors import RuntimeFailure
from glowplug.io.filesystem import LOCAL
from glowplug.io.place import Place
from glowplug.io.state.layout import OperatorLayout, adopt


def test_operators_of_a_checkpoint_without_layouts_are_not_guessed(tmp_path: Path) -> None:
    two = {n: OperatorLayout("dedupe", "rows", ()) for n in (0, 1)}
    (tmp_path / "offsets").mkdir()
    (tmp_path / "offsets" / "0").write_text("v1\n{}\n{}")
    with pytest.raises(RuntimeFailure, match="STREAMING_STATEFUL_OPERATOR_NOT_MATCH_IN_STATE_METADATA"):
        adopt(Place(LOCAL, str(tmp_path / "state")), two)
    adopt(Place(LOCAL, str(tmp_path / "state")), {0: two[0]})
