"""What must hold of a script before any of it runs: where declarations stand, what labels and handlers name."""

from __future__ import annotations

from dataclasses import dataclass, replace

from glowplug.conditions import CONDITIONS
from glowplug.errors import ScriptError
from glowplug.plan.node import Node
from glowplug.plan.scripts import (
    Block,
    Case,
    Condition,
    For,
    Handler,
    If,
    Iterate,
    Leave,
    Loop,
    Repeat,
    Step,
    While,
)
from glowplug.plan.statements import CreateVariable, DeclareCursor
from glowplug.types import quote

_FORBIDDEN = ("builtin", "session", "system")
_KNOWN = frozenset(CONDITIONS) | frozenset(c.split(".")[0] for c in CONDITIONS)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a place in a script is inside of: labels and rows of FOR in lower case, with what they name."""

    names: tuple[tuple[str, Node], ...] = ()
    conditions: frozenset[str] = frozenset()


def check(block: Block) -> None:
    """Raises ScriptError at the first thing wrong, in the order of the text."""
    _block(block, _Around())


def _block(block: Block, around: _Around) -> None:
    around = _declarations(block, around)
    for node in block.body:
        _node(node, around)


def _declarations(block: Block, around: _Around) -> _Around:
    """Variables and conditions come first in a block, then cursors, then handlers, then all else."""
    stage = 0
    declared: set[str] = set()
    seen: set[str] = set()
    for node in block.body:
        match node:
            case Step(CreateVariable(names)):
                if not block.scope or stage > 0:
                    kind = "ONLY_AT_BEGINNING" if block.scope else "NOT_ALLOWED_IN_SCOPE"
                    shown = ".".join(map(quote, names[0]))
                    raise ScriptError(f"INVALID_VARIABLE_DECLARATION.{kind}", varName=shown)
            case Condition(name):
                if not block.scope or stage > 0:
                    kind = "NOT_AT_START_OF_COMPOUND_STATEMENT" if block.scope else "ONLY_IN_BEGIN_END"
                    raise ScriptError(f"INVALID_ERROR_CONDITION_DECLARATION.{kind}", conditionName=quote(name))
                if name in declared:
                    raise ScriptError("DUPLICATE_CONDITION_IN_SCOPE", condition=quote(name))
                declared.add(name)
            case Step(DeclareCursor()):
                if stage > 1:
                    raise ScriptError("INVALID_CURSOR_DECLARATION")
                stage = 1
            case Handler():
                if not block.scope or stage > 2:
                    kind = "WRONG_PLACE_OF_DECLARATION" if block.scope else "ONLY_IN_BEGIN_END"
                    raise ScriptError(f"INVALID_HANDLER_DECLARATION.{kind}")
                stage = 2
                _handler(node, around.conditions | declared, seen)
            case _:
                stage = 3
    return replace(around, conditions=around.conditions | declared)


def _handler(handler: Handler, declared: frozenset[str], seen: set[str]) -> None:
    """`seen` is what the handlers before it in the block are for."""
    general = [n for n, there in (("SQLEXCEPTION", handler.any_error), ("NOT FOUND", handler.not_found)) if there]
    if general and (handler.conditions or handler.sqlstates):
        raise ScriptError("INVALID_HANDLER_DECLARATION.INVALID_CONDITION_COMBINATION")
    for kind, names in (("CONDITION", handler.conditions), ("SQLSTATE", handler.sqlstates)):
        for name in names:
            if names.count(name) > 1:
                condition = f"INVALID_HANDLER_DECLARATION.DUPLICATE_{kind}_IN_HANDLER_DECLARATION"
                raise ScriptError(condition, None, **_named(kind, name))
            if kind == "CONDITION" and name not in declared and name not in _KNOWN:
                raise ScriptError("INVALID_HANDLER_DECLARATION.CONDITION_NOT_FOUND", condition=name)
    for kind, names in (("CONDITION", (*handler.conditions, *general)), ("SQLSTATE", handler.sqlstates)):
        for name in names:
            if f"{kind} {name}" in seen:
                raise ScriptError(f"DUPLICATE_EXCEPTION_HANDLER.{kind}", None, **_named(kind, name))
            seen.add(f"{kind} {name}")


def _named(kind: str, name: str) -> dict[str, str]:
    return {"condition": name} if kind == "CONDITION" else {"sqlState": name}


def _node(node: Node, around: _Around) -> None:
    match node:
        case Leave(label) | Iterate(label):
            _jump(node, label, around)
        case Handler():
            _block(node.body, around)
        case If(branches, otherwise) | Case(_, branches, otherwise):
            for _, body in branches:
                _block(body, around)
            if otherwise is not None:
                _block(otherwise, around)
        case Block():
            _block(node, _inside(node, around, node.label))
        case For():
            _block(node.body, _inside(node, around, node.label, node.variable))
        case While() | Repeat() | Loop():
            _block(node.body, _inside(node, around, node.label))


def _inside(node: Node, around: _Around, *names: str | None) -> _Around:
    """What is around the body of a node of these names."""
    for name in names:
        if name is None:
            continue
        if name.lower() in _FORBIDDEN:
            raise ScriptError("LABEL_OR_FOR_VARIABLE_NAME_FORBIDDEN", label=quote(name))
        if any(name.lower() == n for n, _ in around.names):
            raise ScriptError("LABEL_OR_FOR_VARIABLE_ALREADY_EXISTS", label=quote(name))
        around = replace(around, names=(*around.names, (name.lower(), node)))
    return around


def _jump(node: Node, label: str, around: _Around) -> None:
    target = next((n for name, n in around.names if name == label.lower() and _labels(n, label)), None)
    if target is None:
        kind = node.__class__.__name__.upper()
        raise ScriptError("INVALID_LABEL_USAGE.DOES_NOT_EXIST", statementType=kind, labelName=label.upper())
    if isinstance(node, Iterate) and isinstance(target, Block):
        raise ScriptError("INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND", labelName=label.upper())


def _labels(node: Node, label: str) -> bool:
    """Whether it is the node's label and not the name of a FOR's rows."""
    own = getattr(node, "label", None)
    return own is not None and own.lower() == label.lower()
