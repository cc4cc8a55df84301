"""Why an attempt ended, from the lines that Airflow 3.3 and KubernetesPodOperator really wrote."""

from __future__ import annotations

from jetbridge_translators.airflow.ending import Ending, ending

AT = "2026-11-24T05:06:07.137639Z"
OPERATOR = (
    "[airflow.task.operators.airflow.providers.cncf.kubernetes.operators.pod.KubernetesPodOperator] loc=pod.py:1470"
)


def attempt(*lines: str, task_id: str = "fit") -> str:
    start = f"{AT} [info     ] [DAG TEST] starting task_id={task_id} map_index=-1 [airflow] loc=dag.py:1501"
    end = f"{AT} [info     ] [DAG TEST] end task task_id={task_id} map_index=-1 [airflow] loc=dag.py:1563"
    return "\n".join([start, *lines, end, ""])


def terminated(reason: str, code: int) -> str:
    return (
        f"{AT} [error    ] Container 'base': state='TERMINATED', reason='{reason}', exit_code={code}, "
        f"message='None' {OPERATOR}"
    )


def waiting(reason: str, message: str) -> str:
    return f"{AT} [warning  ] Container 'base': state='WAITING', reason='{reason}', message='{message}' {OPERATOR}"


def test_a_container_that_was_killed() -> None:
    assert ending(attempt(terminated("OOMKilled", 137)), "fit") == Ending("OOMKilled, exit code 137", False)


def test_a_pod_that_was_deleted() -> None:
    event = f"{AT} [info     ] Pod Event: Killing - Stopping container base {OPERATOR}"
    found = ending(attempt(terminated("Error", 137), event), "fit")
    assert found == Ending("Error, exit code 137, Killing: Stopping container base", False)


def test_the_entrypoints_own_exit_codes_come_with_an_error_document() -> None:
    assert ending(attempt(terminated("Error", 80)), "fit").has_document
    assert not ending(attempt(terminated("Error", 3)), "fit").has_document


def test_an_image_that_cannot_be_pulled_is_told_as_it_was_first() -> None:
    log = attempt(waiting("ErrImagePull", 'no such "x:1", it\'s gone'), waiting("ImagePullBackOff", "back-off"))
    assert ending(log, "fit") == Ending('ErrImagePull, no such "x:1", it\'s gone', False)


def test_only_the_last_attempt_of_this_task_counts() -> None:
    log = attempt(terminated("Error", 81)) + attempt(terminated("OOMKilled", 137)) + attempt(task_id="fit_2")
    assert ending(log, "fit") == Ending("OOMKilled, exit code 137", False)
    assert ending(log, "fit_2") == ending(log, "none") == Ending()


def test_an_operator_that_loses_a_pod_which_ended_well() -> None:
    refused = "kubernetes.client.exceptions.ApiException: (403)"
    log = attempt("Traceback (most recent call last):", refused, terminated("Completed", 0))
    assert ending(log, "fit") == Ending("ApiException: (403)", True)


def test_without_a_container_the_first_error_is_the_reason() -> None:
    raised = [
        "Traceback (most recent call last):",
        '  File "pod.py", line 1, in execute',
        "kubernetes.client.exceptions.ApiException: (403)",
        "Reason: Forbidden",
        'HTTP response body: {"kind":"Status","message":"pods is \\"forbidden\\"","code":403}',
        "Traceback (most recent call last):",
        "airflow.sdk.exceptions.AirflowException: Pod fit returned a failure.",
    ]
    assert ending(attempt(*raised), "fit") == Ending('ApiException: (403): pods is "forbidden"', True)
