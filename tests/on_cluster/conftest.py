"""The cluster that these tests run on: our own, or the one that KUBECONFIG names."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.on_cluster.dynamic_image import with_dynamic_tasks
from tests.on_cluster.launch import Launcher
from tests.on_cluster.site import Site, find_site


@pytest.fixture(scope="session")
def site() -> Site:
    """The cluster. A test without one fails: a skipped test would look like a passed one."""
    found = find_site(os.environ)
    if isinstance(found, str):
        pytest.fail(f"{found} Start the project's own cluster: make cluster-up", pytrace=False)
    return found


@pytest.fixture(scope="session")
def own_site(site: Site) -> Site:
    """The project's own cluster. On another one, what needs it is left out, and pytest's summary says so."""
    if not site.ours:
        pytest.skip("its parts are stopped or its accounts read: only in the project's own cluster")
    return site


@pytest.fixture(scope="session")
def dynamic_site(site: Site) -> Site:
    """The cluster with what dynamic tasks need beside the others."""
    return with_dynamic_tasks(site)


@pytest.fixture(scope="session")
def launcher(site: Site) -> Iterator[Launcher]:
    """Starts runs, and deletes what they left in Kubernetes at the end."""
    made = Launcher(site)
    yield made
    site.kubectl("delete", "workflows", "--ignore-not-found", "--wait=false", *made.run_ids, "none")


@pytest.fixture(autouse=True, scope="module")
def _as_submitter(site: Site) -> Generator[None]:
    """The rights and the credentials of a user, not of an administrator."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**site.environ, "JETBRIDGE_TEST_IMAGE": site.image}.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A store on this machine."""
    return str(tmp_path / "store")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How long each file took: most of the time goes into fixtures, where runs are started and waited for."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if isinstance(report, pytest.TestReport):
            seconds[report.location[0]] += report.duration
    terminalreporter.write_line(
        "\nseconds by file: "
        + ", ".join(f"{Path(n).stem} {s:.0f}" for n, s in sorted(seconds.items(), key=lambda item: -item[1]))
    )
