"""Reading options from a command line.

`argparse` and what it loads would be a tenth of the time that a small task may take, and flytekit's own commands take
`--name value` and `--name=value` and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn, TypeAlias

Options: TypeAlias = Mapping[str, tuple[str, str]]
"""Of each option its placeholder (empty for a flag) and its help."""
Given: TypeAlias = Mapping[str, tuple[str, ...]]
"""The values of each option that was given, in order; a flag's value is the empty text."""


class Command:
    """A command's name, its options, and what follows them.

    Args:
        name: What users type.
        description: One line.
        options: The options, with their dashes.
        rest: The placeholder of what follows the options.

    Example:
        >>> command = Command("greet", "Greets.", {"--name": ("WHO", "whom"), "--loud": ("", "cries")}, "WORD")
        >>> command.read(["--name=Ada", "--loud", "--", "hello", "--name"])
        ({'--name': ('Ada',), '--loud': ('',)}, ('hello', '--name'))
    """

    def __init__(self, name: str, description: str, options: Options, rest: str) -> None:
        self.name = name
        self._description = description
        self._options = options
        self._rest = rest

    def read(self, argv: Sequence[str]) -> tuple[Given, tuple[str, ...]]:
        """The options and what follows them. Ends the process with status 2 when there is another option."""
        given: dict[str, tuple[str, ...]] = {}
        left = list(argv)
        while left and left[0].startswith("-") and left[0] != "--":
            name, separator, value = left.pop(0).partition("=")
            if name in ("-h", "--help"):
                self._help()
            if name not in self._options:
                self.refuse(f"there is no option {name}")
            if self._options[name][0] and not separator:
                value = left.pop(0) if left else self.refuse(f"{name} needs a value")
            given[name] = (*given.get(name, ()), value)
        return given, tuple(left[1:] if left[:1] == ["--"] else left)

    def refuse(self, problem: str) -> NoReturn:
        """Tells what is wrong with the command line, and ends the process with status 2."""
        sys.stderr.write(f"{self._usage()}\n{self.name}: error: {problem}\n")
        raise SystemExit(2)

    def _help(self) -> NoReturn:
        lines = "\n".join(self._lines())
        sys.stdout.write(f"{self._usage()}\n\n{self._description}\n\n{lines}\n")
        raise SystemExit(0)

    def _usage(self) -> str:
        return f"usage: {self.name} [options] -- {self._rest}"

    def _lines(self) -> Iterator[str]:
        shown = {f"{name} {placeholder}".rstrip(): text for name, (placeholder, text) in self._options.items()}
        width = max(map(len, shown))
        return (f"  {option:{width}}  {text}" for option, text in shown.items())


def last(given: Given, name: str, default: str = "") -> str:
    """The last value of an option, as the usual command lines have it."""
    return given[name][-1] if name in given else default
