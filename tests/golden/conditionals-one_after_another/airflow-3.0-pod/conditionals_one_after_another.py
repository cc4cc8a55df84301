"""conditionals.one_after_another: Each branch compares twice what the one before gave.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import functools
import json
import operator
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import BranchPythonOperator
from airflow.sdk import DAG, Param, chain
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowFailException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/conditionals.one_after_another/{{ run_id }}"

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


class TaskPodOperator(KubernetesPodOperator):
    """A pod whose exit code 80 is final: an error of the user's code would only come again."""

    def execute(self, context):
        try:
            return super().execute(context)
        except Exception as error:
            status = self.remote_pod.status if self.remote_pod else None
            for container in (status and status.container_statuses) or []:
                ended = container.state and container.state.terminated
                if ended and ended.exit_code == 80:
                    raise AirflowFailException("the task's own code failed") from error
            raise


class ControlPodOperator(TaskPodOperator):
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


def value(operand, names=None):
    """A value from JSON text; a dictionary says which of two it is, or which of those that have a name."""
    if not isinstance(operand, dict):
        return json.loads(operand)
    if "name" in operand:
        return names[operand["name"]]()
    if "names" not in operand:
        return value(operand["then"] if holds(operand["if"], names) else operand["else"], names)
    names = {}
    for name, named in operand["names"].items():
        names[name] = functools.cache(functools.partial(value, named, names))
    return value(operand["value"], names)


