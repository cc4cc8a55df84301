"""Launch plans: fixed inputs, other defaults, a schedule, a limit."""

from datetime import timedelta

from jetbridge import CronSchedule, FixedRate, LaunchPlan, task, workflow


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
