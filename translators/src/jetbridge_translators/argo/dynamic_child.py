"""The child Workflow of a dynamic task: made, followed to its end, and stopped when it cannot be followed."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from jetbridge.errors import RunError, UsageError
from jetbridge.store import Store
from jetbridge_translators.argo.assemble import NAME_LIMIT
from jetbridge_translators.argo.cluster import FORBIDDEN, NOT_FOUND, ApiError, Cluster
from jetbridge_translators.argo.connect import connect
from jetbridge_translators.argo.dynamic_gates import DynamicGates
from jetbridge_translators.argo.failure import run_failure
from jetbridge_translators.argo.first_failure import FirstFailure
from jetbridge_translators.argo.places import places_of
from jetbridge_translators.argo.standalone import standalone
from jetbridge_translators.argo.status import Snapshot, changes
from jetbridge_translators.argo.submit import submit
from jetbridge_translators.argo.watch import follow
from jetbridge_translators.argo.yaml_text import Tree
from jetbridge_translators.base import Settings, StartedRun
from jetbridge_translators.plan.model import Plan
from jetbridge_translators.plan.names import dns_label

_RIGHTS = (
    "Give the pods of dynamic tasks a ServiceAccount (`--dynamic-service-account`) that mounts its token, and whose "
    "role has create, list, watch and patch on workflows.argoproj.io, and get on pods."
)


@dataclass(frozen=True, slots=True)
class Child:
    """The child of one attempt.

    Attributes:
        plan: What the task made.
        settings: The settings of the parent's translation.
        run_root: URI of the run's folder, which parent and child share.
        workflow: The parent Workflow's name.
        uid: Its uid: Kubernetes deletes the child with it.
        attempt: The number of the attempt, from 0.
    """

    plan: Plan
    settings: Settings
    run_root: str
    workflow: str
    uid: str
    attempt: int

    def run(self, store: Store) -> RunError | None:
        """Runs it; why it failed, or None.

        Raises:
            UsageError: this pod has no access to Kubernetes, or a setting cannot be used.
            TranslationError: Argo cannot express something.
            RunError: it cannot be created or followed; then it is stopped.
        """
        name = self._name(self.attempt)
        workflow = self._owned(standalone(self.plan, self.settings, name, self.run_root, {}))
        cluster = _connect(self.settings.options.get("namespace", ""))
        if self.attempt:
            _stop(cluster, self._name(self.attempt - 1))
        with _stopped_unless_followed(cluster, name):
            _submit(cluster, name, workflow)
            _say(f"the nodes that the task made run as the Workflow {name}")
            first_failure = FirstFailure(cluster, name, self.plan)
            run = StartedRun(run_id=name, run_root=self.run_root, plan=self.plan, settings=self.settings)
            gates = DynamicGates(cluster, store, run, _say)
            look = partial(_look, first_failure, gates)
            end = follow(cluster, name, places_of(self.plan).find, look, lambda: gates.seconds)
        if end.phase == "Succeeded":
            return None
        return run_failure(store, end, self.run_root, name, cluster.namespace)

    def _name(self, attempt: int) -> str:
        path = next(node.path for node in self.plan.nodes)
        return dns_label(f"{self.uid}.{self.workflow}.{path}.{attempt}", NAME_LIMIT)

    def _owned(self, workflow: dict[str, Tree]) -> dict[str, Tree]:
        owner: dict[str, Tree] = {
            "apiVersion": workflow["apiVersion"],
            "kind": workflow["kind"],
            "name": self.workflow,
            "uid": self.uid,
        }
        metadata = workflow["metadata"]
        assert isinstance(metadata, dict)  # noqa: S101 -- an object of ours
        return {**workflow, "metadata": {**metadata, "ownerReferences": [owner]}}


def _connect(namespace: str) -> Cluster:
    try:
        return connect(namespace, os.environ)
    except UsageError as error:
        raise UsageError(error.message, hint=_RIGHTS) from error


def _submit(cluster: Cluster, name: str, workflow: dict[str, Tree]) -> None:
    """Creates it, unless it is there: Argo may replace a pod by another one of the same attempt."""
    try:
        cluster.workflow(name)
    except ApiError as error:
        if error.status == FORBIDDEN:
            raise RunError(f"the pod of the dynamic task may not look for Workflows: {error}", hint=_RIGHTS) from error
        if error.status != NOT_FOUND:
            raise
        try:
            submit(cluster, workflow)
        except RunError as refusal:
            raise RunError(refusal.message, hint=_RIGHTS) from refusal.__cause__


def _look(first_failure: FirstFailure, gates: DynamicGates, before: Snapshot, now: Snapshot) -> None:
    first_failure.look(now)
    gates.look(now)
    for event in changes(before, now):
        _say(f"{event.step}: {event.state}")


@contextmanager
def _stopped_unless_followed(cluster: Cluster, name: str) -> Generator[None]:
    try:
        yield
    except BaseException:
        _stop(cluster, name)
        raise


def _stop(cluster: Cluster, name: str) -> None:
    """As far as that is possible: it may be gone, or never have been made."""
    with suppress(ApiError):
        cluster.stop(name)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
