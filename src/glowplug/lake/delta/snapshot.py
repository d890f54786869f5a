"""What a Delta table is at a version: schema, properties, and the files with their statistics."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from glowplug.errors import AnalysisError, ExecutionError, SparkError, unsupported
from glowplug.io.place import Place
from glowplug.lake.delta.actions import DeletionVector, Metadata, Protocol
from glowplug.lake.delta.vectors import rows_gone, vector_of
from glowplug.types import StructType
from glowplug.types_json import from_json

LOG = "_delta_log"
_ACTIONS = 4096  # of a checkpoint that are in memory at a time: each may have kilobytes of statistics
_URI = re.compile(r"(?:file:|[A-Za-z][A-Za-z0-9+.-]*://)")
_VERSION = re.compile(r"(\d{20})\.json")
# The version, and where it has parts, of how many this is one.
_CHECKPOINT = re.compile(r"(\d{20})\.checkpoint(?:\.\d{10}\.(\d{10})|\.[0-9a-f-]{36})?\.(?:parquet|json)")
# What a reader of ours does, by the protocol's names; the library replays checkpoints of the second version.
READ_FEATURES = frozenset(
    {
        "columnMapping", "deletionVectors", "timestampNtz", "typeWidening", "typeWidening-preview", "v2Checkpoint",
        "vacuumProtocolCheck", "variantShredding", "variantShredding-preview", "variantType", "variantType-preview",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Equal by table and version. `files` is a row for each file: path, size, statistics, partition values.

    `path` is the table's directory. `handle` is the library's, at this version; `commit` never writes through it.
    """

    path: Place
    version: int
    protocol: Protocol = field(compare=False)
    metadata: Metadata
    files: pa.Table = field(compare=False)
    handle: Any = field(compare=False, repr=False)

    @property
    def schema(self) -> StructType:
        return self.metadata.schema

    @property
    def partition_by(self) -> tuple[str, ...]:
        return self.metadata.partition_by

    @property
    def configuration(self) -> Mapping[str, str]:
        return self.metadata.configuration

    @property
    def location(self) -> str:
        return self.path.uri

    def flag(self, key: str) -> bool:
        """A property that is true or false; false where it is not set."""
        return flag(self.configuration, key)

    def transaction(self, app: str) -> int | None:
        """The last version that an application has written."""
        return self.handle.transaction_version(app)  # type: ignore[no-any-return]

    def vectors(self, of: Container[str] | None = None) -> Iterator[tuple[str, pa.Array]]:
        """The deletion vectors, one after the other: the file's absolute path, and the numbers of its rows that are
        gone, from 0. Only those of these files, where they are given."""
        vectors = {absolute(self.path, path): vector for path, vector in self.descriptors().items()}
        try:
            yield from rows_gone({p: v for p, v in vectors.items() if of is None or p in of}, self.path)
        except (OSError, ValueError) as error:
            what = f"deletion vectors of {self.location}"
            raise ExecutionError(
                "DELTA_STATE_RECOVER_ERROR", operation=what, version=self.version, reason=error
            ) from error

    def descriptors(self) -> dict[str, DeletionVector]:
        """The deletion vectors' own descriptions, by the file's path in the log: who removes such a file names both."""
        if "deletionVectors" not in self.protocol.reader_features:
            return {}
        there = set(self.files["path"].to_pylist())
        found: dict[str, DeletionVector] = {}
        for f in said(self.path, self.version, "add", "deletionVector", ("deletionVector",)):
            if (path := unquote(f["path"])) in there:
                there.remove(path)
                if of := f.get("deletionVector"):
                    found[path] = vector_of(of)
        return found

    def adds(self, paths: Iterable[str], *fields: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """What the log says of these files when they came, and their paths, in any order, as it is read: what it says
        of many is large. Of what a checkpoint says, only some fields where they are named."""
        left = set(paths)
        for f in said(self.path, self.version, "add", fields=fields) if left else ():
            if (path := unquote(f["path"])) in left:
                left.remove(path)
                yield path, {**f, "partitionValues": dict(f.get("partitionValues") or ())}
                if not left:
                    return
        if left:
            what = f"what the log of {self.location} says of {len(left)} files"
            raise ExecutionError("DELTA_STATE_RECOVER_ERROR", operation=what, version=self.version, reason=min(left))


def said(
    path: Place, version: int, kind: str, needed: str | None = None, fields: Sequence[str] = ()
) -> Iterator[Mapping[str, Any]]:
    """What the log says in actions of a kind, the newest first: those of versions, down to the newest whole checkpoint.
    Older versions may be there yet, but not all that they rest on. Of a checkpoint, which may be large, only actions
    that have the field `needed`, and of them the paths and these `fields`, if any are given."""
    log = path / LOG
    there = set[int]()
    checkpoints: dict[int, list[re.Match[str]]] = {}
    for name in log.names():
        if (match := _VERSION.fullmatch(name)) is not None:
            there.add(int(match[1]))
        elif (match := _CHECKPOINT.fullmatch(name)) is not None:
            checkpoints.setdefault(int(match[1]), []).append(match)
    for at in sorted((v for v in {*there, *checkpoints} if v <= version), reverse=True):
        if at in there:
            yield from _of_kind(version_file(path, at), kind)
        names = checkpoints.get(at, [])
        for file in [log / match[0] for match in names]:
            yield from _of_kind(file, kind, needed, fields)
            for part in _of_kind(file, "sidecar"):
                yield from _of_kind(log / "_sidecars" / unquote(part["path"]), kind, needed, fields)
        if any(len(names) >= int(match[2] or 1) for match in names):
            return


def version_file(path: Place, version: int) -> Place:
    """A version's file in the log: its number has 20 digits."""
    return path / LOG / f"{version:020}.json"


def actions_of(path: Place, version: int) -> list[dict[str, Any]]:
    """The actions of a version. Raises FileNotFoundError."""
    return _actions(version_file(path, version))


def _actions(file: Place) -> list[dict[str, Any]]:
    return list(_lines(file))


def _lines(file: Place) -> Iterator[dict[str, Any]]:
    with file.open() as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def _of_kind(
    file: Place, kind: str, needed: str | None = None, fields: Sequence[str] = ()
) -> Iterator[Mapping[str, Any]]:
    """Of a version or a checkpoint."""
    if file.name.endswith(".json"):
        yield from (action[kind] for action in _lines(file) if kind in action)
        return
    with file.open() as stream:
        found = pq.ParquetFile(stream)
        if kind not in found.schema_arrow.names:
            return
        there = {f.name for f in found.schema_arrow.field(kind).type}
        if needed is not None and needed not in there:
            return
        columns = [f"{kind}.{f}" for f in ("path", *fields) if f in there] if fields else [kind]
        for batch in found.iter_batches(_ACTIONS, columns=columns):
            actions = batch[kind]
            asked = actions if needed is None else pc.struct_field(actions, needed)
            yield from actions.filter(asked.is_valid()).to_pylist()


def absolute(root: Place, path: str) -> str:
    """Where a file is by its path in the log, decoded, which may be a URI of its own."""
    own = root.fs.own(path)
    if own is None and _URI.match(path) is not None:
        raise unsupported(f"the file {path} of a table at {root}: files in several file systems")
    return posixpath.join(root.path, path) if own is None else own


def is_table(path: Place) -> bool:
    """Whether there is a log with a version in it."""
    try:
        names = (path / LOG).names()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return any(_VERSION.fullmatch(n) or ".checkpoint" in n for n in names)


def library() -> Any:
    """What replays logs. It is an extra of this package."""
    try:
        import deltalake
    except ImportError:
        raise unsupported("Delta tables without the package deltalake (pip install 'glowplug[delta]')") from None
    return deltalake


def opened(path: Place, version: int | None = None) -> Any:
    """The table as the library has it. Raises its errors."""
    location, options = path.fs.object_store(path.path)
    return library().DeltaTable(location, version=version, storage_options=options)


def load(path: Place, version: int | None = None) -> Snapshot:
    """The table in a directory, as it is or was. Raises DELTA_TABLE_NOT_FOUND and what keeps it from being read."""
    if not is_table(path):
        raise not_found(path)
    library()
    from deltalake.exceptions import DeltaError, TableNotFoundError

    try:
        handle = opened(path, version)
        protocol, metadata = handle.protocol(), handle.metadata()
        made = Protocol(
            protocol.min_reader_version,
            protocol.min_writer_version,
            tuple(protocol.reader_features or ()),
            tuple(protocol.writer_features or ()),
        )
        _check_readable(made, path)
        schema = schema_of(handle.schema().to_json())
        files = _decoded(pa.table(handle.get_add_actions(flatten=True)))
    except (DeltaError, OSError, ValueError) as error:  # a log that is damaged, or says what the library cannot read
        if version is not None and (found := numbers(path)) and not found[0] <= version <= found[-1]:
            raise no_version(version, found[0], found[-1]) from None
        if isinstance(error, TableNotFoundError):
            raise not_found(path) from None
        if (told := _protocol(path, version)) is not None:
            _check_readable(told, path)  # the library may know less of features, and does not name them all
        at = "the newest" if version is None else version
        what = f"log of {path.uri}"
        raise ExecutionError("DELTA_STATE_RECOVER_ERROR", operation=what, version=at, reason=error) from error
    about = Metadata(
        metadata.id,
        schema,
        tuple(metadata.partition_columns),
        dict(metadata.configuration),
        metadata.name,
        metadata.description,
        metadata.created_time,
    )
    return Snapshot(path, handle.version(), made, about, files, handle)


def _protocol(path: Place, version: int | None) -> Protocol | None:
    """What a log says of itself, as far as it can be read."""
    try:
        at = numbers(path)[-1] if version is None else version
        f = next(said(path, at, "protocol"))
    except (OSError, ValueError, LookupError, StopIteration):
        return None
    names = (tuple(f.get(k) or ()) for k in ("readerFeatures", "writerFeatures"))
    return Protocol(f["minReaderVersion"], f["minWriterVersion"], *names)


def schema_of(text: str) -> StructType:
    """A schema as the log has it."""
    schema = from_json(text)
    assert isinstance(schema, StructType)
    return schema


def _decoded(files: pa.Table) -> pa.Table:
    """Paths as the file system has them; the log keeps them percent-encoded."""
    paths = pa.array([unquote(p) for p in files["path"].to_pylist()], pa.string())
    return files.set_column(files.column_names.index("path"), "path", paths)


def not_found(path: Place) -> SparkError:
    """PATH_NOT_FOUND, or DELTA_TABLE_NOT_FOUND where there is something else."""
    if not path.exists():
        return AnalysisError("PATH_NOT_FOUND", path=path)
    return AnalysisError("DELTA_TABLE_NOT_FOUND", tableName=f"`{path}`")


def flag(configuration: Mapping[str, str], key: str) -> bool:
    """A property that is true or false; false where it is not set."""
    return configuration.get(key, "").lower() == "true"


def no_version(version: int, earliest: int, latest: int) -> SparkError:
    return AnalysisError("DELTA_VERSION_NOT_FOUND", userVersion=version, earliest=earliest, latest=latest)


def invalid_version(protocol: Protocol, path: Place) -> SparkError:
    """Of a protocol of the future."""
    return ExecutionError(
        "DELTA_INVALID_PROTOCOL_VERSION",
        tableNameOrPath=path,
        readerRequired=protocol.reader,
        writerRequired=protocol.writer,
        supportedReaders="1, 2, 3",
        supportedWriters="1 to 7",
    )


def _check_readable(protocol: Protocol, path: Place) -> None:
    features = set(protocol.reader_features)
    if protocol.reader > 3:
        raise invalid_version(protocol, path)
    if unknown := sorted(features - READ_FEATURES):
        raise ExecutionError(
            "DELTA_UNSUPPORTED_FEATURES_FOR_READ", tableNameOrPath=path, unsupported=", ".join(unknown)
        )


# --- time travel ----------------------------------------------------------------------------------------


def numbers(path: Place) -> list[int]:
    """The versions in the log, in order, by the names of its files."""
    return sorted(int(match[1]) for name in (path / LOG).names() if (match := _VERSION.fullmatch(name)))


def versions(path: Place) -> list[tuple[int, int]]:
    """The versions in the log with their times in milliseconds since the epoch, which grow with the versions. Opens
    each version's file where it says the time itself: `numbers` is for who needs no times."""
    entries = [(m, e.modified // 1000) for e in path.fs.list((path / LOG).path) if (m := _VERSION.fullmatch(e.name))]
    there = [(int(match[1]), modified) for match, modified in entries]
    said: dict[int, int] = {}
    for version, _ in reversed(there):  # logs say times from some version on, if at all
        if (time := _said_time(path, version)) is None:
            break
        said[version] = time
    found: list[tuple[int, int]] = []
    last = -1
    for version, modified in there:
        last = said[version] if version in said else max(modified, last + 1)
        found.append((version, last))
    return found


def _said_time(path: Place, version: int) -> int | None:
    """When a version was made, if it says so itself: then in its first line."""
    with version_file(path, version).open() as stream:
        info = json.loads(stream.readline() or b"{}").get("commitInfo") or {}
    return info.get("inCommitTimestamp")


def committed_at(path: Place, version: int) -> int:
    """When a version was made, in milliseconds since the epoch."""
    said, file = _said_time(path, version), version_file(path, version)
    return file.fs.status(file.path).modified // 1000 if said is None else said


def version_at(path: Place, time: int, zone: tzinfo) -> int:
    """The version that was the newest at a time, in milliseconds since the epoch. Errors show times of `zone`."""
    found = versions(path) if is_table(path) else []
    if not found:
        raise not_found(path)
    at = [version for version, committed in found if committed <= time]
    if not at:
        raise AnalysisError(
            "DELTA_TIMESTAMP_EARLIER_THAN_COMMIT_RETENTION",
            userTimestamp=_shown(time, zone),
            commitTs=_shown(found[0][1], zone),
            timestampString=_shown(found[0][1], zone).split(".")[0],
        )
    if time > found[-1][1]:
        raise later_than(time, found, zone)
    return at[-1]


def later_than(time: int, there: list[tuple[int, int]], zone: tzinfo) -> SparkError:
    """A time after the last version's."""
    last = _shown(there[-1][1], zone)
    return AnalysisError(
        "DELTA_TIMESTAMP_GREATER_THAN_COMMIT",
        providedTimestamp=_shown(time, zone),
        lastCommitTimestamp=last,
        maximumTimestamp=last.split(".")[0],
    )


def _shown(milliseconds: int, zone: tzinfo) -> str:
    """As Java shows a timestamp: at least one digit of the fraction, no zeros at its end."""
    whole, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(whole, zone).strftime("%Y-%m-%d %H:%M:%S.") + (f"{rest:03}".rstrip("0") or "0")


def at_suffix(path: str) -> tuple[str, int | str | None]:
    """`path@v5` and `path@20240131235959000` taken apart: a version, or a time as text."""
    if (match := re.fullmatch(r"(.+)@[vV](\d+)", path)) is not None:
        return match[1], int(match[2])
    if (match := re.fullmatch(r"(.+)@(\d{17})", path)) is not None:
        t = match[2]
        return match[1], f"{t[:4]}-{t[4:6]}-{t[6:8]} {t[8:10]}:{t[10:12]}:{t[12:14]}.{t[14:]}"
    return path, None
