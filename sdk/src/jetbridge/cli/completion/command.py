"""`jetbridge completion`: the script for a shell."""

from __future__ import annotations

import click

from jetbridge.cli.completion.shells import SHELLS, script


@click.command("completion", short_help="Print the script that completes our verbs in a shell.")
@click.argument("shell", type=click.Choice(list(SHELLS)))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script that completes verbs, options, back ends, workflows of files, and names of runs.

    \b
    Example:
      bash:  echo 'eval "$(jetbridge completion bash)"' >> ~/.bashrc
      zsh:   echo 'eval "$(jetbridge completion zsh)"' >> ~/.zshrc
      fish:  jetbridge completion fish > ~/.config/fish/completions/jetbridge.fish
    """
    click.echo(script(context.find_root().command, shell), nl=False)
