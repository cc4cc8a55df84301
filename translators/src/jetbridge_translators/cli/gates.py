"""`jetbridge approve`, `reject` and `set`: answers to the gates of a run, on whatever back end it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from jetbridge.cli.console import messages, print_json
from jetbridge.cli.options import json_option, serialization_settings
from jetbridge.cli.target import load_target
from jetbridge.errors import UsageError
from jetbridge.store import Store, open_store
from jetbridge_translators import registry
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.base import Answer, Backend, Gates, Settings, StartedRun
from jetbridge_translators.cli.record import Record, read_record, run_root_of
from jetbridge_translators.dynamic_gates import gates_in_run
from jetbridge_translators.gates import is_answered, read_answer, read_value, rejection, write_answer
from jetbridge_translators.plan.model import Approval, Gate

F = TypeVar("F", bound=Callable[..., Any])


_STORE = click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
_WORKFLOW = click.option(
    "--workflow", default="", metavar="TARGET", help="What runs, where the engine has started it by itself."
)
_ON = click.option("--on", "backend_name", default="", metavar="BACKEND", help="Where it runs; with --workflow.")


def _run_and_node(function: F) -> F:
    named = click.argument("run", metavar="RUN")(click.argument("node", metavar="NODE")(function))
    return _STORE(_WORKFLOW(_ON(json_option(named))))


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
    store, run_root = open_store(), run_root_of(run, where["store"])
    record = _given(where) if where["workflow"] else read_record(store, run_root)
    started, backend = _started(record, run_root)
    found, gates = gates_in_run(store, started, backend.name, _gates(backend), node)
    answers = [(gate, read(gate)) for gate in found]
    waiting = [(gate, answer) for gate, answer in answers if gates.is_waiting(started, gate)]
    if not waiting:
        raise _not_waiting(store, started, found[0])
    for gate, answer in waiting:
        _give(store, started, gates, gate, answer)
    paths = [gate.path for gate, _ in waiting]
    if as_json:
        print_json({"run": started.run_id, "run_root": run_root, "nodes": paths, "answer": done})
    else:
        messages().print(f"{done}: {', '.join(paths)} of {started.run_id}")


def _given(where: Mapping[str, str]) -> Record:
    """The record of a run that no verb of ours has started, from what its user knows."""
    if not where["backend_name"]:
        raise UsageError("--workflow needs to know where it runs", hint="Give the back end too: --on BACKEND.")
    loaded = load_target(where["workflow"])
    closure = loaded.close(serialization_settings((), loaded.source_root))
    return Record(backend=where["backend_name"], settings=Settings(store=where["store"]), closure=closure)


def _gates(backend: Backend) -> Gates:
    if backend.gates is None:
        raise UsageError(
            f"the run is on {backend.name!r}, whose gates cannot be answered from the command line",
            hint=f"Answer in the user interface of {backend.name}.",
        )
    return backend.gates


def _started(record: Record, run_root: str) -> tuple[StartedRun, Backend]:
    backend = registry.backend(record.backend)
    _gates(backend)
    plan = Engine().plan(record.closure, record.backend, record.settings.planning)
    run_id = run_root.rpartition("/")[2]
    settings = complete_settings(backend, record.settings)
    return StartedRun(run_id=run_id, run_root=run_root, plan=plan, settings=settings), backend


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
