"""How often a task is tried, and for how long: the arguments that every operator takes."""

from __future__ import annotations

from datetime import timedelta

from jetbridge_translators.airflow.expressions import Expr, duration
from jetbridge_translators.plan.model import Step

RETRY_DELAY = timedelta(seconds=5)
"""Flyte retries at once; Airflow's default of five minutes would be a surprise."""


def default_arguments() -> dict[str, Expr]:
    """What every task of a DAG has unless it says otherwise, whatever the installation's own defaults are."""
    return {"retries": 0, "retry_delay": duration(RETRY_DELAY)}


def attempt_arguments(step: Step) -> dict[str, Expr]:
    """The retries and the timeout of one task."""
    retries: dict[str, Expr] = {"retries": step.retries} if step.retries else {}
    timeout: dict[str, Expr] = {"execution_timeout": duration(step.timeout)} if step.timeout else {}
    return {**retries, **timeout}
