"""Recovery: what succeeded in an earlier run does not run again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from jetbridge.cli.main import cli
from jetbridge.errors import RunError, UsageError
from jetbridge.idl import Literal, LiteralCollection, Primitive, Scalar
from jetbridge.store import open_store
from jetbridge_translators.base import Settings
from jetbridge_translators.cli.record import Record, write_record
from jetbridge_translators.plan.committed import Committed, CommittedWork, with_committed
from jetbridge_translators.plan.inline import inline
from jetbridge_translators.plan.model import Plan, SubWorkflow, walk
from jetbridge_translators.recovery import check_unchanged
from tests.translators import composites, gate_flows
from tests.translators.plan_helpers import closure, plan

FLOWS = Path(gate_flows.__file__)
RECOVERED = {"o0": 6, "o1": 12, "o2": 102}


def verb(*arguments: str) -> None:
    cli.main(args=list(arguments), standalone_mode=False)


def failed_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The run root of a run whose last node has failed; its marks say what has run."""
    monkeypatch.setenv("MARKS", str(folder))
    monkeypatch.setenv("BROKEN", "101")
    with pytest.raises(RunError, match=r"broken here"):
        verb("run", f"{FLOWS}:recoverable", "--store", str(folder / "runs"))
    monkeypatch.delenv("BROKEN")
    (root,) = (folder / "runs").iterdir()
    return str(root)


def test_only_what_failed_runs_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    root = failed_run(tmp_path, monkeypatch)
    tasks = (tmp_path / "marks").read_text()
    verb("recover", root, "--json")
    assert (tmp_path / "marks").read_text().removeprefix(tasks) == "tried 101\n"
    told = json.loads(capsys.readouterr().out)
    assert told["outputs"] == RECOVERED
    assert told["run_root"] != root
    marks = Counter((tmp_path / "marks").read_text().split("\n"))
    assert marks == {
        **{f"tried {n}": 1 for n in (0, 1, 2, 10, 11, 100, 101)},
        "numbers 3": 1,
        "total": 1,
        "": 1,
    }
    verb("recover", told["run_root"], "--json")
    assert json.loads(capsys.readouterr().out)["outputs"] == RECOVERED, "a recovered run has a record of its own"
    assert Counter((tmp_path / "marks").read_text().split("\n")) == marks


def test_a_workflow_that_has_changed_is_refused() -> None:
    old, new = plan(composites.nested), plan(gate_flows.recoverable)
    check_unchanged(old, old, ["n0", "n1/n0/n0"])
    with pytest.raises(UsageError, match=r"has changed at nodes that have outputs: n0, n1/4"):
        check_unchanged(old, new, ["n0", "n1/4"])


def test_a_run_of_unknown_origin_is_refused(tmp_path: Path) -> None:
    record = Record(backend="local", settings=Settings(store=str(tmp_path)), closure=closure(gate_flows.recoverable))
    write_record(open_store(), str(tmp_path), record)
    with pytest.raises(UsageError, match=r"does not say where its workflow came from"):
        verb("recover", f"{tmp_path}/")


def done(made: Plan) -> set[str]:
    return {step.path for step in inline(made).steps if isinstance(step.work, CommittedWork)}


def test_nodes_with_outputs_have_no_work_left() -> None:
    made = plan(gate_flows.recoverable)
    found: dict[str, Any] = {node.path: node for node in walk(inline(made).nodes)}
    total, part = "n2", next(path for path, node in found.items() if isinstance(node, SubWorkflow) and "/" not in path)
    number = Literal(scalar=Scalar(primitive=Primitive(integer=6)))
    outputs = {total: {"o0": number}, "n0": {"o0": Literal(collection=LiteralCollection(literals=[number] * 3))}}
    paths = {"n0", "n1/0", "n1/1", total, f"{part}/n0"}
    whole = with_committed(made, Committed(paths | {"n1/2"}, outputs, {"n1": 3}))
    assert done(whole) == {"n0", "n1", total, f"{part}/n0"}, "the other use of the same workflow is as it was"
    assert done(with_committed(made, Committed(paths, outputs, {"n1": 3}))) == {"n0", total, f"{part}/n0"}
    told = {step.path: step.work.told for step in inline(whole).steps if isinstance(step.work, CommittedWork)}
    assert (told[total], told["n0"]) == (("6",), ("3",)), "the engine decides by these"


def test_without_outputs_the_plan_is_the_same() -> None:
    made = plan(gate_flows.recoverable)
    assert with_committed(made, Committed(frozenset(), {}, {})) == made
