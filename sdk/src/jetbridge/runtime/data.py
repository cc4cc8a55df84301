"""One attempt's way to its data: Jetbridge's layout with bindings and a commit, or Flyte's prefix."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Protocol

from google.protobuf.message import DecodeError

from jetbridge.bindings import parse
from jetbridge.errors import BindingError
from jetbridge.idl import ErrorDocument, Literal, LiteralMap
from jetbridge.interface import Interface
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments
from jetbridge.runtime.failure import FailureClass
from jetbridge.runtime.layout import attempt_prefix, error_uri, outputs_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import Store, join, normalize_uri
from jetbridge.suggest import did_you_mean
from jetbridge.types import literal_type


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
    def raw_prefix(self) -> str:
        """URI of the folder for files and tables."""
        ...

    def is_committed(self) -> bool:
        """Whether an attempt before has succeeded."""
        ...

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        """The task's inputs. Raises `BindingError`, `TypeTransformError` or `StoreError`."""
        ...

    def commit(self, outputs: LiteralMap) -> bool:
        """Makes the outputs those of the node; false when another attempt was first."""
        ...

    def write_error(self, document: ErrorDocument) -> None:
        """Keeps the details of a failure."""
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
        self._run_root = normalize_uri(arguments.run_root)
        self.execution_id = self._run_root.rpartition("/")[2]
        self.raw_prefix = attempt_prefix(self._run_root, self.name, attempt)

    def is_committed(self) -> bool:
        return self.store.exists(outputs_uri(self._run_root, self.name))

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        run = RunData(self.store, self._run_root)
        for name, _ in self._binds:
            if name not in interface.inputs:
                raise BindingError(f"the task has no input {name!r}", hint=did_you_mean(name, interface.inputs))
        return {
            name: run.resolve(parse(text), literal_type(interface.inputs[name].python_type))
            for name, text in self._binds
        }

    def commit(self, outputs: LiteralMap) -> bool:
        return self.store.create(outputs_uri(self._run_root, self.name), outputs.SerializeToString(deterministic=True))

    def write_error(self, document: ErrorDocument) -> None:
        self.store.write(error_uri(self._run_root, self.name), document.SerializeToString())

    def exit_code(self, failure: FailureClass) -> int:
        return failure.exit_code


class _FlyteTaskData:
    """Propeller's layout: one `inputs.pb`, and an output prefix that belongs to this attempt alone."""

    def __init__(self, arguments: Arguments, store: Store) -> None:
        self.store = store
        self.name = arguments.output_prefix
        self.execution_id = arguments.output_prefix
        self._inputs = arguments.inputs
        self.raw_prefix = normalize_uri(arguments.raw_output_data_prefix or join(arguments.output_prefix, "raw"))

    def is_committed(self) -> bool:
        return False

    def read_inputs(self, interface: Interface) -> Mapping[str, Literal]:
        try:
            return LiteralMap.FromString(self.store.read(self._inputs)).literals
        except DecodeError as error:
            raise BindingError(f"{self._inputs} is damaged: {error}", hint="Write the inputs again.") from error

    def commit(self, outputs: LiteralMap) -> bool:
        self.store.write(join(self.name, "outputs.pb"), outputs.SerializeToString(deterministic=True))
        return True

    def write_error(self, document: ErrorDocument) -> None:
        self.store.write(join(self.name, "error.pb"), document.SerializeToString())

    def exit_code(self, failure: FailureClass) -> int:
        """Propeller reads `error.pb` only after exit 0 (flyteplugins `plugin_manager.go`), so that is the default."""
        return 1 if os.environ.get("FLYTE_FAIL_ON_ERROR", "").lower() in ("1", "true", "yes") else exit_codes.DONE
