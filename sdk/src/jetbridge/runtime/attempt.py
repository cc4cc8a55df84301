"""One attempt of a task: from its inputs to its committed outputs."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from jetbridge.errors import IgnoreOutputs, StoreError, UsageError
from jetbridge.idl import ErrorDocument, LiteralMap
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments
from jetbridge.runtime.attempt_record import COMMITTED, IMPORTS, INPUTS, OUTPUTS, USER, AttemptRecorder
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.runtime.data import TaskData, task_data
from jetbridge.runtime.environment import execution_identifier, task_identifier, worker_name
from jetbridge.runtime.failure import (
    CONVERSION,
    INTERRUPTED,
    SYSTEM,
    TaskFailure,
    error_document,
    user_failure,
)
from jetbridge.runtime.resolver import load_resolver
from jetbridge.runtime.termination import Terminated, Termination, terminable
from jetbridge.runtime.values import to_inputs, to_outputs
from jetbridge.runtime.work_dir import working_directory
from jetbridge.store import TASK_PATIENCE, open_store
from jetbridge.task import AnyTask
from jetbridge.types import TransformContext

if TYPE_CHECKING:
    from jetbridge.runtime.decks.recorder import DeckRecorder

T = TypeVar("T")
Watch = Callable[[Callable[[], None]], None]
"""Calls a function some time after SIGTERM, if the process still runs then."""


def run_attempt(arguments: Arguments, watch: Watch | None = None) -> int:
    """Runs one attempt of a task and returns its exit code; nothing a user does raises out of here."""
    with terminable() as termination:
        unique = f"{arguments.attempt}-{os.urandom(4).hex()}"
        recorder = AttemptRecorder(own_process=watch is not None)
        data = task_data(arguments, open_store(TASK_PATIENCE, recorder.on_read), unique)
        attempt = Attempt(arguments, data, termination, recorder)
        if watch is not None:
            watch(attempt.end_late)
        return attempt.run()


class Attempt:
    """What the steps of an attempt share.

    Args:
        arguments: What to run.
        data: Its data.
        termination: What SIGTERM does.
        recorder: Notes when what was done.
    """

    def __init__(
        self, arguments: Arguments, data: TaskData, termination: Termination, recorder: AttemptRecorder
    ) -> None:
        self.arguments = arguments
        self.data = data
        self.termination = termination
        self.recorder = recorder
        self._code: int | None = None

    def run(self) -> int:
        """Runs to the end; the exit code."""
        # Twice: the signal may come between a failure and its report.
        self._code = self._reported(lambda: self._reported(self._unless_committed))
        self.termination.finish()
        self._keep_record(self._code)
        return self._code

    def end_late(self) -> None:
        """Ends the process, whatever the user's code and its threads do, unless it is committing."""
        if self._code is not None:
            os._exit(self._code)
        if not self.termination.finishing:
            code = self._report(TaskFailure(INTERRUPTED, Terminated()))
            self._keep_record(code)
            os._exit(code)

    def _keep_record(self, code: int) -> None:
        try:
            self.data.write_record(self.recorder.tree(self.arguments.attempt, code))
        except StoreError as error:
            say(f"the times of {self.data.name} were not kept: {error.message}")

    def _unless_committed(self) -> int:
        if self.data.is_committed():
            self.recorder.outcome = COMMITTED
            say(f"{self.data.name} has its outputs already")
            self.data.write_controls()
            self._keep_committed()
            return exit_codes.DONE
        if not self.arguments.cache:
            return self._with_code()
        # Late: only cached tasks pay for what finds their outputs.
        from jetbridge.runtime.cache import run_cached

        return run_cached(self.arguments, self.data, self._with_code, say)

    def _keep_committed(self) -> None:
        """What the nodes of a dynamic task have made is committed by whoever ran them, and is news here."""
        if self.arguments.cache:
            # Late: only cached tasks pay for what finds their outputs.
            from jetbridge.runtime.cache import keep_committed

            keep_committed(self.arguments, self.data, say)

    def _with_code(self) -> int:
        if not self.arguments.additional_distribution:
            return self.execute()
        # Late: only tasks that have a bundle pay for what unpacks it.
        from jetbridge.runtime.code import installed_code

        with installed_code(self.data.store, self.arguments.additional_distribution) as code:
            # A failure is reported while the code is still there: its traceback shows the user's lines.
            return self._reported(lambda: self.execute(code))

    def _reported(self, action: Callable[[], int]) -> int:
        try:
            return action()
        except TaskFailure as failure:
            return self._report(failure)
        except Terminated as error:
            return self._report(TaskFailure(INTERRUPTED, error))
        except Exception as error:  # the store, or anything else around the user's code: flytekit's last row
            return self._report(TaskFailure(SYSTEM, error))

    def _report(self, failure: TaskFailure) -> int:
        self.termination.finish()
        self.recorder.begin(OUTPUTS)
        document = self.document(failure)
        say(f"{self.data.name} failed [{document.error.code}]\n{document.error.message}")
        try:
            self.data.write_error(document)
        except StoreError as error:
            say(f"its error document could not be written: {error}")
            return exit_codes.SYSTEM
        return self.data.exit_code(failure.failure_class)

    def document(self, failure: TaskFailure) -> ErrorDocument:
        """What is kept of a failure."""
        return error_document(failure, time.time_ns(), worker_name(os.environ))

    def execute(self, code: Path | None = None) -> int:
        """Runs the task and commits; the exit code. Raises `TaskFailure`.

        Args:
            code: Where the user's code was unpacked; None where the image has it.
        """
        self.recorder.begin(IMPORTS)
        sys.path.append(str(Path.cwd()))
        if requirements := os.environ.get("_F_RUNTIME_PACKAGES"):
            # Late: flytekit's way for images under development.
            from jetbridge.runtime.packages import install_packages

            _around(lambda: install_packages(requirements))
        resolver = _users(lambda: load_resolver(self.arguments.resolver))
        if self.arguments.test:
            return exit_codes.DONE
        task = _users(lambda: resolver.load_task(self.arguments.loader_args))
        with working_directory() as folder:
            return self._call(task, self._execution(task, folder, code))

    def _call(self, task: AnyTask, execution: ExecutionContext) -> int:
        decks = self._decks(task, execution)
        try:
            outputs = self._outputs(task, execution, decks)
        except IgnoreOutputs:
            say(f"{self.data.name} asked for its outputs to be ignored")
            return exit_codes.DONE
        except Exception:
            if decks is not None:
                decks.publish_unless(self.data.is_committed)
            raise
        return exit_codes.DONE if outputs is None else self._commit(outputs, task, decks)

    def _commit(self, outputs: LiteralMap, task: AnyTask, decks: DeckRecorder | None) -> int:
        self.termination.finish()
        if not self.data.commit(outputs, task.interface):
            say(f"another attempt of {self.data.name} has committed first; this one's outputs are dropped")
        elif decks is not None:
            decks.publish()
        self.data.write_controls()
        return exit_codes.DONE

    def _outputs(self, task: AnyTask, execution: ExecutionContext, decks: DeckRecorder | None) -> LiteralMap | None:
        """The outputs; None for a dynamic task that made a workflow instead."""
        self.recorder.begin(INPUTS)
        transform = TransformContext(self.data.store, self.data.raw_prefix, execution.working_directory)
        literals = _converted(lambda: self.data.read_inputs(task.interface))
        publish = None if decks is None else decks.publish
        with ExitStack() as stack:
            # Before the inputs: converting one may need the session (flytekit `core/base_task.py`, dispatch_execute).
            with executing(execution):
                session = _session(lambda: stack.enter_context(task.settings.config.session()))
            with executing(replace(execution, session=session, publish_deck=publish)):
                values = _converted(lambda: to_inputs(transform, task.interface, literals))
                if decks is not None:
                    decks.inputs(values, literals)
                self.recorder.begin(USER)
                if task.settings.dynamic:
                    return self._dynamic(task, values, transform)
                returned = _function(task, values)
                self.recorder.begin(OUTPUTS)
                outputs = _converted(lambda: to_outputs(transform, task.interface, returned))
                if decks is not None:
                    decks.outputs(returned, outputs.literals)
            _around(stack.close)
        return outputs

    def _dynamic(self, task: AnyTask, values: Mapping[str, object], transform: TransformContext) -> LiteralMap | None:
        # Late: only a dynamic task packages what it calls.
        from jetbridge.runtime.dynamic import run_dynamic

        made = _users(lambda: run_dynamic(task, values, transform, self.arguments))
        self.recorder.begin(OUTPUTS)
        if isinstance(made, LiteralMap):
            return made
        self.termination.finish()
        if not self.data.commit_futures(made.SerializeToString(deterministic=True)):
            say(f"another attempt of {self.data.name} has committed first; this one's workflow is dropped")
        return None

    def _execution(self, task: AnyTask, folder: Path, code: Path | None) -> ExecutionContext:
        return ExecutionContext(
            execution_id=execution_identifier(os.environ, self.data.execution_id),
            task_id=task_identifier(os.environ, task.name),
            attempt=self.arguments.attempt,
            working_directory=folder,
            code_folder=code,
            raw_output_prefix=self.data.raw_prefix,
            output_metadata_prefix=self.data.output_prefix,
            enable_deck=task.settings.enable_deck,
            open_checkpoint=cache(partial(self.data.checkpoint, folder)),
        )

    def _decks(self, task: AnyTask, execution: ExecutionContext) -> DeckRecorder | None:
        if not task.settings.enable_deck:
            return None
        # Late: a task without a deck pays nothing for it.
        from jetbridge.runtime.decks.recorder import DeckRecorder

        return DeckRecorder(task, execution.decks, self.data.write_deck, say)


def _function(task: AnyTask, values: Mapping[str, object]) -> object:
    try:
        return _users(lambda: task.function(**values))
    except TaskFailure as failure:
        if isinstance(failure.__cause__, IgnoreOutputs):
            raise failure.__cause__ from None
        raise


def _users(action: Callable[[], T]) -> T:
    """What the user's code does. `sys.exit()` in it is a failure of that code, not the end of this process."""
    try:
        return action()
    except (Terminated, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise user_failure(error) from error


def _converted(action: Callable[[], T]) -> T:
    try:
        return action()
    except StoreError:
        raise
    except Exception as error:
        raise TaskFailure(CONVERSION, error) from error


def _session(action: Callable[[], T]) -> T:
    """What the task's configuration does. What it says itself that this machine lacks, another attempt lacks too."""
    try:
        return action()
    except UsageError as error:
        raise TaskFailure(CONVERSION, error) from error
    except Exception as error:
        raise TaskFailure(SYSTEM, error) from error


def _around(action: Callable[[], T]) -> T:
    try:
        return action()
    except Exception as error:
        raise TaskFailure(SYSTEM, error) from error


def say(text: str) -> None:
    """Writes a line to the attempt's log."""
    sys.stderr.write(f"{text}\n")
