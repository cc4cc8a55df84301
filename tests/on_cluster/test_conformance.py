"""T5 on a cluster: the cases of `tests/conformance` on every engine that runs there give what the reference gives."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path

import pytest

from jetbridge.store import join
from tests.conformance.case import Case
from tests.conformance.cases import CASES
from tests.conformance.outcome import differences, surprises
from tests.conformance.profile import CLUSTER, Way, reference, ways
from tests.conformance.refusals import expect
from tests.conformance.runs import Place, Runs, known_options, run_all
from tests.conformance.selected import selected_cases
from tests.on_cluster.site import Site

pytestmark = pytest.mark.cluster
PARAMS = [
    pytest.param(case, way.name, name, id=f"{way.name}-{case.name}")
    for name, way in ways(CLUSTER)
    for case in CASES
    if way.takes(case)
]


CLASS = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "large"}, "value": 10}
"""What the pod templates of the cases name."""


@pytest.fixture(scope="module")
def in_the_cluster(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """The secrets of the cases as Kubernetes Secrets, and what their pod templates name."""
    groups = {group: entries for case in CASES for group, entries in case.secrets.items()}
    file = tmp_path_factory.mktemp("named") / "class.json"
    file.write_text(json.dumps(CLASS))
    site.kubectl("apply", "-f", str(file))
    for group, entries in groups.items():
        literals = [f"--from-literal={key}={value}" for key, value in entries.items()]
        site.kubectl("delete", "secret", group, "--ignore-not-found")
        site.kubectl("create", "secret", "generic", group, *literals)
    yield
    site.kubectl("delete", "secret", *groups)
    site.kubectl("delete", "-f", str(file))


@pytest.fixture(scope="module")
def expected(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The cases on the reference."""
    name, way = reference()
    folder = tmp_path_factory.mktemp(way.name)
    place = Place(store=str(folder / "store"), scratch=folder)
    return run_all(selected_cases(request, "expected"), name, way, place)


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest, dynamic_site: Site, in_the_cluster: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Runs]]:
    """The cases on the engines of the cluster, by the way's name; started when it is first asked for."""
    done: dict[str, Runs] = {}

    def get(wanted: str) -> Runs:
        if wanted not in done:
            ((name, way),) = (found for found in ways(CLUSTER) if found[1].name == wanted)
            place = _place(dynamic_site, name, way, tmp_path_factory.mktemp(way.name))
            done[wanted] = run_all(selected_cases(request, "runs", wanted), name, way, place)
        return done[wanted]

    yield get
    run_ids = [run_id for found in done.values() for run_id in found.run_ids]
    dynamic_site.kubectl("delete", "workflows", "--ignore-not-found", "--wait=false", *run_ids, "none")


def _place(site: Site, backend: str, way: Way, scratch: Path) -> Place:
    options = known_options(backend, {"namespace": site.namespace, **site.options})
    return Place(
        store=join(site.store, f"conformance-{secrets.token_hex(4)}", way.name),
        scratch=scratch,
        image=site.image,
        target=site.targets.get(backend, ""),
        options=options,
        environ={**site.environ, **_account(site, way)},
    )


def _account(site: Site, way: Way) -> Mapping[str, str]:
    """On our own cluster the rights that a user of this engine needs; on another one what was given."""
    file = Path(site.admin).parent / "kubeconfigs" / way.account
    return {"KUBECONFIG": str(file)} if site.ours and way.account else {}


@pytest.mark.parametrize(("case", "way", "backend"), PARAMS)
def test_outcome_equals_the_references(
    case: Case, way: str, backend: str, runs: Callable[[str], Runs], expected: Runs, request: pytest.FixtureRequest
) -> None:
    expect(request, case, backend)
    found = runs(way).outcome(case)
    assert list(surprises(found, case.fails, case.says)) == []
    assert list(differences(expected.outcome(case), found)) == []
