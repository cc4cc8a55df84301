"""Registration: all or nothing, and a version never changes, however many write at once."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from jetbridge.errors import RegistrationError
from jetbridge.idl import SimpleType
from jetbridge.package import Entity, Package, package_bytes
from jetbridge.package_closure import closure_from_package
from jetbridge.registry.entity_id import Scope
from jetbridge.registry.export import closure_of, exported
from jetbridge.registry.read import resolve
from jetbridge.registry.references import package_of
from jetbridge.registry.register import Registration, register
from jetbridge.registry.tables import ENTITIES
from tests.sdk.registry.shops import FLOW, SCOPE, entities, launching, package, referring

NOW = datetime(2026, 1, 2, tzinfo=UTC)
ROOT = Path(__file__).parents[3]


def put(engine: Engine, what: Package, version: str = "v1") -> Registration:
    return register(engine, what, SCOPE, version, NOW)


def as_bytes(entity: Entity) -> bytes:
    return entity.SerializeToString(deterministic=True)


def held(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(ENTITIES)).scalar_one()


def test_the_same_content_twice_is_no_change(engine: Engine) -> None:
    first, second = put(engine, package()), put(engine, package())
    assert len(first.new) == held(engine) > 3
    assert not first.unchanged
    assert second == Registration((), first.new)


def test_another_version_stands_beside_the_first(engine: Engine) -> None:
    put(engine, package())
    assert put(engine, package("img:2"), "v2").new
    with engine.begin() as connection:
        assert resolve(connection, SCOPE, FLOW).version == "v2"
        assert resolve(connection, SCOPE, "flow", "v1").version == "v1"


def test_other_content_is_refused_and_the_difference_shown(engine: Engine) -> None:
    put(engine, package())
    before = held(engine)
    with pytest.raises(RegistrationError) as caught:
        put(engine, package("img:2"))
    assert 'template.container.image: "img:1" → "img:2"' in str(caught.value)
    assert "task shop/production/tests.sdk.flows" in str(caught.value)
    assert "--version" in caught.value.hint
    assert held(engine) == before


def test_nothing_is_registered_when_a_part_is_refused(engine: Engine) -> None:
    whole = package()
    put(engine, Package(whole.tasks[:1], (), ()))
    changed = package("img:2")
    with pytest.raises(RegistrationError):
        put(engine, changed)
    assert held(engine) == 1


def test_a_reference_to_what_is_not_registered_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(RegistrationError, match=r"shop/production/tests\.sdk\.flows\.\w+@v0 is referred to") as caught:
        put(engine, referring("v0"), "v1")
    assert "ReferenceNotFound" in str(caught.value)
    assert held(engine) == 0


def test_references_are_resolved_and_checked(engine: Engine) -> None:
    put(engine, package(), "v0")
    assert put(engine, referring("v0"), "v1").new
    with engine.begin() as connection:
        closure = closure_of(connection, resolve(connection, SCOPE, FLOW, "v1"))
    assert {task.template.id.version for task in closure.compiled.tasks} == {"v0"}


def test_a_launch_plan_of_a_registered_workflow(engine: Engine) -> None:
    put(engine, package(), "v0")
    put(engine, launching("weekly", "v0"), "v1")
    with engine.begin() as connection:
        closure = closure_of(connection, resolve(connection, SCOPE, "weekly"))
    assert closure.compiled.primary.template.id.name == FLOW


def test_an_interface_that_does_not_fit_what_is_registered_is_refused(engine: Engine) -> None:
    other = package()
    for task in other.tasks:
        for variable in task.template.interface.inputs.variables.values():
            variable.type.simple = SimpleType.DURATION
    put(engine, Package(other.tasks, (), ()), "v0")
    with pytest.raises(RegistrationError, match="MismatchingTypes"):
        put(engine, referring("v0"), "v1")


def test_two_versions_of_one_task_in_a_workflow_are_refused(engine: Engine) -> None:
    put(engine, package(), "v0")
    whole = referring("v0")
    with pytest.raises(RegistrationError, match="two versions"):
        put(engine, Package(package().tasks, whole.workflows, ()), "v1")


def test_what_comes_back_is_the_package(engine: Engine) -> None:
    put(engine, package())
    with engine.begin() as connection:
        back = exported(connection, SCOPE, "v1")
    whole = package()
    assert package_bytes(back) == package_bytes([*whole.tasks, *whole.workflows, *whole.launch_plans])
    assert sorted(map(as_bytes, back)) == sorted(map(as_bytes, entities()))
    closure_from_package(package_of(back), FLOW)


def test_projects_and_domains_are_apart(engine: Engine) -> None:
    put(engine, package())
    for scope in (Scope("shop", "staging"), Scope("other", "production")):
        assert register(engine, package("img:2"), scope, "v1", NOW).new


WRITER = """
import sys
from datetime import UTC, datetime
from jetbridge.errors import RegistrationError
from jetbridge.registry.database import open_registry
from jetbridge.registry.register import register
from tests.sdk.registry.shops import SCOPE, package
what = package(sys.argv[2])
sys.stdin.readline()
with open_registry(sys.argv[1]) as engine:
    try:
        print("new" if register(engine, what, SCOPE, "v1", datetime.now(UTC)).new else "same")
    except RegistrationError:
        print("refused")
"""


def test_of_many_writers_at_once_one_wins(url: str) -> None:
    """Processes that also find the database empty: the first use makes the tables once."""
    images = ["img:1", "img:1", "img:2", "img:2"]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, image],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for image in images
    ]
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    said = [writer.communicate()[0].strip() for writer in writers]
    assert sorted(said) == ["new", "refused", "refused", "same"]
    winner = images[said.index("new")]
    assert said[images.index(winner) : images.index(winner) + 2].count("refused") == 0
