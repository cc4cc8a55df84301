"""Answers to gates, as every back end finds them: a commit of the gate, or its error document, in the store."""

from __future__ import annotations

from jetbridge.errors import TypeTransformError, UsageError
from jetbridge.idl import ErrorDocument, LiteralMap
from jetbridge.runtime.layout import error_uri, outputs_uri
from jetbridge.store import ObjectNotFoundError, Store
from jetbridge.suggest import did_you_mean
from jetbridge.types.describe import describe
from jetbridge.types.json_codec import parse_text
from jetbridge_translators.base import Answer
from jetbridge_translators.failures import failure_document
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Approval, Gate, Plan, Signal, Sleep, walk

REJECTED = "ReceivedRejectSignal"
TIMED_OUT = "TimeoutExpired"
"""Propeller's codes (`nodes/gate/handler.go`, `nodes/executor.go`)."""
_YES = frozenset(("", "y", "yes"))


def gates_of(plan: Plan) -> tuple[Gate, ...]:
    """The gates that a person opens, with paths as in a run."""
    plain = inline(plan)
    roots = plain.nodes if plain.failure_node is None else (*plain.nodes, plain.failure_node)
    return tuple(node for node in walk(roots) if isinstance(node, Gate) and not isinstance(node.wait, Sleep))


def find_gates(plan: Plan, text: str) -> tuple[Gate, ...]:
    """The gate of a path or a name, or those of a signal id, which share one answer (FlyteIDL's `signal_id`).

    Raises:
        UsageError: there is no such gate.
    """
    gates = gates_of(plan)
    exact = tuple(gate for gate in gates if text in (gate.path, gate.name))
    found = exact or tuple(gate for gate in gates if text == signal_id(gate))
    if found:
        return found
    known = sorted({name for gate in gates for name in (gate.path, gate.name, signal_id(gate))})
    hint = did_you_mean(text, known) if known else "It has no node that waits for a person."
    raise UsageError(f"workflow {plan.name!r} has no gate {text!r}", hint=hint)


def signal_id(gate: Gate) -> str:
    """The author's name of what the gate waits for."""
    return "" if isinstance(gate.wait, Sleep) else gate.wait.signal_id


def read_value(gate: Gate, text: str) -> Answer:
    """The answer that a text means to a signal.

    Raises:
        UsageError: the gate waits for an approval, or the text is not of the signal's type.
    """
    if not isinstance(gate.wait, Signal):
        raise UsageError(
            f"gate {gate.path!r} waits for an approval, not for a value",
            hint="Use `jetbridge approve` or `jetbridge reject`.",
        )
    try:
        return Answer(parse_text(text, gate.wait.type))
    except TypeTransformError as error:
        kind = describe(gate.wait.type)
        raise UsageError(
            f"gate {gate.path!r} waits for a value of type {kind}, and {text!r:.80} is none: {error.message}",
            hint=error.hint or "Give it as for `jetbridge run --input`: lists, maps and structs as JSON.",
        ) from error


def read_decision(gate: Gate, text: str) -> Answer:
    """The answer that a word at the terminal means: a value for a signal, else yes or no."""
    if isinstance(gate.wait, Signal):
        return read_value(gate, text)
    return Answer() if text.strip().lower() in _YES else Answer(rejection=rejection(gate, ""))


def rejection(gate: Gate, reason: str) -> str:
    """What the error of a rejected gate says."""
    return f"{gate.name!r} was rejected" + (f": {reason}" if reason else "")


def is_answered(store: Store, run_root: str, gate: Gate) -> bool:
    """Whether a gate has had its answer."""
    return store.exists(outputs_uri(run_root, gate.path)) or store.exists(error_uri(run_root, gate.path))


def read_answer(store: Store, run_root: str, gate: Gate) -> Answer | None:
    """The answer that the store has; None when there is none."""
    try:
        outputs = LiteralMap.FromString(store.read(outputs_uri(run_root, gate.path))).literals
        return Answer(outputs[gate.wait.output]) if isinstance(gate.wait, Signal) else Answer()
    except ObjectNotFoundError:
        pass
    try:
        document = ErrorDocument.FromString(store.read(error_uri(run_root, gate.path)))
        return Answer(rejection=document.error.message)
    except ObjectNotFoundError:
        return None


def write_answer(store: Store, run_root: str, gate: Gate, answer: Answer) -> bool:
    """Leaves an answer in the store; false when somebody else's is there. Raises `StoreError`."""
    if answer.rejection:
        document = failure_document(REJECTED, answer.rejection)
        return not is_answered(store, run_root, gate) and store.create(error_uri(run_root, gate.path), document)
    # Nothing reads the commit of an approval: bindings lead to what was approved.
    literals = {gate.wait.output: answer.value} if isinstance(gate.wait, Signal) and answer.value is not None else {}
    commit = LiteralMap(literals=literals).SerializeToString(deterministic=True)
    return not is_answered(store, run_root, gate) and store.create(outputs_uri(run_root, gate.path), commit)


def question(gate: Gate) -> str:
    """What a person at the terminal is asked."""
    if isinstance(gate.wait, Signal):
        return f"{gate.name} waits for a value of type {describe(gate.wait.type)}: "
    return f"{gate.name} waits for an approval. Approve? [Y/n]: "


def invitation(gate: Gate, run: str) -> str:
    """What a person elsewhere can do; `run` is as the verbs take it."""
    if isinstance(gate.wait, Signal):
        return f"waits for a value of type {describe(gate.wait.type)}: jetbridge set {run} {gate.path} VALUE"
    assert isinstance(gate.wait, Approval)  # noqa: S101 -- a sleep invites nobody
    return f"waits for an approval: jetbridge approve {run} {gate.path}, or jetbridge reject {run} {gate.path}"
