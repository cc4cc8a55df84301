"""CPU time and memory of `import jetbridge`, beside a bare Python and `import flytekit`, each in its own environment.

Example: python -m benchmarks.import_time --repeats 20
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping

from benchmarks import environments
from benchmarks.options import main, parser
from benchmarks.process import Command
from benchmarks.report import Comparison, Figure, Report, compare
from benchmarks.rounds import interleaved

BARE, BOUND = "Python", 0.15
NAMES = {"import {}": "import {}", "task and workflow of {}": "from {} import task, workflow"}


def measure(options: argparse.Namespace) -> Report:
    """All figures, from one run. The names count apart, because `import jetbridge` alone loads little."""
    pythons = {"jetbridge": str(environments.jetbridge()), "flytekit": str(environments.flytekit())}
    commands = {
        case.format(sdk): Command([python, "-c", program.format(sdk)])
        for case, program in NAMES.items()
        for sdk, python in pythons.items()
    }
    commands[BARE] = Command([pythons["jetbridge"], "-c", "pass"])
    uses = interleaved({case: command.run for case, command in commands.items()}, options.repeats)
    cpu = {case: Figure(case, "CPU", "s", [use.cpu for use in some]) for case, some in uses.items()}
    peak = {case: Figure(case, "peak memory", "MiB", [use.peak / 2**20 for use in some]) for case, some in uses.items()}
    return Report("Import", [*cpu.values(), *peak.values()], [*_bounds(cpu), *_ratios(cpu), *_ratios(peak)])


def _bounds(cpu: Mapping[str, Figure]) -> list[Comparison]:
    cases = [case.format("jetbridge") for case in NAMES]
    return [Comparison(f"CPU seconds (min): {case}", cpu[case].of("min"), at_most=BOUND) for case in cases]


def _ratios(found: Mapping[str, Figure]) -> list[Comparison]:
    return [compare(found[case.format("jetbridge")], found[case.format("flytekit")]) for case in NAMES]


if __name__ == "__main__":
    sys.exit(main(parser("import_time", __doc__, repeats=10), measure))
