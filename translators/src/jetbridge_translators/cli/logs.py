"""`jetbridge logs`: what the nodes of a run have printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import click
from rich.text import Text

from jetbridge.cli.console import messages, print_json, results
from jetbridge.cli.options import json_option, run_argument
from jetbridge.errors import BindingError, JetbridgeError, UsageError
from jetbridge.runtime.failed_run import read_error
from jetbridge.runtime.layout import error_uri
from jetbridge.store import ObjectNotFoundError, Store, open_store
from jetbridge.suggest import did_you_mean
from jetbridge_translators.base import Backend, NodeLog, StartedRun
from jetbridge_translators.cli.started import started_run, where_options
from jetbridge_translators.dynamic_gates import made_plans
from jetbridge_translators.logs import merged, stored_logs
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import AnyNode, Plan, Step, walk


@click.command("logs", short_help="Show what the nodes of a run have printed.")
@run_argument
@click.argument("node", metavar="[NODE]", default="")
@where_options
@json_option
def command(run: str, node: str, as_json: bool, **where: str) -> None:
    """Show what the nodes of RUN have printed, each attempt by itself: a run's name, or the URI of its data.

    NODE is a node's path or name, of a map `NODE[3]` too; by default all. The engine is asked first. What it has no
    more is shown from the store, where `run`, `compare` and `recover` leave it when they end.

    \b
    Example:
      jetbridge logs my-flow-1a2b3c4d train
    """
    store = open_store()
    started, backend = started_run(store, run, where)
    nodes = tuple(_nodes(store, started, backend.name))
    stored = stored_logs(store, started.run_root)
    wanted = _wanted(started.plan, nodes, node)
    kept = [log for log in stored or () if wanted(log.step)]
    logs = [*merged(_live(backend, started, wanted, is_stored=stored is not None), kept)]
    if as_json:
        print_json({"run": started.run_id, "run_root": started.run_root, "logs": [_record(log) for log in logs]})
        return
    for log in logs:
        _show(log)
    _show_errors(store, started, [each for each in nodes if wanted(each.name)], logs)
    if stored is None:
        messages().print(f"Nothing is stored (yet): {_when(backend)}.")
    elif not any(log.lines for log in logs):
        messages().print("Nothing was printed.")


def _live(backend: Backend, run: StartedRun, wanted: Callable[[str], bool], *, is_stored: bool) -> Iterable[NodeLog]:
    """What the engine has; one that cannot be asked is no reason to hide what is stored."""
    if backend.logs is None:
        return ()
    try:
        return [*backend.logs(run, wanted)]
    except JetbridgeError as error:
        if not is_stored:
            raise
        return [NodeLog(step=run.run_id, gone=f"{backend.name} cannot be asked: {error.message}")]


def _when(backend: Backend) -> str:
    return f"the verb that follows a run on {backend.name} leaves its log when it ends"


def _nodes(store: Store, run: StartedRun, backend: str) -> Iterator[AnyNode]:
    for plan in (run.plan, *made_plans(store, run.run_root, run.plan, backend)):
        whole = inline(plan)
        yield from walk(whole.nodes if whole.failure_node is None else (*whole.nodes, whole.failure_node))


def _wanted(plan: Plan, nodes: Iterable[AnyNode], text: str) -> Callable[[str], bool]:
    """Whether a step's log is asked for: that of the node, of an element of the map, or of a node inside."""
    if not text:
        return lambda step: True
    held = [*nodes]
    whole = text.partition("[")[0] if text.endswith("]") else text
    names = {node.name + text[len(whole) :] for node in held if whole in (node.path, node.name)}
    if not names:
        known = sorted({name for node in held for name in (node.path, node.name)})
        raise UsageError(f"workflow {plan.name!r} has no node {text!r}", hint=did_you_mean(text, known))
    begins = tuple(f"{name}{sign}" for name in names for sign in "[.")
    return lambda step: step in names or step.startswith(begins)


def _record(log: NodeLog) -> dict[str, object]:
    return {"step": log.step, "attempt": log.attempt, "lines": list(log.lines), "gone": log.gone or None}


def _show(log: NodeLog) -> None:
    head = f"{log.step} (attempt {log.attempt + 1})" if log.attempt else log.step
    if log.gone:
        messages().print(f"{head}: {log.gone}", markup=False)
    for line in log.lines:
        results().print(Text(f"{head} | ", style="dim") + Text(line))


def _show_errors(store: Store, run: StartedRun, nodes: Iterable[AnyNode], logs: Iterable[NodeLog]) -> None:
    """The error document of a failed step without a log: that is all there is."""
    told = {log.step for log in logs if log.lines}
    for node in nodes:
        if isinstance(node, Step) and node.name not in told:
            error = _error(store, error_uri(run.run_root, node.path))
            if error:
                results().print(Text(f"{node.name} | ", style="dim") + Text(error))


def _error(store: Store, uri: str) -> str:
    try:
        return read_error(store, uri).error.message
    except (ObjectNotFoundError, BindingError):
        return ""
