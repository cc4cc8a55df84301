"""What Flyte's propeller tells a container by environment variables (flytekit `bin/entrypoint.py`, setup_execution)."""

from __future__ import annotations

from collections.abc import Mapping


class Identifier(str):
    """The name of an execution or a task, with the parts that flytekit's identifiers have.

    Attributes:
        project: Flyte's project; empty outside of Flyte.
        domain: Flyte's domain; empty outside of Flyte.
        version: The task's version; empty outside of Flyte and for executions.

    Example:
        >>> task = Identifier("shop.total", project="sales", version="v1")
        >>> task, task.name, task.project
        ('shop.total', 'shop.total', 'sales')
    """

    project: str
    domain: str
    version: str

    def __new__(cls, name: str, *, project: str = "", domain: str = "", version: str = "") -> Identifier:
        self = super().__new__(cls, name)
        self.project, self.domain, self.version = project, domain, version
        return self

    @property
    def name(self) -> str:
        """The name alone."""
        return str(self)


def execution_identifier(environ: Mapping[str, str], name: str) -> Identifier:
    """The execution as the environment has it; `name` where it says none."""
    return Identifier(
        first(environ, "FLYTE_INTERNAL_EXECUTION_ID", "_F_NM") or name,
        project=first(environ, "FLYTE_INTERNAL_EXECUTION_PROJECT", "_F_PRJ"),
        domain=first(environ, "FLYTE_INTERNAL_EXECUTION_DOMAIN", "_F_DM"),
    )


def task_identifier(environ: Mapping[str, str], name: str) -> Identifier:
    """The task as the environment has it; `name` where it says none."""
    return Identifier(
        first(environ, "FLYTE_INTERNAL_TASK_NAME", "_F_TK_NM") or name,
        project=first(environ, "FLYTE_INTERNAL_TASK_PROJECT", "_F_TK_PRJ"),
        domain=first(environ, "FLYTE_INTERNAL_TASK_DOMAIN", "_F_TK_DM"),
        version=first(environ, "FLYTE_INTERNAL_TASK_VERSION", "_F_TK_V"),
    )


def is_distributed(environ: Mapping[str, str]) -> bool:
    """Whether several workers run this task and each writes an error document of its own."""
    return bool(first(environ, "FLYTE_INTERNAL_DIST_ERROR_STRATEGY", "_F_DES"))


def worker_name(environ: Mapping[str, str]) -> str:
    """The worker of a distributed task that error documents name."""
    return first(environ, "FLYTE_INTERNAL_WORKER_NAME", "_F_WN") if is_distributed(environ) else ""


def is_true(text: str) -> bool:
    """Whether a variable is set to yes, by flytekit's rule (`core/utils.py`, str2bool)."""
    return text.lower() in ("true", "t", "1")


def first(environ: Mapping[str, str], *names: str) -> str:
    """The first of the variables that is set; empty when none is."""
    return next((environ[name] for name in names if name in environ), "")
