"""`@task`: a typed Python function that runs in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from functools import cached_property, partial, update_wrapper
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, overload

from jetbridge.errors import Location, UsageError
from jetbridge.flytekit_options import TASK, refuse_options
from jetbridge.interface import Interface, interface_of
from jetbridge.module_names import module_name_of
from jetbridge.resources import Resources
from jetbridge.secret import Secret
from jetbridge.source import function_location
from jetbridge.task_config import PythonTaskConfig, TaskConfig
from jetbridge.trace import current_trace

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Cache:
    """How a task's outputs may be reused.

    Attributes:
        version: Changes when outputs of before must not be reused; required.
        serialize: Whether only one of several equal calls runs at a time.
        ignored_inputs: Inputs that do not matter for the outputs.
    """

    version: str = ""
    serialize: bool = False
    ignored_inputs: tuple[str, ...] | str = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSettings:
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


class PythonFunctionTask(Generic[P, R]):
    """A task made from a function. Calling it in a workflow adds a node; calling it elsewhere runs the function.

    Attributes:
        function: The author's function.
        settings: Everything else.
    """

    def __init__(self, function: Callable[P, R], settings: TaskSettings) -> None:
        self.function = function
        self.settings = settings
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

    @cached_property
    def interface(self) -> Interface:
        """Inputs and outputs. Raises `TypeTransformError` when the annotations cannot be read."""
        return interface_of(self.function)

    @property
    def location(self) -> Location | None:
        """The author's line."""
        return function_location(self.function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
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

    Raises:
        UsageError: options contradict each other, or there is no such option.

    Example:
        >>> @task(retries=2)
        ... def double(n: int) -> int:
        ...     return 2 * n
        >>> double(n=4)
        8
    """
    unknown = [name for name in options if name not in _OPTIONS]
    refuse_options("@task", unknown, _OPTIONS, TASK)
    settings = _settings(**options)
    if function is not None:
        return PythonFunctionTask(function, settings)
    return partial(PythonFunctionTask, settings=settings)


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
    *(setting.name for setting in fields(TaskSettings) if setting.name not in ("config", "cache")),
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
    if not chosen.version:
        raise UsageError("cache=True needs a cache_version", hint='Add `cache_version="1"`.')
    if isinstance(chosen.ignored_inputs, str):
        return replace(chosen, ignored_inputs=(chosen.ignored_inputs,))
    return chosen
