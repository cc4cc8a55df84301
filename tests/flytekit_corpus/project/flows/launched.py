"""Launch plans."""

from datetime import datetime, timedelta

from flytekit import CronSchedule, Email, FixedRate, Labels, LaunchPlan, Slack, WorkflowExecutionPhase, task, workflow


@task
def scale(n: int, by: int) -> int:
    return n * by


@task
def day(at: datetime) -> int:
    return at.day


@workflow
def scaled(n: int, by: int = 2) -> int:
    return scale(n=n, by=by)


@workflow
def dated(at: datetime, by: int = 1) -> int:
    return scale(n=day(at=at), by=by)


fixed = LaunchPlan.get_or_create(scaled, "flows.launched.fixed", default_inputs={"n": 5}, fixed_inputs={"by": 100})
marked = LaunchPlan.get_or_create(
    scaled, "flows.launched.marked", default_inputs={"n": 1}, labels=Labels({"team": "birds"}), max_parallelism=2
)
nightly = LaunchPlan.get_or_create(
    dated,
    "flows.launched.nightly",
    schedule=CronSchedule(schedule="0 3 * * *", kickoff_time_input_arg="at"),
    fixed_inputs={"by": 10},
)
often = LaunchPlan.get_or_create(
    scaled, "flows.launched.often", schedule=FixedRate(timedelta(minutes=30)), default_inputs={"n": 2}
)
mailed = LaunchPlan.get_or_create(
    scaled,
    "flows.launched.mailed",
    default_inputs={"n": 3},
    notifications=[
        Email(phases=[WorkflowExecutionPhase.FAILED], recipients_email=["birds@example.org"]),
        Slack(phases=[WorkflowExecutionPhase.SUCCEEDED], recipients_email=["channel@example.org"]),
    ],
)


@workflow
def launching(n: int = 7) -> tuple[int, int]:
    """Launch plans as nodes, one with a fixed input."""
    return fixed(n=n), LaunchPlan.get_or_create(scaled)(n=n, by=3)
