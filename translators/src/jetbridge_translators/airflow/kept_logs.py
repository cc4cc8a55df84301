"""The logs of a DAG run, from the API server that the environment names.

A run that `jetbridge run` has followed had an Airflow of its own, which ended with it: its lines are in the store.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast
from urllib.parse import urlencode

from jetbridge.errors import RunError
from jetbridge_translators.airflow.options import map_chunks
from jetbridge_translators.airflow.places import places_of
from jetbridge_translators.airflow.rest import NOT_FOUND, URL, Api, api
from jetbridge_translators.airflow.scope import dag_id
from jetbridge_translators.airflow.watch import instance_name
from jetbridge_translators.base import NodeLog, StartedRun

_PAGE = 100


def logs(run: StartedRun, wanted: Callable[[str], bool]) -> Iterator[NodeLog]:
    """The logs of the wanted tasks' attempts. Raises `RunError` when Airflow does not tell."""
    server = api({**os.environ, **run.settings.connection})
    if server is None:
        yield NodeLog(step=run.run_id, gone=f"{URL} names no Airflow that could be asked")
        return
    path = Api.path("dags", dag_id(run.plan.name), "dagRuns", run.run_id, "taskInstances")
    places = places_of(run.plan, map_chunks(run.settings))
    instances = list(_instances(server, path))
    if not instances:
        yield NodeLog(step=run.run_id, gone=f"Airflow at {server.url} has no such run of {dag_id(run.plan.name)!r}")
    for instance in instances:
        name = places.name(instance_name(instance["task_id"], int(instance["map_index"])))
        if name and wanted(name):
            yield from _attempts(server, path, name, instance)


def _instances(server: Api, path: str) -> Iterator[Mapping[str, Any]]:
    offset = 0
    while True:
        status, found = server.call("GET", f"{path}?{urlencode({'limit': _PAGE, 'offset': offset})}")
        if status == NOT_FOUND:
            return
        page = _checked(server, status, found).get("task_instances", [])
        yield from page
        offset += _PAGE
        if len(page) < _PAGE:
            return


def _attempts(server: Api, path: str, name: str, instance: Mapping[str, Any]) -> Iterator[NodeLog]:
    task = f"{path}/{Api.path(instance['task_id'])}/logs"
    for number in range(1, int(instance["try_number"] or 0) + 1):
        query = urlencode({"map_index": instance["map_index"], "full_content": "true"})
        status, found = server.call("GET", f"{task}/{number}?{query}")
        if status == NOT_FOUND:
            yield NodeLog(step=name, attempt=number - 1, gone=f"Airflow has no log of try {number}")
        else:
            lines = [*_lines(_checked(server, status, found).get("content") or ())]
            yield NodeLog(step=name, attempt=number - 1, lines=lines)


def _lines(content: Any) -> Iterator[str]:
    """The events: Airflow tells them as objects, and lines that it cannot read as texts."""
    for entry in content:
        text = str(cast("dict[str, object]", entry).get("event", "")) if isinstance(entry, dict) else str(entry)
        yield from text.splitlines()


def _checked(server: Api, status: int, found: dict[str, Any]) -> dict[str, Any]:
    if status >= 300:
        raise RunError(
            f"Airflow at {server.url} does not give the log: {found.get('detail', status)}", hint=f"Check {URL}."
        )
    return found
