"""What stored outputs refer to, and whether it is still there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast

from jetbridge.idl import BlobType, Literal
from jetbridge.runtime.layout import outputs_beside
from jetbridge.runtime.parallel import in_parallel
from jetbridge.store import Store, normalize_uri
from jetbridge.types.binary import MSGPACK, binary_value, generic_value


class Reference(NamedTuple):
    """A URI in a literal; a folder may be empty, and then there is no object of its name."""

    uri: str
    is_folder: bool


def lost_reference(store: Store, literals: Iterable[Literal], root: str) -> str:
    """The first file, directory or data frame below a folder that is gone; empty when all are there.

    Args:
        store: Where they lie.
        literals: What refers to them.
        root: URI of the folder; what lies elsewhere is not looked at, because no run of ours has put it there.

    Raises:
        StoreError: the store does not answer.
        TypeTransformError: a struct is broken.
    """
    folder = normalize_uri(root) + "/"
    every = (reference for literal in literals for reference in references(literal))
    found = list(dict.fromkeys(reference for reference in every if reference.uri.startswith(folder)))
    alive = in_parallel(lambda reference: _is_there(store, reference), found)
    return next((reference.uri for reference, there in zip(found, alive, strict=True) if not there), "")


def _is_there(store: Store, reference: Reference) -> bool:
    if store.exists(reference.uri) or any(store.children(reference.uri)):
        return True
    beside = outputs_beside(reference.uri) if reference.is_folder else ""
    return bool(beside) and store.exists(beside)


def references(literal: Literal) -> Iterator[Reference]:
    """The URIs in a literal; in a struct every text may be one."""
    kind = literal.WhichOneof("value")
    if kind == "collection":
        yield from (found for item in literal.collection.literals for found in references(item))
    elif kind == "map":
        yield from (found for item in literal.map.literals.values() for found in references(item))
    elif kind == "offloaded_metadata":
        yield Reference(literal.offloaded_metadata.uri, False)
    else:
        yield from _of_scalar(literal)


def _of_scalar(literal: Literal) -> Iterator[Reference]:
    scalar = literal.scalar
    kind = scalar.WhichOneof("value") or ""
    if kind == "blob":
        is_folder = scalar.blob.metadata.type.dimensionality == BlobType.MULTIPART
        yield Reference(scalar.blob.uri, is_folder)
    elif kind in ("schema", "structured_dataset"):
        yield Reference(getattr(scalar, kind).uri, False)
    elif kind == "union":
        yield from references(scalar.union.value)
    elif kind == "generic":
        yield from (Reference(text, True) for text in _texts(generic_value(literal)))
    elif kind == "binary" and scalar.binary.tag == MSGPACK:
        yield from (Reference(text, True) for text in _texts(binary_value(literal)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for item in cast("dict[object, object]", value).values() for text in _texts(item))
    elif isinstance(value, list):
        yield from (text for item in cast("list[object]", value) for text in _texts(item))
