"""A task's work as an Argo template, by the shape of the work."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import hera.workflows.models as m

from jetbridge.errors import RegistryError
from jetbridge.kubernetes_text import unexpanded
from jetbridge_translators.argo.committed import committed_template
from jetbridge_translators.argo.companion import companion, exchange_volume, launched
from jetbridge_translators.argo.controls import FOLDER, output_parameter, request
from jetbridge_translators.argo.distinct import Task
from jetbridge_translators.argo.dynamic import dynamic_template
from jetbridge_translators.argo.escape import OPEN_BRACE, for_container, uses_open_brace
from jetbridge_translators.argo.manifest import argo_sets_owner, manifest_text
from jetbridge_translators.argo.options import ArgoOptions
from jetbridge_translators.argo.parameters import NODE_PATH, RUN_ROOT, parameter_name, task_tags
from jetbridge_translators.argo.placement import memory_mounts, memory_volumes, placement
from jetbridge_translators.argo.pods import pod_template
from jetbridge_translators.argo.retry import counts_failures, retry_strategy
from jetbridge_translators.argo.secrets import secret_env, secret_mounts, secret_volumes
from jetbridge_translators.argo.security import container_security, pod_security, scratch_mounts, scratch_volumes
from jetbridge_translators.argo.text import container_string
from jetbridge_translators.base import Lower, LowerContext, Settings
from jetbridge_translators.plan.committed import CommittedWork
from jetbridge_translators.plan.companion import CONTROLS
from jetbridge_translators.plan.dynamic import is_dynamic
from jetbridge_translators.plan.model import Step
from jetbridge_translators.plan.placement import node_rules, service_account, shared_memory
from jetbridge_translators.plan.pods import own_container
from jetbridge_translators.resource_pods import PodSettings, own_pods, with_settings
from jetbridge_translators.work import ContainerWork, ForeignWork, PodWork, ResourceWork, Templated

MIN_TIMEOUT = 3
"""Seconds."""


def lower(task: Task, override: Lower | None, settings: Settings, options: ArgoOptions) -> m.Template:
    """The template of a task: a plugin's own one if there is any, else the one for the shape of its work.

    Args:
        task: The task.
        override: What a plugin gives for the task's type.
        settings: What a plugin may want to know.
        options: The options of this back end.

    Raises:
        RegistryError: the plugin gave something else than a template.
    """
    if isinstance(task.step.work, CommittedWork):
        return _taking(committed_template(task.step, task.step.work), task)
    if override is not None:
        context = LowerContext(settings=settings, names=task_tags(task.variables))
        return _named(_checked(override(task.step, context), task.step), task)
    template = _SHAPES[type(task.step.work)](task.step, options)
    if is_dynamic(task.step):
        template = dynamic_template(template, task.step, settings, options)
    return _named(template, task)


def _checked(result: object, step: Step) -> m.Template:
    if isinstance(result, m.Template):
        return result
    raise RegistryError(
        f"the Argo override of task type {step.task_type!r} gave a {type(result).__name__}",
        hint="It must return a `hera.workflows.models.Template`.",
    )


def _taking(template: m.Template, task: Task) -> m.Template:
    """The template under its name and with the inputs of every task."""
    names = [RUN_ROOT, NODE_PATH, *map(parameter_name, task.variables)]
    inputs = m.Inputs(parameters=[m.Parameter(name=item) for item in names])
    return template.model_copy(update={"name": task.name, "inputs": inputs})


def _named(template: m.Template, task: Task) -> m.Template:
    folder = _controls_folder(task.step)
    told = [output_parameter(control, folder) for control in task.step.controls]
    outputs = {"outputs": m.Outputs(parameters=told)} if told else {}
    return _taking(template, task).model_copy(update=outputs)


def _container(step: Step, options: ArgoOptions) -> m.Template:
    work = step.work
    assert isinstance(work, ContainerWork)  # noqa: S101 -- the table below picks by this very type
    memory = shared_memory(step.template)
    return _base(step, options).model_copy(
        update={
            # `true` would mount no token where the account itself says no.
            "automount_service_account_token": False if options.executor_service_account and not work.account else None,
            "executor": _executor(options),
            "service_account_name": service_account(step.template) or work.account or None,
            "security_context": pod_security(options, image_user=work.image_user),
            **placement(node_rules(step.template, work)),
            "volumes": [*scratch_volumes(options), *memory_volumes(memory), *secret_volumes(work.secrets)] or None,
            "container": m.Container(
                image=work.image,
                command=[container_string(text) for text in work.command],
                args=[container_string(text) for text in _args(work, step, options)] or None,
                env=_env(work, options) or None,
                env_from=_env_from(options),
                resources=_resources(work),
                volume_mounts=[*scratch_mounts(options), *memory_mounts(memory), *secret_mounts(work.secrets)] or None,
                security_context=container_security(options),
            ),
        }
    )


def _args(work: ContainerWork, step: Step, options: ArgoOptions) -> Sequence[Templated]:
    """The arguments with what the entrypoint is to tell, before the `--` that ends its options."""
    told = [f"--retries={step.retries}"] if counts_failures(step) else []
    asked = [*told, *(request(control, _controls_folder(step)) for control in step.controls)]
    at = work.args.index("--") if asked else 0
    return [*own_pods(work, _pod_settings(options)), *work.args[:at], *asked, *work.args[at:]]


def _controls_folder(step: Step) -> str:
    return CONTROLS if isinstance(own_container(step.work), ForeignWork) else FOLDER


def _foreign(step: Step, options: ArgoOptions) -> m.Template:
    """A task whose image is not ours: as one with our entrypoint, but that a companion runs this."""
    template, work = _container(step, options), step.work
    assert isinstance(work, ForeignWork)  # noqa: S101 -- the table below picks by this very type
    assert isinstance(template.container, m.Container)  # noqa: S101 -- `_container` makes one
    own = launched(template.container, work.folders)
    beside = companion(_store_env(options), _env_from(options), step.template.id.name, options)
    return template.model_copy(
        update={
            "container": own if work.reads_store else own.model_copy(update={"env_from": None}),
            "init_containers": [beside],
            "volumes": [*(template.volumes or ()), exchange_volume()],
        }
    )


def _resource(step: Step, options: ArgoOptions) -> m.Template:
    work = step.work
    assert isinstance(work, ResourceWork)  # noqa: S101 -- the table below picks by this very type
    whole = with_settings(work, _pod_settings(options))
    resource = m.ResourceTemplate(
        action="create",
        set_owner_reference=True if argo_sets_owner(whole) else None,
        success_condition=work.success,
        failure_condition=work.failure,
        manifest=manifest_text(whole),
    )
    # Its pod holds Argo's own program alone, which asks Kubernetes for the object as the executor's account.
    account = options.executor_service_account or None
    update = {"resource": resource, "service_account_name": account, "pod_spec_patch": _WRITABLE_INIT}
    return _base(step, options).model_copy(update=update)


_WRITABLE_INIT = (
    '{"initContainers":[{"name":"init","volumeMounts":[{"name":"tmp-dir-argo","mountPath":"/tmp","subPath":"init"}]}]}'
)
"""Argo's init container of a resource template writes the manifest to /tmp, and Argo mounts a folder there only for the
other one: where its containers have a read-only root it fails (`StageFiles` in executor.go, 3.7 and 4.0)."""


def _pod_settings(options: ArgoOptions) -> PodSettings:
    env = {variable.name: str(variable.value) for variable in _store_env(options)}
    return PodSettings(env=env, secret=options.store_secret, read_only_root=options.read_only_root)


def _pod(step: Step, options: ArgoOptions) -> m.Template:
    return pod_template(step, lambda alone: _SHAPES[type(alone.work)](alone, options), options)


_SHAPES: Mapping[type, Callable[[Step, ArgoOptions], m.Template]] = {
    ContainerWork: _container,
    ForeignWork: _foreign,
    PodWork: _pod,
    ResourceWork: _resource,
}


def _base(step: Step, options: ArgoOptions) -> m.Template:
    return m.Template(
        metadata=_metadata(step),
        timeout=None if step.timeout is None else _duration(step.timeout),
        retry_strategy=retry_strategy(step),
        security_context=pod_security(options),
    )


def _metadata(step: Step) -> m.Metadata | None:
    given = step.template.metadata.metadata
    # Flyte labels its pods so; schedulers and policies of the cluster can act on it.
    interruptible = {"interruptible": "true"} if step.interruptible else {}
    labels = {**interruptible, **_sorted(given.labels)}
    annotations = _sorted(given.annotations)
    if not labels and not annotations:
        return None
    return m.Metadata(labels=labels or None, annotations=annotations or None)


def _sorted(mapping: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(mapping.items()))


def _duration(timeout: timedelta) -> str:
    """Whole seconds; Argo gives up before it makes a pod that has two or fewer (`createWorkflowPod`, 3.7 and 4.0)."""
    return f"{max(math.ceil(timeout.total_seconds()), MIN_TIMEOUT)}s"


def _executor(options: ArgoOptions) -> m.ExecutorConfig | None:
    name = options.executor_service_account
    return m.ExecutorConfig(service_account_name=name) if name else None


def _env_from(options: ArgoOptions) -> list[m.EnvFromSource] | None:
    name = options.store_secret
    return [m.EnvFromSource(secret_ref=m.SecretEnvSource(name=name))] if name else None


def _env(work: ContainerWork, options: ArgoOptions) -> list[m.EnvVar]:
    """The variables; of two with one name the task's own counts, as the last does in Kubernetes."""
    own = [m.EnvVar(name=name, value=_literal(value)) for name, value in work.env]
    variables = [*_store_env(options), *secret_env(work.secrets), *_fields(work), *own]
    unique = {variable.name: variable for variable in variables}
    return [*_open_brace(work), *unique.values()]


