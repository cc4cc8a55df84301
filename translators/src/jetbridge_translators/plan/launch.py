"""What a launch plan says of every task of its runs, written into the tasks.

flyteadmin hands it to propeller with each run, and propeller puts it into every pod. Of a label, an annotation or a
variable that the task has too, the launch plan's counts (flytepropeller `plugin_manager.go`, `k8s_resource_adds.go`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from google.protobuf.json_format import MessageToDict

from jetbridge.idl import Identity, SecurityContext, TaskTemplate
from jetbridge.idl_admin import CompiledWorkflowClosure, LaunchPlanSpec
from jetbridge.serialize.closure import Closure
from jetbridge.serialize.transport import SERIALIZED_CONTEXT

LAUNCHED = "jetbridge.launched-as"
"""The key in a dynamic task's configuration for what the launch plan says of the nodes that it will make."""
_CONTAINERS = ("initContainers", "containers")


def with_launch_plan(closure: Closure) -> Closure:
    """The closure whose tasks and workflows have the settings of its launch plan; its own messages stay as they are."""
    spec = closure.launch_plan.spec
    if not (_is_for_tasks(spec) or spec.HasField("interruptible")):
        return closure
    compiled = CompiledWorkflowClosure()
    compiled.CopyFrom(closure.compiled)
    for task in compiled.tasks:
        _settle(task.template, spec)
    if spec.HasField("interruptible"):
        # A node's own setting counts before the run's, the run's before the workflow's (v1alpha1 `workflow.go`).
        for workflow in (compiled.primary, *compiled.sub_workflows):
            workflow.template.metadata_defaults.interruptible = spec.interruptible.value
    return replace(closure, compiled=compiled)


def service_account(spec: LaunchPlanSpec) -> str:
    """The Kubernetes service account that runs act as, in any of the three spellings; empty for none."""
    return (
        spec.security_context.run_as.k8s_service_account
        or spec.auth_role.kubernetes_service_account
        or spec.auth.kubernetes_service_account
    )


def _is_for_tasks(spec: LaunchPlanSpec) -> bool:
    return bool(spec.labels.values or spec.annotations.values or spec.envs.values or service_account(spec))


def makes_nodes(template: TaskTemplate) -> bool:
    """Whether a task makes a workflow while it runs: on the wire nothing else tells it (`serialize.transport`)."""
    pod = MessageToDict(template.k8s_pod.pod_spec)
    in_pod = (entry.get("name") for container in pod.get("containers", []) for entry in container.get("env", []))
    return SERIALIZED_CONTEXT in (*(entry.key for entry in template.container.env), *in_pod)


def launched_as(task: TaskTemplate) -> LaunchPlanSpec:
    """The launch plan's settings that the nodes of a dynamic task get, as `with_launch_plan` has left them."""
    return LaunchPlanSpec.FromString(base64.b64decode(task.config[LAUNCHED]) if LAUNCHED in task.config else b"")


def _of_tasks(spec: LaunchPlanSpec) -> str:
    kept = LaunchPlanSpec(
        labels=spec.labels,
        annotations=spec.annotations,
        envs=spec.envs,
        security_context=SecurityContext(run_as=Identity(k8s_service_account=service_account(spec))),
    )
    if spec.HasField("interruptible"):
        kept.interruptible.CopyFrom(spec.interruptible)
    return base64.b64encode(kept.SerializeToString(deterministic=True)).decode()


def _settle(template: TaskTemplate, spec: LaunchPlanSpec) -> None:
    metadata = template.metadata.metadata
    metadata.labels.update(spec.labels.values)
    metadata.annotations.update(spec.annotations.values)
    run_as = template.security_context.run_as
    account = run_as.k8s_service_account or service_account(spec)
    if account:
        run_as.k8s_service_account = account
    if makes_nodes(template):
        template.config[LAUNCHED] = _of_tasks(spec)
    variables = {pair.key: pair.value for pair in spec.envs.values}
    if variables:
        _VARIABLES.get(template.WhichOneof("target"), _nowhere)(template, variables)


def _in_container(template: TaskTemplate, variables: Mapping[str, str]) -> None:
    kept = [(pair.key, pair.value) for pair in template.container.env if pair.key not in variables]
    del template.container.env[:]
    for key, value in (*kept, *variables.items()):
        template.container.env.add(key=key, value=value)


def _in_pod(template: TaskTemplate, variables: Mapping[str, str]) -> None:
    given = [{"name": key, "value": value} for key, value in variables.items()]
    spec: Any = template.k8s_pod.pod_spec
    for container in (each for kind in _CONTAINERS if kind in spec for each in spec[kind]):
        own = list(container["env"]) if "env" in container else []
        container["env"] = [*(dict(entry) for entry in own if entry["name"] not in variables), *given]


def _nowhere(template: TaskTemplate, variables: Mapping[str, str]) -> None:
    """A task without a container has no environment."""


_VARIABLES: Mapping[str | None, Callable[[TaskTemplate, Mapping[str, str]], None]] = {
    "container": _in_container,
    "k8s_pod": _in_pod,
}
