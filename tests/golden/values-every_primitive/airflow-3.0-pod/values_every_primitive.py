"""values.every_primitive.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.every_primitive/{{ run_id }}"

# Every task is one pod: its log goes to Airflow, then it is deleted.
POD = {
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "log_events_on_failure": True,
    "on_finish_action": "delete_pod",
    "deferrable": False,
    "do_xcom_push": False,
    "automount_service_account_token": False,
    "security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "container_security_context": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    },
    "volumes": [V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource())],
    "volume_mounts": [V1VolumeMount(name="tmp", mount_path="/tmp")],
}

with DAG(
    dag_id="values.every_primitive",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={
        "f": Param(0.1, type="number"),
        "i": Param(-9007199254740993, type="integer"),
        "s": Param("text", type="string"),
        "span": Param("-86399.999999s", type="string"),
        "when": Param("2024-02-29T23:59:59.123456Z", type="string", format="date-time"),
        "yes": Param(False, type="boolean"),
    },
    tags=["jetbridge"],
):
    # values.py:131
    primitives_n0 = KubernetesPodOperator(
        task_id="primitives_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=f=json:{{ macros.json.dumps(params['f']) }}",
            "--bind=i=json:{{ macros.json.dumps(params['i']) }}",
            "--bind=s=json:{{ macros.json.dumps(params['s']) | replace('$', '\\\\u0024') }}",
            "--bind=span=json:{{ macros.json.dumps(params['span']) | replace('$', '\\\\u0024') }}",
            "--bind=when=json:{{ macros.json.dumps(params['when']) | replace('$', '\\\\u0024') }}",
            "--bind=yes=json:{{ macros.json.dumps(params['yes']) }}",
            "--",
            "task-module",
            "values",
            "task-name",
            "primitives",
        ],
        **POD,
    )

    # values.py:132
    primitives_n1 = KubernetesPodOperator(
        task_id="primitives_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=f=n0.f",
            "--bind=i=n0.i",
            "--bind=s=n0.s",
            "--bind=span=n0.span",
            "--bind=when=n0.when",
            "--bind=yes=n0.yes",
            "--",
            "task-module",
            "values",
            "task-name",
            "primitives",
        ],
        **POD,
    )

    primitives_n0 >> primitives_n1
