"""The workflows of a user of flytekit on the real engines: the package as it is, outputs equal to flytekit's own.

Each case is one run of the command line; some go on at a time. `-k "argo and fan"` picks cases.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from jetbridge.package import Package, read_package
from jetbridge.package_closure import closure_from_package
from jetbridge.store import join, open_store
from jetbridge.store.folders import upload_folder
from jetbridge.types.digest import content_digest
from jetbridge.types.json_codec import to_json
from jetbridge_translators.api import read_outputs
from tests.cluster.paths import default_paths
from tests.flytekit_corpus.case import BOX, IMAGE, OTHERS, PROJECT, Case
from tests.flytekit_corpus.cases import CASES, ENGINES
from tests.flytekit_corpus.making import ENGINE, Theirs, input_data, refusals, theirs, write_package
from tests.on_cluster.airflow_helpers import airflow
from tests.on_cluster.commands import Command, Commands, Ended
from tests.on_cluster.dynamic_image import dynamic_image
from tests.on_cluster.foreign_images import box_image, flytekit_image
from tests.on_cluster.site import Site

pytestmark = [pytest.mark.cluster, pytest.mark.corpus]
AT_A_TIME = 4
RIGHTS = Path(__file__).parent / "dynamic_rights.yaml"
RUN = [
    pytest.param(backend, case, id=f"{backend}-{case.name}")
    for backend in ENGINES
    for case in CASES
    if (case.here or case.gives) and backend not in case.lacking
]


@pytest.fixture(scope="module")
def package_file(own_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package; the cluster holds the images that it names, and the secret that one of its tasks asks for."""
    sources = sorted((PROJECT / "flows").glob("*.py"))
    flytekit_image({f"flows/{file.name}": file for file in sources}, default_paths(), (IMAGE, *OTHERS))
    box_image(default_paths(), (BOX,))
    own_site.kubectl("apply", "-f", str(RIGHTS))
    own_site.kubectl("delete", "secret", "birds", "--ignore-not-found")
    own_site.kubectl("create", "secret", "generic", "birds", "--from-literal=token=abc")
    return write_package(tmp_path_factory.mktemp("package"))


@pytest.fixture(scope="module")
def package(package_file: Path) -> Package:
    return read_package(package_file)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that some cases take, on this machine."""
    return input_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def expected(package: Package, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Theirs:
    """What flytekit's own local execution gives."""
    return theirs(package, data, tmp_path_factory.mktemp("theirs"))


@dataclass(frozen=True)
class Runs:
    """The runs of the cases that were asked for.

    Attributes:
        futures: How each will have ended, by back end and case.
    """

    futures: Mapping[tuple[str, str], Future[Ended]]

    def ended(self, backend: str, case: Case) -> Ended:
        return self.futures[backend, case.name].result()


@pytest.fixture(scope="module")
def runs(
    request: pytest.FixtureRequest,
    own_site: Site,
    package_file: Path,
    package: Package,
    data: Path,
    tmp_path_factory: pytest.TempPathFactory,
    _as_submitter: None,
) -> Iterator[Runs]:
    """Starts what was collected, in its order."""
    stored = join(own_site.store, "corpus-data")
    upload_folder(open_store(), data, stored)
    start = _starts(own_site, package_file, stored, tmp_path_factory)
    asked = [item for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    wanted = [cast("dict[str, Any]", cast("Any", item).callspec.params) for item in asked]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        yield Runs(
            {
                (each["backend"], each["case"].name): pool.submit(start[each["backend"]], each["case"])
                for each in wanted
                if not refusals(each["case"], each["backend"], package)
            }
        )
        pool.shutdown(cancel_futures=True)


def _starts(
    site: Site, package: Path, data: str, folders: pytest.TempPathFactory
) -> Mapping[str, Callable[[Case], Ended]]:
    """What runs a case to its end, by back end."""
    on_argo = Commands(folders.mktemp("argo"), {**site.environ, "COLUMNS": "200"})
    on_airflow = airflow(site, folders.mktemp("airflow"))
    image = dynamic_image(default_paths())

    def words(case: Case, backend: str) -> tuple[str, ...]:
        inputs = (word for text in case.inputs for word in ("--input", text.replace("{data}", data)))
        return ("run", f"{package}:{case.name}", "--on", backend, "--json", "--jetbridge-image", image, *inputs)

    def argo(case: Case) -> Ended:
        own = {**site.options, "dynamic-service-account": "jetbridge-dynamic", "runner-image": site.image}
        options = [word for name, value in own.items() for word in (f"--{name}", value)]
        command = on_argo.start(*words(case, "argo"), "--store", site.store, *options)
        for answer in case.answers:
            _answer(command, answer, on_argo)
        return command.ended()

    return {"argo": argo, "airflow": lambda case: on_airflow.package(*words(case, "airflow")).ended()}


_INVITATION = re.compile(r"jetbridge (?:approve|set) (\S+) (\S+?)(?:,| VALUE)")


def _answer(command: Command, answer: object, commands: Commands) -> None:
    """Answers a gate as the run's own words say."""
    while command.process.poll() is None:
        found = _INVITATION.search(command.log.read_text())
        if found is None:
            time.sleep(1)
            continue
        verb = ("approve", *found.groups()) if answer is True else ("set", *found.groups(), str(answer))
        done = commands.start(*verb).ended()
        assert done.code == 0, done.said
        return


@pytest.mark.parametrize(("backend", "case"), RUN)
def test_outputs_are_those_of_flytekit(
    runs: Runs, package: Package, expected: Theirs, backend: str, case: Case
) -> None:
    if refusals(case, backend, package):
        pytest.skip("refused, as tests/flytekit_corpus/test_files.py reviews")
    ended = runs.ended(backend, case)
    if case.fails:
        assert ended.code == 1
        assert case.fails in ended.said
        return
    assert ended.code == 0, ended.said
    plan = ENGINE.plan(closure_from_package(package, case.name), backend)
    outputs = read_outputs(plan, ended.record["run_root"])
    if case.apart:
        assert {name: to_json(literal) for name, literal in outputs.items()} == case.gives
        return
    wanted = expected[case.name].outputs
    assert outputs.keys() == wanted.keys()
    for name, literal in outputs.items():
        digests = [content_digest(open_store(), each) for each in (literal, wanted[name])]
        assert digests[0] == digests[1], f"{name}: {to_json(literal)} is not {to_json(wanted[name])}"
