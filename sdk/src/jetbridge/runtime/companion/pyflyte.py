"""Programs of flytekit: `pyflyte-execute` and its like get an inputs.pb, and leave outputs.pb, error.pb or futures.pb.

The files lie in the folder of the attempt, not in the store: only what is committed goes there. What they mean is
propeller's rule (flytepropeller `nodes/task/handler.go`, flyteplugins `ioutils/remote_file_output_reader.go`).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import DecodeError

from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralCollection, LiteralMap
from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.call import Call, Left, Prepared, ProgramFailure
from jetbridge.runtime.companion.ended import failure_of_end
from jetbridge.runtime.companion.local_paths import with_local_paths
from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.companion.propeller import (
    INPUTS,
    OUTPUTS,
    TASK,
    flyte_variables,
    shared_folder,
    template_values,
)
from jetbridge.runtime.failure import FailureClass

_FAST, _CODE = "pyflyte-fast-execute", "code"
_EXIT_CODES = {
    (ExecutionError.USER, False): exit_codes.USER_ERROR,
    (ExecutionError.USER, True): exit_codes.RECOVERABLE,
    (ExecutionError.SYSTEM, False): exit_codes.USER_ERROR,
}
_NOT_FOUND = FailureClass("OutputsNotFound", True, ExecutionError.SYSTEM, exit_codes.SYSTEM)
M = TypeVar("M", LiteralMap, ErrorDocument)


class Pyflyte:
    """flytekit's commands."""

    def prepare(self, call: Call) -> Prepared:
        """Writes the inputs; the values of propeller's templates."""
        shared_folder(call.folder / OUTPUTS)
        inputs = {name: _as_asked(call, name, literal) for name, literal in call.inputs.items()}
        message = LiteralMap(literals=inputs).SerializeToString(deterministic=True)
        (call.folder / INPUTS).write_bytes(message)
        if call.arguments.task_template:
            (call.folder / TASK).write_bytes(call.arguments.task_template)
        return Prepared(template_values(call), flyte_variables(call, os.environ))

    def command(self, call: Call, argv: tuple[str, ...]) -> tuple[str, ...]:
        """The user's code is unpacked into a folder of this attempt, not of an image that cannot be written."""
        options = argv[: argv.index("--")] if "--" in argv else argv
        if Path(argv[0]).name != _FAST or "--dest-dir" not in options:
            return argv
        shared_folder(call.folder / _CODE)
        at = options.index("--dest-dir") + 1
        return (*argv[:at], f"{call.program_folder}/{_CODE}", *argv[at + 1 :])

    def collect(self, call: Call, ended: Ended) -> Left:
        """An error first, then a workflow, then outputs; propeller looks for a workflow before an error."""
        folder = _written(call.folder / OUTPUTS)
        deck = _text(folder / "deck.html")
        futures = folder / "futures.pb"
        if futures.exists() and ended.status == exit_codes.DONE:
            return Left(None, futures.read_bytes(), deck)
        errors = sorted((_decoded(ErrorDocument, file) for file in folder.glob("error*.pb")), key=_time)
        if errors:
            # Of the workers of a distributed task the first one to fail counts.
            raise _reported(errors[0], deck)
        if ended.status != exit_codes.DONE:
            raise failure_of_end(ended, deck)
        outputs = folder / "outputs.pb"
        if outputs.exists():
            return Left(_decoded(LiteralMap, outputs), deck=deck)
        if not call.arguments.interface.outputs.variables:
            return Left(LiteralMap(), deck=deck)
        raise ProgramFailure(_NOT_FOUND, "the program ended well, and left no outputs.pb", deck=deck)


def _written(folder: Path) -> Path:
    """Where the files are: `pyflyte-map-execute` of flytekit before 1.12 adds the element's index, which is 0 here."""
    inner = folder / "0"
    return inner if inner.is_dir() else folder


def _as_asked(call: Call, name: str, literal: Literal) -> Literal:
    """An element's own item as the one item of a list, of which `pyflyte-map-execute` takes number 0."""
    literal = with_local_paths(literal)
    if name not in call.arguments.items:
        return literal
    return Literal(collection=LiteralCollection(literals=[literal]))


def _reported(document: ErrorDocument, deck: str) -> ProgramFailure:
    error = document.error
    recoverable = error.kind == ContainerError.RECOVERABLE
    code = _EXIT_CODES.get((error.origin, recoverable), exit_codes.SYSTEM)
    return ProgramFailure(FailureClass(error.code, recoverable, error.origin, code), error.message, document, deck)


def _time(document: ErrorDocument) -> tuple[int, int]:
    return document.error.timestamp.seconds, document.error.timestamp.nanos


def _decoded(message: Callable[[], M], file: Path) -> M:
    try:
        found = message()
        found.ParseFromString(file.read_bytes())
    except DecodeError as error:
        raise ProgramFailure(_NOT_FOUND, f"the program left a damaged {file.name}: {error}") from error
    return found


def _text(file: Path) -> str:
    return file.read_text(errors="replace") if file.exists() else ""
