"""Manifests: which files a table has, for readers that know no log. A text for each partition, a line for each file.

https://docs.delta.io/latest/delta-utility.html#generate-a-manifest-file
"""

from __future__ import annotations

from glowplug.errors import AnalysisError
from glowplug.io.parquet_footer import stored_name
from glowplug.io.partitions import DEFAULT_PARTITION, escape
from glowplug.io.place import Place
from glowplug.lake.delta.columns import MODE
from glowplug.lake.delta.snapshot import Snapshot, absolute

DIRECTORY = "_symlink_format_manifest"


def generate(at: Snapshot) -> None:
    """Write them, and remove those of partitions that are gone. Readers see partitions change one by one."""
    if at.descriptors():
        raise AnalysisError("DELTA_UNSUPPORTED_GENERATE_WITH_DELETION_VECTORS")
    if at.configuration.get(MODE, "none") != "none":
        raise AnalysisError("DELTA_UNSUPPORTED_MANIFEST_GENERATION_WITH_COLUMN_MAPPING")
    names = {f.name: stored_name(f) for f in at.schema.fields}
    lines: dict[str, list[str]] = {} if at.partition_by else {"": []}
    for path, add in at.adds(at.files["path"].to_pylist(), "partitionValues"):
        values = [(n, add["partitionValues"].get(names[n])) for n in at.partition_by]
        directory = "/".join(f"{escape(n)}={escape(v or DEFAULT_PARTITION)}" for n, v in values)
        lines.setdefault(directory, []).append(Place(at.path.fs, absolute(at.path, path)).as_given + "\n")
    root = at.path / DIRECTORY
    for directory, of in lines.items():
        (root / directory / "manifest").replace("".join(sorted(of)).encode())
    if at.partition_by:
        _remove_others(root, "", set(lines))


def _remove_others(root: Place, below: str, kept: set[str]) -> None:
    here = root / below if below else root
    for entry in here.fs.list(here.path):
        if entry.is_dir:
            _remove_others(root, f"{below}/{entry.name}" if below else entry.name, kept)
        elif entry.name == "manifest" and below not in kept:
            here.fs.remove_file(entry.path)
