"""maps.mapped.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import os
import shutil
import subprocess
import tempfile
from datetime import timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

# The folder of a run in the object store: what tasks exchange lies below it.
RUN_ROOT = "s3://example/runs/maps.mapped/{{ run_id }}"


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
    """A value from JSON text."""
    return json.loads(operand)


def count(size, chunk, chunks):
    """The indices of a map's elements that one mapped task runs: Airflow allows it 1024."""
    sizes = {value(each) for each in (size if isinstance(size, list) else [size])}
    if len(sizes) > 1:
        raise AirflowFailException(f"the lists of a map must be of one length, not {sorted(sizes)}")
    (size,) = sizes
    if size > 1024 * chunks:
        raise AirflowFailException(
            f"the map has {size} elements, and this file has tasks for {1024 * chunks}: "
            "translate the workflow with more --map-chunks"
        )
    return range(1024 * chunk, min(size, 1024 * (chunk + 1)))


def indices(size, chunk=0, chunks=1):
    """The index of each element of a map."""
    return [{"index": index} for index in count(size, chunk, chunks)]


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="maps.mapped",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"count": Param(3, type="integer")},
    tags=["jetbridge"],
):
    # maps.py:35
    listed = PythonOperator(
        task_id="listed",
        python_callable=execute_and_tell,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n0",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=count=json:{{ macros.json.dumps(params['count']) }}",
            "--control=size:o0",
            "--",
            "task-module",
            "maps",
            "task-name",
            "listed",
        ],
    )

    # maps.py:35
    map_scale_indices = PythonOperator(
        task_id="map_scale_indices",
        python_callable=indices,
        op_kwargs={"size": "{{ ti.xcom_pull('listed', key='controls')['size:o0'] }}"},
    )

    map_scale = PythonOperator.partial(
        task_id="map_scale",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/{{ ti.map_index }}",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=factor=json:10",
            "--bind=n=n0.o0[{{ ti.map_index }}]",
            "--",
            "task-module",
            "maps",
            "task-name",
            "scale",
        ],
    ).expand(templates_dict=map_scale_indices.output)

    map_scale_joined = EmptyOperator(
        task_id="map_scale_joined",
        trigger_rule="none_failed_min_one_success",
    )

    # maps.py:36
    add_up = PythonOperator(
        task_id="add_up",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n2",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=numbers=each(n0.o0, n1.o0)",
            "--",
            "task-module",
            "maps",
            "task-name",
            "add_up",
        ],
    )

    listed >> map_scale_indices >> map_scale
    [map_scale_indices, map_scale] >> map_scale_joined >> add_up
