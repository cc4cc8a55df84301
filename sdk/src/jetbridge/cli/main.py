"""`jetbridge`: the command line. Verbs come from the entry point group `jetbridge.commands`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import cast

import click

from jetbridge import entry_points
from jetbridge.cli.completion.shells import VARIABLE, answer
from jetbridge.cli.console import print_error
from jetbridge.cli.exit_codes import DONE, FAILED, INTERRUPTED, SIGNALLED, USAGE
from jetbridge.cli.settings import with_profile
from jetbridge.errors import JetbridgeError, UnknownPluginError, UsageError
from jetbridge.suggest import did_you_mean
from jetbridge.version import VERSION

COMMANDS = "jetbridge.commands"


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
    if VARIABLE in os.environ:
        sys.exit(_complete(os.environ[VARIABLE]))
    try:
        with _exit_on_signals():
            status = cli.main(args=None if argv is None else list(argv), standalone_mode=False)
    except (UsageError, UnknownPluginError) as error:
        print_error(error)
        sys.exit(USAGE)
    except JetbridgeError as error:
        print_error(error)
        sys.exit(FAILED)
    except click.ClickException as error:
        error.show()
        sys.exit(USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    sys.exit(status if isinstance(status, int) else DONE)


def _complete(instruction: str) -> int:
    """Answers a shell; a mistake on the way (an unknown verb, a broken file) has nothing to complete."""
    try:
        told = answer(cli, instruction)
    except (JetbridgeError, click.ClickException):
        told = ""
    if told is None:
        return USAGE
    click.echo(told)
    return DONE


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
    sys.exit(SIGNALLED + number)
