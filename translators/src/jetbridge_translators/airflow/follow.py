"""Reports the progress of a DAG run until Airflow ends."""

from __future__ import annotations

import time
from dataclasses import replace
from subprocess import Popen

from jetbridge_translators.airflow import output, waiting
from jetbridge_translators.airflow.doors import Doors
from jetbridge_translators.airflow.home import AirflowHome
from jetbridge_translators.airflow.output import Reader
from jetbridge_translators.airflow.places import Places
from jetbridge_translators.airflow.waiting import Waiting
from jetbridge_translators.airflow.watch import Snapshot, by_task, changes, snapshot
from jetbridge_translators.base import RunRequest, StepEvent
from jetbridge_translators.plan.model import Step

_POLL_SECONDS = 0.25


def follow(
    process: Popen[bytes], home: AirflowHome, dag: str, request: RunRequest, places: Places, doors: Doors
) -> tuple[Snapshot, Waiting | None]:
    """Tells `request` of each change and each printed line; looks once more after the end.

    Returns:
        What Airflow says last, and the pod that will not start, if the run is given up for it.
    """
    now, reader, pod = Snapshot(), Reader(), Waiting()
    is_running = True
    with home.log.open(errors="replace", newline="\n") as log:
        while is_running:
            is_running = process.poll() is None
            before, now = by_task(now), snapshot(home.database, dag)
            text = log.read()
            reader = _report_lines(reader, text, request, places)
            pod = waiting.read(pod, text, time.monotonic())
            for event in changes(before, now):
                if isinstance(node := places.find(event.step), Step):
                    request.on_event(replace(event, step=node.name))
            if is_running:
                doors.look(now)
            if is_running and pod.is_hopeless(time.monotonic()):
                request.on_event(StepEvent(step=pod.task_id, state="failed", seconds=time.monotonic() - pod.since))
                return now, pod
            if is_running:
                time.sleep(_POLL_SECONDS)
    return now, None


def _report_lines(reader: Reader, text: str, request: RunRequest, places: Places) -> Reader:
    after, lines = output.read(reader, text)
    for task_id, line in lines:
        request.on_output(places.name(task_id) or task_id, line)
    return after
