"""Where the files of deletion vectors are.

https://github.com/delta-io/delta/blob/master/PROTOCOL.md#deletion-vector-descriptor-schema
"""

from __future__ import annotations

import base64
import posixpath
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from glowplug.io.place import Place
from glowplug.lake.delta.actions import DeletionVector

_Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
_B85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"


def vector_of(of: Mapping[str, Any]) -> DeletionVector:
    """As an action of the log describes it."""
    return DeletionVector(
        of["storageType"], of["pathOrInlineDv"], of.get("offset"), of["sizeInBytes"], of["cardinality"]
    )


def file_of(vector: DeletionVector, root: Place) -> str | None:
    """The absolute path of the file of a table's vector; None for one that the log itself holds."""
    match vector.storage:
        case "u":
            prefix, text = vector.place[:-20], vector.place[-20:]
            id = uuid.UUID(bytes=base64.b85decode(text.translate(str.maketrans(_Z85, _B85))))
            return posixpath.join(root.path, prefix, f"deletion_vector_{id}.bin")
        case "p":
            return root.fs.own(unquote(vector.place))
    return None
