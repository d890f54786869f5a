"""What everything that holds expressions or relations is, so that walking a tree reaches all of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """Base of expressions, relations, commands, and of their parts that hold some: clauses, bounds, blocks."""
