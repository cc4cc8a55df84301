"""A launch plan that asks for labels, variables, an account and one task at a time; and one that runs by itself."""

import os
import shutil
import time
from datetime import datetime, timedelta

from jetbridge import FixedRate, LaunchPlan, task, workflow
from jetbridge.launch_options import ConcurrencyPolicy, Identity, SecurityContext

MIB = 1024 * 1024
SHARED = "/dev/shm"  # noqa: S108 -- the folder that is asked for


@task(shared_memory="64Mi", labels={"own": "yes", "team": "task"})
def timed(n: int) -> list[float]:
    """When it began and ended, and how many MiB of shared memory it had."""
    began = time.time()
    time.sleep(1)
    return [began, time.time(), shutil.disk_usage(SHARED).total / MIB]


@workflow
def pair() -> tuple[list[float], list[float], list[float]]:
    return timed(n=1), timed(n=2), timed(n=3)


limited = LaunchPlan.get_or_create(
    pair,
    "launched.limited",
    labels={"team": "plan"},
    annotations={"example.com/note": "of the plan"},
    max_parallelism=1,
    security_context=SecurityContext(run_as=Identity(k8s_service_account="jetbridge-workflow")),
)


@task
def told(at: datetime) -> str:
    return f"{at.isoformat()} as {os.environ.get('TEAM', 'nobody')}"


@workflow
def ticked(at: datetime) -> str:
    return told(at=at)


every_minute = LaunchPlan.get_or_create(
    ticked,
    "launched.every-minute",
    labels={"team": "clock"},
    schedule=FixedRate(timedelta(minutes=1), kickoff_time_input_arg="at"),
    concurrency=ConcurrencyPolicy(1),
)
