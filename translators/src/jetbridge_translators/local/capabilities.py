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
    refused("task-deck", "decks are not written yet", "Remove `enable_deck=True` for now."),
    native("workflow-inputs"),
    native("workflow-fixed-inputs"),
    native("workflow-outputs"),
    emulated("launch-plan-schedule", "runs once, now"),
    native("bindings-attribute"),
    native("bindings-collection"),
)
