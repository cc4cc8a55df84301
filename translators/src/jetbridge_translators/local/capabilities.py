"""What the local back end makes of each feature."""

from __future__ import annotations

from jetbridge_translators.capability import emulated, native, refused

CAPABILITIES = (
    native("container-work", "a process of the entrypoint; the image is not used"),
    native("sql-work", "a process of the runner that the task's plugin brings"),
    emulated(
        "pod-work",
        "the function of the task's own container as a process; where its pod may run, and with what rights, has no "
        "meaning on this machine",
    ),
    refused(
        "pod-containers",
        "a process has no other containers, init containers, volumes or variables of a cluster",
        "Run the workflow on a back end with a cluster: `--on argo` or `--on airflow`.",
    ),
    native(
        "foreign-work",
        "flytekit's own command as a process of the environment that runs `jetbridge`; the image is not used",
    ),
    native(
        "raw-container",
        "a container of this machine's engine (Docker, Podman, nerdctl, or containerd's `ctr`); without one the run is "
        "refused before it starts",
    ),
    refused(
        "resource-work",
        "a Kubernetes resource needs a cluster",
        "Run the workflow on a back end with a cluster: `--on argo` or `--on airflow`.",
    ),
    native("task-retries"),
    native("task-timeout", "the process is ended"),
    native(
        "task-cache",
        "the entrypoint looks for the outputs of an equal call below `<store>/cache`; of equal dynamic tasks only the "
        "functions are serialized, not the nodes that they make",
    ),
    emulated("task-interruptible", "a process of this machine is not pre-empted"),
    emulated("task-resources", "the machine's own limits hold; requests and limits are not enforced"),
    native("task-environment"),
    emulated("task-secrets", "read from the environment or files of this machine by flytekit's rules"),
    emulated("task-labels", "a process has no Kubernetes labels; nothing reads them"),
    emulated(
        "task-pod-template-name", "merged by propeller's rules from `--pod-templates FILE`; then as pod-work says"
    ),
    native("task-dynamic", "its nodes are scheduled with the others; a time limit holds for the task's own process"),
    emulated("task-accelerator", "the machine's own devices; nothing chooses among them"),
    emulated("task-shared-memory", "the machine's own /dev/shm, without a limit"),
    emulated("task-service-account", "a process acts as the user who started the run"),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("workflow-inputs"),
    native("workflow-fixed-inputs"),
    native("workflow-outputs"),
    emulated("launch-plan-schedule", "runs once, now"),
    emulated("launch-plan-labels", "a process has no Kubernetes labels; nothing reads them"),
    native("launch-plan-parallelism", "so many processes at a time, at most as many as the machine has processors"),
    emulated("launch-plan-one-run", "runs of other processes are not counted: whoever starts a run decides"),
    emulated("launch-plan-concurrency", "runs of other processes are not counted: whoever starts a run decides"),
    emulated("launch-plan-notifications", "no mail is sent: whoever started the run sees on the terminal how it ended"),
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
    native("failure-policy-immediately", "nodes that run are ended, and no other one starts"),
    native("failure-policy-continue"),
)
