"""Looking things up: by whole or short name, newest or active version, with near misses named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from jetbridge.errors import UsageError
from jetbridge.idl import LAUNCH_PLAN, WORKFLOW
from jetbridge.registry.activate import activate, deactivate
from jetbridge.registry.entity_id import Scope, parse_reference
from jetbridge.registry.read import listed, resolve
from jetbridge.registry.register import register
from tests.sdk.registry.shops import FLOW, SCOPE, package

NOW = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    for version in ("v1", "v2"):
        register(engine, package(), SCOPE, version, NOW)
    return engine


def test_versions_are_listed_newest_first(filled: Engine) -> None:
    with filled.begin() as connection:
        entries = listed(connection, project="shop")
        assert {each.versions for each in entries} == {("v2", "v1")}
        assert {each.scope for each in entries} == {SCOPE}
        assert listed(connection, domain="staging") == ()


def test_one_version_of_a_launch_plan_is_active(filled: Engine) -> None:
    with filled.begin() as connection:
        old, new = (resolve(connection, SCOPE, "nightly", version) for version in ("v1", "v2"))
        assert old.kind == LAUNCH_PLAN
        activate(connection, new, NOW)
        activate(connection, old, NOW)
        assert resolve(connection, SCOPE, "nightly") == old
        assert [each.active for each in listed(connection) if each.name == "nightly"] == ["v1"]
        assert not deactivate(connection, new)
        assert deactivate(connection, old)
        assert resolve(connection, SCOPE, "nightly") == new


def test_a_workflow_comes_before_its_launch_plan(filled: Engine) -> None:
    with filled.begin() as connection:
        assert resolve(connection, SCOPE, FLOW).kind == WORKFLOW
        assert resolve(connection, SCOPE, FLOW, "", (LAUNCH_PLAN,)).kind == LAUNCH_PLAN


@pytest.mark.parametrize(
    ("name", "version", "message", "hint"),
    [
        ("flwo", "", "nothing called 'flwo'", "There is"),
        ("tests.sdk.flows.flwo", "", "nothing called", "Did you mean 'tests.sdk.flows.flow'"),
        ("flow", "v3", "no version 'v3'", "v1"),
    ],
)
def test_near_misses_are_named(filled: Engine, name: str, version: str, message: str, hint: str) -> None:
    with filled.begin() as connection, pytest.raises(UsageError, match=message) as caught:
        resolve(connection, SCOPE, name, version)
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["", "@v1", "a/b", "/a/b", "a/b/", "a/b/c/d"])
def test_a_reference_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="names nothing"):
        parse_reference(text, Scope("p", "d"))
