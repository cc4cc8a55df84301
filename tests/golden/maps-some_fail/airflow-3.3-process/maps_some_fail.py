"""maps.some_fail.

Written by `jetbridge translate`: change the workflow, not this file.
"""

import json
import math
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
RUN_ROOT = "s3://example/runs/maps.some_fail/{{ run_id }}"

# Elements of these maps may fail, and the run goes on.
TOLERATED = ["map_odd_only"]


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


def enough(elements, size, at_least=None, share=None, *, ti):
    """Fail unless enough elements of a map have succeeded: a number of them, or a share."""
    needed = math.ceil(share * value(size)) if at_least is None else at_least
    succeeded = ti.get_ti_count(
        dag_id=ti.dag_id, task_ids=elements, run_ids=[ti.run_id], states=["success"]
    )
    if succeeded < needed:
        raise AirflowFailException(f"{succeeded} elements have succeeded, and {needed} must")


def unless_failed(context):
    """Skip a task when another task of the run has failed: the workflow fails immediately."""
    ti = context["ti"]
    if context["task"].task_type == "EmptyOperator":
        return
    of_run = {"dag_id": ti.dag_id, "run_ids": [ti.run_id], "states": ["failed"]}
    if ti.get_ti_count(**of_run) > ti.get_ti_count(**of_run, task_ids=TOLERATED):
        raise AirflowSkipException("another task of the run has failed")


with DAG(
    dag_id="maps.some_fail",
    doc_md=__doc__,
    schedule=None,
    catchup=False,
    default_args={"retries": 0, "retry_delay": timedelta(seconds=5), "pre_execute": unless_failed},
    params={"count": Param(4, type="integer")},
    tags=["jetbridge"],
):
    # maps.py:46
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

    # maps.py:46
    map_odd_only_indices = PythonOperator(
        task_id="map_odd_only_indices",
        python_callable=indices,
        op_kwargs={"size": "{{ ti.xcom_pull('listed', key='controls')['size:o0'] }}"},
    )

    map_odd_only = PythonOperator.partial(
        task_id="map_odd_only",
        python_callable=execute,
        op_args=[
            "jetbridge-execute",
            f"--run-root={RUN_ROOT}",
            "--node-path=n1/{{ ti.map_index }}",
            "--attempt={{ ti.try_number - 1 }}",
            "--bind=n=n0.o0[{{ ti.map_index }}]",
            "--",
            "task-module",
            "maps",
            "task-name",
            "odd_only",
        ],
        max_active_tis_per_dagrun=2,
    ).expand(templates_dict=map_odd_only_indices.output)

    map_odd_only_tried = EmptyOperator(task_id="map_odd_only_tried", trigger_rule="all_done")

    map_odd_only_judged = PythonOperator(
        task_id="map_odd_only_judged",
        python_callable=enough,
        op_kwargs={
            "elements": ["map_odd_only"],
            "size": "{{ ti.xcom_pull('listed', key='controls')['size:o0'] }}",
            "share": 0.5,
        },
    )

    listed >> map_odd_only_indices >> map_odd_only >> map_odd_only_tried
    [map_odd_only_indices, map_odd_only_tried] >> map_odd_only_judged
