"""Progress of a run, from Airflow's database and from its log."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from jetbridge_translators.airflow.output import Reader, read
from jetbridge_translators.airflow.watch import Snapshot, TaskState, by_task, changes, snapshot
from jetbridge_translators.base import StepEvent

AIRFLOW = "2026-11-24T04:05:04.480073Z"
LOG = f"""\
{AIRFLOW} [warning  ] Could not import graphviz.
You might need to install the graphviz package.
{AIRFLOW} [info     ] [DAG TEST] starting task_id=load map_index=-1 [airflow.sdk.definitions.dag] loc=dag.py:1501
{AIRFLOW} [info     ] ::endgroup::                   [task] loc=task_runner.py:2232
reading 344 rows

{AIRFLOW} [error    ] Task failed with exception     [task] loc=task_runner.py:1676
Traceback (most recent call last):
{AIRFLOW} [info     ] [DAG TEST] end task task_id=load map_index=-1 [airflow.sdk.definitions.dag] loc=dag.py:1563
DagRun failed
"""


def test_lines_of_a_task_are_told_from_airflows() -> None:
    assert read(Reader(), LOG)[1] == [("load", "reading 344 rows"), ("load", "")]


def test_a_log_can_be_read_in_any_pieces() -> None:
    reader, found = Reader(), list[tuple[str, str]]()
    for char in LOG:
        reader, lines = read(reader, char)
        found += lines
    assert found == read(Reader(), LOG)[1]


def test_a_snapshot_of_airflows_database(tmp_path: Path) -> None:
    database = tmp_path / "airflow.db"
    connection = sqlite3.connect(database)
    connection.executescript(
        """
        CREATE TABLE dag_run (dag_id, run_id, state);
        CREATE TABLE task_instance (dag_id, task_id, map_index, state, try_number, start_date, end_date);
        """
    )
    assert snapshot(database, "d") == Snapshot()
    connection.execute("INSERT INTO dag_run VALUES ('d', 'manual__1', 'running')")
    rows = [
        ("d", "a", -1, "success", 1, "2026-11-24 03:40:31.000000", "2026-11-24 03:40:32.500000"),
        ("d", "b", 0, "up_for_retry", 1, None, None),
        ("d", "c", -1, "scheduled", 0, None, None),
        ("other", "a", -1, "failed", 1, None, None),
    ]
    connection.executemany("INSERT INTO task_instance VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    assert snapshot(database, "d") == Snapshot(
        "manual__1",
        "running",
        (
            TaskState("a", "succeeded", 1, 1.5, "2026-11-24 03:40:32.500000"),
            TaskState("b[0]", "retrying", 1, 0.0),
            TaskState("c", "", 0, 0.0),
        ),
    )


def look(*tasks: TaskState) -> Snapshot:
    return Snapshot("run", "running", tasks)


def events(*looks: Snapshot) -> list[tuple[str, str]]:
    before, found = Snapshot(), list[StepEvent]()
    for now in looks:
        found += changes(by_task(before), now)
        before = now
    return [(event.step, event.state) for event in found]


def test_each_change_is_told_once() -> None:
    running, done = TaskState("a", "running", 1, 0.0), TaskState("a", "succeeded", 1, 2.0)
    assert events(look(running), look(running), look(done), look(done)) == [("a", "running"), ("a", "succeeded")]


def test_a_task_between_two_looks_is_told_as_running_too() -> None:
    assert events(look(TaskState("a", "succeeded", 1, 0.1))) == [("a", "running"), ("a", "succeeded")]


def test_every_attempt_is_told() -> None:
    states = (("running", 1), ("retrying", 1), ("running", 2), ("failed", 2))
    looks = [look(TaskState("a", state, attempt, 0.0)) for state, attempt in states]
    assert [state for _, state in events(*looks)] == ["running", "retrying", "running", "failed"]


def test_what_never_ran_is_skipped() -> None:
    assert events(look(TaskState("b", "skipped", 0, 0.0))) == [("b", "skipped")]


def test_a_pods_lines_are_told_without_what_airflow_adds() -> None:
    manager = "[airflow.providers.cncf.kubernetes.utils.pod_manager.PodManager] loc=pod_manager.py:508"
    log = f"""\
{AIRFLOW} [info     ] [DAG TEST] starting task_id=fit map_index=-1 [airflow.sdk.definitions.dag] loc=dag.py:1501
{AIRFLOW} [info     ] [base] dividing                {manager}
{AIRFLOW} [info     ] [base]   [base] indented [x] loc=1 {manager}
{AIRFLOW} [info     ] [base] the last
 {manager}
{AIRFLOW} [info     ] Pod phase: Failed, reason: None {manager}
"""
    assert read(Reader(), log)[1] == [("fit", "dividing"), ("fit", "  [base] indented [x] loc=1"), ("fit", "the last")]
