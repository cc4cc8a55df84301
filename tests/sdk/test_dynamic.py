# Promises stand for values.
# pyright: basic, reportUnusedExpression=false, reportAttributeAccessIssue=false, reportArgumentType=false
# pyright: reportCallIssue=false, reportOptionalMemberAccess=false, reportReturnType=false
"""`@dynamic`: the graph that a run makes, its wire form, and plain calls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jetbridge import FlyteRecoverableException, conditional, current_context, dynamic, map_task, task, workflow
from jetbridge.errors import CompileError, UsageError
from jetbridge.idl import ErrorDocument, Literal, LiteralMap, Primitive, Scalar
from jetbridge.idl_admin import DynamicJobSpec
from jetbridge.runtime import exit_codes
from jetbridge.runtime.execute import run
from jetbridge.serialize.dynamic import dynamic_job_spec
from jetbridge.serialize.settings import SerializationSettings
from jetbridge.serialize.task import task_template
from jetbridge.serialize.transport import SERIALIZED_CONTEXT, from_transport, transport
from jetbridge.store import open_store
from jetbridge.types import TransformContext
from jetbridge.types.file import FlyteFile
from tests.sdk.tracing import SETTINGS, inputs


@task
def increment(n: int) -> int:
    return n + 1


@task
def length(file: FlyteFile) -> int:
    return len(Path(file).read_text())


@workflow
def inner(n: int) -> int:
    return increment(n=increment(n=n))


@dynamic(retries=1)
def repeated(times: int) -> int:
    n: Any = 0
    for _ in range(times):
        n = increment(n=n)
    return n


@dynamic
def everything(values: list[int]) -> tuple[list[int], int]:
    many = [inner(n=value) for value in values if value > 1]
    chosen = conditional("c").if_(many[0] > 3).then(repeated(times=2)).else_().then(increment(n=0))
    return map_task(increment)(n=many), chosen


@dynamic
def with_file(text: str) -> int:
    path = current_context().working_directory / "made.txt"
    path.write_text(text)
    return length(file=FlyteFile(str(path)))


@dynamic
def failing(how: str) -> int:
    if how == "recoverable":
        raise FlyteRecoverableException("again")
    return increment(m=1) if how == "call" else increment(n=how)  # type: ignore[call-arg, arg-type]


@workflow
def grown(times: int = 3) -> int:
    return increment(n=repeated(times=times))


@pytest.fixture
def context(tmp_path: Path) -> TransformContext:
    return TransformContext(store=open_store(), raw_prefix=f"file://{tmp_path}/raw", work_dir=tmp_path)


def test_calls_run_what_the_function_made() -> None:
    assert (repeated(times=4), repeated(times=0)) == (4, 0)
    assert (grown(), grown(times=0)) == (4, 1)
    assert everything(values=[1, 2, 3]) == ([5, 6], 2)
    assert with_file(text="three") == 5


def test_the_futures_hold_nodes_tasks_and_workflows(context: TransformContext) -> None:
    spec = dynamic_job_spec(everything, {"values": [2, 3]}, SETTINGS, context)
    assert isinstance(spec, DynamicJobSpec)
    assert [node.id for node in spec.nodes] == ["dn0", "dn1", "dn2", "dn3"]
    assert spec.min_successes == 4
    assert inputs(spec.nodes[3]) == {"n": "[dn0.o0, dn1.o0]"}
    assert spec.nodes[2].branch_node.if_else.case.then_node.id == "dn0"
    assert [each.id.name for each in spec.subworkflows] == [f"{__name__}.inner"]
    assert {each.id.name.rpartition(".")[2].partition("_")[0] for each in spec.tasks} == {
        "increment",
        "map",
        "repeated",
    }
    assert [binding.var for binding in spec.outputs] == ["o0", "o1"]


def test_without_calls_there_are_outputs(context: TransformContext) -> None:
    outputs = dynamic_job_spec(repeated, {"times": 0}, SETTINGS, context)
    assert isinstance(outputs, LiteralMap)
    assert outputs.literals["o0"].scalar.primitive.integer == 0


def test_a_file_of_the_function_is_uploaded(context: TransformContext, tmp_path: Path) -> None:
    @dynamic
    def made() -> int:
        (tmp_path / "a.txt").write_text("abc")
        return length(file=FlyteFile(str(tmp_path / "a.txt")))

    spec = dynamic_job_spec(made, {}, SETTINGS, context)
    assert isinstance(spec, DynamicJobSpec)
    uri = spec.nodes[0].inputs[0].binding.scalar.blob.uri
    assert uri.startswith(f"file://{tmp_path}/raw")


def test_what_goes_wrong_is_said_or_raised(context: TransformContext) -> None:
    for how, code in (("call", "VariableNameNotFound"), ("type", "MismatchingTypes")):
        with pytest.raises(CompileError) as caught:
            dynamic_job_spec(failing, {"how": how}, SETTINGS, context)
        (found, *_) = [problem for problem in caught.value.problems if problem.code == code]
        assert found.location
        assert found.location.file.endswith("test_dynamic.py")
    with pytest.raises(FlyteRecoverableException, match="again"):
        dynamic_job_spec(failing, {"how": "recoverable"}, SETTINGS, context)
    with pytest.raises(FlyteRecoverableException, match="again"):
        failing(how="recoverable")


def test_the_settings_travel_in_the_environment() -> None:
    settings = SerializationSettings(
        image="host:5000/a:1", images={"gpu": "b:2"}, env={"A": "b"}, code_bundle="s3://b/x.tar.gz"
    )
    assert from_transport(transport(settings)) == settings
    env = {entry.key: entry.value for entry in task_template(repeated, settings).container.env}
    assert from_transport(env[SERIALIZED_CONTEXT]) == settings
    assert transport(replace(settings, source_root="/here")) == transport(settings), "no folder of this machine"
    assert SERIALIZED_CONTEXT not in {entry.key for entry in task_template(increment, settings).container.env}
    for damaged in ("", "????", "aGVsbG8=", transport(settings)[:-8]):
        with pytest.raises(UsageError, match="cannot be read"):
            from_transport(damaged)


def test_options_are_those_of_a_task() -> None:
    assert repeated.settings.retries == 1
    assert repeated.settings.dynamic
    with pytest.raises(UsageError, match="no option 'retry'"):
        dynamic(retry=1)


def worker(folder: Path, name: str, *binds: str) -> int:
    given = [part for bind in binds for part in ("--bind", bind)]
    options = ["--run-root", str(folder), "--node-path", "n0", *given]
    return run([*options, "--", "task-module", __name__, "task-name", name])


def test_a_worker_leaves_the_workflow_as_futures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERIALIZED_CONTEXT, transport(SETTINGS))
    assert worker(tmp_path, "repeated", "times=json:2") == 0
    spec = DynamicJobSpec.FromString((tmp_path / "n0/futures.pb").read_bytes())
    assert [node.id for node in spec.nodes] == ["dn0", "dn1"]
    assert spec.tasks[0].container.image == "img:1"
    assert not (tmp_path / "n0/outputs.pb").exists()
    assert worker(tmp_path, "repeated", "times=json:3") == 0
    assert len(DynamicJobSpec.FromString((tmp_path / "n0/futures.pb").read_bytes()).nodes) == 2, "the first one counts"


def test_a_worker_leaves_outputs_where_nothing_was_called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERIALIZED_CONTEXT, transport(SETTINGS))
    assert worker(tmp_path, "repeated", "times=json:0") == 0
    outputs = LiteralMap.FromString((tmp_path / "n0/outputs.pb").read_bytes())
    assert outputs.literals["o0"].scalar.primitive.integer == 0
    assert not (tmp_path / "n0/futures.pb").exists()


def test_a_worker_for_propeller_writes_below_the_output_prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SERIALIZED_CONTEXT, transport(SETTINGS))
    given = LiteralMap(literals={"times": Literal(scalar=Scalar(primitive=Primitive(integer=1)))})
    (tmp_path / "inputs.pb").write_bytes(given.SerializeToString())
    options = ["--inputs", str(tmp_path / "inputs.pb"), "--output-prefix", str(tmp_path / "out")]
    raw = ["--raw-output-data-prefix", str(tmp_path / "raw"), "--dynamic-addl-distro", "s3://b/code.tar.gz"]
    assert run([*options, *raw, "--", "task-module", __name__, "task-name", "repeated"]) == 0
    (made,) = DynamicJobSpec.FromString((tmp_path / "out/futures.pb").read_bytes()).tasks
    args = list(made.container.args)
    assert args[args.index("--additional-distribution") + 1] == "s3://b/code.tar.gz"


def test_a_workers_failures_are_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert worker(tmp_path / "a", "repeated", "times=json:2") == exit_codes.USER_ERROR
    error = ErrorDocument.FromString((tmp_path / "a/n0/error.pb").read_bytes()).error
    assert SERIALIZED_CONTEXT in error.message
    monkeypatch.setenv(SERIALIZED_CONTEXT, transport(SETTINGS))
    assert worker(tmp_path / "b", "failing", 'how=json:"recoverable"') == exit_codes.RECOVERABLE
    assert worker(tmp_path / "c", "failing", 'how=json:"call"') == exit_codes.USER_ERROR
    error = ErrorDocument.FromString((tmp_path / "c/n0/error.pb").read_bytes()).error
    assert "has no input 'm'" in error.message
