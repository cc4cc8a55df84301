"""Options that hold for a plan, whatever the back end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from jetbridge_translators import registry
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
    return [as_container, pod_templates, *_of_task_types()]


def _of_task_types() -> list[click.Parameter]:
    return [
        click.Option(
            [f"--{option.name}", _key(option.name)],
            type=click.Choice(option.choices) if option.choices else None,
            default=None,
            help=f"[task type {', '.join(owners)}] {option.help} [default: {option.default or 'none'}]",
        )
        for option, owners in registry.planning_options().values()
    ]


def _key(name: str) -> str:
    return f"planning_{name.replace('-', '_')}"


def planning_of(values: Mapping[str, Any]) -> Planning:
    """What those options say. Raises `UsageError` for a file that cannot be used."""
    return Planning(
        as_container=tuple(dict.fromkeys(values.get("as_container", ()))),
        pod_templates=read_pod_templates(values.get("pod_templates", ())),
        options={name: text for name in registry.planning_options() if (text := values.get(_key(name))) is not None},
    )
