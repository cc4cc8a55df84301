"""tables.every_store: All of these at once.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param

try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException, AirflowSkipException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/tables.every_store/{{ run_id }}"


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
    dag_id="tables.every_store",
    description="All of these at once.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={
        "rows": Param(12, type="integer"),
        "text": Param("{{text}}\r\n\U0001f427", type="string"),
    },
    tags=["jetbridge"],
):
    # tables.py:45
    write = PythonOperator(
        task_id="write",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=text=json:{{ macros.json.dumps(params['text']) }}",
            "--",
            "task-module",
            "stored",
            "task-name",
            "write",
        ],
    )

    # tables.py:47
    tabulate = PythonOperator(
        task_id="tabulate",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=rows=json:{{ macros.json.dumps(params['rows']) }}",
            "--bind=text=json:{{ macros.json.dumps(params['text']) }}",
            "--",
            "task-module",
            "tables",
            "task-name",
            "tabulate",
        ],
    )

    # tables.py:46
    hand_on = PythonOperator(
        task_id="hand_on",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=files=[n0.o0]",
            "--",
            "task-module",
            "stored",
            "task-name",
            "hand_on",
        ],
    )

    # tables.py:47
    select = PythonOperator(
        task_id="select",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=table=n3.o0",
            "--",
            "task-module",
            "tables",
            "task-name",
            "select",
        ],
    )

    # tables.py:46
    pack = PythonOperator(
        task_id="pack",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n1.o0",
            "--",
            "task-module",
            "stored",
            "task-name",
            "pack",
        ],
    )

    # tables.py:48
    read = PythonOperator(
        task_id="read",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n0.o0",
            "--bind=folder=n2.o0",
            "--",
            "task-module",
            "stored",
            "task-name",
            "read",
        ],
    )

    write >> hand_on >> pack
    tabulate >> select
    [write, pack] >> read
