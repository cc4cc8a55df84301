"""One attempt's way to its data: Jetbridge's layout with bindings and a commit, or Flyte's prefix."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from google.protobuf.message import DecodeError

from jetbridge.errors import BindingError, UsageError
from jetbridge.idl import ErrorDocument, Literal, LiteralMap
from jetbridge.interface import Interface
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments
from jetbridge.runtime.environment import is_distributed, is_true
from jetbridge.runtime.failure import SYSTEM, FailureClass, TaskFailure
from jetbridge.runtime.layout import (
    attempt_prefix,
    attempt_record_uri,
    checkpoints_prefix,
    deck_uri,
    error_uri,
    failures_prefix,
    futures_uri,
    outputs_uri,
)
from jetbridge.store import Store, join, normalize_uri
from jetbridge.suggest import did_you_mean
from jetbridge.types import literal_type

if TYPE_CHECKING:
    from jetbridge.runtime.checkpoint import Checkpoint

M = TypeVar("M")
DECK_TYPE = "text/html; charset=utf-8"


class TaskData(Protocol):
    """What one attempt reads and writes."""

    @property
    def store(self) -> Store:
        """Where everything lies."""
        ...

    @property
    def name(self) -> str:
        """How messages call the node."""
        ...

    @property
    def execution_id(self) -> str:
        """How the run is called."""
        ...

    @property
    def output_prefix(self) -> str:
        """URI of the folder for `outputs.pb` and what lies beside it."""
        ...

    @property
    def raw_prefix(self) -> str:
        """URI of the folder for files and tables."""
        ...

    def is_committed(self) -> bool:
        """Whether an attempt before has succeeded."""
        ...

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        """The task's inputs. Raises `BindingError`, `TypeTransformError` or `StoreError`."""
        ...

    def checkpoint(self, work_dir: Path) -> Checkpoint:
        """The checkpoint, restored below a local folder. Raises `UsageError` when there is no place for one."""
        ...

    def previous_checkpoint(self) -> str:
        """URI of the folder with the checkpoint that an attempt before left; empty when there is none."""
        ...

    def commit(self, outputs: LiteralMap, interface: Interface) -> bool:
        """Makes the outputs those of the node; false when another attempt was first."""
        ...

    def commit_futures(self, futures: bytes) -> bool:
        """Keeps the workflow that a dynamic task made, a `DynamicJobSpec`; false when another attempt was first."""
        ...

    def write_controls(self) -> None:
        """Leaves what the engine must know of the committed outputs. Raises `BindingError` for what cannot be told."""
        ...

    def write_deck(self, page: str) -> None:
        """Puts the deck's page next to the outputs."""
        ...

    def write_error(self, document: ErrorDocument) -> None:
        """Keeps the details of a failure."""
        ...

    def write_record(self, record: dict[str, Any]) -> None:
        """Keeps when the attempt did what, where a run has a place for it."""
        ...

    def exit_code(self, failure: FailureClass) -> int:
        """What tells whoever started this process of a failure."""
        ...


def task_data(arguments: Arguments, store: Store, attempt: str) -> TaskData:
    """The data of an attempt; `attempt` names it uniquely."""
    if arguments.run_root:
        return _RunTaskData(arguments, store, attempt)
    return _FlyteTaskData(arguments, store)


class _RunTaskData:
    """Jetbridge's layout: the first attempt that creates `outputs.pb` wins, and a zombie cannot overwrite it."""

    def __init__(self, arguments: Arguments, store: Store, attempt: str) -> None:
        self.store = store
        self.name = arguments.node_path
        self._binds = arguments.binds
        self._controls = arguments.controls
        self._controls_file = arguments.controls_file
        self._attempt = arguments.attempt
        self._retries = arguments.retries
        self._unique = attempt
        self._run_root = normalize_uri(arguments.run_root)
        self.execution_id = self._run_root.rpartition("/")[2]
        self.output_prefix = join(self._run_root, self.name)
        self.raw_prefix = attempt_prefix(self._run_root, self.name, attempt)

    def is_committed(self) -> bool:
        return self.store.exists(outputs_uri(self._run_root, self.name))

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        from jetbridge.bindings import parse
        from jetbridge.runtime.run_data import RunData

        run = RunData(self.store, self._run_root)
        for name, _ in self._binds:
            if name not in interface.inputs:
                raise BindingError(f"the task has no input {name!r}", hint=did_you_mean(name, interface.inputs))
        return {
            name: run.resolve(parse(text), literal_type(interface.inputs[name].python_type))
            for name, text in self._binds
        }

    def checkpoint(self, work_dir: Path) -> Checkpoint:
        from jetbridge.runtime.checkpoint import Checkpoint

        destination = join(checkpoints_prefix(self._run_root, self.name), str(self._attempt))
        return Checkpoint(self.store, destination, self.previous_checkpoint, work_dir)

    def previous_checkpoint(self) -> str:
        from jetbridge.runtime.checkpoint import newest_checkpoint

        return newest_checkpoint(self.store, checkpoints_prefix(self._run_root, self.name), self._attempt)

    def commit(self, outputs: LiteralMap, interface: Interface) -> bool:
        return self.store.create(outputs_uri(self._run_root, self.name), outputs.SerializeToString(deterministic=True))

    def commit_futures(self, futures: bytes) -> bool:
        return self.store.create(futures_uri(self._run_root, self.name), futures)

    def write_controls(self) -> None:
        if not self._controls:
            return
        from jetbridge.runtime.control_values import parse_control, write_controls

        # Of the outputs that count: another attempt may have committed them.
        uri = outputs_uri(self._run_root, self.name)
        committed = _decoded(LiteralMap.FromString, self.store.read(uri), uri)
        requests = [parse_control(text, shared=self._controls_file) for text in self._controls]
        write_controls(requests, committed.literals)

    def write_deck(self, page: str) -> None:
        self.store.write(deck_uri(self._run_root, self.name), page.encode(), DECK_TYPE)

    def write_error(self, document: ErrorDocument) -> None:
        self.store.write(error_uri(self._run_root, self.name), document.SerializeToString())

    def write_record(self, record: dict[str, Any]) -> None:
        self.store.write(attempt_record_uri(self._run_root, self.name, self._unique), json.dumps(record).encode())

    def exit_code(self, failure: FailureClass) -> int:
        return exit_codes.USER_ERROR if self._is_the_last(failure) else failure.exit_code

    def _is_the_last(self, failure: FailureClass) -> bool:
        """Whether no retry is left; attempts that were lost to the system are not counted, as on Flyte."""
        if self._retries is None or failure.exit_code != exit_codes.RECOVERABLE:
            return False
        folder = failures_prefix(self._run_root, self.name)
        self.store.write(join(folder, self._unique), b"")
        return len(list(self.store.list(folder))) > self._retries


