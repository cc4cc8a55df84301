"""Sub-workflows, branches, maps, sleeps and failure nodes in the DAG file: what it says, and that it is formatted."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jetbridge.bindings import Choice, Comparison, InputRef, JsonConstant, ListOf, OutputRef
from jetbridge.errors import JetbridgeError, TranslationError, UsageError
from jetbridge.idl import LiteralType, SimpleType
from jetbridge_translators.airflow.values import Values
from jetbridge_translators.plan.model import Input, Plan
from tests.translators import composites
from tests.translators.airflow import everything
from tests.translators.airflow.plans import INTEGER, integer, settings, source
from tests.translators.plan_helpers import plan

RUFF = Path(sys.executable).parent / "ruff"
ALL = (
    *(composites.nested, composites.choose, composites.refuse, composites.by_flag, composites.fan_out),
    *(composites.map_in_branch, composites.losing_some, composites.failing, composites.resting, composites.launching),
    *(everything.failing_inside, everything.everything),
)


def written(flow: Any, containers: str = "process", target: str = "3.3", **options: str) -> str:
    return source(plan(flow), settings(containers, target, options))


def functions(text: str) -> dict[str, Callable[..., Any]]:
    """The helpers of a file as they are, without Airflow."""
    tree = ast.parse(text)
    wanted = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Import)]
    signs = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SIGNS"]
    found: dict[str, Any] = {"AirflowFailException": RuntimeError}
    exec(compile(ast.Module([*wanted, *signs], []), "<dag>", "exec"), found)  # noqa: S102 -- our own source
    return found


def test_files_are_formatted_and_free_of_lint(tmp_path: Path) -> None:
    for number, flow in enumerate(ALL):
        for containers, target in (("pod", "3.0"), ("pod", "3.3"), ("process", "3.1")):
            name = f"f{number}_{containers}_{target.replace('.', '_')}.py"
            (tmp_path / name).write_text(written(flow, containers, target, **{"map-chunks": "2"}))
    for command in (("format", "--check", "--diff"), ("check", "--select", "E,F,W,I,UP,B")):
        arguments = [str(RUFF), *command, "--isolated", "--no-cache", "--line-length", "100", str(tmp_path)]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_workflow_in_a_workflow_is_a_group() -> None:
    text = written(composites.nested)
    assert (
        '    with TaskGroup("middle_n1", tooltip="tests.translators.composites.middle, in n1") as middle_n1:\n' in text
    )
    assert '            tooltip="tests.translators.composites.inner, in n2/n0",\n        ) as inner_n0:\n' in text
    assert "        middle_n1_inner_n0 >> middle_n1_inner_n1 >> middle_n1_add\n" in text
    assert text.endswith("\n    add >> middle_n1\n")


def test_a_branch_decides_by_what_a_task_has_told() -> None:
    text = written(composites.choose)
    assert '            "--control=value:o0",\n' in text
    assert """["{{ ti.xcom_pull('add_n0', key='controls')['value:o0'] }}", ">", "10"],""" in text
    assert """["{{ macros.json.dumps(params['n']) }}", "<", "100"],""" in text
    assert '            "otherwise": "add_n1_n2",\n' in text
    assert "    add_n0 >> size >> [add_n1_n0, word, add_n1_n2]\n" in text
    assert 'trigger_rule="none_failed_min_one_success"' in text


def test_a_branch_with_one_case_needs_no_join() -> None:
    text = written(composites.refuse)
    assert '"error": "n is too small"' in text
    assert "EmptyOperator" not in text


def test_an_element_has_its_own_path_and_items() -> None:
    text = written(composites.fan_out)
    assert '"--node-path=n1/{{ ti.map_index }}"' in text
    assert '"--bind=a=n0.o0[{{ ti.map_index }}]"' in text
    assert '"--bind=a=each(n0.o0, n1.o0)[{{ ti.map_index }}]"' in text
    assert "max_active_tis_per_dagrun=2" in text


def test_the_chunks_of_a_map_share_its_elements() -> None:
    text = written(composites.fan_out, **{"map-chunks": "2"})
    assert '"--node-path=n1/{{ ti.map_index + 1024 }}"' in text
    indices = functions(text)["indices"]
    assert [item["index"] for item in indices("1030", chunk=1, chunks=2)] == [*range(1024, 1030)]
    assert indices("3", chunk=1, chunks=2) == []
    with pytest.raises(RuntimeError, match="tasks for 2048"):
        indices("2049", chunk=0, chunks=2)


@pytest.mark.parametrize("chunks", ["0", "many"])
def test_the_number_of_chunks_is_checked(chunks: str) -> None:
    with pytest.raises(UsageError, match="positive number"):
        written(composites.fan_out, **{"map-chunks": chunks})


def test_a_pod_tells_by_its_termination_message_and_has_no_sidecar() -> None:
    text = written(composites.by_flag, "pod")
    assert "is_even = ControlPodOperator(" in text
    assert '"--controls-file=/dev/termination-log"' in text
    assert '"do_xcom_push": False' in text
    assert written(composites.fan_out, "pod").count(".expand(name=") == 2


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (["3", ">", "2"], True),
        ([["3", "<", "2"], "or", ['"a"', "==", '"a"']], True),
        ([["3", "<", "2"], "and", ["1", "==", "1"]], False),
        (["true", "==", "true"], True),
        ([{"if": ["1", "==", "2"], "then": "", "else": "7"}, ">=", "7"], True),
    ],
)
def test_conditions(condition: list[Any], expected: bool) -> None:
    assert functions(written(composites.choose))["holds"](condition) is expected


@pytest.mark.parametrize(
    "condition", [["3", "==", "3.0"], ["true", ">", "false"], [["1", "==", "1"], "or", ["1", "==", "true"]]]
)
def test_what_cannot_be_compared_fails_on_either_side(condition: list[Any]) -> None:
    with pytest.raises(RuntimeError, match="cannot tell"):
        functions(written(composites.choose))["holds"](condition)


def test_a_value_that_no_task_has_told_is_an_error() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        functions(written(composites.choose))["holds"](["", "==", '""'])


class Count:
    dag_id = run_id = "x"

    def get_ti_count(self, **asked: Any) -> int:
        assert asked["states"] == ["success"]
        return 3


@pytest.mark.parametrize(("size", "given", "fails"), [("5", {"share": 0.5}, False), ("5", {"at_least": 4}, True)])
def test_enough_elements(size: str, given: dict[str, Any], fails: bool) -> None:
    enough = functions(written(composites.losing_some))["enough"]
    if not fails:
        enough(["odd"], size, **given, ti=Count())
        return
    with pytest.raises(RuntimeError, match="3 elements have succeeded, and 4 must"):
        enough(["odd"], size, **given, ti=Count())


def test_a_failure_node_stands_beside_the_end() -> None:
    text = written(composites.failing)
    assert text.endswith("    odd_fails >> [end, settled, failed]\n    [settled, failed] >> handle\n")
    assert 'settled = EmptyOperator(task_id="settled", trigger_rule="all_done")' in text
    assert 'failed = EmptyOperator(task_id="failed", trigger_rule="one_failed")' in text


def test_a_sleep_takes_no_worker() -> None:
    assert "DateTimeSensorAsync(" in written(composites.resting)
    assert "macros.timedelta(seconds=1)" in written(composites.resting)


def values(**inputs: Input) -> Values:
    return Values(task_ids={"n0": "first", "n1/n0": "group.second"}, inputs=inputs)


def test_values_of_inputs() -> None:
    found = values(
        n=Input(name="n", type=INTEGER, default=integer(4), fixed=True),
        x=Input(name="x", type=LiteralType(simple=SimpleType.FLOAT)),
        when=Input(name="when", type=LiteralType(simple=SimpleType.DATETIME)),
    )
    assert found.value(InputRef("n"), "integer") == "4"
    assert found.value(InputRef("x", ("a", 0)), "float") == "{{ macros.json.dumps(params['x']['a'][0] | float) }}"
    assert "timestamp() | round(0, 'floor') | int" in str(found.value(InputRef("when"), "datetime"))
    assert found.size(InputRef("x")) == "{{ params['x'] | length }}"


def test_values_of_constants() -> None:
    assert values().value(JsonConstant('"1970-01-01T00:01:00.9Z"'), "datetime") == "60"
    assert values().value(JsonConstant('"{{ x }}"'), "string") == '"\\u007b\\u007b x \\u007d\\u007d"'
    assert values().size(ListOf((OutputRef("n0", "o0"),))) == "1"


def test_a_value_that_a_branch_has_chosen_may_be_missing() -> None:
    test = Comparison("eq", "integer", OutputRef("n0", "o0"), JsonConstant("1"))
    chosen = values().value(Choice(((test, OutputRef("n1/n0", "o0")),), JsonConstant("2")), "integer")
    assert isinstance(chosen, dict)
    assert "or {})['value:o0'] | default('')" in str(chosen["then"])
    assert chosen["else"] == "2"


def test_an_element_of_a_map_cannot_decide() -> None:
    with pytest.raises(JetbridgeError, match="one element of a map"):
        values().value(OutputRef("n2/0", "o0"), "integer")


def test_what_a_branch_cannot_know_is_a_problem_of_the_node() -> None:
    with pytest.raises(TranslationError, match="one element of a map") as caught:
        written(everything.by_element)
    assert str(caught.value.problems[0].location).startswith("tests/translators/airflow/everything.py:")


def test_no_node_is_lost() -> None:
    made: Plan = plan(everything.everything)
    text = written(everything.everything)
    assert all(f'"--node-path={path}' in text for path in ("n0/n0", "n3/n1/n2"))
    assert len(made.nodes) == 16
