"""An image with the translators beside the worker's libraries, as a dynamic task on Argo needs it."""

from __future__ import annotations

from dataclasses import replace

from tests.cluster.images import load, task_image
from tests.cluster.lock import exclusive
from tests.cluster.paths import REPO, Paths
from tests.cluster.progress import Timings
from tests.cluster.site_packages import Export, TaskSources, default_sources


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
