"""A store that is a folder, as flytekit's commands know it: by plain paths, where our store has `file://` URIs.

flytekit takes a `file://` URI for something that is not local in some places and not in others
(`types/file/file.py`, `core/data_persistence.py`); our store reads plain paths too.
"""

from __future__ import annotations

from jetbridge.idl import Literal

_SCHEME = "file://"


def local_path(uri: str) -> str:
    """A URI without the scheme of local files; any other one as it is.

    Example:
        >>> local_path("file:///runs/a b"), local_path("s3://bucket/key")
        ('/runs/a b', 's3://bucket/key')
    """
    return uri.removeprefix(_SCHEME)


def with_local_paths(literal: Literal) -> Literal:
    """The same value; files, folders and tables below a local folder by their plain paths."""
    found = Literal()
    found.CopyFrom(literal)
    _rewrite(found)
    return found


def _rewrite(literal: Literal) -> None:
    kind = literal.WhichOneof("value")
    if kind == "collection":
        for item in literal.collection.literals:
            _rewrite(item)
    elif kind == "map":
        for key in literal.map.literals:
            _rewrite(literal.map.literals[key])
    elif kind == "offloaded_metadata":
        literal.offloaded_metadata.uri = local_path(literal.offloaded_metadata.uri)
    elif literal.scalar.WhichOneof("value") == "union":
        _rewrite(literal.scalar.union.value)
    else:
        _rewrite_scalar(literal)


def _rewrite_scalar(literal: Literal) -> None:
    kind = literal.scalar.WhichOneof("value") or ""
    if kind in ("blob", "schema", "structured_dataset"):
        value = getattr(literal.scalar, kind)
        value.uri = local_path(value.uri)
