"""The pod that a task carries as pod work: propeller's ToK8sPodSpec, free of a cluster's configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from jetbridge.errors import JetbridgeError
from jetbridge.idl import TaskTemplate
from jetbridge_plugins.pod.carried import Carried, Json, carried_pod
from jetbridge_plugins.pod.fields import check_pod
from jetbridge_plugins.pod.merge import with_pod_template
from jetbridge_plugins.pod.placement import with_memory, with_rules
from jetbridge_plugins.pod.resources import amounts
from jetbridge_translators.handler import BuildContext
from jetbridge_translators.plan.placement import node_rules, shared_memory
from jetbridge_translators.work import ContainerWork, JsonTree, PodWork, Work

BuildContainer = Callable[[TaskTemplate, BuildContext], Work]
_OF_WORK = ("name", "image", "command", "args", "resources")
_CONTAINERS = ("containers", "initContainers", "restartPolicy")


def needs_pod(template: TaskTemplate) -> bool:
    """Whether a task asks for more than a container."""
    return template.HasField("k8s_pod") or bool(template.metadata.pod_template_name)


def pod_work(template: TaskTemplate, context: BuildContext, build_container: BuildContainer) -> PodWork:
    """The work of a task's pod.

    Args:
        template: The task.
        context: What a handler is told beside it.
        build_container: What the task's own container is, given a task that carries only that.

    Raises:
        JetbridgeError: the pod cannot be kept as it is.
    """
    name = template.id.name
    pod = with_pod_template(carried_pod(template), template.metadata.pod_template_name, context.planning.pod_templates)
    check_pod(name, pod)
    primary = next(container for container in pod.containers if container.get("name") == pod.primary)
    main = _main(template, primary, context, build_container)
    spec, own = with_memory(_rest(pod), _without(primary, _OF_WORK), shared_memory(template))
    return PodWork(
        main=main,
        name=pod.primary,
        container=cast("dict[str, JsonTree]", own),
        containers=_others(name, [each for each in pod.containers if each is not primary]),
        init_containers=_others(name, pod.init_containers),
        spec=cast("dict[str, JsonTree]", with_rules(spec, node_rules(template, main))),
        labels=tuple(sorted(pod.labels.items())),
        annotations=tuple(sorted(pod.annotations.items())),
    )


def _main(
    template: TaskTemplate, primary: Json, context: BuildContext, build_container: BuildContainer
) -> ContainerWork:
    """The task's own container, built as that of any other task; its resources are those of the pod."""
    work = build_container(_lone(template, primary), context)
    if not isinstance(work, ContainerWork):
        raise JetbridgeError(
            f"the container {primary.get('name')!r} of task {template.id.name!r} gave a {type(work).__name__}",
            hint="Run Jetbridge's entrypoint in it, or give the task a container instead of a pod.",
        )
    requests, limits = _amounts(template.id.name, primary, template)
    return replace(work, requests=tuple(requests.items()), limits=tuple(limits.items()))


def _amounts(name: str, primary: Json, template: TaskTemplate) -> tuple[dict[str, str], dict[str, str]]:
    resources: Json = primary.get("resources") or {}
    claims = sorted(set(resources) - {"requests", "limits"})
    if claims:
        raise JetbridgeError(
            f"the resources of the container {primary.get('name')!r} of task {name!r} have {', '.join(claims)}",
            hint="Only requests and limits are kept.",
        )
    return amounts(name, resources)


def _lone(template: TaskTemplate, primary: Json) -> TaskTemplate:
    lone = TaskTemplate()
    lone.CopyFrom(template)
    data = template.k8s_pod.data_config if template.k8s_pod.HasField("data_config") else None
    lone.metadata.pod_template_name = ""
    lone.container.Clear()
    lone.container.image = str(primary.get("image") or "")
    lone.container.command.extend(map(str, primary.get("command") or ()))
    lone.container.args.extend(map(str, primary.get("args") or ()))
    if data is not None:
        lone.container.data_config.CopyFrom(data)
    return lone


def _rest(pod: Carried) -> Json:
    return _without(pod.spec, _CONTAINERS)


def _without(tree: Json, keys: tuple[str, ...]) -> Json:
    return {key: value for key, value in tree.items() if key not in keys and value not in (None, [], {})}


def _others(name: str, containers: list[Json]) -> tuple[dict[str, JsonTree], ...]:
    return tuple(_other(name, container) for container in containers)


def _other(name: str, container: Json) -> dict[str, JsonTree]:
    requests, limits = amounts(name, container.get("resources") or {})
    kinds = {"requests": requests, "limits": limits}
    resources = {kind: values for kind, values in kinds.items() if values}
    kept = _without(container, ("resources",))
    return cast("dict[str, JsonTree]", {**kept, **({"resources": resources} if resources else {})})
