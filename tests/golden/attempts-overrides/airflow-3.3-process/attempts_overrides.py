"""attempts.overrides: The same tasks with and without overrides.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/attempts.overrides/{{ run_id }}"


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
    dag_id="attempts.overrides",
    description="The same tasks with and without overrides.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # attempts.py:46
    patient = PythonOperator(
        task_id="patient",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=patient-one",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=until=json:1",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "patient",
        ],
        retries=1,
    )

    # attempts.py:46
    settled_n1 = PythonOperator(
        task_id="settled_n1",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "settled",
        ],
        op_kwargs={"env": {"WORD": "of the task"}},
        execution_timeout=timedelta(minutes=5),
    )

    # attempts.py:48
    settled_n2 = PythonOperator(
        task_id="settled_n2",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=patient-one.o0",
            "--",
            "task-module",
            "attempts",
            "task-name",
            "settled",
        ],
        op_kwargs={"env": {"WORD": "of the task"}},
        execution_timeout=timedelta(minutes=4),
    )

    patient >> settled_n2
