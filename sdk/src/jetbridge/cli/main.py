"""`jetbridge`: the command line. Verbs come from the entry point group `jetbridge.commands`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import cast

import click

from jetbridge import entry_points
from jetbridge.cli.console import print_error
from jetbridge.cli.settings import with_profile
from jetbridge.errors import JetbridgeError, UsageError
from jetbridge.suggest import did_you_mean
from jetbridge.version import VERSION

COMMANDS = "jetbridge.commands"
FAILED = 1
USAGE = 2


class Verbs(click.Group):
    """A group whose commands are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The installed verbs."""
        return list(entry_points.names(COMMANDS))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a verb; None for an unknown one."""
        if cmd_name not in entry_points.names(COMMANDS):
            return None
        found = entry_points.load(COMMANDS, cmd_name)
        return with_profile(cast("click.Command", found))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command of the arguments. Raises `UsageError` with near names for an unknown verb."""
        known = self.list_commands(ctx)
        if args and not args[0].startswith("-") and args[0] not in known:
            raise UsageError(f"there is no verb {args[0]!r}", hint=did_you_mean(args[0], known))
        return super().resolve_command(ctx, args)


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="jetbridge")
def cli() -> None:
    """Flyte-style workflows on the engine a team already has.

    \b
    TARGET is file.py:workflow, module:workflow, package.tgz[:name], folder[:name] or, of the registry, name@version.
    Exit codes: 0 done, 1 the workflow or a check failed, 2 wrong usage.
    """


def main(argv: Sequence[str] | None = None) -> None:
    """The console script: user's mistakes end in a message, never in a traceback."""
    try:
        with _exit_on_signals():
            status = cli.main(args=None if argv is None else list(argv), standalone_mode=False)
    except UsageError as error:
        print_error(error)
        sys.exit(USAGE)
    except JetbridgeError as error:
        print_error(error)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)


@contextmanager
def _exit_on_signals() -> Generator[None]:
    """Ends through the normal way out, so that the processes of a local run end too."""
    previous = {number: signal.signal(number, _exit) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)
