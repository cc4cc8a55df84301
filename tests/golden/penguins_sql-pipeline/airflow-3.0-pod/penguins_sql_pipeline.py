"""penguins_sql.pipeline: Counts and weighs the penguins of an island.

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

IMAGE = "ghcr.io/example/tasks:1"

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/penguins_sql.pipeline/{{ run_id }}"

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
    dag_id="penguins_sql.pipeline",
    description="Counts and weighs the penguins of an island.",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"island": Param("Biscoe", type="string")},
    tags=["jetbridge"],
):
    # penguins_sql.py:63
    measurements = KubernetesPodOperator(
        task_id="measurements",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--",
            "task-module",
            "penguins_sql",
            "task-name",
            "measurements",
        ],
        **POD,
    )

    # penguins_sql.py:64
    by_species = PythonOperator(
        task_id="by_species",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n0.o0",
            "--bind=island=json:{{ macros.json.dumps(params['island']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "penguins_sql.by_species",
            (
                '{"interface": {"inputs": {"variables": {"file": {"type": {"simple": '
                '"STRING"}}, "island": {"type": {"simple": "STRING"}}}}, "outputs": '
                '{"variables": {"results": {"type": {"structuredDatasetType": '
                '{"columns": [{"literalType": {"simple": "STRING"}, "name": "species"},'
                ' {"literalType": {"simple": "INTEGER"}, "name": "penguins"}, '
                '{"literalType": {"simple": "FLOAT"}, "name": "mean_mass"}]}}}}}}, '
                '"statement": ["SELECT species, count(*) AS penguins, round(avg(body_mass_g), '
                '3) AS mean_mass FROM read_csv(", {"value": "file"}, ", nullstr = \'NA\') '
                'WHERE island = ", {"value": "island"}, " AND body_mass_g IS NOT NULL GROUP '
                'BY species ORDER BY species"], "uri": "duckdb:///:memory:"}'
            ),
        ],
    )

    # penguins_sql.py:65
    heaviest = PythonOperator(
        task_id="heaviest",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=file=n0.o0",
            "--bind=island=json:{{ macros.json.dumps(params['island']) }}",
            "--resolver=jetbridge_plugins.sql.run.resolver",
            "--",
            "statement",
            "penguins_sql.heaviest",
            (
                '{"interface": {"inputs": {"variables": {"file": {"type": {"simple": '
                '"STRING"}}, "island": {"type": {"simple": "STRING"}}}}, "outputs": '
                '{"variables": {"mass": {"type": {"simple": "INTEGER"}}, "species": '
                '{"type": {"simple": "STRING"}}}}}, "statement": ["SELECT species, '
                'body_mass_g AS mass FROM read_csv(", {"value": "file"}, ", nullstr = \'NA\') '
                'WHERE island = ", {"value": "island"}, " ORDER BY mass DESC NULLS LAST, '
                'species LIMIT 1"], "uri": "duckdb:///:memory:"}'
            ),
        ],
    )

    # penguins_sql.py:66
    summary = KubernetesPodOperator(
        task_id="summary",
        image=IMAGE,
        cmds=["jetbridge-execute"],
        arguments=[
            f"--run-root={RUN_ROOT}",
            "--node-path=n3",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=heaviest=n2.species",
            "--bind=mass=n2.mass",
            "--bind=species=n1.results",
            "--",
            "task-module",
            "penguins_sql",
            "task-name",
            "summary",
        ],
        **POD,
    )

    measurements >> [by_species, heaviest] >> summary
