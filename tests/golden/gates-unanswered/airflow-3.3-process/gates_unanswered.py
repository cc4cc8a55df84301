"""gates.unanswered: Nobody gives the value in time, so nobody is asked for the approval.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLEntryOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/gates.unanswered/{{ run_id }}"


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
    dag_id="gates.unanswered",
    description="Nobody gives the value in time, so nobody is asked for the approval.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(1, type="integer")},
    tags=["jetbridge"],
):
    # gates.py:34
    amount = HITLEntryOperator(
        task_id="amount",
        subject="amount?",
        body=f"Node n0, below {RUN_ROOT}",
        params={"value": Param(None, type=["null", "integer"])},
        defaults=None,
        response_timeout=timedelta(seconds=1),
    )

    # gates.py:35
    doubled_n1 = PythonOperator(
        task_id="doubled_n1",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=json:{{ macros.json.dumps(ti.xcom_pull('amount')['params_input']['value']"
                ") }}"
            ),
            "--",
            "task-module",
            "gates",
            "task-name",
            "doubled",
        ],
    )

    # gates.py:35
    large_enough = ApprovalOperator(
        task_id="large_enough",
        subject="Approve large enough??",
        body=f"Node n2 asks about n1.o0, below {RUN_ROOT}",
        fail_on_reject=True,
        response_timeout=timedelta(hours=1),
    )

    # gates.py:35
    doubled_n3 = PythonOperator(
        task_id="doubled_n3",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n1.o0",
            "--",
            "task-module",
            "gates",
            "task-name",
            "doubled",
        ],
    )

    amount >> doubled_n1 >> large_enough >> doubled_n3
