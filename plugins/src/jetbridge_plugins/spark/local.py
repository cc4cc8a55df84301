"""Spark on this machine: the task's own process, which makes a session of its own."""

from __future__ import annotations

from jetbridge.errors import JetbridgeError
from jetbridge_plugins.container.plan import container_work
from jetbridge_translators.base import LowerContext
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ContainerWork


def lower(step: Step, context: LowerContext) -> ContainerWork:
    """The process of a Spark task. Raises `JetbridgeError` for an application that is no Python function."""
    try:
        return container_work(step.template, BuildContext(tuple(sorted(step.args))))
    except JetbridgeError as error:
        raise JetbridgeError(error.message, hint="Run it on a back end with a cluster.") from error


LOWERING = lower
