"""Hadoop's globs: which files a path with `*`, `?`, `[a-c]` and `{a,b}` means.

https://hadoop.apache.org/docs/stable/api/org/apache/hadoop/fs/FileSystem.html, `globStatus`.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from glowplug.errors import ExecutionError, SparkError
from glowplug.io.filesystem import FileStatus, FileSystem, is_hidden


def has_glob(path: str) -> bool:
    return any(c in "*?[{" for c in path)


def glob_pattern(glob: str) -> re.Pattern[str]:
    """One path component's glob (`*`, `?`, `[a-c]`, `[^a]`, `{a,b}`, backslash) as a regular expression.

    Raises INVALID_GLOB for one that does not end.
    """
    out, i, depth, n = [], 0, 0, len(glob)
    while i < n:
        c = glob[i]
        match c:
            case "\\" if i + 1 < n:
                i += 1
                out.append(re.escape(glob[i]))
            case "*":
                out.append(".*")
            case "?":
                out.append(".")
            case "{":
                depth += 1
                out.append("(?:")
            case "}" if depth:
                depth -= 1
                out.append(")")
            case "," if depth:
                out.append("|")
            case "[":
                end = glob.find("]", i + 2)
                if end < 0:
                    raise _bad_glob(glob)
                body = glob[i + 1 : end]
                negated = body[:1] in ("^", "!")
                body = body[1:].replace("\\", "\\\\").replace("[", "\\[") if negated else body.replace("[", "\\[")
                out.append(f"[{'^' if negated else ''}{body}]")
                i = end
            case _:
                out.append(re.escape(c))
        i += 1
    if depth:
        raise _bad_glob(glob)
    try:
        return re.compile("".join(out) + r"\Z", re.DOTALL)
    except re.error:
        raise _bad_glob(glob) from None


def _bad_glob(glob: str) -> SparkError:
    return ExecutionError("INVALID_GLOB", pattern=glob)


def expand(fs: FileSystem, path: str) -> list[str]:
    """The existing paths that a glob matches, sorted. Groups with slashes (`{a/b,c}`) are expanded first."""
    return sorted({found for p in _flatten(path) for found in _expand(fs, p)})


def _flatten(path: str) -> Iterable[str]:
    """`path` without groups that hold a slash: Hadoop multiplies those out before it matches components."""
    m = re.search(r"\{([^{}]*/[^{}]*)\}", path)
    if m is None:
        return [path]
    return [p for option in m[1].split(",") for p in _flatten(path[: m.start()] + option + path[m.end() :])]


def _expand(fs: FileSystem, path: str) -> Iterable[str]:
    head, *parts = path.split("/")
    found = [head or "/"]
    for part in parts:
        if has_glob(part):
            pattern = glob_pattern(part)
            # Leftovers of killed jobs (`_temporary`) match only patterns that ask for them.
            show_hidden = part.startswith(("_", "."))
            found = [
                s.path
                for base in found
                for s in _entries(fs, base)
                if pattern.match(s.name) and (show_hidden or not is_hidden(s.name))
            ]
        elif part:
            found = [posixpath.join(base, part.replace("\\", "")) for base in found]
    return [p for p in found if _exists(fs, p)]


def _entries(fs: FileSystem, path: str) -> list[FileStatus]:
    try:
        return fs.list(path)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _exists(fs: FileSystem, path: str) -> bool:
    try:
        fs.status(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True
