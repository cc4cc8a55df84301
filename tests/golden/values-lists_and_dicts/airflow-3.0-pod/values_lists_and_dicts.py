"""values.lists_and_dicts.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.lists_and_dicts/{{ run_id }}"

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
    dag_id="values.lists_and_dicts",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={
        "rows": Param(
            [[1, 2], [], [4611686018427387904]],
            type="array",
            items={"type": "array", "items": {"type": "integer"}},
        ),
        "table": Param(
            {"": [], "{{=1}}": [1e+300, -0.0]},
            type="object",
            additionalProperties={"type": "array", "items": {"type": "number"}},
        ),
    },
    tags=["jetbridge"],
):
    # values.py:147
    nested_n0 = KubernetesPodOperator(
        task_id="nested_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=empty=json:[]",
            '--bind=records=json:[{"a": 1}, {}]',
            "--bind=rows=json:{{ macros.json.dumps(params['rows']) | replace('$', '\\\\u0024') }}",
            (
                "--bind=table=json:{{ macros.json.dumps(params['table']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            "--",
            "task-module",
            "values",
            "task-name",
            "nested",
        ],
        **POD,
    )

    # values.py:148
    nested_n1 = KubernetesPodOperator(
        task_id="nested_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=empty=n0.empty",
            "--bind=records=n0.records",
            "--bind=rows=n0.rows",
            "--bind=table=n0.table",
            "--",
            "task-module",
            "values",
            "task-name",
            "nested",
        ],
        **POD,
    )

    nested_n0 >> nested_n1