def _fields(work: ContainerWork) -> list[m.EnvVar]:
    """Variables that Kubernetes fills in from the pod."""
    sources = ((name, m.ObjectFieldSelector(field_path=path)) for name, path in work.fields)
    return [m.EnvVar(name=name, value_from=m.EnvVarSource(field_ref=source)) for name, source in sources]


def _literal(value: str) -> str:
    """A variable's value that Kubernetes gives to the process unchanged, as the other back ends do."""
    return for_container(unexpanded(value))


def _open_brace(work: ContainerWork) -> list[m.EnvVar]:
    # First, because Kubernetes expands a variable's value only by those before it.
    strings = (*map(container_string, (*work.command, *work.args)), *(_literal(value) for _, value in work.env))
    return [m.EnvVar(name=OPEN_BRACE, value="{")] if any(map(uses_open_brace, strings)) else []


def _store_env(options: ArgoOptions) -> list[m.EnvVar]:
    endpoint = options.store_endpoint
    if not endpoint:
        return []
    plain = [m.EnvVar(name="AWS_ALLOW_HTTP", value="true")] if endpoint.startswith("http://") else []
    return [m.EnvVar(name="AWS_ENDPOINT_URL", value=endpoint), *plain]


def _resources(work: ContainerWork) -> m.ResourceRequirements | None:
    if not work.requests and not work.limits:
        return None
    return m.ResourceRequirements(requests=_quantities(work.requests), limits=_quantities(work.limits))


def _quantities(pairs: tuple[tuple[str, str], ...]) -> dict[str, m.Quantity] | None:
    return {name: m.Quantity(value) for name, value in pairs} or None
