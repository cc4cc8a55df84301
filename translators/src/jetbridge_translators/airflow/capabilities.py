"""What Airflow makes of each feature of FlyteIDL."""

from __future__ import annotations

from jetbridge_translators.capability import Capability, emulated, native, refused

RESOURCE_WORK = refused(
    "resource-work",
    "Airflow has no operator for an arbitrary Kubernetes object",
    "Install a plugin that gives the task type an Airflow operator (entry point group `jetbridge.lower.airflow`), "
    "or run it on Argo.",
)

CAPABILITIES: tuple[Capability, ...] = (
    emulated(
        "task-retries",
        "`retries` after a failure of any class but an error of the user's code, which is final: by a `retry_policy` "
        "of pods from Airflow 3.3 on, before by a KubernetesPodOperator that raises AirflowFailException. Flyte's own "
        "attempts after a system failure are not added",
    ),
    native("task-timeout", "`execution_timeout` of each attempt"),
    refused(
        "task-cache",
        "the task asks for a cache, which Airflow does not have",
        "Remove `cache=True`, or run the workflow on a back end with a cache.",
    ),
    emulated("task-interruptible", "the pod's label `interruptible: true`; no effect with `--containers process`"),
    native("task-resources", "`container_resources`; with `--containers process` the worker's own"),
    native("task-environment", "`env_vars`, or the environment of the process"),
    native(
        "task-secrets",
        "entries of Kubernetes Secrets; with `--containers process` the worker's environment must hold them",
    ),
    refused(
        "task-labels",
        "labels and annotations of a task are not carried over to Airflow yet",
        "Remove them from the task, or set them with a pod mutation hook of the Airflow installation.",
    ),
    refused(
        "task-pod-template-name",
        "a PodTemplate of the cluster is read by Flyte's propeller; KubernetesPodOperator reads none",
        "Remove `pod_template_name`, or set the same fields with a pod mutation hook of the Airflow installation.",
    ),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("container-work", "KubernetesPodOperator, or PythonOperator with `--containers process`"),
    RESOURCE_WORK,
    native("workflow-inputs", "`params` with a JSON schema"),
    native("workflow-fixed-inputs", "constants in the tasks' arguments"),
    refused(
        "launch-plan-schedule",
        "the schedule of a launch plan is not translated to Airflow yet",
        "Translate the workflow itself, and set `schedule=` in a DAG that triggers this one.",
    ),
    emulated("workflow-outputs", "they stay in the store; `jetbridge run` reads them there"),
    native("bindings-attribute", "resolved by the entrypoint"),
    native("bindings-collection", "resolved by the entrypoint"),
    refused(
        "sub-workflow",
        "a workflow that runs another one is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "sub-workflow-failure-node",
        "a failure node of a sub-workflow is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "branch",
        "a conditional is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "map",
        "a map task is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "map-partial-success",
        "a map task that may lose elements is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "map-parallelism",
        "a limit of elements at a time is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "gate-sleep",
        "a sleep is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "gate-signal",
        "waiting for an input is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "gate-approve",
        "waiting for an approval is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "failure-node",
        "a node that runs on failure is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
    refused(
        "failure-policy-continue",
        "that other nodes go on after a failure is not written for Airflow yet",
        "Run it with `--on local`, or leave it out.",
    ),
)
