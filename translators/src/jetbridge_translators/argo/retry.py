"""Flyte's two retry budgets as one Argo retryStrategy."""

from __future__ import annotations

import hera.workflows.models as m

from jetbridge.runtime import exit_codes
from jetbridge_translators.plan.macros import ENTRYPOINT
from jetbridge_translators.plan.model import Step
from jetbridge_translators.work import ContainerWork

SYSTEM_RETRIES = 3
"""Flyte's `max-node-retries-system-failures`."""

_SYSTEM_CODES = ("-1", str(exit_codes.SYSTEM), "137", "143")
"""No exit code at all (evicted, node lost), the entrypoint's own, killed, terminated."""
_USER_MESSAGES = "OOMKilled|deadline|^timeout$"
"""Kills that Flyte counts against the user's retries: out of memory, and the attempt's timeout."""


def retry_strategy(step: Step) -> m.RetryStrategy:
    """The strategy of a task.

    Argo has one counter for all failures. Our entrypoint counts the recoverable ones itself, and makes one final that
    has no retry left; for other commands an attempt lost to the system also uses up one of the user's retries.
    """
    limit = step.retries + SYSTEM_RETRIES
    return m.RetryStrategy(limit=m.IntOrString(str(limit)), retry_policy="Always", expression=_expression(step))


def counts_failures(step: Step) -> bool:
    """Whether the task's process is our entrypoint, which can tell how often the user's code has failed."""
    work = step.work
    if not isinstance(work, ContainerWork) or not step.retries:
        return False
    return work.command[:1] == (ENTRYPOINT,) and "--" in work.args


def _expression(step: Step) -> str:
    codes = ", ".join(f"'{code}'" for code in _SYSTEM_CODES)
    system = [
        "lastRetry.status == 'Error'",
        f"(lastRetry.exitCode in [{codes}] && !(lastRetry.message matches '{_USER_MESSAGES}'))",
    ]
    recoverable = [f"lastRetry.exitCode == '{exit_codes.RECOVERABLE}'"] if counts_failures(step) else []
    user = f"(lastRetry.exitCode != '{exit_codes.USER_ERROR}' && asInt(retries) < {step.retries})"
    return "\n|| ".join([*system, *recoverable, user] if step.retries else system)
