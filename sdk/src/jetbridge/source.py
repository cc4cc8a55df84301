"""The author's lines: which file and line a call in user code stands on."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection
from pathlib import Path
from types import FrameType

from jetbridge.errors import JetbridgeError, Location, Problem

_OUR_FOLDER = str(Path(__file__).resolve().parent) + os.sep
_OUR_PLUGINS = f"{os.sep}jetbridge_plugins{os.sep}"


def is_ours(file: str) -> bool:
    """Whether a file belongs to this library or its own plugins, so that its frames say nothing to a user."""
    return file.startswith((_OUR_FOLDER, "<frozen ")) or _OUR_PLUGINS in file


def caller_location(modules: Collection[str] = ()) -> Location | None:
    """The nearest line on the stack that is not this library's, nor of modules that stand between it and the author."""
    frame: FrameType | None = inspect.currentframe()
    while frame is not None and (is_ours(frame.f_code.co_filename) or frame.f_globals.get("__name__") in modules):
        frame = frame.f_back
    return None if frame is None else Location(frame.f_code.co_filename, frame.f_lineno)


def function_location(function: Callable[..., object]) -> Location | None:
    """The line of a function's `def` (or of its first decorator)."""
    code = getattr(function, "__code__", None)
    return None if code is None else Location(code.co_filename, code.co_firstlineno)


def relative_to(location: Location, root: str) -> Location:
    """The same line with its file written relative to a folder, where it lies below it."""
    try:
        return Location(Path(location.file).resolve().relative_to(Path(root).resolve()).as_posix(), location.line)
    except ValueError:
        return location


def build_problem(error: Exception, function: Location | None) -> Problem:
    """What went wrong while a workflow was built, at the innermost line of the author's file.

    Args:
        error: What was raised.
        function: Where the workflow's function is.
    """
    import traceback  # late: a worker builds no workflow

    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not is_ours(frame.filename)]
    nearest = [frame for frame in frames if function and frame.filename == function.file] or frames
    location = Location(nearest[-1].filename, nearest[-1].lineno or 0) if nearest else function
    if isinstance(error, JetbridgeError):
        return Problem(code="InvalidInterface", message=error.message, location=location, hint=error.hint)
    return Problem(
        code="WorkflowBuildError",
        message=f"the workflow's function raised {type(error).__name__}: {error}",
        location=location,
        hint="A workflow's function runs once while the workflow is built; values exist only inside tasks.",
    )
