"""`@task`: a typed Python function that runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import timedelta
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, Literal, ParamSpec, Protocol, TypeAlias, TypeVar, overload, runtime_checkable

from jetbridge.accelerators import Accelerator
from jetbridge.entity import NodeSettings
from jetbridge.errors import Location, UsageError
from jetbridge.flytekit_options import TASK, refuse_options
from jetbridge.interface import Interface, interface_of
from jetbridge.module_names import module_name_of
from jetbridge.pod_template import PodTemplate
from jetbridge.record import Record
from jetbridge.resources import Resources
from jetbridge.secret import Secret
from jetbridge.source import function_location
from jetbridge.task_config import PythonTaskConfig, TaskConfig

P = ParamSpec("P")
R = TypeVar("R")


class VersionParameters(Record):
    """What a cache policy makes a version from.

    Attributes:
        func: The task's function.
        container_image: The task's image, as the author gave it.
        pod_template: The task's pod.
        pod_template_name: The name of the cluster's pod template.
    """

    func: Callable[..., Any]
    container_image: str | None = None
    pod_template: PodTemplate | None = None
    pod_template_name: str | None = None


@runtime_checkable
class CachePolicy(Protocol):
    """Makes a cache version, such as a digest of the function's source."""

    def get_version(self, salt: str, params: VersionParameters) -> str:
        """The version."""
        ...


class Cache(Record):
    """How a task's outputs may be reused.

    Attributes:
        version: Changes when outputs of before must not be reused; required.
        serialize: Whether only one of several equal calls runs at a time.
        ignored_inputs: Inputs that do not matter for the outputs.
        salt: Given to the policies.
        policies: Make the version from the task where none is given.
    """

    version: str | None = None
    serialize: bool = False
    ignored_inputs: tuple[str, ...] | str = ()
    salt: str = ""
    policies: Sequence[CachePolicy] | CachePolicy | None = None


class TaskSettings(Record, kw_only=True):
    """Everything about a task but its function, under flytekit's names (see `task`)."""

    config: TaskConfig = field(default_factory=PythonTaskConfig)
    cache: Cache | None = None
    retries: int = 0
    interruptible: bool | None = None
    deprecated: str = ""
    timeout: timedelta | None = None
    container_image: str = ""
    environment: Mapping[str, str] = field(default_factory=dict[str, str])
    requests: Resources | None = None
    limits: Resources | None = None
    resources: Resources | None = None
    secret_requests: tuple[Secret, ...] = ()
    docs: str = ""
    enable_deck: bool = False
    pod_template_name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    annotations: Mapping[str, str] = field(default_factory=dict[str, str])
    pod_template: PodTemplate | None = None
    accelerator: Accelerator | None = None
    shared_memory: Literal[True] | str | None = None
    dynamic: bool = False


class PythonFunctionTask(Generic[P, R]):
    """A task made from a function. Calling it in a workflow adds a node; calling it elsewhere runs the function.

    Attributes:
        function: The author's function.
        settings: Everything else.
    """

    def __init__(self, function: Callable[P, R], settings: TaskSettings) -> None:
        self.function = function
        self.settings = replace(settings, cache=_versioned(settings, function))
        update_wrapper(self, function)

    @property
    def module_name(self) -> str:
        """The module from which a worker imports the task."""
        return module_name_of(self.function)

    @property
    def short_name(self) -> str:
        """The attribute of the module that holds the task."""
        return self.function.__name__

    @property
    def name(self) -> str:
        """The task's name in FlyteIDL."""
        return f"{self.module_name}.{self.short_name}"

    @property
    def interface(self) -> Interface:
        """Inputs and outputs. Raises `TypeTransformError` when the annotations cannot be read."""
        return self._interface

    @cached_property
    def _interface(self) -> Interface:
        return interface_of(self.function)

    @property
    def location(self) -> Location | None:
        """The author's line."""
        return function_location(self.function)

    @property
    def node_settings(self) -> NodeSettings:
        """The metadata of a node that runs this task."""
        settings = self.settings
        return NodeSettings(
            name=self.short_name,
            retries=settings.retries,
            timeout=settings.timeout,
            interruptible=settings.interruptible,
        )

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        # Late: a worker calls the function, and builds no workflow.
        from jetbridge.trace import current_trace

        trace = current_trace()
        if trace is not None:
            return trace.call(self, args, kwargs)
        from jetbridge.local_call import call_task

        return call_task(self, args, kwargs)

    def __repr__(self) -> str:
        return f"<task {self.name}>"


AnyTask: TypeAlias = PythonFunctionTask[..., Any]


@overload
def task(function: Callable[P, R]) -> PythonFunctionTask[P, R]: ...


@overload
def task(
    *,
    task_config: TaskConfig | None = None,
    cache: bool | Cache = False,
    cache_serialize: bool = False,
    cache_version: str = "",
    cache_ignore_input_vars: Sequence[str] = (),
    retries: int = 0,
    interruptible: bool | None = None,
    deprecated: str = "",
    timeout: timedelta | int = 0,
    container_image: str | None = None,
    environment: Mapping[str, str] | None = None,
    requests: Resources | None = None,
    limits: Resources | None = None,
    resources: Resources | None = None,
    secret_requests: Sequence[Secret] | None = None,
    docs: str | None = None,
    enable_deck: bool | None = None,
    pod_template_name: str | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    pod_template: PodTemplate | None = None,
    accelerator: Accelerator | None = None,
    shared_memory: Literal[True] | str | None = None,
) -> Callable[[Callable[P, R]], PythonFunctionTask[P, R]]: ...


