"""conditionals.three_ways: A join after branches that were not taken.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import operator
import os
import shutil
import subprocess
import tempfile
from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG, Param

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/conditionals.three_ways/{{ run_id }}"


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


def execute_and_tell(name, *arguments, ti, env=None):
    """Run a task's command, and tell what a branch or a map must know of the outputs."""
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/controls.json"
        execute(name, f"--controls-file={file}", *arguments, env=env)
        with open(file) as controls:
            ti.xcom_push(key="controls", value=json.load(controls))


def value(operand):
    """A value from JSON text; a dictionary says which of two it is."""
    if isinstance(operand, dict):
        return value(operand["then"] if holds(operand["if"]) else operand["else"])
    return json.loads(operand)


SIGNS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def holds(condition):
    """Whether a condition is true. As in Flyte, both sides of `and` and `or` are looked at."""
    left, sign, right = condition
    if sign in ("and", "or"):
        sides = [holds(left), holds(right)]
        return all(sides) if sign == "and" else any(sides)
    left, right = value(left), value(right)
    if type(left) is not type(right) or (isinstance(left, bool) and sign not in ("==", "!=")):
        raise AirflowFailException(f"a condition cannot tell whether {left!r} {sign} {right!r}")
    return SIGNS[sign](left, right)


def choose(cases, otherwise=None, error=None):
    """The first case whose condition holds."""
    for task_id, condition in cases.items():
        if holds(condition):
            return task_id
    if otherwise is None:
        raise AirflowFailException(error)
    return otherwise


with DAG(
    dag_id="conditionals.three_ways",
    description="A join after branches that were not taken.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(5, type="integer")},
    tags=["jetbridge"],
):
    # conditionals.py:22
    increment_n0 = PythonOperator(
        task_id="increment_n0",
        python_callable=execute_and_tell,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--control=value:o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "increment",
        ],
    )

    # conditionals.py:24
    size = BranchPythonOperator(
        task_id="size",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "double_n1_n0": [
                    ["{{ ti.xcom_pull('increment_n0', key='controls')['value:o0'] }}", ">", "100"],
                    "and",
                    ["{{ macros.json.dumps(params['n']) }}", ">", "0"],
                ],
                "increment_n1_n1": [
                    ["{{ ti.xcom_pull('increment_n0', key='controls')['value:o0'] }}", "==", "6"],
                    "or",
                    ["{{ macros.json.dumps(params['n']) }}", "<", "0"],
                ],
            },
            "error": "neither large nor six",
        },
    )

    # conditionals.py:26
    double_n1_n0 = PythonOperator(
        task_id="double_n1_n0",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
    )

    # conditionals.py:28
    increment_n1_n1 = PythonOperator(
        task_id="increment_n1_n1",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "increment",
        ],
    )

    size_joined = EmptyOperator(task_id="size_joined", trigger_rule="none_failed_min_one_success")

    # conditionals.py:32
    double_n2 = PythonOperator(
        task_id="double_n2",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=if(and(gt(integer, n0.o0, json:100), gt(integer, json:{{ "
                "macros.json.dumps(params['n']) }}, json:0)), n1/n0.o0, or(eq(integer, n0.o0, "
                "json:6), lt(integer, json:{{ macros.json.dumps(params['n']) }}, json:0)), n1/"
                "n1.o0, nothing())"
            ),
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
    )

    increment_n0 >> size >> [double_n1_n0, increment_n1_n1] >> size_joined >> double_n2
