"""Cached tasks on this machine, as processes: whether their functions were called is told by the marks they leave."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from jetbridge.errors import JetbridgeError, RunError
from jetbridge.idl import LiteralMap, SimpleType, TaskTemplate
from jetbridge.types.json_codec import from_json, to_json
from jetbridge_translators.api import Engine, read_outputs
from jetbridge_translators.base import RunRequest, Settings
from jetbridge_translators.plan.cache_options import cache_options
from jetbridge_translators.plan.model import Plan
from tests.translators import cached_flows as flows
from tests.translators.plan_helpers import defaults, plan
from tests.translators.running import mark

ROOT = Path(__file__).parents[2]


@dataclass
class Local:
    """Runs workflows below one store."""

    folder: Path
    lines: list[str] = field(default_factory=list[str])

    def run(self, flow: Any, *, overwrite: bool = False, **inputs: object) -> object:
        """The workflow's only output; None without outputs."""
        made = plan(flow)
        request = RunRequest(
            run_id=f"run-{secrets.token_hex(4)}",
            inputs=_inputs(flow, made, inputs),
            settings=Settings(store=str(self.folder / "a store")),
            source_root=str(ROOT),
            overwrite_cache=overwrite,
            on_output=lambda step, line: self.lines.append(line),
        )
        outputs = read_outputs(made, Engine().run(made, "local", request).run_root)
        return to_json(outputs["o0"]) if outputs else None

    def marks(self) -> list[str]:
        """What the tasks have left since the last look."""
        path = self.folder / "marks"
        found = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return sorted(found)

    def hits(self) -> int:
        """How many lines tell of a hit."""
        return sum(" is cached: " in line for line in self.lines)


def _inputs(flow: Any, made: Plan, given: dict[str, object]) -> LiteralMap:
    types = {item.name: item.type for item in made.inputs}
    literals = {name: from_json(value, types[name]) for name, value in given.items()}
    return LiteralMap(literals={**defaults(flow).literals, **literals})


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Local:
    monkeypatch.setenv("MARKS", str(tmp_path))
    return Local(tmp_path)


def test_the_second_run_calls_no_function(local: Local) -> None:
    assert (local.run(flows.chained), local.marks(), local.hits()) == (12, ["doubled 3", "doubled 6"], 0)
    assert (local.run(flows.chained), local.marks(), local.hits()) == (12, [], 2)
    assert (local.run(flows.chained, n=6), local.marks(), local.hits()) == (24, ["doubled 12"], 3)
    assert (local.run(flows.chained, overwrite=True), local.marks()) == (12, ["doubled 3", "doubled 6"])


def test_a_launch_plan_can_overwrite() -> None:
    made = plan(flows.chained, overwrite_cache=True)
    assert made.overwrite_cache
    assert not plan(flows.chained).overwrite_cache


def test_ignored_inputs_do_not_matter(local: Local) -> None:
    assert (local.run(flows.ignoring), local.marks()) == (1, ["noted"])
    assert (local.run(flows.ignoring, note="b"), local.marks()) == (1, [])


def test_a_hash_method_decides_what_is_equal(local: Local) -> None:
    assert (local.run(flows.hashed), local.marks()) == (2, ["length"])
    assert (local.run(flows.hashed, text="HI"), local.marks()) == (2, [])
    assert (local.run(flows.hashed, text="Ho"), local.marks()) == (2, ["length"])


def test_each_element_of_a_map_has_its_own_entry(local: Local) -> None:
    assert (local.run(flows.mapped), local.marks()) == ([1, 4, 9], ["power 1", "power 2", "power 3"])
    assert (local.run(flows.mapped, bases=[3, 4]), local.marks()) == ([9, 16], ["power 4"])
    assert local.hits() == 1


def test_equal_calls_at_once_run_one_at_a_time(local: Local) -> None:
    def let_it_end() -> None:
        for _ in range(400):
            if any("waits: an equal call" in line for line in local.lines):
                break
            time.sleep(0.05)
        mark("both have started")

    watcher = threading.Thread(target=let_it_end)
    watcher.start()
    assert local.run(flows.at_once) == 1
    watcher.join()
    assert local.marks() == ["both have started", "turn"]
    assert local.hits() == 1


def test_a_task_without_outputs_is_never_cached(local: Local) -> None:
    assert (local.run(flows.without_outputs), local.marks()) == (None, ["nothing"])
    assert (local.run(flows.without_outputs), local.marks()) == (None, ["nothing"])


def test_a_failure_is_not_cached(local: Local) -> None:
    for _ in range(2):
        with pytest.raises(RunError, match="no good"):
            local.run(flows.failing)
    assert local.marks() == ["fails", "fails"]


def options(*args: str, version: str = "1", **metadata: Any) -> Sequence[object]:
    template = TaskTemplate(metadata={"discoverable": True, "discovery_version": version, **metadata})
    template.id.name = "t"
    template.interface.outputs.variables["o0"].type.simple = SimpleType.INTEGER
    return cache_options(template, args or ("jetbridge-execute", "--"))


def test_the_entrypoint_is_told_what_the_author_said() -> None:
    told = [str(option) for option in options(cache_serializable=True, cache_ignore_input_vars=["b", "a"])]
    assert {"--cache-task=t", "--cache-version=1", "--cache-serialize"} <= set(told)
    assert [option for option in told if option.startswith("--cache-ignore")] == [
        "--cache-ignore=a",
        "--cache-ignore=b",
    ]
    assert options(discoverable=False) == ()


def test_a_cached_task_needs_a_version() -> None:
    with pytest.raises(JetbridgeError, match="has no cache version"):
        options(version=" ")


def test_a_dynamic_task_that_is_cached_makes_nothing_again(local: Local) -> None:
    assert local.run(flows.dynamically) == 2
    assert local.marks() == ["grown", "plus one", "plus one"]
    assert local.run(flows.dynamically) == 2
    assert local.marks() == []
    assert local.run(flows.dynamically, overwrite=True) == 2
    assert local.marks() == ["grown", "plus one", "plus one"]
