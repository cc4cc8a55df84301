"""A launch plan's schedule as the plan has it."""

from __future__ import annotations

from datetime import timedelta

from jetbridge.idl_admin import FixedRateUnit, LaunchPlan
from jetbridge_translators.plan.model import Schedule

_UNITS = {
    FixedRateUnit.MINUTE: timedelta(minutes=1),
    FixedRateUnit.HOUR: timedelta(hours=1),
    FixedRateUnit.DAY: timedelta(days=1),
}
# Flyte's own words for cron's aliases (flytekit `core/schedule.py`).
_ALIASES = {
    **dict.fromkeys(("hourly", "hours"), "@hourly"),
    **dict.fromkeys(("daily", "days"), "@daily"),
    **dict.fromkeys(("weekly", "weeks"), "@weekly"),
    **dict.fromkeys(("monthly", "months"), "@monthly"),
    **dict.fromkeys(("annually", "yearly", "years", "@annually"), "@yearly"),
}


def schedule_of(launch_plan: LaunchPlan) -> Schedule | None:
    """The schedule; None for a launch plan that runs on demand."""
    schedule = launch_plan.spec.entity_metadata.schedule
    kickoff = schedule.kickoff_time_input_arg
    kind = schedule.WhichOneof("ScheduleExpression")
    if kind == "rate":
        return Schedule(rate=schedule.rate.value * _UNITS[schedule.rate.unit], kickoff_time_input=kickoff)
    if kind == "cron_schedule":
        cron = schedule.cron_schedule.schedule
        return Schedule(cron=_ALIASES.get(cron.lower(), cron), kickoff_time_input=kickoff)
    if kind == "cron_expression":
        return Schedule(cron=schedule.cron_expression, kickoff_time_input=kickoff)
    return None
