"""Outputs from files, where Flyte's copilot looks for them (`flytecopilot/data/upload.go`), each by its declared type.

What it cannot read is read here as well: enumerations as text; lists, maps and structs as JSON; a folder keeps the
folders in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jetbridge.errors import JetbridgeError, StoreError, TypeTransformError
from jetbridge.idl import (
    Binary,
    Blob,
    BlobMetadata,
    BlobType,
    ExecutionError,
    Literal,
    LiteralMap,
    LiteralType,
    Scalar,
    SimpleType,
    Variable,
)
from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.call import ProgramFailure
from jetbridge.runtime.companion.input_files import Seen
from jetbridge.runtime.data import TaskData
from jetbridge.runtime.failure import USER, FailureClass
from jetbridge.store import join
from jetbridge.store.folders import upload_folder
from jetbridge.types.binary import MSGPACK
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import from_json, parse_text

_ERROR = "_ERROR"
_NOT_READ = FailureClass("OutputsNotFound", False, ExecutionError.USER, exit_codes.USER_ERROR)
"""Propeller's code; another attempt of the same program would leave the same."""
_LONGEST = 1024 * 1024
"""Bytes of a text; Flyte takes 1 KiB of a value, and 1 MiB of an error."""
_SPACE = " \n\t\r"
_BOOLEANS = {
    **dict.fromkeys(("1", "t", "T", "TRUE", "true", "True"), True),
    **dict.fromkeys(("0", "f", "F", "FALSE", "false", "False"), False),
}
"""Go's `strconv.ParseBool`."""


def reported_failure(folder: Path) -> ProgramFailure | None:
    """The failure that a program reports by a file `_ERROR` in its output folder; None without one."""
    file = folder / _ERROR
    if not file.exists() and not file.is_symlink():
        return None
    try:
        return ProgramFailure(USER, _text(file, folder))
    except TypeTransformError as error:
        return ProgramFailure(USER, f"the program reports an error, and {error.message}")


def read_outputs(variables: Mapping[str, Variable], folder: Seen, data: TaskData) -> LiteralMap:
    """What a program left in its output folder, uploaded where it is a file or a folder.

    Raises:
        ProgramFailure: outputs that are missing, or are not of their types; all of them.
        StoreError: something cannot be uploaded.
    """
    found: dict[str, Literal] = {}
    problems: list[str] = []
    for name in sorted(variables):
        try:
            found[name] = _read(variables[name].type, name, folder, data)
        except StoreError:
            raise
        except JetbridgeError as error:
            problems.append(f"output {name!r} ({describe(variables[name].type)}): {error.message}")
    if problems:
        raise ProgramFailure(_NOT_READ, "\n".join(problems))
    return LiteralMap(literals=found)


def _read(declared: LiteralType, name: str, folder: Seen, data: TaskData) -> Literal:
    place = folder / name
    file = _file(place, folder)
    if declared.HasField("blob"):
        return _blob(declared, file, place, folder.path, data)
    if file.is_dir():
        raise _not_as_declared(f"{place.name} is a folder, and a file is wanted")
    if declared.simple == SimpleType.BINARY and declared.HasField("simple"):
        return Literal(scalar=Scalar(binary=Binary(value=_inside(file, folder.path).read_bytes(), tag=MSGPACK)))
    text = _text(file, folder.path)
    return _PARSERS.get(declared.simple, parse_text)(text.strip(_SPACE), declared)


def _file(place: Seen, folder: Seen) -> Path:
    """The file of an output, also where it has an ending that the variable's name lacks."""
    if place.path.exists() or place.path.is_symlink():
        return place.path
    others = sorted(folder.path.glob(f"{place.path.name}.*"))
    if len(others) == 1:
        return others[0]
    left = sorted(each.name for each in folder.path.iterdir()) if folder.path.is_dir() else []
    said = f"the folder holds {', '.join(left)}" if left else "the folder is empty"
    raise _not_as_declared(f"the program ended well and left no {place.name}; {said}")


def _blob(declared: LiteralType, file: Path, place: Seen, root: Path, data: TaskData) -> Literal:
    is_folder = declared.blob.dimensionality == BlobType.MULTIPART
    if file.is_dir() is not is_folder:
        raise _not_as_declared(f"{place.name} is {'no ' if is_folder else 'a '}folder")
    uri = join(data.raw_prefix, file.name)
    if is_folder:
        for each in (file, *sorted(file.rglob("*"))):
            _inside(each, root)
        upload_folder(data.store, file, uri)
    else:
        data.store.upload(_inside(file, root), uri)
    return Literal(scalar=Scalar(blob=Blob(metadata=BlobMetadata(type=declared.blob), uri=uri)))


def _inside(file: Path, root: Path) -> Path:
    """A file that a program left; a link of it must not lead to what only this process may read."""
    if not file.resolve().is_relative_to(root.resolve()):
        raise _not_as_declared(f"{file.name} is a link that leads out of the output folder; copy what it means")
    if not (file.is_file() or file.is_dir()):
        raise _not_as_declared(f"{file.name} is neither a file nor a folder")
    return file


def _text(file: Path, root: Path) -> str:
    size = _inside(file, root).stat().st_size
    if size > _LONGEST:
        raise _not_as_declared(f"{file.name} has {size} bytes; a value may have {_LONGEST}, a larger one is a file")
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise _not_as_declared(f"{file.name} is no text in UTF-8 ({error})") from error


def _not_as_declared(message: str) -> TypeTransformError:
    return TypeTransformError(message, hint="Let the program write it as the output is declared.")


def _bool(text: str, declared: LiteralType) -> Literal:
    if text not in _BOOLEANS:
        raise _not_as_declared(f"{text[:80]!r} is neither true nor false")
    return from_json(_BOOLEANS[text], declared)


_PARSERS: Mapping[SimpleType.ValueType, Callable[[str, LiteralType], Literal]] = {
    SimpleType.BOOLEAN: _bool,
}
