"""One attempt whose function is a program in another container, or a child process."""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from jetbridge.bindings import parse
from jetbridge.errors import BindingError, JetbridgeError, StoreError, TypeTransformError, UsageError
from jetbridge.idl import ErrorDocument, Literal
from jetbridge.interface import Interface
from jetbridge.runtime import exit_codes
from jetbridge.runtime.attempt import Attempt, say
from jetbridge.runtime.attempt_record import INPUTS, OUTPUTS, USER, AttemptRecorder
from jetbridge.runtime.companion.arguments import COPILOT, PYFLYTE, CompanionArguments
from jetbridge.runtime.companion.call import Call, Left, Prepared, ProgramFailure, ProgramProtocol
from jetbridge.runtime.companion.child import Child
from jetbridge.runtime.companion.command import INPUT, filled, unknown
from jetbridge.runtime.companion.copilot import Copilot
from jetbridge.runtime.companion.exchange import Exchange
from jetbridge.runtime.companion.program import Place, Program
from jetbridge.runtime.companion.pyflyte import Pyflyte
from jetbridge.runtime.companion.rendering import literal_text
from jetbridge.runtime.data import TaskData, task_data
from jetbridge.runtime.failure import CONVERSION, TaskFailure
from jetbridge.runtime.run_data import RunData
from jetbridge.runtime.termination import Termination
from jetbridge.runtime.work_dir import working_directory
from jetbridge.store import TASK_PATIENCE, normalize_uri, open_store
from jetbridge.suggest import did_you_mean

_PROTOCOLS: Mapping[str, type[ProgramProtocol]] = {PYFLYTE: Pyflyte, COPILOT: Copilot}
_NO_INTERFACE = Interface(inputs={}, outputs={})


def companion_attempt(
    arguments: CompanionArguments,
    termination: Termination,
    exchange: Exchange | None = None,
    environ: Mapping[str, str] = os.environ,
) -> CompanionAttempt:
    """An attempt; nothing that the program does raises out of its `run`.

    Args:
        arguments: What to run.
        termination: What SIGTERM does.
        exchange: The folder shared with the task's container; None where the program runs here.
        environ: What a container that is made here gets its variables from.
    """
    unique = f"{arguments.attempt.attempt}-{os.urandom(4).hex()}"
    # The work is done by another process: what this one uses tells nothing of it.
    recorder = AttemptRecorder(own_process=False)
    data = task_data(arguments.attempt, open_store(TASK_PATIENCE, recorder.on_read), unique)
    return CompanionAttempt(arguments, data, termination, recorder, exchange, environ)


class CompanionAttempt(Attempt):
    """An attempt that leaves the work to a program.

    Args:
        companion: What to run.
        data: Its data.
        termination: What SIGTERM does.
        recorder: Notes when what was done.
        exchange: The folder shared with the task's container; None where the program runs here.
        environ: What a container that is made here gets its variables from.
    """

    def __init__(
        self,
        companion: CompanionArguments,
        data: TaskData,
        termination: Termination,
        recorder: AttemptRecorder,
        exchange: Exchange | None,
        environ: Mapping[str, str],
    ) -> None:
        super().__init__(companion.attempt, data, termination, recorder)
        self._companion = companion
        self._exchange = exchange
        self._environ = environ
        self._protocol = _PROTOCOLS[companion.protocol]()

    def execute(self, code: Path | None = None) -> int:
        with _place(self._exchange, self._companion, self._environ) as place:
            started = place.is_started()
            self.recorder.begin(INPUTS)
            call = self._told(place, {} if started else self._inputs())
            if not started:
                place.start(self._program(call))
            self.recorder.begin(USER)
            ended = place.wait()
            self.recorder.begin(OUTPUTS)
            try:
                return self._commit_left(self._protocol.collect(call, ended))
            except ProgramFailure as failure:
                if failure.deck and not self.data.is_committed():
                    self.data.write_deck(failure.deck)
                raise

    def document(self, failure: TaskFailure) -> ErrorDocument:
        document = super().document(failure)
        if not isinstance(failure, ProgramFailure):
            return document
        if failure.reported is not None:
            return failure.reported
        document.error.message = failure.message
        return document

    def _told(self, place: Place, inputs: Mapping[str, Literal]) -> Call:
        return Call(self._companion, self.data, inputs, place.folder, place.program_folder)

    def _inputs(self) -> Mapping[str, Literal]:
        run = RunData(self.data.store, normalize_uri(self.arguments.run_root))
        variables = self._companion.interface.inputs.variables
        for name, _ in self.arguments.binds:
            if name not in variables:
                raise BindingError(f"the task has no input {name!r}", hint=did_you_mean(name, variables))
        try:
            return {name: run.resolve(parse(text), variables[name].type) for name, text in self.arguments.binds}
        except StoreError:
            raise
        except JetbridgeError as error:
            raise TaskFailure(CONVERSION, error) from error

    def _program(self, call: Call) -> Program:
        try:
            prepared = self._protocol.prepare(call)
            argv = filled(self.arguments.loader_args, lambda name: _value(name, call, prepared))
            return Program(self._protocol.command(call, argv), prepared.env)
        except (BindingError, TypeTransformError) as error:
            raise TaskFailure(CONVERSION, error) from error

    def _commit_left(self, left: Left) -> int:
        self.termination.finish()
        if left.outputs is None:
            first = self.data.commit_futures(left.futures)
        else:
            first = self.data.commit(left.outputs, _NO_INTERFACE)
        if not first:
            say(f"another attempt of {self.data.name} has committed first; this one's outputs are dropped")
        elif left.deck:
            self.data.write_deck(left.deck)
        if left.outputs is not None:
            self.data.write_controls()
        return exit_codes.DONE


def _value(name: str, call: Call, prepared: Prepared) -> str:
    """The value of a template. Raises `BindingError`."""
    given = name.removeprefix(INPUT)
    if name.startswith(INPUT) and given in call.inputs:
        return literal_text(call.inputs[given])
    if name in prepared.values:
        return prepared.values[name]
    raise unknown(name)


@contextmanager
def _place(exchange: Exchange | None, arguments: CompanionArguments, environ: Mapping[str, str]) -> Generator[Place]:
    if exchange is not None:
        yield exchange
        return
    with working_directory() as folder:
        yield _container(folder, arguments, environ) if arguments.image else Child(folder)


def _container(folder: Path, arguments: CompanionArguments, environ: Mapping[str, str]) -> Place:
    # Late: few programs need an engine.
    from jetbridge.runtime.companion.container import LocalContainer
    from jetbridge.runtime.companion.engine import find_engine

    try:
        return LocalContainer(folder, arguments, find_engine(environ), environ)
    except UsageError as error:
        # Another attempt would find none either.
        raise TaskFailure(CONVERSION, error) from error
