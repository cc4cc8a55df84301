"""Options that hold for a plan, whatever the back end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from jetbridge_translators.cli.pod_templates import read_pod_templates
from jetbridge_translators.planning import Planning


def planning_options() -> list[click.Parameter]:
    """The options, as parameters of a command."""
    as_container = click.Option(
        ["--as-container", "as_container"],
        multiple=True,
        metavar="TYPE",
        help="A task type that no plugin owns, to run as the container that its tasks carry; repeat for others.",
    )
    pod_templates = click.Option(
        ["--pod-templates", "pod_templates"],
        multiple=True,
        metavar="FILE",
        help="YAML or JSON with the Kubernetes PodTemplates that tasks name (pod_template_name); repeat for others.",
    )
    return [as_container, pod_templates]


def planning_of(values: Mapping[str, Any]) -> Planning:
    """What those options say. Raises `UsageError` for a file that cannot be used."""
    return Planning(
        as_container=tuple(dict.fromkeys(values.get("as_container", ()))),
        pod_templates=read_pod_templates(values.get("pod_templates", ())),
    )
