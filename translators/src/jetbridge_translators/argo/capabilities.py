"""What Argo Workflows makes of each feature of FlyteIDL."""

from __future__ import annotations

from jetbridge_translators.capability import Capability, emulated, native, refused

CAPABILITIES: tuple[Capability, ...] = (
    native("container-work", "one container template for each distinct task; one pod for each node"),
    native(
        "pod-work",
        "a container template with the pod's own fields, and a podSpecPatch for those that Argo has not; the task's "
        "container is called `main`",
    ),
    native(
        "pod-containers",
        "`sidecars`, which Argo ends when the task's container has ended, whose exit code alone decides; "
        "`initContainers` and `volumes`. A sidecar needs a command",
    ),
    native(
        "foreign-work",
        "one pod: the task's container with our launcher as its first process, and a companion of --jetbridge-image "
        "beside it (Kubernetes 1.29 or newer); the image's own entrypoint is not run, because Argo needs a command",
    ),
    emulated(
        "sql-work",
        "one pod of the runner that the task's plugin brings, in the task's image, or that of --runner-image where the "
        "task names none",
    ),
    emulated(
        "resource-work",
        "a resource template that creates the object, owned by the Workflow, and waits; each attempt makes a new "
        "object; a failed object is retried whatever its exit code, which Argo does not see; `jetbridge run` shows the "
        "log of its main pod and deletes it when the run is stopped, but `argo stop` leaves it until the Workflow is "
        "deleted",
    ),
    emulated(
        "task-retries",
        "a retryStrategy by exit code; the entrypoint counts recoverable failures in the store, so that attempts lost "
        "to the system use up none of the user's retries; Argo counts all attempts together, so the system's three "
        "come on top of the user's, and for other programs, kills for memory and timeouts a lost attempt counts",
    ),
    native(
        "task-timeout",
        "the template's timeout, for each attempt, in whole seconds, at least 3; the object of a resource task runs on "
        "until `jetbridge run` or the end of the Workflow deletes it",
    ),
    emulated(
        "task-cache",
        "the entrypoint looks for the outputs of an equal call below `<store>/cache`, so a hit still takes a pod; the "
        "parameter `jetbridge-overwrite-cache` makes them anew; of equal dynamic tasks only the functions are "
        "serialized, not the nodes that they make",
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
    native(
        "raw-container",
        "the pod of an image that is not ours; inputs and outputs are folders of a volume, which the companion fills "
        "and reads as Flyte's copilot does",
    ),
    emulated(
        "task-pod-template-name",
        "merged by propeller's rules from `--pod-templates FILE`, when it is translated: a later change of the object "
        "in the cluster has no effect",
    ),
    emulated(
        "task-dynamic",
        "its pod runs what it made as a child Workflow and waits for it, so it holds its place and some 110 MiB as "
        "long, and a time limit covers both; its image (for an image that is not ours, --jetbridge-image) needs "
        "`jetbridge-translators[argo]` and the plugins, and `--dynamic-service-account` the right to create Workflows",
    ),
    native(
        "task-accelerator",
        "as on Flyte: node affinity and a toleration for `k8s.amazonaws.com/accelerator` and "
        "`k8s.amazonaws.com/gpu-partition-size`, for tasks that ask for a GPU; label the nodes so",
    ),
    native("task-shared-memory", "an `emptyDir` in memory, at /dev/shm"),
    native(
        "task-service-account",
        "the pod's service account; Argo's own container in the pod uses it too unless --executor-service-account is "
        "given, and then needs its rights on workflowtaskresults",
    ),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("workflow-inputs", "workflow parameters that hold JSON"),
    native("workflow-fixed-inputs", "constants in the DAG, which no parameter can change"),
    native("launch-plan-schedule", "a CronWorkflow, in UTC"),
    native("launch-plan-labels", "labels and annotations of the Workflow and of all pods, those of dynamic tasks too"),
    native("launch-plan-parallelism", "`parallelism` of the Workflow: pods at a time"),
    emulated(
        "launch-plan-one-run",
        "`concurrencyPolicy: Forbid` of the CronWorkflow; runs that are started by hand are not counted",
    ),
    refused(
        "launch-plan-concurrency",
        "Argo can skip a run only while another one of the same schedule goes on",
        "Set the limit to 1 and give the launch plan a schedule, or limit the namespace's Workflows in Argo's "
        "controller (`namespaceParallelism`), where others wait.",
    ),
    refused(
        "launch-plan-notifications",
        "Argo sends no mail, and a pod that does needs a mail server's credentials",
        "Translate for Airflow, which tells by its SMTP connection, or watch the Workflow's label "
        "`workflows.argoproj.io/phase` with the alerts of your cluster, and remove the notifications.",
    ),
    emulated("workflow-outputs", "the annotation jetbridge/outputs says where each lies below the run root"),
    native("bindings-attribute", "the entrypoint resolves the path"),
    native("bindings-collection", "the entrypoint puts lists and maps together"),
    native(
        "sub-workflow",
        "a DAG template for each distinct workflow; one of more than 200 nodes is a DAG of parts, in which a node may "
        "wait for all of an earlier part that it needs something of",
    ),
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
    emulated(
        "gate-signal",
        "a suspend template, which `jetbridge set` resumes when the value is in the store; resumed in Argo's own tools "
        "the gate fails at once, because its readers read the store; a run that `jetbridge run` has not started (a "
        "schedule, `argo submit`) has no record of its workflow there, so no verb can answer it; one that a dynamic "
        "task has made is opened by the pod of that task within seconds",
    ),
    emulated(
        "gate-approve",
        "a suspend template, which `jetbridge approve` or Argo's UI resumes and `jetbridge reject` fails; one that was "
        "approved in Argo's UI is asked for again when the run is recovered",
    ),
    emulated("failure-node", "an exit hook of the Workflow, which stays failed"),
    emulated(
        "failure-policy-immediately",
        "`jetbridge run` ends the run after a failure (`shutdown: Stop`, with the failure node still to run); in a run "
        "that nobody follows (a schedule, `argo submit`) nodes that do not need the failed one still run",
    ),
    native("failure-policy-continue", "as Argo does by itself; `jetbridge run` does not end the run then"),
)
