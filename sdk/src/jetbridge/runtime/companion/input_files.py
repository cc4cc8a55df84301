"""Inputs as files, where Flyte's copilot puts them (`flytecopilot/data/download.go`).

Each variable is a file or folder of its name; beside them `inputs.pb` holds the same values with the paths of what was
downloaded, and `inputs.json` or `inputs.yaml` what people can read of them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from pathlib import Path

from jetbridge.errors import BindingError
from jetbridge.idl import Blob, BlobType, Literal, LiteralCollection, LiteralMap, Scalar, Schema
from jetbridge.record import Record
from jetbridge.runtime.companion.file_text import primitive_text
from jetbridge.runtime.companion.formats import JSON, YAML
from jetbridge.store import Store
from jetbridge.store.folders import download_folder
from jetbridge.types.binary import generic_value
from jetbridge.types.engine import fetched
from jetbridge.types.json_codec import to_json

_NOT_NAMES = ("", ".", "..")


class Seen(Record):
    """A place for a value: where it lies, and how the program calls that."""

    path: Path
    name: str

    def __truediv__(self, name: str) -> Seen:
        if name in _NOT_NAMES or "/" in name or "\0" in name:
            raise BindingError(
                f"{name!r} cannot be the name of a file, under which the program would find the value",
                hint="Rename the variable or the map's key.",
            )
        return Seen(self.path / name, f"{self.name}/{name}")

    def write(self, data: bytes) -> None:
        """Puts a file there, in the folders that it needs."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(data)


class Written(Record):
    """A value that was written: what is shown of it, and the literal with local paths."""

    shown: object
    literal: Literal


def write_inputs(inputs: Mapping[str, Literal], folder: Seen, form: str, store: Store) -> None:
    """Writes all inputs.

    Args:
        inputs: The values.
        folder: The folder for them.
        form: `json`, `yaml` or `proto`: what lies beside them.
        store: Where files and tables come from.

    Raises:
        BindingError: a value cannot be a file.
        StoreError: something cannot be downloaded.
    """
    writer = _Writer(store)
    written = {name: writer.write(inputs[name], folder / name) for name in sorted(inputs)}
    message = LiteralMap(literals={name: each.literal for name, each in written.items()})
    (folder / "inputs.pb").write(message.SerializeToString(deterministic=True))
    shown = {name: each.shown for name, each in written.items()}
    if form in _SHOWN:
        (folder / f"inputs.{form}").write(_SHOWN[form](shown).encode())


def _yaml(shown: Mapping[str, object]) -> str:
    """A line for each variable; YAML reads JSON as it is."""
    return "".join(f"{name}: {_json(value)}\n" for name, value in shown.items()) or "{}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_SHOWN: Mapping[str, Callable[[Mapping[str, object]], str]] = {JSON: _json, YAML: _yaml}


class _Writer:
    """Writes values by their kinds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def write(self, literal: Literal, place: Seen) -> Written:
        literal = fetched(self._store, literal)
        kind = literal.WhichOneof("value") or ""
        if kind == "scalar":
            kind = literal.scalar.WhichOneof("value") or ""
        if kind not in self._kinds:
            raise BindingError(f"a value of the kind {kind or 'nothing'} cannot be a file", hint="Give another type.")
        return self._kinds[kind](literal, place)

    @property
    def _kinds(self) -> Mapping[str, Callable[[Literal, Seen], Written]]:
        return {
            "collection": self._collection,
            "map": self._map,
            "primitive": self._primitive,
            "none_type": self._none,
            "union": self._union,
            "blob": self._blob,
            "schema": self._schema,
            "structured_dataset": self._dataset,
            "binary": self._binary,
            "generic": self._generic,
            "error": self._error,
        }

    def _collection(self, literal: Literal, place: Seen) -> Written:
        place.path.mkdir(parents=True, exist_ok=True)
        items = [self.write(item, place / str(at)) for at, item in enumerate(literal.collection.literals)]
        collection = LiteralCollection(literals=[item.literal for item in items])
        return Written([item.shown for item in items], Literal(collection=collection))

    def _map(self, literal: Literal, place: Seen) -> Written:
        place.path.mkdir(parents=True, exist_ok=True)
        found = literal.map.literals
        items = {key: self.write(found[key], place / key) for key in sorted(found)}
        shown = {key: item.shown for key, item in items.items()}
        return Written(shown, Literal(map=LiteralMap(literals={key: item.literal for key, item in items.items()})))

    def _primitive(self, literal: Literal, place: Seen) -> Written:
        primitive = literal.scalar.primitive
        text = primitive_text(primitive)
        place.write(text.encode("utf-8"))
        is_time = primitive.WhichOneof("value") in ("datetime", "duration")
        return Written(text if is_time else to_json(literal), literal)

    def _none(self, literal: Literal, place: Seen) -> Written:
        place.write(b"null")
        return Written(None, literal)

    def _union(self, literal: Literal, place: Seen) -> Written:
        return self.write(literal.scalar.union.value, place)

    def _blob(self, literal: Literal, place: Seen) -> Written:
        blob = literal.scalar.blob
        self._download(blob.uri, place, whole=blob.metadata.type.dimensionality == BlobType.SINGLE)
        return Written(place.name, Literal(scalar=Scalar(blob=Blob(metadata=blob.metadata, uri=place.name))))

    def _schema(self, literal: Literal, place: Seen) -> Written:
        schema = literal.scalar.schema
        self._download(schema.uri, place, whole=False)
        return Written(place.name, Literal(scalar=Scalar(schema=Schema(uri=place.name, type=schema.type))))

    def _dataset(self, literal: Literal, place: Seen) -> Written:
        found = Literal()
        found.CopyFrom(literal)
        self._download(literal.scalar.structured_dataset.uri, place, whole=False)
        found.scalar.structured_dataset.uri = place.name
        return Written(place.name, found)

    def _download(self, uri: str, place: Seen, *, whole: bool) -> None:
        if whole:
            self._store.download(uri, place.path)
        else:
            download_folder(self._store, uri, place.path)

    def _binary(self, literal: Literal, place: Seen) -> Written:
        data = literal.scalar.binary.value
        place.write(data)
        return Written(base64.b64encode(data).decode(), literal)

    def _generic(self, literal: Literal, place: Seen) -> Written:
        value = generic_value(literal)
        place.write(_json(value).encode())
        return Written(value, literal)

    def _error(self, literal: Literal, place: Seen) -> Written:
        message = literal.scalar.error.message
        place.write(message.encode())
        return Written(message, literal)
