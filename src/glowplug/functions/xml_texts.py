"""XML texts as trees, without namespaces' addresses, external entities or comments: names are kept as written."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat


class Malformed(ValueError):
    """The text is not XML."""


@dataclass(slots=True, eq=False)
class Element:
    """`children` are elements and texts in their order."""

    name: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)
    parent: Element | None = None

    @property
    def elements(self) -> list[Element]:
        return [c for c in self.children if isinstance(c, Element)]

    def text(self) -> str:
        """The text of the element and of all inside of it."""
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)


def read(text: str, local: bool = False) -> Element:
    """The outermost element; `local`: names without their prefixes.

    Malformed for what is no XML; a document type declaration is none here.
    """
    root = Element("", {})
    at = [root]

    def start(name: str, attributes: dict[str, str]) -> None:
        if local:
            name, attributes = name.rpartition(":")[2], {k.rpartition(":")[2]: v for k, v in attributes.items()}
        e = Element(name, attributes, parent=at[-1])
        at[-1].children.append(e)
        at.append(e)

    def characters(data: str) -> None:
        children = at[-1].children
        if children and isinstance(children[-1], str):
            children[-1] += data
        else:
            children.append(data)

    def refuse(*_: object) -> None:
        raise Malformed("a document type declaration")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: at.pop()
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise Malformed(str(error)) from None
    return root


def write(e: Element) -> str:
    """An element's inside as Spark shows it in a text: with characters as they are."""
    return "".join(c if isinstance(c, str) else _written(c) for c in e.children)


def _written(e: Element) -> str:
    attributes = "".join(f' {k}="{v}"' for k, v in e.attributes.items())
    return f"<{e.name}{attributes}>{write(e)}</{e.name}>"
