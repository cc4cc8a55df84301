"""Back ends, handlers and overrides are what their group promises, or an error says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint
from typing import Any, cast

import pytest

from jetbridge import task, workflow
from jetbridge.entry_points import Discover, discover
from jetbridge.errors import JetbridgeError, RegistryError, TranslationError, UsageError
from jetbridge.serialize.closure import Closure
from jetbridge_translators import registry
from jetbridge_translators.api import Engine, complete_settings
from jetbridge_translators.base import Backend, LowerContext, Settings, Unsupported
from jetbridge_translators.catalog import BROKEN, OWN_OPERATOR, Support, catalog
from jetbridge_translators.cli.analysis.survey import survey
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.unknown import KNOWN
from jetbridge_translators.planning import Planning
from jetbridge_translators.work import ContainerWork, ResourceWork
from tests.translators.plan_helpers import closure

HERE = "tests.translators.test_registry"
WRONG = TaskHandler(
    build_resource=lambda template, context: ContainerWork(image="i", command=("c",), args=()), shapes=(ResourceWork,)
)
RESOURCE = TaskHandler(
    build_resource=lambda template, context: ResourceWork(manifest={}, success="a", failure="b"), shapes=(ResourceWork,)
)
NOT_HERE = Unsupported("the engine cannot reach the service", "Use another back end.")
OWN = print


def finder(group: str, name: str, value: str) -> Discover:
    points = (EntryPoint(name, value, group),)
    return lambda asked: tuple(point for point in points if point.group == asked)


def also(*points: EntryPoint) -> Discover:
    """What is installed, and these."""
    return lambda asked: (*discover(asked), *(point for point in points if point.group == asked))


@task
def one(n: int = 1) -> int:
    return n


@workflow
def flow(n: int = 1) -> int:
    return one(n=n)


def of_type(task_type: str, change: Callable[[Any], object] = lambda template: None) -> Closure:
    """The workflow with a task of another type."""
    found = closure(flow)
    found.compiled.tasks[0].template.type = task_type
    change(found.compiled.tasks[0].template)
    return found


def problems(found: Closure, find: Discover = discover, **planning: Any) -> Mapping[str, tuple[str, str]]:
    """Message and hint of what is wrong on the back end `argo`, by code; each at the author's line."""
    with pytest.raises(TranslationError) as caught:
        Engine(find).plan(found, "argo", Planning(**planning))
    assert all("n0" in problem.where and problem.location for problem in caught.value.problems)
    return {problem.code: (problem.message, problem.hint) for problem in caught.value.problems}


def test_the_installed_parts_are_what_they_should_be() -> None:
    assert all(isinstance(registry.backend(name), Backend) for name in registry.backend_names())
    assert all(isinstance(registry.handler(name), TaskHandler) for name in registry.task_types())
    assert {"python-task", "spark"} <= set(registry.task_types())
    assert registry.handler("nothing") is None
    assert registry.lowering("airflow", "nothing") is None
    assert callable(registry.lowering("airflow", "spark"))


def test_something_else_in_a_group_is_an_error() -> None:
    with pytest.raises(RegistryError, match="is a str, which is not what that group holds"):
        registry.backend("x", finder(registry.BACKENDS, "x", "os:sep"))
    with pytest.raises(RegistryError, match="is a str"):
        registry.handler("x", finder(registry.PLAN, "x", "os:sep"))
    with pytest.raises(RegistryError, match="is a str"):
        registry.lowering("argo", "x", finder("jetbridge.lower.argo", "x", "os:sep"))


def test_an_unknown_back_end_names_the_near_one() -> None:
    with pytest.raises(RegistryError) as caught:
        registry.backend("airflw")
    assert caught.value.hint == "Did you mean 'airflow'?"


@pytest.mark.parametrize("name", ["local", "argo", "airflow"])
def test_settings_are_completed_with_the_back_ends_defaults(name: str) -> None:
    backend = registry.backend(name)
    settings = complete_settings(backend, Settings(store="s3://b"))
    assert settings.target == backend.default_target
    assert set(settings.options) == {option.name for option in backend.options}
    assert complete_settings(backend, settings) == settings


def test_wrong_settings_are_refused() -> None:
    backend = registry.backend("airflow")
    with pytest.raises(UsageError, match="'9' is not a version"):
        complete_settings(backend, Settings(target="9"))
    with pytest.raises(UsageError, match="has no option 'contaners'") as caught:
        complete_settings(backend, Settings(options={"contaners": "pod"}))
    assert "containers" in caught.value.hint
    with pytest.raises(UsageError, match="--containers cannot be 'ship'"):
        complete_settings(backend, Settings(options={"containers": "ship"}))


