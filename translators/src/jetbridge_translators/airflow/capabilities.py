"""What Airflow makes of each feature of FlyteIDL."""

from __future__ import annotations

from jetbridge_translators.capability import Capability, emulated, native, refused, since

RESOURCE_WORK = refused(
    "resource-work",
    "Airflow has no operator for an arbitrary Kubernetes object",
    "Install a plugin that gives the task type an Airflow operator (entry point group `jetbridge.lower.airflow`), "
    "or run it on Argo.",
)

PROCESS_PODS = refused(
    "pod-containers",
    "a process of the worker has no other containers, init containers, volumes or variables of a cluster",
    "Translate it with `--containers pod`.",
)
_NOBODY_WAITS = (
    "Airflow 3.0 has no operator that waits for a person",
    "Write for a newer Airflow: `--target airflow=3.1`.",
)

CAPABILITIES: tuple[Capability, ...] = (
    emulated(
        "task-retries",
        "`retries` after a failure of any class but an error of the user's code, which is final: by a `retry_policy` "
        "of pods from Airflow 3.3 on, before by a KubernetesPodOperator that raises AirflowFailException. Flyte's own "
        "attempts after a system failure are not added",
    ),
    native("task-timeout", "`execution_timeout` of each attempt"),
    emulated(
        "task-cache",
        "the entrypoint looks for the outputs of an equal call below `<store>/cache`, so a hit still takes a pod; "
        '`{"jetbridge-overwrite-cache": true}` in the configuration of a run makes them anew',
    ),
    emulated("task-interruptible", "the pod's label `interruptible: true`; no effect with `--containers process`"),
    native("task-resources", "`container_resources`; with `--containers process` the worker's own"),
    native("task-environment", "`env_vars`, or the environment of the process"),
    native(
        "task-secrets",
        "entries of Kubernetes Secrets; with `--containers process` the worker's environment must hold them",
    ),
    native("task-labels", "`labels` and `annotations` of the pod; no effect with `--containers process`"),
    native(
        "task-accelerator",
        "as on Flyte: node affinity and a toleration for `k8s.amazonaws.com/accelerator` and "
        "`k8s.amazonaws.com/gpu-partition-size`, for tasks that ask for a GPU; with `--containers process` the "
        "worker's own devices",
    ),
    native("task-shared-memory", "an `emptyDir` in memory, at /dev/shm; with `--containers process` the worker's own"),
    native("task-service-account", "`service_account_name` of the pod; no effect with `--containers process`"),
    emulated(
        "task-pod-template-name",
        "merged by propeller's rules from `--pod-templates FILE`, when it is translated: a later change of the object "
        "in the cluster has no effect",
    ),
    refused(
        "task-dynamic",
        "a DAG is fixed when Airflow parses it, and the nodes of a dynamic task are known only when it has run",
        "Run it with `--on local` or `--on argo`, or use `map_task` and `conditional` for what varies.",
    ),
    emulated(
        "task-deck",
        "the entrypoint leaves `deck.html` beside the outputs, at `<run root>/<node path>/deck.html`; nothing shows it",
    ),
    native("container-work", "KubernetesPodOperator, or PythonOperator with `--containers process`"),
    native(
        "sql-work",
        "no pod: SQLExecuteQueryOperator on a connection (the task's, or --sql-conn-id) for a statement without "
        "outputs whose values are constants or workflow inputs, which leaves nothing in the store; otherwise "
        "PythonOperator with the plugin's runner in the worker, which then needs jetbridge-plugins: it takes the "
        "connection's URL, or the task's own where none is named",
    ),
    native(
        "pod-work",
        "KubernetesPodOperator with the pod as `pod_template_dict`; the task's container is called `base`. With "
        "`--containers process` its function runs in the worker",
    ),
    native(
        "pod-containers",
        "in the same pod; a subclass of KubernetesPodOperator in the file does not wait for the other containers, and "
        "deletes the pod. Refused with `--containers process`",
    ),
    native(
        "foreign-work",
        "one pod: the task's container with our launcher as its first process, and a companion of --jetbridge-image "
        "beside it (Kubernetes 1.29 or newer), as user --run-as-user; the image's own entrypoint is not run. With "
        "`--containers process` flytekit's command runs in the worker",
    ),
    native(
        "raw-container",
        "the pod of an image that is not ours; inputs and outputs are folders of a volume, which the companion fills "
        "and reads as Flyte's copilot does. With `--containers process` a container of the worker's own engine",
    ),
    RESOURCE_WORK,
    native("workflow-inputs", "`params` with a JSON schema"),
    native("workflow-fixed-inputs", "constants in the tasks' arguments"),
    native(
        "launch-plan-schedule",
        "`schedule=`: a CronTriggerTimetable in UTC, or a timedelta; the kickoff input gets `dag_run.run_after`",
    ),
    emulated("launch-plan-labels", "labels and annotations of all pods; `tags` of the DAG, as `name=value`"),
    native("launch-plan-parallelism", "`max_active_tasks` of the DAG, which holds for each run"),
    emulated("launch-plan-one-run", "`max_active_runs` of the DAG: the next run waits, and is not skipped"),
    emulated("launch-plan-concurrency", "`max_active_runs` of the DAG: further runs wait, and are not skipped"),
    emulated(
        "launch-plan-notifications",
        "callbacks of the DAG that mail by the connection `smtp_default`, with the provider `smtp`; an aborted or "
        "timed-out run is a failed one",
    ),
    emulated("workflow-outputs", "they stay in the store; `jetbridge run` reads them there"),
    native("bindings-attribute", "resolved by the entrypoint"),
    native("bindings-collection", "resolved by the entrypoint"),
    native("sub-workflow", "a TaskGroup in the same DAG, also for a launch plan as a node"),
    emulated(
        "sub-workflow-failure-node",
        "a task in the group that runs when the group's others have ended and one has failed; `end` of the group, "
        "which the tasks after it wait for, fails all the same",
    ),
    native(
        "branch",
        "BranchPythonOperator, which decides in the worker by what tasks have told as XComs, without a pod; an "
        "EmptyOperator joins the cases. The value that is compared must be an output of a task, an input or a "
        "constant, not an element of a map's output, and with pods no longer than 4 KiB as JSON",
    ),
    native(
        "map",
        "a mapped task over the indices of the list, which a task without a pod makes of its length; 1024 elements for "
        "each of `--map-chunks` mapped tasks",
    ),
    emulated(
        "map-partial-success",
        "all elements are tried; then a task without a pod counts those that have succeeded, and fails if they are too "
        "few. Airflow shows the others as failed",
    ),
    native("map-parallelism", "`max_active_tis_per_dagrun`, for each of `--map-chunks` mapped tasks"),
    native(
        "gate-sleep",
        "DateTimeSensorAsync, deferred: it takes no worker while it waits. Where its time is up before it ends, a task "
        "without a pod fails then",
    ),
    since(
        "3.1",
        native(
            "gate-signal",
            "HITLEntryOperator, whose form has the signal's type: answered in Airflow's own tools, or by "
            "`jetbridge set`. Tasks get the value from there; only the verb leaves it in the store too, where "
            "`jetbridge recover` and outputs of the workflow find it",
        ),
        *_NOBODY_WAITS,
    ),
    since(
        "3.1",
        native(
            "gate-approve",
            "ApprovalOperator: answered in Airflow's own tools, or by `jetbridge approve` and `reject`, with the REST "
            "API that JETBRIDGE_AIRFLOW_URL names",
        ),
        *_NOBODY_WAITS,
    ),
    emulated(
        "failure-node",
        "a task that runs when all others have ended and one has failed; the leaf `end` fails the run all the same",
    ),
    emulated(
        "failure-policy-immediately",
        "each task looks before it starts (`pre_execute`), and is skipped when another has failed for good; what runs "
        "then goes on to its end, and a gate waits on for its answer or its time. With Airflow's own `fail_fast` such "
        "a run would succeed",
    ),
    native("failure-policy-continue", "as Airflow does by itself"),
)
