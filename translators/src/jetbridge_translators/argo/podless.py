"""Templates of our own that end at once and make no pod.

Their names begin with a word of ours: a label of the user's tasks and workflows (`distinct.tasks_of`) that has a hyphen
begins with the kind of what it names, or ends with a hash.
"""

from __future__ import annotations

import hera.workflows.models as m


def own(name: str) -> str:
    """The name of a template of ours."""
    return f"jetbridge-{name}"


def passing(name: str) -> m.Template:
    """Succeeds."""
    return m.Template(name=own(name), suspend=_now())


def failing(name: str, parameter: str) -> m.Template:
    """Fails, with the name of the parameter in Argo's message: nobody supplies it, and it has no default."""
    return m.Template(name=own(name), outputs=m.Outputs(parameters=[supplied(parameter)]), suspend=_now())


def supplied(name: str) -> m.Parameter:
    """A parameter that somebody must give while the node waits."""
    return m.Parameter(name=name, value_from=m.ValueFrom(supplied=m.SuppliedValueFrom()))


def _now() -> m.SuspendTemplate:
    return m.SuspendTemplate(duration="0")
