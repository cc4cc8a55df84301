"""The exit codes of `jetbridge`, for scripts. Those of `jetbridge-execute` are in `jetbridge.runtime.exit_codes`."""

from __future__ import annotations

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130
SIGNALLED = 128
"""Plus the number of the signal that has ended it."""

MEANINGS = {
    str(DONE): "done: the run has succeeded, the outputs are equal, what was asked for is in order",
    str(
        FAILED
    ): "the workflow or a check failed: a run failed, outputs differ, a back end refuses something, the store, "
    "the registry or an engine did not answer",
    str(USAGE): "wrong usage: an option, a TARGET, an input or a name cannot be used; nothing was started",
    str(INTERRUPTED): "interrupted by Ctrl-C, or a question was not answered; a run that was followed is stopped",
    f"{SIGNALLED} + n": "ended by signal n, such as 143 for SIGTERM; a run that was followed is stopped",
}
