"""penguins.pipeline: Fits body mass against flipper length for each species of penguin.

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
RUN_ROOT = "s3://example/runs/penguins.pipeline/{{ run_id }}"


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
    load = PythonOperator(
        task_id="load",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--",
            "task-module",
            "penguins",
            "task-name",
            "load",
        ],
    )

    # penguins.py:112
    clean = PythonOperator(
        task_id="clean",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # penguins.py:113
    fit_n2 = PythonOperator(
        task_id="fit_n2",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # penguins.py:114
    fit_n3 = PythonOperator(
        task_id="fit_n3",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # penguins.py:115
    fit_n4 = PythonOperator(
        task_id="fit_n4",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # penguins.py:116
    summarize = PythonOperator(
        task_id="summarize",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    # penguins.py:117
    draw = PythonOperator(
        task_id="draw",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
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
    )

    load >> clean >> [fit_n2, fit_n3, fit_n4]
    [load, clean, fit_n2, fit_n3, fit_n4] >> summarize
    [clean, summarize] >> draw
