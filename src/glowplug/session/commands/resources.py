"""ADD FILE and ADD ARCHIVE: what user code finds in the directory that it runs in, as with `addArtifacts`; and LIST.

There is no JVM whose classes a jar could have: ADD JAR is refused.
"""

from __future__ import annotations

import filecmp
import shutil
import tempfile
from pathlib import Path

from glowplug.errors import AnalysisError, RuntimeFailure, unsupported
from glowplug.execute.operation import Operation
from glowplug.io.filesystem import LOCAL, access_error, locate
from glowplug.plan.relations import LocalData
from glowplug.plan.statements import Resource
from glowplug.session.rows import rows
from glowplug.session.session import Session
from glowplug.types import STRING


def resource(command: Resource, session: Session, operation: Operation) -> LocalData | None:
    """PATH_NOT_FOUND; ARTIFACT_ALREADY_EXISTS for another file of a name that the session has."""
    if command.verb == "list":
        names = {Path(p).name for p in command.paths}
        known = (uri for kind, uri in session.resources if kind == command.kind)
        return rows((("Results", STRING),), [(uri,) for uri in known if not names or _name(uri) in names])
    if command.kind == "jar" and command.paths:
        raise unsupported("ADD JAR: there is no JVM that could use its classes")
    for path in filter(None, command.paths):
        _add(command.kind, path, session)
    return None


def _name(uri: str) -> str:
    return uri.rstrip("/").rpartition("/")[2]


def _add(kind: str, given: str, session: Session) -> None:
    source, _, called = given.partition("#") if kind == "archive" else (given, "", "")
    fs, path = locate(source, session.conf)
    try:
        found = fs.status(path)
    except FileNotFoundError:
        raise AnalysisError("PATH_NOT_FOUND", path=source) from None
    except OSError as error:
        raise access_error(error, source) from error
    name = f"{Path(path).name}#{called}" if called else Path(path).name
    if found.is_dir:
        if fs is not LOCAL:
            raise unsupported(f"ADD {kind.upper()} of a directory that is not local")
        _keep(Path(path), name, kind, session)
    else:
        with fs.fetched(path) as local:
            _keep(Path(local), name, kind, session)
    entry = (kind, fs.uri(path) + "/" * found.is_dir)
    if entry not in session.resources:
        session.resources.append(entry)


def _keep(source: Path, name: str, kind: str, session: Session) -> None:
    """A copy of the file or directory appears at once, whole, among the session's."""
    directory = Path(session.python.files) / f"{kind}s"
    directory.mkdir(exist_ok=True)
    place = directory / name
    if place.exists():
        if not _same(source, place):
            raise RuntimeFailure("ARTIFACT_ALREADY_EXISTS", normalizedRemoteRelativePath=f"{kind}s/{name}")
        return
    with tempfile.TemporaryDirectory(dir=directory.parent) as aside:
        copy = Path(aside) / "copy"
        if source.is_dir():
            shutil.copytree(source, copy)
        else:
            shutil.copyfile(source, copy)
        copy.rename(place)


def _same(a: Path, b: Path) -> bool:
    if not a.is_dir() or not b.is_dir():
        return a.is_file() and b.is_file() and filecmp.cmp(a, b, shallow=False)
    here, there = ({p.relative_to(d) for p in d.rglob("*")} for d in (a, b))
    return here == there and all(_same(a / p, b / p) for p in here)
