"""What everything that holds expressions or relations is, so that walking a tree reaches all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Kept:
    """Places beside a node's fields for what is derived from them at the first look; no part of its value.

    Nodes never change, and are looked at again and again: by `tree`, and by every level of a deep plan for the columns
    of those below it.
    """

    __slots__ = ("_children", "_copy", "_expressions", "_ids", "_kinds", "_output", "_relations")
    _children: tuple[Any, ...]
    _copy: Any
    _expressions: tuple[Any, ...]
    _ids: frozenset[int]
    _kinds: frozenset[type]
    _output: tuple[Any, ...]
    _relations: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Node(Kept):
    """Base of expressions, relations, commands, and of their parts that hold some: clauses, bounds, blocks."""
