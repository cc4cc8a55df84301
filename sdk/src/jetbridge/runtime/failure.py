"""Failures: what goes wrong in a task as FlyteIDL's error document and an exit code.

The table is flytekit's (`bin/entrypoint.py`); the exit codes are ours, because Argo and Airflow see nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jetbridge.errors import FlyteRecoverableException
from jetbridge.idl import ContainerError, ErrorDocument, ExecutionError
from jetbridge.runtime import exit_codes
from jetbridge.source import is_ours

if TYPE_CHECKING:
    from traceback import FrameSummary, TracebackException

MAX_TRACE = 48 * 1024
"""Characters of a trace in an error document; what is in the middle is left out."""
MAX_MESSAGE = 16 * 1024
"""Characters of an exception's text in an error document."""
_INDENT = "    "


class FailureClass(NamedTuple):
    """A row of the table: FlyteIDL's kind and origin, and the exit code."""

    code: str
    recoverable: bool
    origin: int
    exit_code: int


USER = FailureClass("USER:RuntimeError", False, ExecutionError.USER, exit_codes.USER_ERROR)
USER_RECOVERABLE = FailureClass("USER:Recoverable", True, ExecutionError.USER, exit_codes.RECOVERABLE)
CONVERSION = FailureClass("SYSTEM", False, ExecutionError.SYSTEM, exit_codes.USER_ERROR)
SYSTEM = FailureClass("SYSTEM", True, ExecutionError.SYSTEM, exit_codes.SYSTEM)
INTERRUPTED = FailureClass("Interrupted", True, ExecutionError.SYSTEM, exit_codes.SYSTEM)
"""Propeller's code for a pod that was taken away (flyteplugins `flytek8s/pod_helper.go`)."""


class TaskFailure(Exception):  # noqa: N818 -- it is a failure, not an error of ours
    """A failure with its class; the cause is what really happened."""

    def __init__(self, failure_class: FailureClass, cause: BaseException) -> None:
        super().__init__(failure_class.code)
        self.failure_class = failure_class
        self.__cause__ = cause


def user_failure(error: BaseException) -> TaskFailure:
    """The failure that an exception of the user's code means."""
    code = _own_code(error)
    if isinstance(error, FlyteRecoverableException):
        recoverable = FailureClass(code or USER_RECOVERABLE.code, True, ExecutionError.USER, exit_codes.RECOVERABLE)
        return TaskFailure(recoverable, error)
    return TaskFailure(FailureClass(code or USER.code, False, ExecutionError.USER, exit_codes.USER_ERROR), error)


def _own_code(error: BaseException) -> str:
    """The exception's `error_code`, where its author gave it one."""
    try:
        code = getattr(error, "error_code", None)
    except Exception:
        return ""
    return readable(str(code))[:256] if isinstance(code, str | int) else ""


def error_document(failure: TaskFailure, timestamp_ns: int, worker: str = "") -> ErrorDocument:
    """The error document, readable by Flyte.

    Args:
        failure: What happened.
        timestamp_ns: When, in nanoseconds since 1970.
        worker: The worker of a distributed task.
    """
    kind = failure.failure_class
    error = ContainerError(
        code=kind.code,
        message=failure_message(failure.__cause__ or failure),
        kind=ContainerError.RECOVERABLE if kind.recoverable else ContainerError.NON_RECOVERABLE,
        origin=kind.origin,  # type: ignore[arg-type] # an enum of protobuf is an int
        worker=worker,
    )
    error.timestamp.FromNanoseconds(timestamp_ns)
    return ErrorDocument(error=error)


def failure_message(error: BaseException) -> str:
    """The text of an error as flytekit has it: the trace with the user's frames alone, then the message."""
    trace = _indented(_trace(error), MAX_TRACE)
    message = f"Message:\n\n{_indented(f'{type(error).__name__}: {text_of(error)}', MAX_MESSAGE)}"
    return f"Trace:\n\n{trace}\n{message}" if trace else message


def readable(text: str) -> str:
    """A text that protobuf takes: what is no Unicode becomes a backslash and digits."""
    return text.encode("utf-8", "backslashreplace").decode()


def text_of(error: BaseException) -> str:
    """An exception's text, also when making it fails."""
    try:
        return str(error)
    except Exception as broken:
        return f"<str() of the exception failed: {type(broken).__name__}>"


def _trace(error: BaseException) -> str:
    """The trace of an error and of its causes; empty when no frame in it is the user's."""
    # Late: a task that succeeds pays nothing for it.
    import traceback

    trace = traceback.TracebackException.from_exception(error, compact=True)
    chain = _chain(trace)
    for link in chain:
        frames = [frame for frame in link.stack if not is_ours(frame.filename)]
        link.stack = traceback.StackSummary.from_list(frames)
    return "".join(trace.format()) if any(_is_authors(frame) for link in chain for frame in link.stack) else ""


def _is_authors(frame: FrameSummary) -> bool:
    """Whether a frame is not one of Python's own context managers, by which this library calls itself."""
    return not frame.filename.endswith("contextlib.py")


def _chain(trace: TracebackException) -> list[TracebackException]:
    """The traces of an error, its causes and contexts, and the members of groups."""
    found: list[TracebackException] = []
    left = [trace]
    while left:
        link = left.pop()
        found.append(link)
        left.extend(other for other in (link.__cause__, link.__context__, *(link.exceptions or ())) if other)
    return found


def _indented(text: str, limit: int) -> str:
    """A text below flytekit's indentation. A long one loses its middle: the ends say where and what."""
    text = readable(text)
    if len(text) > limit:
        half = limit // 2
        text = f"{text[:half]}\n… {len(text) - limit} characters left out …\n{text[-half:]}"
    return "".join(f"{_INDENT}{line}" if line.strip() else line for line in text.splitlines(keepends=True))
