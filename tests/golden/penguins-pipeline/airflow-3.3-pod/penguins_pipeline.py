"""penguins.pipeline: Fits body mass against flipper length for each species of penguin.

Written by `jetbridge translate`: change the workflow, not this file.
"""

from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowSkipException
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/penguins.pipeline/{{ run_id }}"

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
    dag_id="penguins.pipeline",
    description="Fits body mass against flipper length for each species of penguin.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"min_mass": Param(2000, type="integer")},
    tags=["jetbridge"],
):
    # penguins.py:111
    load = KubernetesPodOperator(
        task_id="load",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--",
            "task-module",
            "penguins",
            "task-name",
            "load",
        ],
        **POD,
    )

    # penguins.py:112
    clean = KubernetesPodOperator(
        task_id="clean",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=min_mass=json:{{ macros.json.dumps(params['min_mass']) }}",
            "--bind=raw=n0.o0",
            "--",
            "task-module",
            "penguins",
            "task-name",
            "clean",
        ],
        **POD,
    )

    # penguins.py:113
    fit_n2 = KubernetesPodOperator(
        task_id="fit_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=measured=n1.o0",
            '--bind=species=json:"Adelie"',
            "--",
            "task-module",
            "penguins",
            "task-name",
            "fit",
        ],
        **POD,
    )

    # penguins.py:114
    fit_n3 = KubernetesPodOperator(
        task_id="fit_n3",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=measured=n1.o0",
            '--bind=species=json:"Chinstrap"',
            "--",
            "task-module",
            "penguins",
            "task-name",
            "fit",
        ],
        **POD,
    )

    # penguins.py:115
    fit_n4 = KubernetesPodOperator(
        task_id="fit_n4",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=measured=n1.o0",
            '--bind=species=json:"Gentoo"',
            "--",
            "task-module",
            "penguins",
            "task-name",
            "fit",
        ],
        **POD,
    )

    # penguins.py:116
    summarize = KubernetesPodOperator(
        task_id="summarize",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=fits=[n2.o0, n3.o0, n4.o0]",
            "--bind=measured=n1.o0",
            "--bind=raw=n0.o0",
            "--",
            "task-module",
            "penguins",
            "task-name",
            "summarize",
        ],
        **POD,
    )

    # penguins.py:117
    draw = KubernetesPodOperator(
        task_id="draw",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n6",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=measured=n1.o0",
            "--bind=report=n5.o0",
            "--",
            "task-module",
            "penguins",
            "task-name",
            "draw",
        ],
        **POD,
    )

    load >> clean >> [fit_n2, fit_n3, fit_n4]
    [load, clean, fit_n2, fit_n3, fit_n4] >> summarize
    [clean, summarize] >> draw
