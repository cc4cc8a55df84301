"""statements.queried.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import os
import shutil
import subprocess
from datetime import timedelta

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from kubernetes.client import V1EmptyDirVolumeSource, V1Volume, V1VolumeMount

try:
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException
except ImportError:  # Airflow 3.0 and 3.1
    from airflow.exceptions import AirflowFailException, AirflowSkipException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/statements.queried/{{ run_id }}"

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


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="statements.queried",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"last": Param(4, type="integer"), "word": Param("it's {{ x }} :y %s", type="string")},
    tags=["jetbridge"],
):
    # statements.py:60
    add_n0 = PythonOperator(
        task_id="add_n0",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=json:{{ macros.json.dumps(params['last']) }}",
            "--bind=b=json:1",
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

    # statements.py:61
    silent = PythonOperator(
        task_id="silent",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=json:{{ macros.json.dumps(params['last']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "statements.silent",
            (
                '{"interface": {"inputs": {"variables": {"n": {"type": {"simple": '
                '"INTEGER"}}}}}, "statement": ["CREATE TABLE forgotten AS SELECT ", '
                '{"value": "n"}, " AS n"], "uri": "sqlite://"}'
            ),
        ],
    )

    # statements.py:63
    add_n4 = PythonOperator(
        task_id="add_n4",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n4",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=a=json:{{ macros.json.dumps(params['last']) }}",
            "--bind=b=json:{{ macros.json.dumps(params['last']) }}",
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

    # statements.py:63
    both = PythonOperator(
        task_id="both",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n5",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=word=json:{{ macros.json.dumps(params['word']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "statements.both",
            (
                '{"interface": {"inputs": {"variables": {"word": {"type": {"simple": '
                '"STRING"}}}}, "outputs": {"variables": {"results": {"type": '
                '{"annotation": {"annotations": {"cache-key-metadata": '
                '{"serialization-format": "msgpack"}}}, "simple": "STRUCT"}}}}}, '
                '"statement": ["SELECT ", {"value": "word"}, " AS word, length(", '
                '{"value": "word"}, ") AS size"], "uri": "sqlite://"}'
            ),
        ],
    )

    # statements.py:60
    series = PythonOperator(
        task_id="series",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=factor=json:0.5",
            "--bind=last=n0.o0",
            "--bind=word=json:{{ macros.json.dumps(params['word']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "statements.series",
            (
                '{"interface": {"inputs": {"variables": {"factor": {"type": {"simple": '
                '"FLOAT"}}, "last": {"type": {"simple": "INTEGER"}}, "word": '
                '{"type": {"simple": "STRING"}}}}, "outputs": {"variables": '
                '{"results": {"type": {"structuredDatasetType": {"columns": '
                '[{"literalType": {"simple": "INTEGER"}, "name": "n"}, {"literalType": '
                '{"simple": "FLOAT"}, "name": "scaled"}, {"literalType": {"simple": '
                '"STRING"}, "name": "word"}]}}}}}}, "statement": ["WITH RECURSIVE s(n) AS '
                '(SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < ", {"value": "last"}, ") '
                'SELECT n, n * ", {"value": "factor"}, " AS scaled, ", {"text": "word"},'
                ' " AS word FROM s"], "uri": "sqlite://"}'
            ),
        ],
    )

    # statements.py:63
    total = KubernetesPodOperator(
        task_id="total",
        image="ghcr.io/example/tasks:1",
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=table=n1.results",
            "--",
            "task-module",
            "statements",
            "task-name",
            "total",
        ],
        **POD,
    )

    [add_n0, silent] >> series >> total
