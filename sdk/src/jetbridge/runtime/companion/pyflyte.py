"""Programs of flytekit: `pyflyte-execute` and its like get an inputs.pb, and leave outputs.pb, error.pb or futures.pb.

The files lie in the folder of the attempt, not in the store: only what is committed goes there. What they mean is
propeller's rule (flytepropeller `nodes/task/handler.go`, flyteplugins `ioutils/remote_file_output_reader.go`).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from google.protobuf.message import DecodeError

from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError, Literal, LiteralCollection, LiteralMap
from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.call import Call, Left, Prepared, ProgramFailure
from jetbridge.runtime.companion.ended import failure_of_end
from jetbridge.runtime.companion.local_paths import local_path, with_local_paths
from jetbridge.runtime.companion.program import Ended
from jetbridge.runtime.failure import FailureClass
from jetbridge.store import join, normalize_uri

_INPUTS, _OUTPUTS, _TASK = "inputs.pb", "outputs", "task.pb"
_NOTHING = '""'
"""What propeller writes where there is no checkpoint of an attempt before (`core/template/template.go`)."""
_EXIT_CODES = {
    (ExecutionError.USER, False): exit_codes.USER_ERROR,
    (ExecutionError.USER, True): exit_codes.RECOVERABLE,
    (ExecutionError.SYSTEM, False): exit_codes.USER_ERROR,
}
_NOT_FOUND = FailureClass("OutputsNotFound", True, ExecutionError.SYSTEM, exit_codes.SYSTEM)
_OTHER = re.compile(r"[^A-Za-z0-9_]")
_LETTERS_FIRST = re.compile(r"^[^A-Za-z]+")
M = TypeVar("M", LiteralMap, ErrorDocument)


class Pyflyte:
    """flytekit's commands."""

    def prepare(self, call: Call) -> Prepared:
        """Writes the inputs; the values of propeller's templates."""
        outputs = call.folder / _OUTPUTS
        outputs.mkdir(exist_ok=True)
        # The program may run as another user than the companion.
        outputs.chmod(0o777)
        inputs = {name: _as_asked(call, name, literal) for name, literal in call.inputs.items()}
        message = LiteralMap(literals=inputs).SerializeToString(deterministic=True)
        (call.folder / _INPUTS).write_bytes(message)
        if call.arguments.task_template:
            (call.folder / _TASK).write_bytes(call.arguments.task_template)
        return Prepared(_values(call), _environment(call, os.environ))

    def collect(self, call: Call, ended: Ended) -> Left:
        """An error first, then a workflow, then outputs; propeller looks for a workflow before an error."""
        folder = _written(call.folder / _OUTPUTS)
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


def _values(call: Call) -> dict[str, str]:
    folder, attempt = call.program_folder, call.arguments.attempt
    checkpoints = join(normalize_uri(attempt.run_root), attempt.node_path, "checkpoints")
    unique = f"{call.data.execution_id}-{attempt.node_path}-{attempt.attempt}"
    return {
        "input": f"{folder}/{_INPUTS}",
        "inputPrefix": folder,
        "outputPrefix": f"{folder}/{_OUTPUTS}",
        "rawOutputDataPrefix": local_path(call.data.raw_prefix),
        "checkpointOutputPrefix": local_path(join(checkpoints, str(attempt.attempt))),
        "prevCheckpointPrefix": local_path(call.data.previous_checkpoint()) or _NOTHING,
        "perRetryUniqueKey": _OTHER.sub("_", _LETTERS_FIRST.sub("a", unique)),
        "taskTemplatePath": f"{folder}/{_TASK}",
    }


def _environment(call: Call, environ: Mapping[str, str]) -> dict[str, str]:
    """What propeller says that is known only now (flyteplugins `flytek8s/k8s_resource_adds.go`)."""
    attempt = call.arguments.attempt
    variables = {
        "FLYTE_INTERNAL_EXECUTION_ID": call.data.execution_id,
        "FLYTE_ATTEMPT_NUMBER": str(attempt.attempt),
    }
    index = attempt.node_path.rpartition("/")[2]
    if call.arguments.items:
        variables |= {
            "BATCH_JOB_ARRAY_INDEX_VAR_NAME": "FLYTE_K8S_ARRAY_INDEX",
            "FLYTE_K8S_ARRAY_INDEX": index,
            # The lists hold this element's item alone: flytekit adds the two and takes number 0.
            "BATCH_JOB_ARRAY_INDEX_OFFSET": f"-{index}",
        }
    # flytekit asks for the place of S3 under a name of its own; keys and the rest it finds as all AWS clients do.
    if "AWS_ENDPOINT_URL" in environ:
        variables["FLYTE_AWS_ENDPOINT"] = environ["AWS_ENDPOINT_URL"]
    return variables


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
