"""conditionals.three_ways: A join after branches that were not taken.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import operator
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/conditionals.three_ways/{{ run_id }}"

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


class ControlPodOperator(KubernetesPodOperator):
    """A pod whose termination message tells what a branch or a map must know of the outputs."""

    def execute(self, context):
        super().execute(context)
        message = None
        for container in self.remote_pod.status.container_statuses or []:
            ended = container.state and container.state.terminated
            if container.name == self.base_container_name and ended:
                message = ended.message
        if not message:
            raise AirflowFailException("the pod's termination message tells nothing of its outputs")
        context["ti"].xcom_push(key="controls", value=json.loads(message))


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
    increment_n0 = ControlPodOperator(
        task_id="increment_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['n']) }}",
            "--controls-file=/dev/termination-log",
            "--control=value:o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "increment",
        ],
        **POD,
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
    double_n1_n0 = KubernetesPodOperator(
        task_id="double_n1_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
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
        **POD,
    )

    # conditionals.py:28
    increment_n1_n1 = KubernetesPodOperator(
        task_id="increment_n1_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
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
        **POD,
    )

    size_joined = EmptyOperator(task_id="size_joined", trigger_rule="none_failed_min_one_success")

    # conditionals.py:32
    double_n2 = KubernetesPodOperator(
        task_id="double_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
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
        **POD,
    )

    increment_n0 >> size >> [double_n1_n0, increment_n1_n1] >> size_joined >> double_n2
