"""asked.pod_template_name.

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
RUN_ROOT = "s3://example/runs/asked.pod_template_name/{{ run_id }}"


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
    dag_id="asked.pod_template_name",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # asked.py:71
    templated = PythonOperator(
        task_id="templated",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--",
            "task-module",
            "asked",
            "task-name",
            "templated",
        ],
        op_kwargs={"env": {"SIZE": "big"}},
    )
