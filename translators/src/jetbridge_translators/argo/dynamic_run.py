"""`jetbridge-dynamic`: the process in the pod of a dynamic task on Argo (ADR 10).

It runs the task's own command; when that has left `futures.pb`, it creates a child Workflow of it, follows it to its
end, commits the outputs of the node, and lets the task's command say what Argo must know of them.

Where the task's image is not ours, this is the process of the companion beside it, and the command is the companion's.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FrameType

from jetbridge.bindings import Bind, parse
from jetbridge.errors import JetbridgeError, StoreError
from jetbridge.idl import ExecutionError, TaskTemplate
from jetbridge.runtime import exit_codes
from jetbridge.runtime.companion.arguments import parse_companion_arguments
from jetbridge.runtime.companion.attempt import companion_attempt
from jetbridge.runtime.companion.exchange import Exchange
from jetbridge.runtime.companion.main import beside, exchange_of
from jetbridge.runtime.failure import INTERRUPTED, SYSTEM, FailureClass, TaskFailure, error_document
from jetbridge.runtime.layout import error_uri
from jetbridge.runtime.termination import Terminated, Termination
from jetbridge.store import TASK_PATIENCE, Store, normalize_uri, open_store
from jetbridge_translators.argo.cluster import ApiError
from jetbridge_translators.argo.dynamic_text import COMMAND, unpacked
from jetbridge_translators.base import Settings
from jetbridge_translators.futures import BUILD_FAILED, Futures
from jetbridge_translators.planning import read_planning

_INVALID = FailureClass(BUILD_FAILED, False, ExecutionError.USER, exit_codes.USER_ERROR)
_FAILED = FailureClass("DynamicWorkflowFailed", False, ExecutionError.USER, exit_codes.USER_ERROR)
_BIND = "--bind="


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """The arguments.

    Attributes:
        workflow: The name of the Workflow that this pod belongs to.
        uid: Its uid.
        task: The dynamic task's name and interface.
        settings: The settings of the translation.
        overwrite_cache: Whether cached outputs are made anew in this run.
        command: The task's own command.
    """

    run_root: str
    node_path: str
    attempt: int
    workflow: str
    uid: str
    task: TaskTemplate
    settings: Settings
    overwrite_cache: bool
    command: tuple[str, ...]

    @property
    def args(self) -> Mapping[str, Bind]:
        """The node's bindings, as the task's command has them."""
        texts = (arg.removeprefix(_BIND).partition("=") for arg in self.command if arg.startswith(_BIND))
        return {name: parse(text) for name, _, text in texts}


def read_arguments(argv: Sequence[str]) -> Given:
    """The arguments; exits with code 2 when they cannot be read."""
    parser = argparse.ArgumentParser(prog=COMMAND, description="Runs a dynamic task on Argo, and what it makes.")
    for name in ("run-root", "node-path", "workflow", "uid", "task", "settings"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--attempt", type=int, required=True)
    parser.add_argument("--overwrite-cache", choices=("true", "false"), default="false")
    parser.add_argument("command", nargs="+", help="the task's own command, after `--`")
    found = parser.parse_args(argv)
    settings = json.loads(unpacked(found.settings))
    planning = read_planning(settings.pop("planning", {}))
    return Given(
        run_root=normalize_uri(found.run_root),
        node_path=found.node_path,
        attempt=found.attempt,
        workflow=found.workflow,
        uid=found.uid,
        task=TaskTemplate.FromString(unpacked(found.task)),
        settings=Settings(**settings, planning=planning),
        overwrite_cache=found.overwrite_cache == "true",
        command=tuple(found.command),
    )


def main() -> None:
    """`jetbridge-dynamic`; with `--exchange=DIR` alone, as the companion beside a task's container."""
    exchange = exchange_of(sys.argv[1:])
    if exchange is not None:
        beside(exchange, _companion)
        return
    signal.signal(signal.SIGTERM, _terminate)
    given = read_arguments(sys.argv[1:])
    sys.exit(run(given, open_store(TASK_PATIENCE), lambda: own_process(given.command)))


def _companion(exchange: Exchange, termination: Termination) -> int:
    given = read_arguments(exchange.arguments())
    _, *options = given.command
    arguments = parse_companion_arguments(options)

    def execute() -> int:
        code = companion_attempt(arguments, termination, exchange).run()
        if termination.requested:
            raise Terminated
        # It has committed; the child that follows may be interrupted.
        termination.finishing = False
        return code

    return run(given, open_store(TASK_PATIENCE), execute)


def run(given: Given, store: Store, execute: Callable[[], int]) -> int:
    """One attempt; its exit code is one of the entrypoint's.

    Args:
        given: The arguments.
        store: Where the run's data lies.
        execute: Runs the task's own command; its exit code.
    """
    futures = Futures(
        store=store,
        run_root=given.run_root,
        path=given.node_path,
        name=given.task.id.name.rpartition(".")[2],
        task=given.task,
        backend="argo",
        planning=given.settings.planning,
    )
    if not futures.are_there():
        code = execute()
        if code != exit_codes.DONE or not futures.are_there():
            return code
    try:
        if futures.are_done() or _child(given, futures):
            return execute()
    except TaskFailure as failure:
        return _report(futures, failure)
    except Terminated as error:
        return _report(futures, TaskFailure(INTERRUPTED, error))
    except Exception as error:
        return _report(futures, TaskFailure(_class_of(error), error))
    return exit_codes.USER_ERROR


def _child(given: Given, futures: Futures) -> bool:
    """Runs what the task made and commits the outputs; false when it failed with an error of its own."""
    # Late: Hera and the client of Kubernetes take seconds to import, and a task that calls nothing needs neither.
    from jetbridge_translators.argo.dynamic_child import Child

    plan = replace(futures.plan(given.args), overwrite_cache=given.overwrite_cache)
    failure = Child(plan, given.settings, given.run_root, given.workflow, given.uid, given.attempt).run(futures.store)
    if failure is None:
        futures.commit(plan)
        return True
    _say(str(failure))
    if futures.inherit_error():
        return False
    # A node ended without a word of its own, such as one that was out of memory.
    raise TaskFailure(_FAILED, failure)


def _class_of(error: Exception) -> FailureClass:
    """Another attempt helps where the store or the API server did not answer."""
    cause = error.__cause__ if isinstance(error.__cause__, ApiError) else error
    if isinstance(cause, ApiError):
        return SYSTEM if cause.passes else _INVALID
    return _INVALID if isinstance(error, JetbridgeError) and not isinstance(error, StoreError) else SYSTEM


def _report(futures: Futures, failure: TaskFailure) -> int:
    document = error_document(failure, time.time_ns())
    cause = failure.__cause__
    if isinstance(cause, JetbridgeError):
        document.error.message = str(cause)
    _say(f"{futures.path} failed [{document.error.code}]\n{document.error.message}")
    futures.store.write(error_uri(futures.run_root, futures.path), document.SerializeToString())
    return failure.failure_class.exit_code


def own_process(command: Sequence[str]) -> int:
    """The task's command. It ends by itself on SIGTERM, and says why."""
    with subprocess.Popen(command, env=os.environ) as process:
        try:
            code = process.wait()
        except Terminated:
            process.terminate()
            code = process.wait()
    return code if code >= 0 else exit_codes.SYSTEM


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
