"""The critical path through a plan with everything in it, with times that are set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from jetbridge_translators.plan.inline import inline
from jetbridge_translators.report.critical_path import critical_path
from jetbridge_translators.report.model import RUN, USER, AttemptReport, CriticalPath, NodeReport, Span
from tests.translators.plan_helpers import plan
from tests.translators.report import flows


def through(seconds: Mapping[str, float], phase: str = USER) -> CriticalPath:
    return critical_path(inline(plan(flows.everything)), list(_nodes(seconds, phase)))


def _nodes(seconds: Mapping[str, float], phase: str) -> Iterator[NodeReport]:
    for path, length in seconds.items():
        attempt = AttemptReport(number=0, outcome="succeeded", spans=(Span(phase, 0.0, length),))
        yield NodeReport(
            path=path, name=path, task_type="", location=None, requests={}, attempts=(attempt,), bytes_written=0
        )


def test_the_paths_of_the_nodes() -> None:
    whole = inline(plan(flows.everything))
    names = {node.name: node.path for node in whole.nodes}
    assert names == {
        "numbers": "n0",
        "map_inc": "n1",
        "size": "n2",
        "several": "n3",
        "total_n4": "n4",
        "second_time": "n5",
        "total_n6": "n6",
    }


def test_the_longest_element_of_a_map_counts() -> None:
    found = through({"n0": 1.0, "n1/0": 2.0, "n1/1": 5.0, "n4": 0.5, "n6": 0.25})
    assert (found.seconds, found.paths) == (6.75, ("n0", "n1/1", "n4", "n6"))


def test_a_branch_counts_what_it_ran() -> None:
    sub = next(node for node in inline(plan(flows.everything)).nodes if node.name == "size")
    held = sub.otherwise.path  # type: ignore[union-attr]
    found = through({f"{held}/n0": 3.0, f"{held}/n1": 3.0, "n6": 1.0, "n0": 1.0})
    assert (found.seconds, found.paths[-1], found.complete) == (7.0, "n6", True)


def test_what_a_dynamic_task_made_is_known_in_part() -> None:
    found = through({"n3": 1.0, "n3/dn0": 4.0, "n3/dn1": 2.0, "n6": 1.0})
    assert (found.seconds, found.paths, found.complete) == (6.0, ("n3", "n3/dn0", "n6"), False)


def test_code_that_nobody_has_timed_makes_it_incomplete() -> None:
    found = through({"n5": 9.0}, phase=RUN)
    assert (found.seconds, found.complete) == (0.0, False)
