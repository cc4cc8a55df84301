"""Pod tasks: flytekit's pod plugin (`sidecar`), and whatever carries a pod and is named by `--as-container`."""

from __future__ import annotations

from jetbridge.idl import TaskTemplate
from jetbridge_plugins.container.plan import container_work
from jetbridge_plugins.pod.build import pod_work
from jetbridge_translators.handler import BuildContext, TaskHandler
from jetbridge_translators.work import PodWork


def build_resource(template: TaskTemplate, context: BuildContext) -> PodWork:
    """The pod of a task. Raises `JetbridgeError` for a pod that cannot be kept."""
    return pod_work(template, context, container_work)


HANDLER = TaskHandler(build_resource=build_resource, shapes=(PodWork,), summary="Python functions in pods")
