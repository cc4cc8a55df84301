"""sub_workflows.three_deep.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param, TaskGroup
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowSkipException

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/sub_workflows.three_deep/{{ run_id }}"

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
    dag_id="sub_workflows.three_deep",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # sub_workflows.py:30
    with TaskGroup("middle_n0", tooltip="sub_workflows.middle, in n0") as middle_n0:
        # sub_workflows.py:25
        middle_n0_increment = KubernetesPodOperator(
            task_id="increment",
            image=IMAGE,
            cmds=["jetbridge-execute"],
            arguments=[
                f"--run-root={RUN_ROOT}",
                "--node-path=n0/n0",
                "--attempt={{ ti.try_number - 1 }}",
                "--bind=by=json:1",
                "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
                "--",
                "task-module",
                "sub_workflows",
                "task-name",
                "increment",
            ],
            **POD,
        )

        # sub_workflows.py:25
        with TaskGroup("inner", tooltip="sub_workflows.inner, in n0/n1") as inner:
            # sub_workflows.py:20
            increment_n0 = KubernetesPodOperator(
                task_id="increment_n0",
                image=IMAGE,
                cmds=["jetbridge-execute"],
                arguments=[
                    f"--run-root={RUN_ROOT}",
                    "--node-path=n0/n1/n0",
                    "--attempt={{ ti.try_number - 1 }}",
                    "--bind=by=json:1",
                    "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
                    "--",
                    "task-module",
                    "sub_workflows",
                    "task-name",
                    "increment",
                ],
                **POD,
            )

            # sub_workflows.py:20
            increment_n1 = KubernetesPodOperator(
                task_id="increment_n1",
                image=IMAGE,
                cmds=["jetbridge-execute"],
                arguments=[
                    f"--run-root={RUN_ROOT}",
                    "--node-path=n0/n1/n1",
                    "--attempt={{ ti.try_number - 1 }}",
                    "--bind=by=json:10",
                    "--bind=n=n0/n1/n0.o0",
                    "--",
                    "task-module",
                    "sub_workflows",
                    "task-name",
                    "increment",
                ],
                **POD,
            )

            increment_n0 >> increment_n1

    # sub_workflows.py:31
    with TaskGroup("middle_n1", tooltip="sub_workflows.middle, in n1") as middle_n1:
        # sub_workflows.py:25
        middle_n1_increment = KubernetesPodOperator(
            task_id="increment",
            image=IMAGE,
            cmds=["jetbridge-execute"],
            arguments=[
                f"--run-root={RUN_ROOT}",
                "--node-path=n1/n0",
                "--attempt={{ ti.try_number - 1 }}",
                "--bind=by=json:1",
                "--bind=n=n0/n1/n1.o0",
                "--",
                "task-module",
                "sub_workflows",
                "task-name",
                "increment",
            ],
            **POD,
        )

        # sub_workflows.py:25
        with TaskGroup("inner", tooltip="sub_workflows.inner, in n1/n1") as middle_n1_inner:
            # sub_workflows.py:20
            middle_n1_inner_increment_n0 = KubernetesPodOperator(
                task_id="increment_n0",
                image=IMAGE,
                cmds=["jetbridge-execute"],
                arguments=[
                    f"--run-root={RUN_ROOT}",
                    "--node-path=n1/n1/n0",
                    "--attempt={{ ti.try_number - 1 }}",
                    "--bind=by=json:1",
                    "--bind=n=n0/n1/n1.o0",
                    "--",
                    "task-module",
                    "sub_workflows",
                    "task-name",
                    "increment",
                ],
                **POD,
            )

            # sub_workflows.py:20
            middle_n1_inner_increment_n1 = KubernetesPodOperator(
                task_id="increment_n1",
                image=IMAGE,
                cmds=["jetbridge-execute"],
                arguments=[
                    f"--run-root={RUN_ROOT}",
                    "--node-path=n1/n1/n1",
                    "--attempt={{ ti.try_number - 1 }}",
                    "--bind=by=json:10",
                    "--bind=n=n1/n1/n0.o0",
                    "--",
                    "task-module",
                    "sub_workflows",
                    "task-name",
                    "increment",
                ],
                **POD,
            )

            middle_n1_inner_increment_n0 >> middle_n1_inner_increment_n1

    # sub_workflows.py:32
    increment = KubernetesPodOperator(
        task_id="increment",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=by=json:1",
            "--bind=n=n1/n1/n1.o0",
            "--",
            "task-module",
            "sub_workflows",
            "task-name",
            "increment",
        ],
        **POD,
    )

    middle_n0 >> middle_n1 >> increment
