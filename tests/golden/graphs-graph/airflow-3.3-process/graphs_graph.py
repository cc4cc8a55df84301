"""graphs.graph: All of these at once.

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
RUN_ROOT = "s3://example/runs/graphs.graph/{{ run_id }}"


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
    increment_n0 = PythonOperator(
        task_id="increment_n0",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:127
    increment_n1 = PythonOperator(
        task_id="increment_n1",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:130
    stamp_n6 = PythonOperator(
        task_id="stamp_n6",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:128
    add_up = PythonOperator(
        task_id="add_up",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:130
    stamp_n5 = PythonOperator(
        task_id="stamp_n5",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:128
    divide = PythonOperator(
        task_id="divide",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:132
    in_order = PythonOperator(
        task_id="in_order",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:129
    spell = PythonOperator(
        task_id="spell",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # graphs.py:131
    note = PythonOperator(
        task_id="note",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    [increment_n0, increment_n1] >> add_up >> divide >> spell
    stamp_n6 >> stamp_n5
    [stamp_n6, stamp_n5] >> in_order
    [stamp_n5, spell] >> note
