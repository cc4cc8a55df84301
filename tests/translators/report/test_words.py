"""Figures, and what is not known of them."""

from __future__ import annotations

from dataclasses import replace

from jetbridge_translators.report.summary import MEASURES, Measure, by_group, spread, typical
from jetbridge_translators.report.words import in_words
from tests.translators.report import reports

TIMES = (0.0, 1.0, 1.0, 2.0, 0.5, 0.5)


def measure(key: str) -> Measure:
    return next(each for each in MEASURES if each.key == key)


def test_repeats_have_a_middle_and_a_spread() -> None:
    runs = [replace(reports.run("local", []), seconds=seconds) for seconds in (9.0, 1.0, 2.0)]
    assert in_words(spread(measure("seconds"), runs), "seconds") == "2.0 s (1.0 to 9.0)"
    assert typical(runs).seconds == 2.0
    assert [len(each) for each in by_group([*runs, reports.run("argo", [])]).values()] == [3, 1]


def test_unknown_parts_are_told_and_not_counted_as_nothing() -> None:
    known = reports.attempt(0, TIMES, pod="p0")
    unknown = replace(reports.attempt(0, TIMES), pods=None, containers=None, cpu_seconds=None, peak_memory=None)
    some = [reports.run("argo", [reports.node("n0", "a", [known]), reports.node("n1", "b", [unknown])])]
    none = [reports.run("argo", [reports.node("n1", "b", [unknown])])]

    def told(key: str, runs: list[reports.RunReport]) -> str:
        return in_words(spread(measure(key), runs), measure(key).unit)

    assert told("pods", some) == "1, and 1 unknown"
    assert told("containers", some) == "3, and 1 unknown"
    assert told("cpu_used", some) == "0.30 s, and 1 unknown"
    assert {told(key, none) for key in ("pods", "containers", "cpu_used", "memory_used")} == {"unknown"}


def test_what_is_asked_is_asked_for_as_long_as_it_is_held() -> None:
    run = reports.run("argo", [reports.node("n0", "a", [reports.attempt(0, (7.0, 1.0, 1.0, 2.0, 0.5, 0.5))])])
    assert measure("cpu_asked").of(run).value == 2.5, "half a core for five seconds; waiting holds nothing"
    assert measure("memory_asked").of(run).value == 0
    made = replace(run, nodes=(replace(run.nodes[0], requests=None),))
    assert measure("cpu_asked").of(made).value is None


def test_overhead_is_what_is_not_on_the_critical_path() -> None:
    run = replace(reports.run("local", []), seconds=6.0)
    assert (measure("overhead").of(run).value, measure("overhead_share").of(run).value) == (4.5, 0.75)
    unknown = replace(run, seconds=None)
    assert measure("overhead").of(unknown).value is None
