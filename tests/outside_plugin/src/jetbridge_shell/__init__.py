"""Shell tasks: `from jetbridge_shell import ShellTask`."""

from jetbridge_shell.task import ShellTask

__all__ = ["ShellTask"]
