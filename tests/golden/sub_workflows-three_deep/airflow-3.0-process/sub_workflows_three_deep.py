"""sub_workflows.three_deep.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param, TaskGroup

try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException, AirflowSkipException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/sub_workflows.three_deep/{{ run_id }}"


def execute(*command, env=None):
    """Run a task's command in this worker; an error of the user's code (exit code 80) is final."""
    name, *arguments = command
    program = shutil.which(name)
    if program is None:
        raise AirflowFailException(f"{name} is not on this worker's PATH: pip install jetbridge")
    environment = {**os.environ, **(env or {})}
    code = subprocess.run([program, *arguments], env=environment, check=False).returncode
    if code == 80:
        raise AirflowFailException("the task's own code failed; its error is in the log above")
    if code != 0:
        raise RuntimeError(f"{name} ended with exit code {code}; see the log above")


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
        middle_n0_increment = PythonOperator(
            task_id="increment",
            python_callable=execute,
            op_args=[
                "jetbridge-execute",
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
        )

        # sub_workflows.py:25
        with TaskGroup("inner", tooltip="sub_workflows.inner, in n0/n1") as inner:
            # sub_workflows.py:20
            increment_n0 = PythonOperator(
                task_id="increment_n0",
                python_callable=execute,
                op_args=[
                    "jetbridge-execute",
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
            )

            # sub_workflows.py:20
            increment_n1 = PythonOperator(
                task_id="increment_n1",
                python_callable=execute,
                op_args=[
                    "jetbridge-execute",
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
            )

            increment_n0 >> increment_n1

    # sub_workflows.py:31
    with TaskGroup("middle_n1", tooltip="sub_workflows.middle, in n1") as middle_n1:
        # sub_workflows.py:25
        middle_n1_increment = PythonOperator(
            task_id="increment",
            python_callable=execute,
            op_args=[
                "jetbridge-execute",
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
        )

        # sub_workflows.py:25
        with TaskGroup("inner", tooltip="sub_workflows.inner, in n1/n1") as middle_n1_inner:
            # sub_workflows.py:20
            middle_n1_inner_increment_n0 = PythonOperator(
                task_id="increment_n0",
                python_callable=execute,
                op_args=[
                    "jetbridge-execute",
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
            )

            # sub_workflows.py:20
            middle_n1_inner_increment_n1 = PythonOperator(
                task_id="increment_n1",
                python_callable=execute,
                op_args=[
                    "jetbridge-execute",
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
            )

            middle_n1_inner_increment_n0 >> middle_n1_inner_increment_n1

    # sub_workflows.py:32
    increment = PythonOperator(
        task_id="increment",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    middle_n0 >> middle_n1 >> increment
