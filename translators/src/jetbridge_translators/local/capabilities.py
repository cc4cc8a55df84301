"""What the local back end makes of each feature."""

from __future__ import annotations

from jetbridge_translators.capability import emulated, native, refused

CAPABILITIES = (
    native("container-work", "a process of the entrypoint; the image is not used"),
    refused(
        "resource-work",
        "a Kubernetes resource needs a cluster",
        "Run the workflow on a back end with a cluster: `--on argo` or `--on airflow`.",
    ),
    native("task-retries"),
    native("task-timeout", "the process is ended"),
    refused(
        "task-cache",
        "outputs are not reused yet, so the task would run again although the author asked for its cached outputs",
        "Remove `cache=True` for now.",
    ),
    emulated("task-interruptible", "a process of this machine is not pre-empted"),
    emulated("task-resources", "the machine's own limits hold; requests and limits are not enforced"),
    native("task-environment"),
    emulated("task-secrets", "read from the environment or files of this machine by flytekit's rules"),
    emulated("task-labels", "a process has no Kubernetes labels; nothing reads them"),
    refused(
        "task-pod-template-name",
        "a process has no pod template",
        "Run on a back end with a cluster, or remove `pod_template_name=`.",
    ),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("workflow-inputs"),
    native("workflow-fixed-inputs"),
    native("workflow-outputs"),
    emulated("launch-plan-schedule", "runs once, now"),
    native("bindings-attribute"),
    native("bindings-collection"),
    native("sub-workflow", "its nodes are scheduled with the others"),
    native("sub-workflow-failure-node"),
    native("branch", "decided in this process by propeller's rules"),
    native("map", "a process for each element"),
    native("map-partial-success", "failed elements count as None"),
    native("map-parallelism"),
    native("gate-sleep"),
    native("gate-signal", "asks on the terminal, or waits for `jetbridge set`"),
    native("gate-approve", "asks on the terminal, or waits for `jetbridge approve`"),
    native("failure-node", "runs after the other nodes have ended; the run stays failed"),
    native("failure-policy-continue"),
)
