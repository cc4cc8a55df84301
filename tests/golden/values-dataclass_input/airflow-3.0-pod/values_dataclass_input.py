"""values.dataclass_input.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.dataclass_input/{{ run_id }}"

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
    dag_id="values.dataclass_input",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={
        "tree": Param(
            {"a": {"b": [8], "label": "{{leaf}}"}, "by_name": {}, "note": "{{note}}"},
            type="object",
        ),
    },
    tags=["jetbridge"],
):
    # values.py:161
    look = KubernetesPodOperator(
        task_id="look",
        image="ghcr.io/example/tasks:1",
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            '--bind=constant=json:"given"',
            (
                "--bind=label=json:{{ macros.json.dumps(params['tree']) | replace('$', "
                "'\\\\u0024') }}.a.label"
            ),
            (
                "--bind=leaf=json:{{ macros.json.dumps(params['tree']) | replace('$', '\\\\u0024') "
                "}}.a"
            ),
            (
                "--bind=number=json:{{ macros.json.dumps(params['tree']) | replace('$', "
                "'\\\\u0024') }}.a.b[0]"
            ),
            "--",
            "task-module",
            "values",
            "task-name",
            "look",
        ],
        **POD,
    )
