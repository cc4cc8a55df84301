"""What the tasks print, found between Airflow's own lines in the log of `airflow dags test`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from jetbridge_translators.airflow.watch import instance_name

_AIRFLOWS = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z \[(?P<level>\w+) *\] (?P<message>.*)")
_START = re.compile(r"\[DAG TEST\] starting task_id=(\S+)(?: map_index=(-?\d+))?")
_END = re.compile(r"\[DAG TEST\] end task ")
_POD_MANAGER = r"\[airflow\.providers\.cncf\.kubernetes\.utils\.pod_manager\.PodManager\] loc=\S+"
_OF_POD = re.compile(rf"\[base\] (?P<line>.*?) *(?:{_POD_MANAGER})?")
_REST_OF_POD = re.compile(rf" *{_POD_MANAGER}")
"""KubernetesPodOperator logs a pod's lines as its own; the last one keeps its newline, and Airflow goes on below it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How far the log was read.

    Attributes:
        task_id: The task that runs; empty between tasks.
        is_trouble: Whether Airflow's latest line was a warning or an error, whose details follow on lines of their own.
        rest: The beginning of a line that is not complete.
    """

    task_id: str = ""
    is_trouble: bool = False
    rest: str = ""


def read(reader: Reader, text: str) -> tuple[Reader, list[tuple[str, str]]]:
    r"""Reads on: `(task id, line)` for each line that a task printed.

    Example:
        >>> log = "2026-01-01T00:00:00.0Z [info     ] [DAG TEST] starting task_id=fit map_index=-1\nhello\n"
        >>> read(Reader(), log)[1]
        [('fit', 'hello')]
    """
    *lines, rest = (reader.rest + text).split("\n")
    now, found = _lines(reader, lines)
    return replace(now, rest=rest), found


def _lines(reader: Reader, lines: Iterable[str]) -> tuple[Reader, list[tuple[str, str]]]:
    found: list[tuple[str, str]] = []
    for line in lines:
        own = _AIRFLOWS.match(line)
        of_pod = _OF_POD.fullmatch(own["message"]) if own else None
        if own is not None:
            reader = _after(reader, own["level"], own["message"])
        if of_pod is not None and reader.task_id:
            found.append((reader.task_id, of_pod["line"]))
        elif own is None and not _REST_OF_POD.fullmatch(line) and reader.task_id and not reader.is_trouble:
            found.append((reader.task_id, line))
    return reader, found


def _after(reader: Reader, level: str, message: str) -> Reader:
    start = _START.match(message)
    task_id = instance_name(start[1], int(start[2] or -1)) if start else "" if _END.match(message) else reader.task_id
    return Reader(task_id, level in ("warning", "error", "critical"))
