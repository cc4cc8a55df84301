"""The cluster that these tests run on: our own, or the one that KUBECONFIG names."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

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
def launcher(site: Site) -> Iterator[Launcher]:
    """Starts runs, and deletes what they left in Kubernetes at the end."""
    made = Launcher(site)
    yield made
    site.kubectl("delete", "workflows", "--ignore-not-found", "--wait=false", *made.run_ids, "none")


@pytest.fixture(autouse=True, scope="module")
def _as_submitter(site: Site) -> Generator[None]:
    """The rights and the credentials of a user, not of an administrator."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in site.environ.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A store on this machine."""
    return str(tmp_path / "store")
