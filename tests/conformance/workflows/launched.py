"""Launch plans: fixed inputs, other defaults, a schedule, a limit."""

from datetime import datetime, timedelta

from jetbridge import CronSchedule, FixedRate, LaunchPlan, launch_options, task, workflow


@task
def sentence(subject: str, verb: str, times: int) -> str:
    return " ".join([subject, *[verb] * times])


@workflow
def talk(subject: str, verb: str = "sings", times: int = 1) -> str:
    return sentence(subject=subject, verb=verb, times=times)


fixed = LaunchPlan.get_or_create(
    talk, "launched.fixed", default_inputs={"times": 2}, fixed_inputs={"verb": "{{runs}}", "subject": "$(HOME)"}
)
nightly = LaunchPlan.get_or_create(
    talk, "launched.nightly", fixed_inputs={"subject": "night"}, schedule=CronSchedule("0 6 * * 1-5")
)
often = LaunchPlan.get_or_create(
    talk, "launched.often", fixed_inputs={"subject": "often"}, schedule=FixedRate(timedelta(minutes=90))
)
limited = LaunchPlan.get_or_create(talk, "launched.limited", fixed_inputs={"subject": "one"}, max_parallelism=1)
marked = LaunchPlan.get_or_create(
    talk,
    "launched.marked",
    fixed_inputs={"subject": "marked"},
    labels={"team": "birds"},
    annotations={"example.com/note": "$(HOME) of birds"},
    max_parallelism=1,
    schedule=CronSchedule("@hourly"),
    concurrency=launch_options.ConcurrencyPolicy(1),
)
few_at_a_time = LaunchPlan.get_or_create(
    talk, "launched.few-at-a-time", fixed_inputs={"subject": "few"}, concurrency=launch_options.ConcurrencyPolicy(3)
)
mailed = LaunchPlan.get_or_create(
    talk,
    "launched.mailed",
    fixed_inputs={"subject": "mail"},
    notifications=[
        launch_options.Email(
            phases=[launch_options.WorkflowExecutionPhase.FAILED], recipients_email=["birds@example.com"]
        )
    ],
)


@task
def hour_of(at: datetime) -> int:
    return at.hour


@workflow
def timed(at: datetime) -> int:
    return hour_of(at=at)


kicked_off = LaunchPlan.get_or_create(
    timed, "launched.kicked-off", schedule=CronSchedule("30 6 * * *", kickoff_time_input_arg="at")
)
