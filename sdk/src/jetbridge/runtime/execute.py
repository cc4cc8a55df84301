"""`jetbridge-execute`: one task from its inputs to its committed outputs.

This is the process in every task's container; it imports no translator, no command line and no engine.
"""

from __future__ import annotations

import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from jetbridge.errors import IgnoreOutputs, StoreError
from jetbridge.idl import Literal, LiteralMap
from jetbridge.runtime import exit_codes
from jetbridge.runtime.arguments import Arguments, parse_arguments
from jetbridge.runtime.code import installed_code
from jetbridge.runtime.context import ExecutionContext, executing
from jetbridge.runtime.data import TaskData, task_data
from jetbridge.runtime.failure import CONVERSION, SYSTEM, TaskFailure, error_document, user_failure
from jetbridge.runtime.resolver import load_resolver
from jetbridge.runtime.values import to_inputs, to_outputs
from jetbridge.store import TASK_PATIENCE, open_store
from jetbridge.task import AnyTask
from jetbridge.types import TransformContext


def main(argv: Sequence[str] | None = None) -> None:
    """The console script."""
    sys.exit(execute(parse_arguments(sys.argv[1:] if argv is None else argv)))


def execute(arguments: Arguments) -> int:
    """Runs one attempt of a task and returns its exit code; nothing a user does raises out of here."""
    data = task_data(arguments, open_store(TASK_PATIENCE), f"{arguments.attempt}-{uuid.uuid4().hex[:8]}")
    return _reported(data, lambda: _unless_committed(arguments, data))


def _unless_committed(arguments: Arguments, data: TaskData) -> int:
    if data.is_committed():
        print(f"{data.name} has its outputs already", file=sys.stderr)
        return exit_codes.DONE
    with installed_code(data.store, arguments.additional_distribution):
        # A failure is reported while the code is still there: its traceback shows the user's lines.
        return _reported(data, lambda: _attempt(arguments, data))


def _reported(data: TaskData, action: Callable[[], int]) -> int:
    try:
        return action()
    except TaskFailure as failure:
        return _report(failure, data)
    except Exception as error:  # the store, or anything else around the user's code: flytekit's last row
        return _report(TaskFailure(SYSTEM, error), data)


def _attempt(arguments: Arguments, data: TaskData) -> int:
    task = _load(arguments)
    with tempfile.TemporaryDirectory(prefix="jetbridge-") as folder:
        transform = TransformContext(store=data.store, raw_prefix=data.raw_prefix, work_dir=Path(folder))
        try:
            literals = _outputs(task, _inputs(task, data), transform, _execution(arguments, task, data, folder))
        except IgnoreOutputs:
            print(f"{data.name} asked for its outputs to be ignored", file=sys.stderr)
            return exit_codes.DONE
    if not data.commit(literals):
        print(f"another attempt of {data.name} has committed first; this one's outputs are dropped", file=sys.stderr)
    return exit_codes.DONE


def _load(arguments: Arguments) -> AnyTask:
    sys.path.append(str(Path.cwd()))
    try:
        return load_resolver(arguments.resolver).load_task(arguments.loader_args)
    except (Exception, SystemExit) as error:
        raise user_failure(error) from error


def _inputs(task: AnyTask, data: TaskData) -> Mapping[str, Literal]:
    try:
        return data.read_inputs(task.interface)
    except StoreError:
        raise
    except Exception as error:
        raise TaskFailure(CONVERSION, error) from error


def _outputs(
    task: AnyTask,
    literals: Mapping[str, Literal],
    transform: TransformContext,
    execution: ExecutionContext,
) -> LiteralMap:
    values = _converted(lambda: to_inputs(transform, task.interface, literals))
    with ExitStack() as stack:
        session = _opened(task, stack)
        with executing(replace(execution, session=session)):
            returned = _call(task, values)
            outputs = _converted(lambda: to_outputs(transform, task.interface, returned))
        _closed(stack)
    return outputs


def _converted(action: Any) -> Any:
    try:
        return action()
    except StoreError:
        raise
    except Exception as error:
        raise TaskFailure(CONVERSION, error) from error


def _opened(task: AnyTask, stack: ExitStack) -> Mapping[str, object]:
    try:
        return stack.enter_context(task.settings.config.session())
    except Exception as error:
        raise TaskFailure(SYSTEM, error) from error


def _closed(stack: ExitStack) -> None:
    try:
        stack.close()
    except Exception as error:
        raise TaskFailure(SYSTEM, error) from error


def _call(task: AnyTask, values: Mapping[str, object]) -> object:
    """The user's function. `sys.exit()` in it is a failure of the user's code, not the end of this process."""
    try:
        return task.function(**values)
    except IgnoreOutputs:
        raise
    except (Exception, SystemExit) as error:
        raise user_failure(error) from error


def _execution(arguments: Arguments, task: AnyTask, data: TaskData, folder: str) -> ExecutionContext:
    return ExecutionContext(
        execution_id=data.execution_id,
        task_id=task.name,
        attempt=arguments.attempt,
        working_directory=Path(folder),
        raw_output_prefix=data.raw_prefix,
    )


def _report(failure: TaskFailure, data: TaskData) -> int:
    document = error_document(failure, time.time_ns())
    print(f"{data.name} failed [{document.error.code}]\n{document.error.message}", file=sys.stderr)
    try:
        data.write_error(document)
    except StoreError as error:
        print(f"its error document could not be written: {error}", file=sys.stderr)
        return exit_codes.SYSTEM
    return data.exit_code(failure.failure_class)


if __name__ == "__main__":
    main()
