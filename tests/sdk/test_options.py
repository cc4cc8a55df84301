# flytekit has no type information.
# pyright: basic, reportMissingTypeStubs=false
"""flytekit's options: those we have, and a clear word for those we do not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import flytekit
import pytest
from flytekit.core.node import Node as TheirNode

from jetbridge import Cache, CronSchedule, FixedRate, LaunchPlan, Resources, task, workflow
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.node import NodeOverrides, dns_name
from jetbridge.resources import resources_message
from jetbridge.serialize.settings import SerializationSettings

NO_OPTIONS = ("_task_function", "_workflow_function", "workflow", "name", "kwargs", "args", "self")


@task
def number(n: int = 1) -> int:
    return n


@workflow
def flow(n: int) -> int:
    return number(n=n)


def parameters(function: object) -> list[str]:
    return [
        name for name in inspect.signature(cast("Callable[..., object]", function)).parameters if name not in NO_OPTIONS
    ]


@pytest.mark.parametrize("option", parameters(flytekit.task))
def test_every_option_of_flytekits_task_is_taken_or_named(option: str) -> None:
    refusal = refused(lambda: task(**{option: None}))  # type: ignore[call-overload]
    assert refusal is None or (repr(option) in refusal.message and refusal.hint)


@pytest.mark.parametrize("option", parameters(flytekit.workflow))
def test_every_option_of_flytekits_workflow_is_taken_or_named(option: str) -> None:
    refusal = refused(lambda: cast("Any", workflow)(**{option: None}))
    assert refusal is None or (repr(option) in refusal.message and refusal.hint)


@pytest.mark.parametrize("option", parameters(flytekit.LaunchPlan.get_or_create))
def test_every_option_of_flytekits_launch_plan_is_taken_or_named(option: str) -> None:
    for create in (LaunchPlan.get_or_create, LaunchPlan.create):
        refusal = refused(lambda create=create: cast("Any", create)(workflow=flow, name="lp", **{option: None}))
        assert refusal is None or (repr(option) in refusal.message and refusal.hint)


@pytest.mark.parametrize("option", parameters(TheirNode.with_overrides))
def test_every_override_of_flytekit_is_taken_or_named(option: str) -> None:
    @workflow
    def overridden() -> int:
        return cast("Any", number()).with_overrides(**{option: None})

    refusal = refused(lambda: overridden.graph)
    assert refusal is None or (repr(option) in refusal.message and refusal.hint)


def refused(action: Callable[[], object]) -> JetbridgeError | None:
    try:
        action()
    except JetbridgeError as error:
        return error
    return None


def test_a_misspelled_option_is_corrected() -> None:
    with pytest.raises(UsageError) as caught:
        cast("Any", task)(retrys=3)
    assert str(caught.value) == "@task has no option 'retrys'\n\nHint: Did you mean 'retries'?"


@pytest.mark.parametrize(
    "options",
    [
        {"cache": True},
        {"cache_serialize": True},
        {"cache_ignore_input_vars": ("a",)},
        {"cache": Cache()},
        {"resources": Resources(cpu="1"), "requests": Resources(cpu="1")},
        {"resources": Resources(cpu="1"), "limits": Resources(cpu="1")},
    ],
)
def test_contradicting_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        cast("Any", task)(**options)
    assert caught.value.hint


def test_options_are_kept_as_given() -> None:
    @task(cache=Cache("v1", ignored_inputs="n"), timeout=90, retries=2)
    def cached(n: int) -> int:
        return n

    @task(timeout=timedelta(minutes=1), cache=True, cache_version="2", cache_serialize=True)
    def other(n: int) -> int:
        return n

    assert cached.settings.cache == Cache("v1", ignored_inputs=("n",))
    assert (cached.settings.timeout, cached.settings.retries) == (timedelta(seconds=90), 2)
    assert other.settings.cache == Cache("2", serialize=True)
    assert number.settings.timeout is None


def entries(message: Any) -> list[tuple[int, str]]:
    return [(entry.name, entry.value) for entry in message]


def test_pairs_are_request_and_limit() -> None:
    message = resources_message(both=Resources(cpu=(1, 2), mem=["1Gi", "2Gi"], gpu=1))
    assert entries(message.requests) == [(1, "1"), (2, "1"), (3, "1Gi")]
    assert entries(message.limits) == [(1, "2"), (3, "2Gi")]
    assert entries(resources_message(Resources("1", "2Gi")).requests) == [(1, "1"), (3, "2Gi")]
    with pytest.raises(UsageError, match="pair"):
        resources_message(requests=Resources(cpu=(1, 2)))


@pytest.mark.parametrize("name", ["fit_Adelie", "FitAll", "n0", "_a", "a.b", "ABC", "a__b", "trailing_"])
def test_node_names_are_those_of_flytekit(name: str) -> None:
    from flytekit.core.utils import _dnsify  # pyright: ignore[reportPrivateUsage] -- what we promise to match

    assert dns_name(name) == _dnsify(name)
    assert NodeOverrides().name is None


@pytest.mark.parametrize(
    ("image", "fqn", "version"),
    [
        ("ghcr.io/me/x:1", "ghcr.io/me/x", "1"),
        ("host:5000/x:1", "host:5000/x", "1"),
        ("host:5000/x", "host:5000/x", "latest"),
        ("x", "x", "latest"),
    ],
)
def test_image_templates_are_filled_in(image: str, fqn: str, version: str) -> None:
    settings = SerializationSettings(image="d:0", images={"a": image})
    assert settings.image_of("{{.image.a.fqn}}|{{ .images.a.version }}") == f"{fqn}|{version}"
    assert settings.image_of("{{.image.default.fqn}}:x") == "d:x"
    assert settings.image_of("") == "d:0"
    with pytest.raises(UsageError, match="no image named 'b'"):
        settings.image_of("{{.image.b.fqn}}")


@pytest.mark.parametrize("schedule", ["", "* * * *", "* * * * * *", "every day", "@never", "0 6 * * $(x)"])
def test_what_is_no_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(UsageError, match="no cron schedule"):
        CronSchedule(schedule)


@pytest.mark.parametrize("schedule", ["* * * * *", "*/5 0-6 1,15 JAN MON-FRI", "@daily", "daily", "0 0 ? * 1#2"])
def test_schedules_of_flyte_are_taken(schedule: str) -> None:
    assert CronSchedule(schedule=schedule).schedule == schedule


@pytest.mark.parametrize(
    "duration", [timedelta(0), timedelta(seconds=30), timedelta(minutes=1, seconds=1), -timedelta(1)]
)
def test_a_rate_is_whole_minutes(duration: timedelta) -> None:
    with pytest.raises(UsageError, match="whole minutes"):
        FixedRate(duration)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"default_inputs": {"n": 1}}, "needs a name"),
        ({"name": "lp", "default_inputs": {"m": 1}}, "no input 'm'"),
        ({"name": "lp", "fixed_inputs": {"m": 1}}, "no input 'm'"),
    ],
)
def test_a_launch_plan_of_wrong_inputs_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        LaunchPlan.get_or_create(flow, **options)
