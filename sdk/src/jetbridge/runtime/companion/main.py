"""The process of `jetbridge-companion`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from jetbridge.runtime import exit_codes
from jetbridge.runtime.attempt import say
from jetbridge.runtime.companion.arguments import parse_companion_arguments
from jetbridge.runtime.companion.attempt import companion_attempt
from jetbridge.runtime.companion.exchange import Exchange, LauncherError
from jetbridge.runtime.process import report_crashes
from jetbridge.runtime.termination import Terminated, Termination, terminable

_BESIDE = "--exchange="


def main() -> None:
    """`jetbridge-companion`; with `--exchange=DIR` alone, as the container beside a task's."""
    report_crashes()
    argv = sys.argv[1:]
    exchange = exchange_of(argv)
    if exchange is None:
        sys.exit(run(argv))
    beside(exchange, _attempt)


def exchange_of(argv: Sequence[str]) -> Exchange | None:
    """The folder that is shared with the task's container, where a process runs beside one."""
    if len(argv) == 1 and argv[0].startswith(_BESIDE):
        return Exchange(Path(argv[0].removeprefix(_BESIDE)))
    return None


def beside(exchange: Exchange, attempt: Callable[[Exchange, Termination], int]) -> None:
    """Runs an attempt beside the task's container, which ends with its exit code.

    It must not end before that container has: the kubelet would start it again.
    """
    # What this process writes is read by the other container, which may run as another user.
    os.umask(0o022)
    if exchange.is_over():
        _wait_for_the_end()
        return
    try:
        exchange.offer_launcher()
    except LauncherError as error:
        say(str(error))
        sys.exit(exit_codes.SYSTEM)
    with terminable() as termination:
        exchange.end(_code(lambda: attempt(exchange, termination)))
    if not termination.requested:
        _wait_for_the_end()


def _attempt(exchange: Exchange, termination: Termination) -> int:
    arguments = parse_companion_arguments(exchange.arguments())
    return companion_attempt(arguments, termination, exchange).run()


def _code(attempt: Callable[[], int]) -> int:
    try:
        return attempt()
    except Terminated:
        return exit_codes.SYSTEM
    except SystemExit as refused:
        # The arguments cannot be read; the message is in this container's log.
        return refused.code if isinstance(refused.code, int) else exit_codes.USAGE


def _wait_for_the_end() -> None:
    signals = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    signal.sigwait(signals)


def run(argv: Sequence[str]) -> int:
    """One attempt in this process; the exit code."""
    with terminable() as termination:
        return companion_attempt(parse_companion_arguments(argv), termination).run()


if __name__ == "__main__":
    main()
