"""Packages of flytekit on the real Airflow: images without jetbridge, one pod a task, what this machine gives too."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from tests.on_cluster.airflow_helpers import Seen, airflow, watched
from tests.on_cluster.commands import Command, Ended
from tests.on_cluster.foreign import MODULE, foreign_package
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
# The outputs, and how many pods: one for each task and each attempt.
VALUES: Mapping[str, tuple[dict[str, Any], int]] = {
    "most": ({"o0": "w0,w1,w2", "o1": 6, "o2": 10}, 8),
    "deciding": ({"o0": 60}, 2),
    "podded": ({"o0": "hello 3"}, 1),
}
PLACED = "located"
ERRORS = {
    "broken": "ValueError: no 3",
    "left": "exit code 3",
    "starved": "more memory than its limit",
}


@pytest.fixture(scope="module")
def seen(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[Seen]:
    with watched(site, tmp_path_factory.mktemp("seen") / "pods") as found:
        yield found


@pytest.fixture(scope="module")
def commands(site: Site, seen: Seen, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Command]:
    """All of them at a time; those that succeed also here, with the code that the package brings."""
    folder = tmp_path_factory.mktemp("airflow")
    package = foreign_package(folder / "package", "--copy", "all")
    user = airflow(site, folder)
    options = ("--json", "--jetbridge-image", site.image)
    ways = dict.fromkeys(VALUES, ("compare", "local,airflow"))
    return {
        name: user.package(verb, f"{package}:{MODULE}.{name}", "--on", backends, *options)
        for name in (*VALUES, PLACED, *ERRORS)
        for verb, backends in (ways.get(name, ("run", "airflow")),)
    }


def _airflow_s(ended: Ended) -> dict[str, Any]:
    runs: list[dict[str, Any]] = ended.record.get("runs", [ended.record])
    return runs[-1]


@pytest.mark.parametrize("name", VALUES)
def test_outputs_and_pods(commands: Mapping[str, Command], seen: Seen, name: str) -> None:
    ended = commands[name].ended()
    assert ended.code == 0, ended.said
    expected, pods = VALUES[name]
    run = _airflow_s(ended)
    assert run["outputs"] == expected
    assert set(ended.record["equal"].values()) == {True}
    assert len(seen.pods(f"{MODULE}.{name}", run["run_root"])) == pods


def test_code_in_the_package_is_unpacked_beside_a_read_only_root(commands: Mapping[str, Command]) -> None:
    ended = commands[PLACED].ended()
    assert ended.code == 0, ended.said
    assert _airflow_s(ended)["outputs"] == {"o0": "/var/jetbridge/code"}


@pytest.mark.parametrize("name", ERRORS)
def test_failures_tell_their_reason(commands: Mapping[str, Command], name: str) -> None:
    ended = commands[name].ended()
    assert ended.code == 1
    assert ERRORS[name] in ended.said, ended.said
