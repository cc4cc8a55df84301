"""Back ends, handlers and overrides are what their group promises, or an error says so."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from jetbridge.entry_points import Discover
from jetbridge.errors import RegistryError, UsageError
from jetbridge_translators import registry
from jetbridge_translators.api import complete_settings
from jetbridge_translators.base import Backend, Settings
from jetbridge_translators.handler import TaskHandler


def finder(group: str, name: str, value: str) -> Discover:
    points = (EntryPoint(name, value, group),)
    return lambda asked: tuple(point for point in points if point.group == asked)


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
