"""The command line that all benchmarks share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from benchmarks.process import BenchmarkError
from benchmarks.report import Report, publish
from jetbridge.cli.console import print_error
from jetbridge.errors import JetbridgeError


def parser(module: str, description: str | None, repeats: int) -> argparse.ArgumentParser:
    """A parser with the options of every benchmark.

    Args:
        module: The benchmark's module, for the usage line.
        description: Its docstring.
        repeats: How many rounds it has by default.
    """
    made = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{module}",
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="print one JSON document")
    made.add_argument("--repeats", type=_positive, default=repeats, help=f"rounds that count (default: {repeats})")
    return made


def main(
    made: argparse.ArgumentParser, measure: Callable[[argparse.Namespace], Report], argv: Sequence[str] | None = None
) -> int:
    """Measures and prints. Exit code 1 when something does not work; a missed bound is a figure, not a failure."""
    options = made.parse_args(argv)
    try:
        report = measure(options)
    except BenchmarkError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    except JetbridgeError as error:
        print_error(error)
        return 1
    publish(report, as_json=options.json)
    return 0


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return value
