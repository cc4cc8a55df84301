"""Failures: what goes wrong in a task as FlyteIDL's error document and an exit code.

The table is flytekit's (`bin/entrypoint.py`); the exit codes are ours, because Argo and Airflow see nothing else.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from jetbridge.errors import FlyteRecoverableException
from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.source import is_ours


@dataclass(frozen=True, slots=True)
class FailureClass:
    """A row of the table: FlyteIDL's kind and origin, and the exit code."""

    code: str
    recoverable: bool
    origin: int
    exit_code: int


USER = FailureClass("USER:RuntimeError", False, ExecutionError.USER, exit_codes.USER_ERROR)
USER_RECOVERABLE = FailureClass("USER:Recoverable", True, ExecutionError.USER, exit_codes.RECOVERABLE)
CONVERSION = FailureClass("SYSTEM", False, ExecutionError.SYSTEM, exit_codes.USER_ERROR)
SYSTEM = FailureClass("SYSTEM", True, ExecutionError.SYSTEM, exit_codes.SYSTEM)


class TaskFailure(Exception):  # noqa: N818 -- it is a failure, not an error of ours
    """A failure with its class; the cause is what really happened."""

    def __init__(self, failure_class: FailureClass, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.failure_class = failure_class
        self.__cause__ = cause


def user_failure(error: BaseException) -> TaskFailure:
    """The failure that an exception of the user's code means."""
    if isinstance(error, FlyteRecoverableException):
        return TaskFailure(USER_RECOVERABLE, error)
    code = getattr(error, "error_code", None)
    if isinstance(code, str | int):
        return TaskFailure(FailureClass(str(code), False, ExecutionError.USER, exit_codes.USER_ERROR), error)
    return TaskFailure(USER, error)


def error_document(failure: TaskFailure, timestamp_ns: int) -> ErrorDocument:
    """The error document, readable by Flyte."""
    kind = failure.failure_class
    error = ContainerError(
        code=kind.code,
        message=failure_message(failure.__cause__ or failure),
        kind=ContainerError.RECOVERABLE if kind.recoverable else ContainerError.NON_RECOVERABLE,
        origin=kind.origin,  # type: ignore[arg-type] # an enum of protobuf is an int
    )
    error.timestamp.FromNanoseconds(timestamp_ns)
    return ErrorDocument(error=error)


def failure_message(error: BaseException) -> str:
    """Flyte's text of an error: the user's frames, then the message."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not is_ours(frame.filename)]
    trace = "".join(traceback.format_list(frames)).rstrip()
    message = f"Message:\n\n  {type(error).__name__}: {error}"
    return f"Trace:\n\n{trace}\n{message}" if frames else message
