"""`jetbridge-execute`: one task from its inputs to its committed outputs.

This is the process in every task's container; it imports no translator, no command line and no engine.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from jetbridge.runtime.arguments import Arguments
    from jetbridge.runtime.attempt import Watch

_COMMANDS = {
    "execute": ("jetbridge.runtime.arguments", "parse_arguments"),
    "map-execute": ("jetbridge.runtime.map_execute", "parse_map_arguments"),
}

_NEEDED = ("jetbridge.types.primitive",)
_NEEDED_IN_RUNS = ("jetbridge.runtime.run_data", *_NEEDED)
"""What nearly every task comes to import while it runs, loaded while nobody looks for garbage."""


def main() -> None:
    """`jetbridge-execute`. The first argument may name another command, such as `pyflyte-map-execute`."""
    argv = sys.argv[1:]
    name = argv[0].removeprefix("pyflyte-").removeprefix("jetbridge-") if argv else ""
    if name == "fast-execute":
        fast_main(argv[1:])
    elif name in _COMMANDS:
        _main(name, argv[1:])
    else:
        _main("execute", argv)


def map_main() -> None:
    """`jetbridge-map-execute`."""
    _main("map-execute", sys.argv[1:])


def fast_main(argv: Sequence[str] | None = None) -> None:
    """`jetbridge-fast-execute`."""
    from jetbridge.runtime.fast_execute import fast_execute

    fast_execute(sys.argv[1:] if argv is None else argv)


def _main(command: str, argv: Sequence[str]) -> None:
    # What imports make is no garbage: looking for it takes a seventh of a small task's time, and again at the end.
    gc.disable()
    from jetbridge.runtime.process import report_crashes
    from jetbridge.runtime.termination import watch

    report_crashes()
    sys.exit(run(argv, command, watch))


def run(argv: Sequence[str], command: str = "execute", watch: Watch | None = None) -> int:
    """What a console script does but for the process around it; the exit code."""
    module, function = _COMMANDS[command]
    parse = cast("Callable[[Sequence[str]], Arguments]", getattr(import_module(module), function))
    return execute(parse(argv), watch)


def execute(arguments: Arguments, watch: Watch | None = None) -> int:
    """Runs one attempt of a task and returns its exit code; nothing a user does raises out of here.

    Args:
        arguments: What to run.
        watch: Calls a function some time after SIGTERM; only in a process that is the task's own.
    """
    from jetbridge.runtime.attempt import run_attempt

    if not gc.isenabled():
        for module in _NEEDED_IN_RUNS if arguments.run_root else _NEEDED:
            import_module(module)
        gc.freeze()
        gc.enable()
    return run_attempt(arguments, watch)


if __name__ == "__main__":
    main()