@pytest.mark.parametrize("task_type", [*KNOWN, "perfectly-new"])
def test_a_type_without_an_owner_never_runs_by_accident(task_type: str) -> None:
    if task_type in registry.task_types():
        pytest.skip("somebody owns it by now")
    ((code, (message, hint)),) = problems(of_type(task_type)).items()
    assert code == "UnknownTaskType"
    assert f"nothing installed handles the task type {task_type!r}" in message
    assert (KNOWN[task_type].what in message) if task_type in KNOWN else "needs" not in message
    assert f"`{task_type}` of `jetbridge.plan`" in hint
    assert f"`--as-container {task_type}` runs the container" in hint
    step = Engine().plan(of_type(task_type), "argo", Planning(as_container=(task_type,))).steps[0]
    assert isinstance(step.work, ContainerWork)
    assert step.task_type == task_type


def test_a_type_that_carries_nothing_cannot_run_as_a_container() -> None:
    def query(template: Any) -> None:
        template.sql.statement = "SELECT 1"

    found = of_type("snowflake", query)
    assert "--as-container" not in problems(found)["UnknownTaskType"][1]
    message, hint = problems(found, as_container=("snowflake",))["BadTaskSpecification"]
    assert "carries no container that could run, but sql" in message
    assert "Leave out `--as-container snowflake`" in hint


def test_a_type_with_an_owner_is_not_taken_for_a_container() -> None:
    with pytest.raises(UsageError, match="that task type has an owner"):
        Engine().plan(of_type("spark"), "argo", Planning(as_container=("spark",)))


@pytest.mark.parametrize(
    ("value", "code", "message"),
    [
        ("nowhere_at_all:X", "MissingLibrary", "needs 'nowhere_at_all'"),
        (f"{HERE}:NOTHING", "BrokenPlugin", "does not exist"),
        (f"{HERE}:HERE", "WrongPlugin", "is a str"),
        (f"{HERE}:WRONG", "WrongPlugin", "gave a ContainerWork, and promises ResourceWork"),
    ],
)
def test_what_is_wrong_with_a_plugin_is_a_problem_of_the_node(value: str, code: str, message: str) -> None:
    if code == "MissingLibrary":
        value = "tests.translators.lacking:X"
    find = also(EntryPoint("odd", value, registry.PLAN))
    ((found, (said, hint)),) = problems(of_type("odd"), find).items()
    assert found == code
    assert message in said
    assert hint
    analysis = survey("x", lambda: of_type("odd"), {"argo": Settings(store="s3://b/r")}, find)
    assert [problem.code for problem in analysis.errors] == [code]
    assert analysis.verdicts[0].findings, "the rest of the workflow is looked at all the same"


def test_two_owners_of_a_type_are_named() -> None:
    find = also(EntryPoint("spark", f"{HERE}:RESOURCE", registry.PLAN))
    message, hint = problems(of_type("spark"), find)["DuplicateOwner"]
    assert "jetbridge-plugins, unknown distribution" in message
    assert "Uninstall all but one" in hint


def test_a_back_end_can_be_closed_to_a_type() -> None:
    points = (EntryPoint("odd", f"{HERE}:RESOURCE", registry.PLAN), EntryPoint("odd", f"{HERE}:NOT_HERE", _ARGO))
    find = also(*points)
    assert problems(of_type("odd"), find) == {"task-type": (NOT_HERE.reason, NOT_HERE.workaround)}
    with pytest.raises(JetbridgeError, match=NOT_HERE.reason):
        NOT_HERE(cast("Step", None), LowerContext(settings=Settings()))
    (found,) = [each for each in catalog(find) if each.name == "odd"]
    assert found.backends["argo"] == (Support("refused", "", NOT_HERE.reason, NOT_HERE.workaround),)
    assert found.backends["local"][0].level == "refused"
    assert found.backends["local"][0].shape == "resource-work"


_ARGO = "jetbridge.lower.argo"


def test_the_catalog_says_what_is_broken_in_its_place() -> None:
    points = (
        EntryPoint("own", f"{HERE}:RESOURCE", registry.PLAN),
        EntryPoint("own", f"{HERE}:OWN", _ARGO),
        EntryPoint("half", f"{HERE}:RESOURCE", registry.PLAN),
        EntryPoint("half", f"{HERE}:NOTHING", _ARGO),
        EntryPoint("broken", f"{HERE}:NOTHING", registry.PLAN),
    )
    found = {each.name: each for each in catalog(also(*points))}
    assert found["own"].backends["argo"] == (Support(OWN_OPERATOR),)
    assert found["half"].backends["argo"][0].level == BROKEN
    assert "does not exist" in found["broken"].error
    assert "Reinstall" in found["broken"].hint
    container = found["python-task"]
    assert (container.owner, container.version) == ("jetbridge-plugins", "0.1.0")
    assert {name: container.backends[name][0].shape for name in container.backends} == dict.fromkeys(
        registry.backend_names(), "container-work"
    )


def test_the_default_handlers_are_for_targets() -> None:
    def build(context: BuildContext) -> object:
        return registry.default_handler("container").build_resource(closure(flow).compiled.tasks[0].template, context)

    assert isinstance(build(BuildContext(("n",))), ContainerWork)
    with pytest.raises(RegistryError, match="nothing installed provides 'raft'"):
        registry.default_handler("raft")
