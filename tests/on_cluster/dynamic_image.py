"""An image with the translators beside the worker's libraries, as a dynamic task on Argo needs it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cluster.images import load, task_image
from tests.cluster.lock import exclusive
from tests.cluster.paths import REPO, Paths, default_paths
from tests.cluster.progress import Timings
from tests.cluster.site_packages import Export, TaskSources, default_sources
from tests.on_cluster.site import Site

RIGHTS = Path(__file__).parent / "dynamic_rights.yaml"
OPTIONS = {"dynamic-service-account": "jetbridge-dynamic"}


def with_dynamic_tasks(site: Site) -> Site:
    """The cluster with an image for dynamic tasks as its task image, and the account that may create Workflows."""
    site.kubectl("apply", "-f", str(RIGHTS))
    if not site.ours and not site.dynamic_image:
        pytest.fail("JETBRIDGE_TEST_DYNAMIC_IMAGE names no image with jetbridge-translators", pytrace=False)
    image = site.dynamic_image or dynamic_image(default_paths())
    return replace(site, image=image, options={**site.options, **OPTIONS})


def dynamic_image(paths: Paths) -> str:
    """Makes and loads the image; its name."""
    with exclusive(paths):
        image = task_image(paths, Timings(), _sources())
        named = replace(image, name=image.name.replace("jetbridge-task", "jetbridge-dynamic"))
        load(named, paths)
    return named.name


def _sources() -> TaskSources:
    plain = default_sources()
    translators = Export(("--package", "jetbridge-translators", "--no-dev", "--extra", "argo"))
    return TaskSources((*plain.exports, translators), (*plain.distributions, REPO / "translators"))
