"""A dynamic task's `futures.pb` in a run's store: from the task's end to the outputs of its node, on any back end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from google.protobuf.message import DecodeError

from jetbridge.bindings import Bind
from jetbridge.errors import RunError
from jetbridge.idl import ErrorDocument, LiteralMap, TaskTemplate
from jetbridge.idl_admin import DynamicJobSpec
from jetbridge.runtime.layout import error_uri, futures_uri, outputs_uri
from jetbridge.runtime.run_data import RunData
from jetbridge.store import Store
from jetbridge_translators import registry
from jetbridge_translators.plan.check import check
from jetbridge_translators.plan.data_flow import UNBOUND, outputs_of
from jetbridge_translators.plan.dynamic import input_names, plan_of_futures
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.planning import Planning

BUILD_FAILED = "DynamicWorkflowBuildFailed"
"""Propeller's code for futures that cannot be compiled (`nodes/dynamic/handler.go`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """What one dynamic node of a run leaves.

    Attributes:
        store: Where the run's data lies.
        run_root: URI of the run's folder.
        path: The path of the node.
        name: The readable name of the node.
        task: The dynamic task; its id and its interface are all that is read.
        backend: The back end that runs what was made.
        planning: What the user decided about the plan.
    """

    store: Store
    run_root: str
    path: str
    name: str
    task: TaskTemplate
    backend: str
    planning: Planning = field(default_factory=Planning)

    def are_there(self) -> bool:
        """Whether the task has made a workflow. The first one counts: what is committed below belongs to it."""
        return self.store.exists(futures_uri(self.run_root, self.path))

    def are_done(self) -> bool:
        """Whether the node has its outputs."""
        return self.store.exists(outputs_uri(self.run_root, self.path))

    def plan(self, args: Mapping[str, Bind]) -> Plan:
        """The checked plan of what the task made; `args` are the node's.

        Raises:
            CompileError: what was made breaks rules of FlyteIDL's compiler.
            TranslationError: the back end cannot express it.
            BindingError: an input of the task cannot be resolved.
            RunError: the futures are damaged.
        """
        spec = self._spec()
        types, data = self.task.interface.inputs.variables, RunData(self.store, self.run_root)
        names = sorted(input_names(spec))
        values = {name: data.resolve(args.get(name, UNBOUND), types[name].type) for name in names}
        plan = plan_of_futures(
            spec, self.task, self.path, self.name, values, registry.handlers(self.planning), self.planning
        )
        check(plan, registry.backend(self.backend), partial(registry.lowering, self.backend))
        return plan

    def _spec(self) -> DynamicJobSpec:
        uri = futures_uri(self.run_root, self.path)
        try:
            return DynamicJobSpec.FromString(self.store.read(uri))
        except DecodeError as error:
            raise RunError(f"{uri} is damaged: {error}", hint="Start a new run.") from error

    def commit(self, plan: Plan) -> None:
        """Writes the node's outputs: those of the nodes that make them, resolved once. Raises `BindingError`."""
        data = RunData(self.store, self.run_root)
        literals = {output.name: data.resolve(output.bind, output.type) for output in outputs_of(plan)}
        outputs = LiteralMap(literals=literals).SerializeToString(deterministic=True)
        self.store.create(outputs_uri(self.run_root, self.path), outputs)

    def inherit_error(self) -> bool:
        """Makes the first error of what the task made that of its node, as propeller does; false without any."""
        found = sorted(self._errors(), key=_time)
        if not found:
            return False
        self.store.write(error_uri(self.run_root, self.path), found[0].SerializeToString())
        return True

    def _errors(self) -> Iterator[ErrorDocument]:
        """The error documents of the nodes below that have not succeeded later."""
        folder = f"{self.run_root}/{self.path}"
        objects = set(self.store.list(folder))
        for uri in sorted(objects):
            node = uri.removeprefix(f"{self.run_root}/").rpartition("/")[0]
            failed = node != self.path and uri == error_uri(self.run_root, node)
            if failed and outputs_uri(self.run_root, node) not in objects:
                yield ErrorDocument.FromString(self.store.read(uri))


def _time(document: ErrorDocument) -> tuple[int, int]:
    return document.error.timestamp.seconds, document.error.timestamp.nanos