SIGNS = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def holds(condition, names=None):
    """Whether a condition is true. As in Flyte, both sides of `and` and `or` are looked at."""
    left, sign, right = condition
    if sign in ("and", "or"):
        sides = [holds(left, names), holds(right, names)]
        return all(sides) if sign == "and" else any(sides)
    left, right = value(left, names), value(right, names)
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
    dag_id="conditionals.one_after_another",
    description="Each branch compares twice what the one before gave.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5)},
    params={"n": Param(5, type="integer")},
    tags=["jetbridge"],
):
    # conditionals.py:43
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

    # conditionals.py:46
    step_0 = BranchPythonOperator(
        task_id="step_0",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "increment_n1_n0": [
                    ["{{ ti.xcom_pull('increment_n0', key='controls')['value:o0'] }}", ">", "10"],
                    "and",
                    ["{{ ti.xcom_pull('increment_n0', key='controls')['value:o0'] }}", "!=", "13"],
                ],
                "increment_n1_n1": [
                    "{{ ti.xcom_pull('increment_n0', key='controls')['value:o0'] }}",
                    "<",
                    "0",
                ],
            },
            "otherwise": "double_n1_n2",
        },
    )

    # conditionals.py:48
    increment_n1_n0 = ControlPodOperator(
        task_id="increment_n1_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
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

    # conditionals.py:50
    increment_n1_n1 = ControlPodOperator(
        task_id="increment_n1_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:0",
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

    # conditionals.py:52
    double_n1_n2 = ControlPodOperator(
        task_id="double_n1_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0",
            "--controls-file=/dev/termination-log",
            "--control=value:o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
        **POD,
    )

    step_0_joined = EmptyOperator(
        task_id="step_0_joined",
        trigger_rule="none_failed_min_one_success",
    )

    # conditionals.py:46
    step_1 = BranchPythonOperator(
        task_id="step_1",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "increment_n2_n0": [
                    [
                        {
                            "if": [
                                [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    ">",
                                    "10",
                                ],
                                "and",
                                [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "!=",
                                    "13",
                                ],
                            ],
                            "then": (
                                "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                            "else": {
                                "if": [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "<",
                                    "0",
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n1_n1', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": (
                                    "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                            },
                        },
                        ">",
                        "10",
                    ],
                    "and",
                    [
                        {
                            "if": [
                                [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    ">",
                                    "10",
                                ],
                                "and",
                                [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "!=",
                                    "13",
                                ],
                            ],
                            "then": (
                                "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                            "else": {
                                "if": [
                                    (
                                        "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "<",
                                    "0",
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n1_n1', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": (
                                    "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                            },
                        },
                        "!=",
                        "13",
                    ],
                ],
                "increment_n2_n1": [
                    {
                        "if": [
                            [
                                (
                                    "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                ">",
                                "10",
                            ],
                            "and",
                            [
                                (
                                    "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "!=",
                                "13",
                            ],
                        ],
                        "then": (
                            "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                            "{})['value:o0'] | default('') }}"
                        ),
                        "else": {
                            "if": [
                                (
                                    "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "<",
                                "0",
                            ],
                            "then": (
                                "{{ (ti.xcom_pull('increment_n1_n1', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                            "else": (
                                "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                        },
                    },
                    "<",
                    "0",
                ],
            },
            "otherwise": "double_n2_n2",
        },
    )

    # conditionals.py:48
    increment_n2_n0 = ControlPodOperator(
        task_id="increment_n2_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2/n0",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, json:13)), n1/"
                "n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0)"
            ),
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

    # conditionals.py:50
    increment_n2_n1 = ControlPodOperator(
        task_id="increment_n2_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:1",
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

    # conditionals.py:52
    double_n2_n2 = ControlPodOperator(
        task_id="double_n2_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n2/n2",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, json:13)), n1/"
                "n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0)"
            ),
            "--controls-file=/dev/termination-log",
            "--control=value:o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
        **POD,
    )

    step_1_joined = EmptyOperator(
        task_id="step_1_joined",
        trigger_rule="none_failed_min_one_success",
    )

    # conditionals.py:46
    step_2 = BranchPythonOperator(
        task_id="step_2",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "increment_n3_n0": [
                    [
                        {
                            "names": {
                                "n1.o0 as integer": {
                                    "if": [
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            ">",
                                            "10",
                                        ],
                                        "and",
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "!=",
                                            "13",
                                        ],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "<",
                                            "0",
                                        ],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n1_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                            },
                            "value": {
                                "if": [
                                    [{"name": "n1.o0 as integer"}, ">", "10"],
                                    "and",
                                    [{"name": "n1.o0 as integer"}, "!=", "13"],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n2_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        ">",
                        "10",
                    ],
                    "and",
                    [
                        {
                            "names": {
                                "n1.o0 as integer": {
                                    "if": [
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            ">",
                                            "10",
                                        ],
                                        "and",
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "!=",
                                            "13",
                                        ],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "<",
                                            "0",
                                        ],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n1_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                            },
                            "value": {
                                "if": [
                                    [{"name": "n1.o0 as integer"}, ">", "10"],
                                    "and",
                                    [{"name": "n1.o0 as integer"}, "!=", "13"],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n2_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        "!=",
                        "13",
                    ],
                ],
                "increment_n3_n1": [
                    {
                        "names": {
                            "n1.o0 as integer": {
                                "if": [
                                    [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        ">",
                                        "10",
                                    ],
                                    "and",
                                    [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        "!=",
                                        "13",
                                    ],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        "<",
                                        "0",
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        "value": {
                            "if": [
                                [{"name": "n1.o0 as integer"}, ">", "10"],
                                "and",
                                [{"name": "n1.o0 as integer"}, "!=", "13"],
                            ],
                            "then": (
                                "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                            "else": {
                                "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n2_n1', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": (
                                    "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                            },
                        },
                    },
                    "<",
                    "0",
                ],
            },
            "otherwise": "double_n3_n2",
        },
    )

    # conditionals.py:48
    increment_n3_n0 = ControlPodOperator(
        task_id="increment_n3_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3/n0",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=let(n1.o0 = if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, "
                "json:13)), n1/n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0), "
                "if(and(gt(integer, n1.o0, json:10), ne(integer, n1.o0, json:13)), n2/n0.o0, "
                "lt(integer, n1.o0, json:0), n2/n1.o0, n2/n2.o0))"
            ),
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

    # conditionals.py:50
    increment_n3_n1 = ControlPodOperator(
        task_id="increment_n3_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:2",
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

    # conditionals.py:52
    double_n3_n2 = ControlPodOperator(
        task_id="double_n3_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3/n2",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=let(n1.o0 = if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, "
                "json:13)), n1/n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0), "
                "if(and(gt(integer, n1.o0, json:10), ne(integer, n1.o0, json:13)), n2/n0.o0, "
                "lt(integer, n1.o0, json:0), n2/n1.o0, n2/n2.o0))"
            ),
            "--controls-file=/dev/termination-log",
            "--control=value:o0",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
        **POD,
    )

    step_2_joined = EmptyOperator(
        task_id="step_2_joined",
        trigger_rule="none_failed_min_one_success",
    )

    # conditionals.py:46
    step_3 = BranchPythonOperator(
        task_id="step_3",
        python_callable=choose,
        op_kwargs={
            "cases": {
                "increment_n4_n0": [
                    [
                        {
                            "names": {
                                "n2.o0 as integer": {
                                    "if": [
                                        [{"name": "n1.o0 as integer"}, ">", "10"],
                                        "and",
                                        [{"name": "n1.o0 as integer"}, "!=", "13"],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n2_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                                "n1.o0 as integer": {
                                    "if": [
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            ">",
                                            "10",
                                        ],
                                        "and",
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "!=",
                                            "13",
                                        ],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "<",
                                            "0",
                                        ],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n1_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                            },
                            "value": {
                                "if": [
                                    [{"name": "n2.o0 as integer"}, ">", "10"],
                                    "and",
                                    [{"name": "n2.o0 as integer"}, "!=", "13"],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n3_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [{"name": "n2.o0 as integer"}, "<", "0"],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n3_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n3_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        ">",
                        "10",
                    ],
                    "and",
                    [
                        {
                            "names": {
                                "n2.o0 as integer": {
                                    "if": [
                                        [{"name": "n1.o0 as integer"}, ">", "10"],
                                        "and",
                                        [{"name": "n1.o0 as integer"}, "!=", "13"],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n2_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                                "n1.o0 as integer": {
                                    "if": [
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            ">",
                                            "10",
                                        ],
                                        "and",
                                        [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "!=",
                                            "13",
                                        ],
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": {
                                        "if": [
                                            (
                                                "{{ (ti.xcom_pull('increment_n0', key='controls') "
                                                "or {})['value:o0'] | default('') }}"
                                            ),
                                            "<",
                                            "0",
                                        ],
                                        "then": (
                                            "{{ (ti.xcom_pull('increment_n1_n1', key='controls') "
                                            "or {})['value:o0'] | default('') }}"
                                        ),
                                        "else": (
                                            "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                    },
                                },
                            },
                            "value": {
                                "if": [
                                    [{"name": "n2.o0 as integer"}, ">", "10"],
                                    "and",
                                    [{"name": "n2.o0 as integer"}, "!=", "13"],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n3_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [{"name": "n2.o0 as integer"}, "<", "0"],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n3_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n3_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        "!=",
                        "13",
                    ],
                ],
                "increment_n4_n1": [
                    {
                        "names": {
                            "n2.o0 as integer": {
                                "if": [
                                    [{"name": "n1.o0 as integer"}, ">", "10"],
                                    "and",
                                    [{"name": "n1.o0 as integer"}, "!=", "13"],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n2_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [{"name": "n1.o0 as integer"}, "<", "0"],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n2_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n2_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                            "n1.o0 as integer": {
                                "if": [
                                    [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        ">",
                                        "10",
                                    ],
                                    "and",
                                    [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        "!=",
                                        "13",
                                    ],
                                ],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n1_n0', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": {
                                    "if": [
                                        (
                                            "{{ (ti.xcom_pull('increment_n0', key='controls') or "
                                            "{})['value:o0'] | default('') }}"
                                        ),
                                        "<",
                                        "0",
                                    ],
                                    "then": (
                                        "{{ (ti.xcom_pull('increment_n1_n1', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                    "else": (
                                        "{{ (ti.xcom_pull('double_n1_n2', key='controls') or "
                                        "{})['value:o0'] | default('') }}"
                                    ),
                                },
                            },
                        },
                        "value": {
                            "if": [
                                [{"name": "n2.o0 as integer"}, ">", "10"],
                                "and",
                                [{"name": "n2.o0 as integer"}, "!=", "13"],
                            ],
                            "then": (
                                "{{ (ti.xcom_pull('increment_n3_n0', key='controls') or "
                                "{})['value:o0'] | default('') }}"
                            ),
                            "else": {
                                "if": [{"name": "n2.o0 as integer"}, "<", "0"],
                                "then": (
                                    "{{ (ti.xcom_pull('increment_n3_n1', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                                "else": (
                                    "{{ (ti.xcom_pull('double_n3_n2', key='controls') or "
                                    "{})['value:o0'] | default('') }}"
                                ),
                            },
                        },
                    },
                    "<",
                    "0",
                ],
            },
            "otherwise": "double_n4_n2",
        },
    )

    # conditionals.py:48
    increment_n4_n0 = KubernetesPodOperator(
        task_id="increment_n4_n0",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4/n0",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=let(n1.o0 = if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, "
                "json:13)), n1/n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0), n2.o0 = "
                "if(and(gt(integer, n1.o0, json:10), ne(integer, n1.o0, json:13)), n2/n0.o0, "
                "lt(integer, n1.o0, json:0), n2/n1.o0, n2/n2.o0), if(and(gt(integer, n2.o0, "
                "json:10), ne(integer, n2.o0, json:13)), n3/n0.o0, lt(integer, n2.o0, json:0), n3/"
                "n1.o0, n3/n2.o0))"
            ),
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "increment",
        ],
        **POD,
    )

    # conditionals.py:50
    increment_n4_n1 = KubernetesPodOperator(
        task_id="increment_n4_n1",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4/n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:3",
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "increment",
        ],
        **POD,
    )

    # conditionals.py:52
    double_n4_n2 = KubernetesPodOperator(
        task_id="double_n4_n2",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n4/n2",
            "--attempt={{ ti.try_number - 1 }}",
            (
                "--bind=n=let(n1.o0 = if(and(gt(integer, n0.o0, json:10), ne(integer, n0.o0, "
                "json:13)), n1/n0.o0, lt(integer, n0.o0, json:0), n1/n1.o0, n1/n2.o0), n2.o0 = "
                "if(and(gt(integer, n1.o0, json:10), ne(integer, n1.o0, json:13)), n2/n0.o0, "
                "lt(integer, n1.o0, json:0), n2/n1.o0, n2/n2.o0), if(and(gt(integer, n2.o0, "
                "json:10), ne(integer, n2.o0, json:13)), n3/n0.o0, lt(integer, n2.o0, json:0), n3/"
                "n1.o0, n3/n2.o0))"
            ),
            "--",
            "task-module",
            "conditionals",
            "task-name",
            "double",
        ],
        **POD,
    )

    step_3_joined = EmptyOperator(
        task_id="step_3_joined",
        trigger_rule="none_failed_min_one_success",
    )

    chain(
        increment_n0,
        step_0,
        [increment_n1_n0, increment_n1_n1, double_n1_n2],
        step_0_joined,
        step_1,
        [increment_n2_n0, increment_n2_n1, double_n2_n2],
        step_1_joined,
        step_2,
        [increment_n3_n0, increment_n3_n1, double_n3_n2],
        step_2_joined,
        step_3,
        [increment_n4_n0, increment_n4_n1, double_n4_n2],
        step_3_joined,
    )
