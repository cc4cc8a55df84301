"""statements.decided.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import operator
import os
import shutil
import subprocess
import tempfile
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/statements.decided/{{ run_id }}"

# Every task is one pod: its log goes to Airflow, then it is deleted.
POD = {
    "startup_timeout_seconds": 600,
    "startup_check_interval_seconds": 2,
    "get_logs": True,
    "log_events_on_failure": True,
    "on_finish_action": "delete_pod",
    "deferrable": False,
    "do_xcom_push": False,
    "automount_service_account_token": False,
    "security_context": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "container_security_context": {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    },
    "volumes": [V1Volume(name="tmp", empty_dir=V1EmptyDirVolumeSource())],
    "volume_mounts": [V1VolumeMount(name="tmp", mount_path="/tmp")],
}


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
    dag_id="statements.decided",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(3, type="integer")},
    tags=["jetbridge"],
):
    # statements.py:68
    add_n0 = PythonOperator(
        task_id="add_n0",
        python_callable=execute_and_tell,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=json:{{ macros.json.dumps(params['n']) }}",
            "--bind=b=json:{{ macros.json.dumps(params['n']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--control=value:o0",
            "--",
            "statement",
            "statements.add",
            (
                '{"interface": {"inputs": {"variables": {"a": {"type": {"simple": '
                '"INTEGER"}}, "b": {"type": {"simple": "INTEGER"}}}}, "outputs": '
                '{"variables": {"o0": {"type": {"simple": "INTEGER"}}}}}, "statement": '
                '["SELECT ", {"value": "a"}, " + ", {"value": "b"}], "uri": '
                '"sqlite://"}'
            ),
        ],
    )

    # statements.py:69
    size = BranchPythonOperator(
        task_id="size",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "add_n1_n0": ["{{ ti.xcom_pull('add_n0', key='controls')['value:o0'] }}", ">", "5"],
            },
            "otherwise": "small",
        },
    )

    # statements.py:69
    add_n1_n0 = PythonOperator(
        task_id="add_n1_n0",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=n0.o0",
            "--bind=b=json:100",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "statements.add",
            (
                '{"interface": {"inputs": {"variables": {"a": {"type": {"simple": '
                '"INTEGER"}}, "b": {"type": {"simple": "INTEGER"}}}}, "outputs": '
                '{"variables": {"o0": {"type": {"simple": "INTEGER"}}}}}, "statement": '
                '["SELECT ", {"value": "a"}, " + ", {"value": "b"}], "uri": '
                '"sqlite://"}'
            ),
        ],
    )

    # statements.py:69
    small = KubernetesPodOperator(
        task_id="small",
        image="ghcr.io/example/tasks:1",
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
            "--",
            "task-module",
            "statements",
            "task-name",
            "small",
        ],
        **POD,
    )

    size_joined = EmptyOperator(task_id="size_joined", trigger_rule="none_failed_min_one_success")

    add_n0 >> size >> [add_n1_n0, small] >> size_joined
