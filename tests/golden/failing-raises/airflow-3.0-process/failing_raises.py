"""failing.raises: What comes after the failure must not run.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/failing.raises/{{ run_id }}"


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
    dag_id="failing.raises",
    description="What comes after the failure must not run.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"b": Param(0, type="integer")},
    tags=["jetbridge"],
):
    # failing.py:49
    fine_n0 = PythonOperator(
        task_id="fine_n0",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:1",
            "--",
            "task-module",
            "failing",
            "task-name",
            "fine",
        ],
    )

    # failing.py:49
    divide = PythonOperator(
        task_id="divide",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=n0.o0",
            "--bind=b=json:{{ macros.json.dumps(params['b']) }}",
            "--",
            "task-module",
            "failing",
            "task-name",
            "divide",
        ],
        retries=1,
    )

    # failing.py:50
    fine_n2 = PythonOperator(
        task_id="fine_n2",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:2",
            "--",
            "task-module",
            "failing",
            "task-name",
            "fine",
        ],
    )

    fine_n0 >> divide >> fine_n2
