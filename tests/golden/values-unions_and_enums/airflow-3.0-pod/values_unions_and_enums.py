"""values.unions_and_enums.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/values.unions_and_enums/{{ run_id }}"

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
    dag_id="values.unions_and_enums",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={
        "color": Param("{{blue}}", type="string", enum=["red", "{{blue}}"]),
        "nothing": Param(None, type=["integer", "null"]),
        "something": Param("{{some}}", type=["string", "null"]),
    },
    tags=["jetbridge"],
):
    # values.py:170
    alternatives_n0 = KubernetesPodOperator(
        task_id="alternatives_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=color=json:{{ macros.json.dumps(params['color']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            '--bind=either=json:"1"',
            (
                "--bind=nothing=json:{{ macros.json.dumps(params['nothing']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            (
                "--bind=something=json:{{ macros.json.dumps(params['something']) | replace('$', "
                "'\\\\u0024') }}"
            ),
            "--",
            "task-module",
            "values",
            "task-name",
            "alternatives",
        ],
        **POD,
    )

    # values.py:171
    alternatives_n1 = KubernetesPodOperator(
        task_id="alternatives_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=color=n0.color",
            "--bind=either=n0.either",
            "--bind=nothing=n0.nothing",
            "--bind=something=n0.something",
            "--",
            "task-module",
            "values",
            "task-name",
            "alternatives",
        ],
        **POD,
    )

    alternatives_n0 >> alternatives_n1
