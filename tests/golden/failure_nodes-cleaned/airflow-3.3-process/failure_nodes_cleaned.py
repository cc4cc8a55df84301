"""failure_nodes.cleaned.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/failure_nodes.cleaned/{{ run_id }}"


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


with DAG(
    dag_id="failure_nodes.cleaned",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # failure_nodes.py:26
    broken = PythonOperator(
        task_id="broken",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "failure_nodes",
            "task-name",
            "broken",
        ],
    )

    end = EmptyOperator(task_id="end")

    settled = EmptyOperator(task_id="settled", trigger_rule="all_done")

    failed = EmptyOperator(task_id="failed", trigger_rule="one_failed")

    # failure_nodes.py:24
    clean_up = PythonOperator(
        task_id="clean_up",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=fn0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "failure_nodes",
            "task-name",
            "clean_up",
        ],
    )

    broken >> [end, settled, failed]
    [settled, failed] >> clean_up