class _FlyteTaskData:
    """Propeller's layout: one `inputs.pb`, and an output prefix that belongs to this attempt alone."""

    def __init__(self, arguments: Arguments, store: Store) -> None:
        self.store = store
        self.name = self.output_prefix = self.execution_id = arguments.output_prefix
        self.raw_prefix = normalize_uri(arguments.raw_output_data_prefix or join(arguments.output_prefix, "raw"))
        self._arguments = arguments

    def is_committed(self) -> bool:
        return False

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        uri = self._arguments.inputs
        literals = _decoded(LiteralMap.FromString, self.store.read(uri), uri).literals
        if self._arguments.map_index is None:
            return literals
        whole = self._arguments.bound_inputs
        return {name: self._element(literals, name, name in whole) for name in interface.inputs}

    def _element(self, literals: Mapping[str, Literal], name: str, whole: bool) -> Literal:
        """One input of an element of a map (flytekit `core/array_node_map_task.py`)."""
        if name not in literals:
            raise BindingError(f"{self._arguments.inputs} has no input {name!r}", hint="Bind it in the workflow.")
        literal, index = literals[name], self._arguments.map_index or 0
        if whole:
            return literal
        if literal.HasField("offloaded_metadata"):
            uri = literal.offloaded_metadata.uri
            literal = _decoded(Literal.FromString, self.store.read(uri), uri)
        if not literal.HasField("collection"):
            raise BindingError(f"input {name!r} of a map is no list", hint="Bind a list, or bind it as a whole.")
        elements = literal.collection.literals
        if not 0 <= index < len(elements):
            raise BindingError(
                f"input {name!r} has {len(elements)} elements and no number {index}", hint="Check the array's size."
            )
        return elements[index]

    def checkpoint(self, work_dir: Path) -> Checkpoint:
        from jetbridge.runtime.checkpoint import Checkpoint

        if not self._arguments.checkpoint_path:
            raise UsageError(
                "whoever started this task gave no place for checkpoints",
                hint="Give `--checkpoint-path` to the entrypoint.",
            )
        return Checkpoint(self.store, self._arguments.checkpoint_path, self.previous_checkpoint, work_dir)

    def previous_checkpoint(self) -> str:
        return self._arguments.prev_checkpoint

    def commit(self, outputs: LiteralMap, interface: Interface) -> bool:
        for name, message in self._files(outputs, interface):
            self.store.write(join(self.output_prefix, name), message.SerializeToString(deterministic=True))
        return True

    def commit_futures(self, futures: bytes) -> bool:
        self.store.write(join(self.output_prefix, "futures.pb"), futures)
        return True

    def _files(self, outputs: LiteralMap, interface: Interface) -> list[tuple[str, Literal | LiteralMap]]:
        """The files of an attempt, `outputs.pb` last: who sees it can read what it refers to."""
        if "_F_L_MIN_SIZE_MB" not in os.environ:
            return [("outputs.pb", outputs)]
        from jetbridge.runtime.offload import offload

        types = {name: literal_type(variable.python_type) for name, variable in interface.outputs.items()}
        try:
            found = offload(outputs, types, self.output_prefix, os.environ)
        except ValueError as error:
            raise TaskFailure(SYSTEM, error) from error
        return [*found.files.items(), ("outputs.pb", found.outputs)]

    def write_controls(self) -> None:
        """Propeller reads the outputs itself."""

    def write_deck(self, page: str) -> None:
        self.store.write(join(self.output_prefix, "deck.html"), page.encode(), DECK_TYPE)

    def write_error(self, document: ErrorDocument) -> None:
        # Each worker of a distributed task writes one; propeller takes the earliest.
        name = f"error-{os.urandom(16).hex()}.pb" if is_distributed(os.environ) else "error.pb"
        self.store.write(join(self.output_prefix, name), document.SerializeToString())

    def write_record(self, record: dict[str, Any]) -> None:
        """Propeller keeps times itself."""

    def exit_code(self, failure: FailureClass) -> int:
        """Propeller reads `error.pb` only after exit 0 (flyteplugins `plugin_manager.go`), so that is the default."""
        return 1 if is_true(os.environ.get("FLYTE_FAIL_ON_ERROR", "")) else exit_codes.DONE


def _decoded(decode: Callable[[bytes], M], data: bytes, uri: str) -> M:
    try:
        return decode(data)
    except DecodeError as error:
        raise BindingError(f"{uri} is damaged: {error}", hint="Write the inputs again.") from error
