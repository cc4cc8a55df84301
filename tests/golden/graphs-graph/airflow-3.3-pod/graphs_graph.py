"""graphs.graph: All of these at once.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/graphs.graph/{{ run_id }}"

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


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="graphs.graph",
    description="All of these at once.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"n": Param(2, type="integer")},
    tags=["jetbridge"],
):
    # graphs.py:127
    increment_n0 = KubernetesPodOperator(
        task_id="increment_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=by=json:10",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "increment",
        ],
        **POD,
    )

    # graphs.py:127
    increment_n1 = KubernetesPodOperator(
        task_id="increment_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=by=json:20",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "increment",
        ],
        **POD,
    )

    # graphs.py:130
    stamp_n6 = KubernetesPodOperator(
        task_id="stamp_n6",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n6",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=pause=json:0.5",
            '--bind=text=json:"a"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "stamp",
        ],
        **POD,
    )

    # graphs.py:128
    add_up = KubernetesPodOperator(
        task_id="add_up",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=numbers=[n0.o0, n1.o0, json:{{ macros.json.dumps(params['n']) }}, json:1000]",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "add_up",
        ],
        **POD,
    )

    # graphs.py:130
    stamp_n5 = KubernetesPodOperator(
        task_id="stamp_n5",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=pause=json:0.0",
            '--bind=text=json:"b"',
            "--",
            "task-module",
            "graphs",
            "task-name",
            "stamp",
        ],
        **POD,
    )

    # graphs.py:128
    divide = KubernetesPodOperator(
        task_id="divide",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=n2.o0",
            "--bind=b=json:7",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "divide",
        ],
        **POD,
    )

    # graphs.py:132
    in_order = KubernetesPodOperator(
        task_id="in_order",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n8",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=times=[n6.o0, n5.o0]",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "in_order",
        ],
        **POD,
    )

    # graphs.py:129
    spell = KubernetesPodOperator(
        task_id="spell",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n3.remainder",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "spell",
        ],
        **POD,
    )

    # graphs.py:131
    note = KubernetesPodOperator(
        task_id="note",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n7",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=text=n4.o1",
            "--",
            "task-module",
            "graphs",
            "task-name",
            "note",
        ],
        **POD,
    )

    [increment_n0, increment_n1] >> add_up >> divide >> spell
    stamp_n6 >> stamp_n5
    [stamp_n6, stamp_n5] >> in_order
    [stamp_n5, spell] >> note
