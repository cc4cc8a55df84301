"""`jetbridge approve`, `reject` and `set`: answers to the gates of a run, on whatever back end it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from jetbridge.cli.console import messages, print_json
from jetbridge.cli.options import json_option, run_argument
from jetbridge.errors import UsageError
from jetbridge.store import Store, open_store
from jetbridge_translators.base import Answer, Backend, Gates, StartedRun
from jetbridge_translators.cli.started import started_run, where_options
from jetbridge_translators.dynamic_gates import gates_in_run
from jetbridge_translators.gates import is_answered, read_answer, read_value, rejection, write_answer
from jetbridge_translators.plan.model import Approval, Gate

F = TypeVar("F", bound=Callable[..., Any])


def _run_and_node(function: F) -> F:
    named = run_argument(click.argument("node", metavar="NODE")(function))
    return where_options(json_option(named))


@click.command("approve", short_help="Let a run go on that waits for an approval.")
@_run_and_node
def approve(run: str, node: str, as_json: bool, **where: str) -> None:
    """Open the gate NODE of RUN: a run's id, or the URI of its data. NODE is a node's path or name, or the signal's id.

    \b
    Example:
      jetbridge approve my-flow-1a2b3c4d n1 --store s3://bucket/runs
    """
    _answer(run, node, where, _approval, "approved", as_json)


@click.command("reject", short_help="Fail a run that waits for an approval or a value.")
@_run_and_node
@click.option("--reason", default="", help="Why; it becomes part of the run's error.")
def reject(run: str, node: str, as_json: bool, reason: str, **where: str) -> None:
    """Fail the gate NODE of RUN: a run's id, or the URI of its data. NODE is a node's path or name, or the signal's id.

    \b
    Example:
      jetbridge reject my-flow-1a2b3c4d n1 --reason "the fit is poor"
    """
    _answer(run, node, where, lambda gate: Answer(rejection=rejection(gate, reason)), "rejected", as_json)


# A negative number is a value, not an option.
@click.command("set", context_settings={"ignore_unknown_options": True}, short_help="Give a run a value it waits for.")
@_run_and_node
@click.argument("value", metavar="VALUE")
def set_value(run: str, node: str, as_json: bool, value: str, **where: str) -> None:
    """Give VALUE to the gate NODE of RUN, by the gate's type as in `jetbridge run --input`: JSON for lists and structs.

    \b
    Example:
      jetbridge set my-flow-1a2b3c4d amount 2.5
    """
    _answer(run, node, where, lambda gate: read_value(gate, value), "set", as_json)


def _approval(gate: Gate) -> Answer:
    if isinstance(gate.wait, Approval):
        return Answer()
    raise UsageError(
        f"gate {gate.path!r} waits for a value, not for an approval", hint="Use `jetbridge set RUN NODE VALUE`."
    )


def _answer(
    run: str, node: str, where: Mapping[str, str], read: Callable[[Gate], Answer], done: str, as_json: bool
) -> None:
    store = open_store()
    started, backend = started_run(store, run, where)
    found, gates = gates_in_run(store, started, backend.name, _gates(backend), node)
    answers = [(gate, read(gate)) for gate in found]
    waiting = [(gate, answer) for gate, answer in answers if gates.is_waiting(started, gate)]
    if not waiting:
        raise _not_waiting(store, started, found[0])
    for gate, answer in waiting:
        _give(store, started, gates, gate, answer)
    paths = [gate.path for gate, _ in waiting]
    if as_json:
        print_json({"run": started.run_id, "run_root": started.run_root, "nodes": paths, "answer": done})
    else:
        messages().print(f"{done}: {', '.join(paths)} of {started.run_id}")


def _gates(backend: Backend) -> Gates:
    if backend.gates is None:
        raise UsageError(
            f"the run is on {backend.name!r}, whose gates cannot be answered from the command line",
            hint=f"Answer in the user interface of {backend.name}.",
        )
    return backend.gates


def _give(store: Store, started: StartedRun, gates: Gates, gate: Gate, answer: Answer) -> None:
    """The store first: when the engine goes on, its tasks find the answer there."""
    written = write_answer(store, started.run_root, gate, answer)
    kept = answer if written else read_answer(store, started.run_root, gate)
    if kept is not None:
        gates.tell(started, gate, kept)
    if kept != answer:
        raise UsageError(
            f"gate {gate.path!r} of {started.run_id!r} was answered before, and that answer holds",
            hint="Start the run again to answer anew.",
        )


def _not_waiting(store: Store, started: StartedRun, gate: Gate) -> UsageError:
    if is_answered(store, started.run_root, gate):
        return UsageError(
            f"gate {gate.path!r} of {started.run_id!r} has been answered", hint="A gate takes one answer in a run."
        )
    return UsageError(
        f"gate {gate.path!r} of {started.run_id!r} does not wait: the run has not come to it, or has ended",
        hint="Try again when `jetbridge run` says that it waits.",
    )
