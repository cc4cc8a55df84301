"""Flyte's two retry budgets as one Argo retryStrategy."""

from __future__ import annotations

import hera.workflows.models as m

from jetbridge.runtime import exit_codes

SYSTEM_RETRIES = 3
"""Flyte's `max-node-retries-system-failures`."""

_SYSTEM_CODES = ("-1", str(exit_codes.SYSTEM), "137", "143")
"""No exit code at all (evicted, node lost), the entrypoint's own, killed, terminated."""
_USER_MESSAGES = "OOMKilled|deadline|^timeout$"
"""Kills that Flyte counts against the user's retries: out of memory, and the attempt's timeout."""


def retry_strategy(retries: int) -> m.RetryStrategy:
    """The strategy of a task.

    Argo has one counter for all failures, so an attempt lost to the system also uses up one of the user's retries.

    Args:
        retries: How often another attempt may follow a recoverable failure.
    """
    limit = retries + SYSTEM_RETRIES
    return m.RetryStrategy(limit=m.IntOrString(str(limit)), retry_policy="Always", expression=_expression(retries))


def _expression(retries: int) -> str:
    codes = ", ".join(f"'{code}'" for code in _SYSTEM_CODES)
    system = [
        "lastRetry.status == 'Error'",
        f"(lastRetry.exitCode in [{codes}] && !(lastRetry.message matches '{_USER_MESSAGES}'))",
    ]
    user = f"(lastRetry.exitCode != '{exit_codes.USER_ERROR}' && asInt(retries) < {retries})"
    return "\n|| ".join([*system, user] if retries else system)