def task(function: Callable[..., Any] | None = None, **options: Any) -> Any:  # noqa: D417 -- named in the overload
    """Makes a task of a function whose inputs and outputs are annotated. The options are flytekit's.

    Args:
        function: The function, when the decorator stands without parentheses.
        task_config: What kind of task it is, such as `Spark(…)`; a plain Python task without.
        cache: Whether outputs may be reused; needs `cache_version`, or give a `Cache`.
        cache_serialize: Whether equal calls run one at a time.
        cache_version: Changes when outputs of before must not be reused.
        cache_ignore_input_vars: Inputs that do not matter for the outputs.
        retries: How often a recoverable failure is tried again.
        interruptible: Whether the task may run where it can be pre-empted.
        deprecated: Why the task should not be used any more.
        timeout: The longest time of one attempt; seconds when a number.
        container_image: The image; the one of `--image` without.
        environment: Environment variables of the task.
        requests: The least resources, `limits` the most, `resources` both.
        limits: See `requests`.
        resources: See `requests`.
        secret_requests: Secrets the task may read, by reference.
        docs: A description instead of the function's docstring.
        enable_deck: Whether a deck is written.
        pod_template_name: A Kubernetes PodTemplate to start from.
        labels: Kubernetes labels of the task's pod.
        annotations: Kubernetes annotations of the task's pod.
        pod_template: The pod that the task runs in.
        accelerator: A kind of GPU or TPU, of `jetbridge.accelerators`.
        shared_memory: The size of `/dev/shm`, such as `"2Gi"`; True for as much as the task has memory.

    Raises:
        UsageError: options contradict each other, or there is no such option.

    Example:
        >>> @task(retries=2)
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> double(n=4)
        8
    """
    settings = task_settings("@task", **options)
    if function is not None:
        return PythonFunctionTask(function, settings)
    return partial(PythonFunctionTask, settings=settings)


def task_settings(owner: str, **options: Any) -> TaskSettings:
    """The settings that options of `@task` mean. Raises `UsageError` for contradictions and unknown options.

    Args:
        owner: What takes the options.
        options: The options.
    """
    unknown = [name for name in options if name not in _OPTIONS]
    refuse_options(owner, unknown, _OPTIONS, TASK)
    return _settings(**options)


def _settings(
    *,
    task_config: TaskConfig | None = None,
    cache: bool | Cache = False,
    cache_serialize: bool = False,
    cache_version: str = "",
    cache_ignore_input_vars: Sequence[str] = (),
    timeout: timedelta | int = 0,
    secret_requests: Sequence[Secret] | None = None,
    **plain: Any,
) -> TaskSettings:
    if plain.get("resources") is not None and (plain.get("requests") or plain.get("limits")):
        raise UsageError("resources= stands for requests= and limits= together", hint="Give it alone, with pairs.")
    given = {name: value for name, value in plain.items() if value is not None}  # flytekit's "not given" is None
    return TaskSettings(
        config=task_config or PythonTaskConfig(),
        cache=_cache(cache, cache_version, cache_serialize, tuple(cache_ignore_input_vars)),
        timeout=as_timedelta(timeout),
        secret_requests=tuple(secret_requests or ()),
        **given,
    )


_OPTIONS = (
    *("task_config", "cache", "cache_serialize", "cache_version", "cache_ignore_input_vars"),
    *(setting.name for setting in fields(TaskSettings) if setting.name not in ("config", "cache", "dynamic")),
)


def as_timedelta(timeout: timedelta | int | None) -> timedelta | None:
    """A timeout given as flytekit takes it; None for none."""
    if isinstance(timeout, timedelta):
        return timeout
    return timedelta(seconds=timeout) if timeout else None


def _cache(cache: bool | Cache, version: str, serialize: bool, ignored: tuple[str, ...]) -> Cache | None:
    chosen = cache if isinstance(cache, Cache) else Cache(version=version, serialize=serialize, ignored_inputs=ignored)
    if not cache:
        if serialize or ignored:
            raise UsageError("cache_serialize and cache_ignore_input_vars need cache=True", hint="Add `cache=True`.")
        return None
    if not chosen.version and not chosen.policies:
        raise UsageError("cache=True needs a cache_version", hint='Add `cache_version="1"`.')
    if isinstance(chosen.ignored_inputs, str):
        return replace(chosen, ignored_inputs=(chosen.ignored_inputs,))
    return chosen


def _versioned(settings: TaskSettings, function: Callable[..., Any]) -> Cache | None:
    """The cache with the version that its policies make (flytekit `core/cache.py`)."""
    cache = settings.cache
    if cache is None or cache.version or cache.policies is None:
        return cache
    parameters = VersionParameters(
        function, settings.container_image or None, settings.pod_template, settings.pod_template_name or None
    )
    policies = [cache.policies] if isinstance(cache.policies, CachePolicy) else cache.policies
    text = "".join(policy.get_version(cache.salt, parameters) for policy in policies)
    import hashlib  # late: a worker whose tasks have no policies needs no OpenSSL

    return replace(cache, version=hashlib.sha256(text.encode()).hexdigest(), policies=None)
