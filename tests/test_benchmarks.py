"""The arithmetic of the benchmarks; their figures are nobody's test."""

from __future__ import annotations

import json
import sys
from importlib import import_module

import pytest

from benchmarks import dataplane
from benchmarks.by_hand import TASKS, airflow_dag, argo_workflow
from benchmarks.chains import ChainRun, checked, figures
from benchmarks.options import main, parser
from benchmarks.pods import Lives
from benchmarks.process import BenchmarkError, Command
from benchmarks.report import Comparison, Figure, Report, compare
from benchmarks.rounds import interleaved

BLOCK = 64 * 2**20


def test_each_case_runs_once_a_round_and_the_warm_up_does_not_count() -> None:
    calls: list[str] = []
    results = interleaved({name: lambda name=name: calls.append(name) or len(calls) for name in "abc"}, 2)
    assert calls == [*"cba", *"abc", *"cba"]
    assert results == {"a": [4, 9], "b": [5, 8], "c": [6, 7]}


def test_a_process_is_charged_with_its_own_memory_and_time() -> None:
    held = bytearray(2 * BLOCK)
    small = Command([sys.executable, "-S", "-c", "pass"]).run()
    large = Command([sys.executable, "-S", "-c", f"x = b'1' * {BLOCK}; sum(range(3_000_000))"]).run()
    assert small.peak < BLOCK < large.peak < len(held)
    assert 0 < small.cpu < large.cpu
    assert large.wall > 0


def test_a_program_that_fails_has_no_figures() -> None:
    with pytest.raises(BenchmarkError, match=r"ended with 3:\nno"):
        Command([sys.executable, "-c", "import sys; print('no'); sys.exit(3)"]).run()


@pytest.mark.parametrize(
    ("ratio", "bounds", "kept"),
    [
        (0.1, {"at_most": 0.1}, True),
        (0.11, {"at_most": 0.1}, False),
        (0.9, {"at_least": 0.9}, True),
        (0.89, {"at_least": 0.9}, False),
        (7.0, {}, None),
    ],
)
def test_a_bound_is_kept_or_missed(ratio: float, bounds: dict[str, float], kept: bool | None) -> None:
    assert Comparison("x", ratio, **bounds).kept is kept


def test_a_report_is_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = Figure("ours", "CPU", "s", [2.0, 1.0]), Figure("theirs", "CPU", "s", [4.0, 9.0])
    report = Report("Title", [ours, theirs], [compare(ours, theirs, at_most=0.5)], ["A note."])
    assert main(parser("x", None, 3), lambda options: report, ["--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["figures"][0] == {**record["figures"][0], "case": "ours", "min": 1.0, "median": 1.5}
    assert record["comparisons"][0] == {**record["comparisons"][0], "ratio": 0.25, "kept": True}
    assert main(parser("x", None, 3), lambda options: report, []) == 0
    text = capsys.readouterr().out
    assert "0.250" in text
    assert "kept" in text


def test_what_does_not_work_is_an_error_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    def measure(options: object) -> Report:
        raise BenchmarkError("there is no cluster")

    assert main(parser("x", None, 3), measure, []) == 1
    assert capsys.readouterr().err == "Error: there is no cluster\n"


def pod(name: str, phase: str) -> dict[str, object]:
    return {
        "type": "MODIFIED",
        "object": {"metadata": {"name": name, "labels": {"run": "r"}}, "status": {"phase": phase}},
    }


def chain() -> ChainRun:
    lives = Lives()
    for name, phase, now in [
        ("a", "Pending", 1.0), ("a", "Running", 2.0), ("a", "Succeeded", 4.0), ("a", "Succeeded", 5.0),
        ("b", "Pending", 4.5), ("b", "Succeeded", 7.0),
    ]:  # fmt: skip
        lives.hear(pod(name, phase), now)
    return ChainRun(submitted=0.5, ended=8.5, began=[2.0, 6.0], pods=lives.labelled("run", "r"))


def test_the_phases_of_a_chain() -> None:
    values = {what: list(of["x"].values) for what, of in figures({"x": [chain()]}).items()}
    assert values == {
        "wall": [8.0],
        "submit → first task's code": [1.5],
        "one task to the next": [4.0],
        "pod made → its task's code": [1.25],
        "task's code → pod ended": [1.5],
        "pod ended → next pod made": [0.5],
        "pods for a task": [1.0],
    }


def test_a_run_with_a_helper_pod_is_refused() -> None:
    assert checked(chain(), 2, "x") == chain()
    with pytest.raises(BenchmarkError, match="x: 2 tasks began in 2 pods; expected 3 in 3"):
        checked(chain(), 3, "x")


@pytest.mark.parametrize("passes_sum", [True, False])
def test_the_workflow_by_hand_is_a_chain(passes_sum: bool) -> None:
    spec = argo_workflow("w", "i:1", {"service-account": "s"}, passes_sum=passes_sum)["spec"]
    tasks = spec["templates"][0]["dag"]["tasks"]
    assert [task.get("dependencies", []) for task in tasks] == [[], *([f"t{n}"] for n in range(TASKS - 1))]
    assert all(("arguments" in task) is passes_sum for task in tasks)
    assert spec["serviceAccountName"] == "s"
    assert "executor" not in spec


def test_the_dag_by_hand_compiles() -> None:
    source = airflow_dag("d", "i:1", {"namespace": "n"})
    compile(source, "dag.py", "exec")
    assert "'namespace': 'n'" in source.replace('"namespace"', "'namespace'")


@pytest.mark.parametrize(
    "module", ["airflow_overhead", "cluster_overhead", "dataplane", "entrypoint", "import_time", "translate"]
)
def test_every_benchmark_says_how_it_is_run(module: str) -> None:
    text = import_module(f"benchmarks.{module}").__doc__ or ""
    assert f"python -m benchmarks.{module}" in text


def test_data_goes_through_a_folder_unless_a_bucket_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    made = dataplane.options()
    assert made.parse_args([]).store is None
    assert made.parse_args(["--store", "s3://b/f/"]).store == "s3://b/f"
    with pytest.raises(SystemExit):
        made.parse_args(["--store", "b/f"])
    assert "must be s3://BUCKET/FOLDER" in capsys.readouterr().err
