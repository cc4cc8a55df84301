"""A dynamic task's template: its pod runs the task, and then what the task made, as a child Workflow (ADR 10)."""

from __future__ import annotations

from typing import Any

import hera.workflows.models as m

from jetbridge.bindings import json_text
from jetbridge.idl import TaskTemplate
from jetbridge_translators.argo.dynamic_text import COMMAND, packed
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.parameters import NODE_PATH, OVERWRITE_CACHE, RUN_ROOT, global_tag, input_tag
from jetbridge_translators.base import Settings
from jetbridge_translators.plan.companion import COMPANION
from jetbridge_translators.plan.launch import LAUNCHED
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.pods import own_container
from jetbridge_translators.work import ForeignWork

_TOKEN, _TOKEN_FOLDER = "api-access", "/var/run/secrets/kubernetes.io/serviceaccount"


def dynamic_template(template: m.Template, step: Step, settings: Settings, options: ArgoOptions) -> m.Template:
    """The template of a dynamic task, with what makes the child around the task's own command.

    Args:
        template: The template of the task as of any other.
        step: The task.
        settings: The settings of the translation, which are the child's too.
        options: The same settings, read.
    """
    container = template.container
    assert isinstance(container, m.Container)  # noqa: S101 -- a dynamic task has no other target
    update = _of_others if isinstance(own_container(step.work), ForeignWork) else _of_ours
    account = template.service_account_name or options.dynamic_service_account or None
    return template.model_copy(
        update={**update(template, container, _options(step, settings)), "service_account_name": account}
    )


def _of_ours(template: m.Template, container: m.Container, options: list[str]) -> dict[str, Any]:
    args = [*options, "--", *(container.command or ()), *(container.args or ())]
    return {
        "container": container.model_copy(update={"command": [COMMAND], "args": args}),
        # Unlike other tasks it needs the token; `true` would mount none where the account itself says no.
        "automount_service_account_token": None,
    }


def _of_others(template: m.Template, container: m.Container, options: list[str]) -> dict[str, Any]:
    """The companion makes the child, and it alone has the token: the task's own program has no use for it."""
    folder, *args = [*(container.args or ())]
    beside, *others = [*(template.init_containers or ())]
    mounts = [*(beside.volume_mounts or ()), m.VolumeMount(name=_TOKEN, mount_path=_TOKEN_FOLDER, read_only=True)]
    return {
        "container": container.model_copy(update={"args": [folder, *options, "--", COMPANION, *args]}),
        "init_containers": [beside.model_copy(update={"command": [COMMAND], "volume_mounts": mounts}), *others],
        "volumes": [*(template.volumes or ()), _token_volume()],
    }


def _token_volume() -> m.Volume:
    """What Kubernetes mounts by itself where it may."""
    namespace = m.DownwardAPIVolumeFile(
        path="namespace", field_ref=m.ObjectFieldSelector(field_path="metadata.namespace")
    )
    sources = [
        m.VolumeProjection(
            service_account_token=m.ServiceAccountTokenProjection(path="token", expiration_seconds=3607)
        ),
        m.VolumeProjection(
            config_map=m.ConfigMapProjection(name="kube-root-ca.crt", items=[m.KeyToPath(key="ca.crt", path="ca.crt")])
        ),
        m.VolumeProjection(downward_api=m.DownwardAPIProjection(items=[namespace])),
    ]
    return m.Volume(name=_TOKEN, projected=m.ProjectedVolumeSource(sources=sources))


def _options(step: Step, settings: Settings) -> list[str]:
    return [
        f"--run-root={input_tag(RUN_ROOT)}",
        f"--node-path={input_tag(NODE_PATH)}",
        "--attempt={{retries}}",
        "--workflow={{workflow.name}}",
        "--uid={{workflow.uid}}",
        f"--task={_task(step.template)}",
        f"--settings={_settings(settings)}",
        f"--overwrite-cache={global_tag(OVERWRITE_CACHE)}",
    ]


def _task(task: TaskTemplate) -> str:
    """What the child needs of the task: its name, its interface, and what the launch plan says of its nodes."""
    launched = {LAUNCHED: task.config[LAUNCHED]} if LAUNCHED in task.config else {}
    kept = TaskTemplate(id=task.id, interface=task.interface, config=launched)
    return packed(kept.SerializeToString(deterministic=True))


def _settings(settings: Settings) -> str:
    options = {name: value for name, value in sorted(settings.options.items()) if value}
    planning = settings.planning.tree()
    given = {"store": settings.store, "target": settings.target, "options": options}
    return packed(json_text({**given, **({"planning": planning} if planning else {})}).encode())
