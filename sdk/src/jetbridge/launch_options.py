"""What a launch plan may say about its runs: who is told, under which account, how many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict

from jetbridge.errors import UsageError


class WorkflowExecutionPhase:
    """How a run ended, by FlyteIDL's numbers (`core/execution.proto`)."""

    SUCCEEDED = 4
    FAILED = 6
    ABORTED = 7
    TIMED_OUT = 8


_ENDS = {
    WorkflowExecutionPhase.SUCCEEDED: "SUCCEEDED",
    WorkflowExecutionPhase.FAILED: "FAILED",
    WorkflowExecutionPhase.ABORTED: "ABORTED",
    WorkflowExecutionPhase.TIMED_OUT: "TIMED_OUT",
}


@dataclass(frozen=True)
class Notification:
    """Somebody who is told when a run ends. Use `Email`, `PagerDuty` or `Slack`.

    Attributes:
        phases: The ends that are told, such as `[WorkflowExecutionPhase.FAILED]`.
        recipients_email: Their e-mail addresses.
    """

    phases: Sequence[int]
    recipients_email: Sequence[str]

    def __post_init__(self) -> None:
        if not self.phases or not self.recipients_email:
            raise UsageError(
                f"{type(self).__name__} tells nobody", hint="Give at least one phase and one address of a recipient."
            )
        for phase in self.phases:
            if phase not in _ENDS:
                raise UsageError(
                    f"{type(self).__name__} cannot tell of phase {phase!r}",
                    hint=f"Give ends of a run, of WorkflowExecutionPhase: {', '.join(_ENDS.values())}.",
                )


class Email(Notification):
    """Tells by e-mail."""


class PagerDuty(Notification):
    """Tells PagerDuty, by its e-mail address."""


class Slack(Notification):
    """Tells Slack, by its e-mail address."""


@dataclass(frozen=True, slots=True)
class Labels:
    """Kubernetes labels of a run. A plain dict does as well."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Annotations:
    """Kubernetes annotations of a run. A plain dict does as well."""

    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RawOutputDataConfig:
    """Where a run's files and tables go.

    Attributes:
        output_location_prefix: URI of a folder.
    """

    output_location_prefix: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a run acts as.

    Attributes:
        iam_role: A role of the cloud.
        k8s_service_account: A Kubernetes service account.
    """

    iam_role: str | None = None
    k8s_service_account: str | None = None


@dataclass(frozen=True, slots=True)
class SecurityContext:
    """The security of a run.

    Attributes:
        run_as: Whom it acts as.
    """

    run_as: Identity = field(default_factory=Identity)


@dataclass(frozen=True, slots=True)
class AuthRole:
    """The older spelling of an `Identity`.

    Attributes:
        assumable_iam_role: A role of the cloud.
        kubernetes_service_account: A Kubernetes service account.
    """

    assumable_iam_role: str | None = None
    kubernetes_service_account: str | None = None


class ConcurrencyLimitBehavior:
    """What happens to a run when there are too many, by FlyteIDL's numbers (`admin/launch_plan.proto`)."""

    SKIP = 1


@dataclass(frozen=True, slots=True)
class ConcurrencyPolicy:
    """How many runs of a launch plan there may be at a time.

    Attributes:
        max_concurrency: The most.
        behavior: What happens to others.
    """

    max_concurrency: int
    behavior: int = ConcurrencyLimitBehavior.SKIP

    def __post_init__(self) -> None:
        if self.max_concurrency < 1:
            raise UsageError(
                f"max_concurrency={self.max_concurrency} lets nothing run", hint="Give the number of runs, from 1."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the default launch plan of a workflow says, as `@workflow(default_options=…)`.

    Attributes:
        labels: Kubernetes labels of a run.
        annotations: Kubernetes annotations of a run.
    """

    labels: Labels | None = None
    annotations: Annotations | None = None


class LaunchOptions(TypedDict, total=False):
    """What a named launch plan may say beside its inputs and its schedule; None stands for nothing.

    Attributes:
        max_parallelism: The most nodes at a time; 0 for no limit.
        labels: Kubernetes labels of a run.
        annotations: Kubernetes annotations of a run.
        notifications: Who is told when a run ends.
        raw_output_data_config: Where a run's files and tables go.
        security_context: Whom a run acts as.
        auth_role: The older spelling of it.
        overwrite_cache: Whether cached outputs are made anew.
        concurrency: How many runs there may be at a time.
        auto_activate: Whether registering makes it active; not part of FlyteIDL.
    """

    max_parallelism: int | None
    labels: Labels | Mapping[str, str] | None
    annotations: Annotations | Mapping[str, str] | None
    notifications: Sequence[Notification] | None
    raw_output_data_config: RawOutputDataConfig | None
    security_context: SecurityContext | None
    auth_role: AuthRole | None
    overwrite_cache: bool | None
    concurrency: ConcurrencyPolicy | None
    auto_activate: bool


def plain_values(given: Labels | Annotations | Mapping[str, str] | None) -> dict[str, str]:
    """Labels or annotations as a dict.

    Example:
        >>> plain_values(Labels({"team": "birds"}))
        {'team': 'birds'}
    """
    return dict(given.values if isinstance(given, Labels | Annotations) else given or {})


def security_of(context: SecurityContext | None, auth_role: AuthRole | None) -> SecurityContext | None:
    """The security context of both spellings. Raises `UsageError` when both are given."""
    if auth_role is None:
        return context
    if context is not None:
        raise UsageError("auth_role= is the older spelling of security_context=", hint="Give one of the two.")
    return SecurityContext(Identity(auth_role.assumable_iam_role, auth_role.kubernetes_service_account))
