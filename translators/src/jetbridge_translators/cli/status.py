"""`jetbridge status`: how far a run is, from its data alone."""

from __future__ import annotations

from collections import Counter

import click
from rich.table import Column, Table

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option, run_argument
from jetbridge.store import open_store
from jetbridge_translators.api import Engine
from jetbridge_translators.cli.record import read_record, run_root_of
from jetbridge_translators.node_states import NodeState, node_states


@click.command("status", short_help="Show how far a run is.")
@run_argument
@click.option("--store", default="", metavar="URI", help="Where the run keeps its data (JETBRIDGE_STORE).")
@json_option
def command(run: str, store: str, as_json: bool) -> None:
    """Show which nodes of RUN have succeeded, failed or wait for a person: a run's id, or the URI of its data.

    It is read from the store, on every back end; no engine is asked. A node that has left nothing is `open`: not
    started, running, or of a branch that was not chosen.

    \b
    Example:
      jetbridge status my-flow-1a2b3c4d --store s3://bucket/runs
    """
    opened, run_root = open_store(), run_root_of(run, store)
    record = read_record(opened, run_root)
    plan = Engine().plan(record.closure, record.backend)
    states = node_states(opened, run_root, plan)
    if as_json:
        nodes = [_record(state) for state in states]
        print_json({"run_root": run_root, "workflow": plan.name, "backend": record.backend, "nodes": nodes})
        return
    results().print(_table(states))
    messages().print(f"{plan.name} on {record.backend}: {_summary(states)}")


def _record(state: NodeState) -> dict[str, object]:
    where = str(state.location) if state.location else None
    elements = {"succeeded": state.succeeded, "elements": state.elements} if state.succeeded is not None else {}
    return {"path": state.path, "name": state.name, "state": state.state, "line": where, **elements}


def _table(states: tuple[NodeState, ...]) -> Table:
    table = Table(*(Column(head, overflow="fold") for head in ("node", "runs", "state", "line")))
    for state in states:
        table.add_row(state.path, state.name, _words(state), str(state.location or ""))
    return table


def _words(state: NodeState) -> str:
    if state.succeeded is None:
        return state.state
    known = "?" if state.elements is None else state.elements
    return f"{state.state} ({state.succeeded} of {known})"


def _summary(states: tuple[NodeState, ...]) -> str:
    counts = Counter(state.state for state in states)
    return ", ".join(f"{number} {word}" for word, number in counts.items()) or "it has no nodes"
