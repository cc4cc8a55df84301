"""What a launch plan says of its runs, as arguments of the DAG."""

from __future__ import annotations

from collections.abc import Sequence

from jetbridge.errors import TranslationError
from jetbridge_translators.airflow.expressions import Expr, call, duration
from jetbridge_translators.airflow.jinja import plain
from jetbridge_translators.plan.model import Notification, Plan, Schedule
from jetbridge_translators.plan.schedule import schedule_problems

_TIMETABLE = "CronTriggerTimetable"
_MODULES = {"3.3": "airflow.sdk"}
_MODULE = "airflow.timetables.trigger"
"""Where the timetable lies before 3.3; it can be imported from there on all versions."""
_NOTIFIER = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"
_TAG_LIMIT = 100
"""Characters (`airflow.models.dag.DagTag`)."""
_ENDS = {
    "on_success_callback": ("SUCCEEDED", "succeeded"),
    "on_failure_callback": ("FAILED ABORTED TIMED_OUT", "failed"),
}


def launch_arguments(plan: Plan, target: str) -> dict[str, Expr]:
    """The arguments; of what the launch plan leaves open only that the DAG has no schedule.

    Raises:
        TranslationError: the schedule is no cron expression, or would start runs that lack inputs.
    """
    problems = list(schedule_problems(plan))
    if problems:
        raise TranslationError(f"workflow {plan.name!r} cannot be written for Airflow:", problems)
    limits: dict[str, Expr] = {"max_active_tasks": plan.max_parallelism, "max_active_runs": plan.max_runs}
    told = {name: _callbacks(plan.notifications, phases.split(), end) for name, (phases, end) in _ENDS.items()}
    given = {name: value for name, value in {**limits, **told}.items() if value}
    return {"schedule": None if plan.schedule is None else _schedule(plan.schedule, target), "catchup": False, **given}


def _schedule(schedule: Schedule, target: str) -> Expr:
    """Without a start date the first run is the next one of the schedule, as when a launch plan is activated."""
    if schedule.rate is not None:
        return duration(schedule.rate)
    # Flyte's schedules are in UTC; a bare cron expression is in the time zone of the installation.
    return call(f"{_MODULES.get(target, _MODULE)}.{_TIMETABLE}", schedule.cron, timezone="UTC")


def kickoff(plan: Plan) -> str:
    """The input that gets the time of a scheduled run; empty for none."""
    return plan.schedule.kickoff_time_input if plan.schedule is not None else ""


def tags(plan: Plan) -> list[Expr]:
    """The tags by which a person finds the DAG."""
    own = (f"{name}={value}"[:_TAG_LIMIT] for name, value in plan.labels.items())
    return ["jetbridge", *own]


def _callbacks(notifications: Sequence[Notification], phases: Sequence[str], end: str) -> list[Expr]:
    """A mail for each notification of such an end. Its sender and server are those of Airflow's SMTP connection."""
    return [
        call(
            _NOTIFIER,
            to=[plain(recipient) for recipient in each.recipients],
            subject=f"{{{{ dag.dag_id }}}} {end}",
            html_content=f"Run {{{{ run_id }}}} of {{{{ dag.dag_id }}}} has {end}.",
        )
        for each in notifications
        if not set(phases).isdisjoint(each.phases)
    ]
