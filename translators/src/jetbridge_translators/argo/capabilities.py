"""What Argo Workflows makes of each feature of FlyteIDL."""

from __future__ import annotations

from jetbridge_translators.capability import Capability, emulated, native, refused

CAPABILITIES: tuple[Capability, ...] = (
    native("container-work", "one container template for each distinct task; one pod for each node"),
    emulated(
        "resource-work",
        "a resource template that creates the object, owned by the Workflow, and waits; each attempt makes a new "
        "object; stopping the run leaves the object until the Workflow is deleted; a failed object is retried whatever "
        "its exit code, which Argo does not see; --store-secret and --store-endpoint do not reach its pods: "
        "give them the store's credentials in the task",
    ),
    emulated(
        "task-retries",
        "a retryStrategy by exit code; Argo counts all attempts together, so one lost to the system uses up a user's "
        "retry, and the system's three come on top of the user's",
    ),
    native(
        "task-timeout",
        "the template's timeout, for each attempt, in whole seconds, at least 3; the object of a resource task runs on",
    ),
    refused(
        "task-cache",
        "a run does not look for the results of earlier runs",
        "Remove cache=True; to go on with a failed run, pass its run-root.",
    ),
    emulated(
        "task-interruptible",
        'the pod label interruptible="true", as on Flyte; a policy of the cluster must place such pods',
    ),
    native("task-resources", "requests and limits of the container"),
    native("task-environment", "env of the container"),
    emulated(
        "task-secrets",
        "group = Kubernetes Secret, key = its key; `any` and `env_var` as _FSEC_<GROUP>_<KEY>, `file` below "
        "/etc/flyte/secrets; group_version is not looked at, as on Flyte",
    ),
    native("task-labels", "labels and annotations of the pod"),
    refused(
        "task-pod-template-name",
        "Argo has no pod templates by name",
        "Set image, resources, environment and secrets in the task.",
    ),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("workflow-inputs", "workflow parameters that hold JSON"),
    native("workflow-fixed-inputs", "constants in the DAG, which no parameter can change"),
    native("launch-plan-schedule", "a CronWorkflow, in UTC"),
    emulated("workflow-outputs", "the annotation jetbridge/outputs says where each lies below the run root"),
    native("bindings-attribute", "the entrypoint resolves the path"),
    native("bindings-collection", "the entrypoint puts lists and maps together"),
    native("sub-workflow", "a DAG template for each distinct workflow"),
    emulated("sub-workflow-failure-node", "an exit hook of the node, which runs when it has failed"),
    emulated(
        "branch",
        "tasks with `when` on control values, which the task that makes the value leaves as an output parameter; where "
        "no case holds, a task without a pod fails",
    ),
    emulated("map", "a task for each index (`withSequence`); each element's pod picks its own items"),
    emulated("map-partial-success", "successes are counted without a pod when all elements have ended"),
    native("map-parallelism", "`parallelism` of the map's own DAG template"),
    native("gate-sleep", "a suspend template with a duration"),
    refused(
        "gate-signal",
        "a value that a person gives is not written for Argo yet",
        "Run it with `--on local`, or take the value as an input of the workflow.",
    ),
    refused(
        "gate-approve",
        "an approval is not written for Argo yet",
        "Run it with `--on local`, or split the workflow where it waits.",
    ),
    emulated("failure-node", "an exit hook of the Workflow, which stays failed"),
    native("failure-policy-continue", "Argo always lets the other nodes run; by itself it cannot end them"),
)
