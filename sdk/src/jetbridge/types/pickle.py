"""FlytePickle: any Python value as a pickled file, for those who ask for it by name."""

from __future__ import annotations

import hashlib
import importlib
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, cast

from jetbridge.errors import TypeTransformError
from jetbridge.idl import Blob, BlobMetadata, BlobType, Literal, LiteralType, Scalar
from jetbridge.types.context import TransformContext
from jetbridge.types.naming import literal_mismatch, mismatch, short, type_name

FORMAT = "PythonPickle"
"""flytekit's name of the format (`types/pickle/pickle.py`)."""
_BLOB = BlobType(format=FORMAT, dimensionality=BlobType.SINGLE)

if TYPE_CHECKING:
    T = TypeVar("T")
    FlytePickle = Annotated[T, FORMAT]
else:

    class FlytePickle:
        """Declares that values of a type travel as pickles: `def train() -> FlytePickle[Model]`.

        The function takes and returns the values themselves; to a type checker `FlytePickle[Model]` is `Model`. Nothing
        else is ever pickled or unpickled, unlike in flytekit, which pickles each type that it does not know.

        Reading a pickle runs the code in it: read only what your own tasks wrote, with the same versions of Python and
        of the libraries. Needs `cloudpickle`, the extra `jetbridge[pickle]`.

        Example:
            >>> class Model: ...
            >>> FlytePickle[Model].python_type().__name__
            'Model'
        """

        def __class_getitem__(cls, item):
            return cls if item in (None, Any) else _of(item)

        @classmethod
        def python_type(cls):
            """The declared type of the values; `object` for any."""
            return object


@cache
def _of(item: object) -> type:
    def python_type(cls: type) -> object:
        return item

    name = f"FlytePickle[{type_name(item)}]"
    return type(name, (cast("type", FlytePickle),), {"python_type": classmethod(python_type), "__module__": __name__})


@dataclass(frozen=True, slots=True)
class PickleTransformer:
    """FlytePickle as a blob of format `PythonPickle`."""

    name: str = "FlytePickle"

    def literal_type(self, python_type: object) -> LiteralType:
        declared = LiteralType(blob=_BLOB)
        inner = _inner(python_type)
        declared.metadata["python_class_name"] = str(python_type if inner is object else inner)
        return declared

    def to_literal(
        self, context: TransformContext, value: object, python_type: object, declared: LiteralType
    ) -> Literal:
        if value is None:
            raise mismatch(python_type, value, f"Declare Optional[{type_name(python_type)}] to pass None.")
        _check(value, python_type)
        library = _cloudpickle()
        try:
            data = library.dumps(value)
        except Exception as error:  # what __reduce__ of the author's own classes raises
            raise TypeTransformError(
                f"{short(value)} cannot be pickled for {type_name(python_type)}: {error}",
                hint="Leave out what holds files, locks or connections, or declare another type.",
            ) from error
        uri = context.fresh_uri(hashlib.md5(data, usedforsecurity=False).hexdigest())
        context.store.write(uri, data)
        return Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=_BLOB), uri=uri)))

    def to_python(self, context: TransformContext, literal: Literal, python_type: object) -> object:
        blob = literal.scalar.blob
        if not literal.scalar.HasField("blob") or blob.metadata.type.dimensionality != BlobType.SINGLE:
            raise literal_mismatch(python_type, literal)
        if blob.metadata.type.format != FORMAT:
            raise TypeTransformError(
                f"expected a pickle for {type_name(python_type)}, got a file of format {blob.metadata.type.format!r}",
                hint="Declare FlyteFile: only files that were written as pickles are unpickled.",
            )
        library, data = _cloudpickle(), context.store.read(blob.uri)
        try:
            value = library.loads(data)
        except Exception as error:  # what a pickle can raise is not bounded
            raise TypeTransformError(
                f"the pickle {blob.uri} cannot be read: {type(error).__name__}: {error}",
                hint="Read it with the versions of Python and of the libraries that wrote it, and with the same code.",
            ) from error
        _check(value, python_type)
        return value


def _inner(python_type: object) -> object:
    return cast("Any", python_type).python_type()


def _check(value: object, python_type: object) -> None:
    inner = _inner(python_type)
    if isinstance(inner, type) and not isinstance(value, inner):
        raise mismatch(python_type, value)


def _cloudpickle() -> ModuleType:
    try:
        return importlib.import_module("cloudpickle")
    except ImportError as error:
        raise TypeTransformError(
            "FlytePickle needs the package `cloudpickle`, which is not installed",
            hint="Install `jetbridge[pickle]`, here and in the image of the task.",
        ) from error


PICKLE = PickleTransformer()
