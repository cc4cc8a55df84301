"""`jetbridge analyze`: all that back ends make of a workflow, with lines, and an exit code that says whether."""

from __future__ import annotations

import json
import re
import signal
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from jetbridge.cli.main import main
from jetbridge.errors import Problem
from jetbridge_translators import registry
from jetbridge_translators.capability import Level
from jetbridge_translators.cli.analysis.markdown import as_markdown
from jetbridge_translators.cli.analysis.model import Analysis

GUIDE = (Path(__file__).parents[3] / "docs" / "guide" / "analyze.md").read_text()

FLOWS = """
from jetbridge import LaunchPlan, PodTemplate, Resources, Secret, task, workflow


@task
def plain(n: int) -> int:
    return n


@task(retries=2, requests=Resources(mem="1Gi"))
def asks(n: int) -> int:
    return n


@task(pod_template=PodTemplate({"containers": [{"name": "other", "image": "i", "command": ["c"]}]}))
def pods(n: int) -> int:
    return n


@workflow
def inner(n: int) -> int:
    return asks(n=n)


@workflow
def good(n: int = 1) -> int:
    return inner(n=plain(n=n))


@workflow
def bad(n: int = 1) -> int:
    return pods(n=plain(n=n))


@workflow
def broken(n: int = 1) -> int:
    plain(m=n)
    return plain(n="x")


@task(secret_requests=[Secret(group="No_Kubernetes_Name", key="k")])
def secretive(n: int) -> int:
    return n


@workflow
def unwritable(n: int = 1) -> int:
    return secretive(n=n)
"""
LINES = {name: number for number, line in enumerate(FLOWS.splitlines(), 1) for name in re.findall(r"(\w+)\(n=", line)}


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


Analyze = Callable[..., Result]


@pytest.fixture
def analyze(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Generator[Analyze]:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "analyzed.py").write_text(FLOWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    modules = set(sys.modules)

    def run(*argv: str, verb: str = "analyze") -> Result:
        with pytest.raises(SystemExit) as caught:
            main([verb, *argv])
        captured = capsys.readouterr()
        return Result(int(caught.value.code or 0), captured.out, captured.err)

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)
    for name in set(sys.modules) - modules:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]


def findings(result: Result, backend: str = "argo") -> list[dict[str, Any]]:
    (workflow,) = result.document["workflows"]
    (found,) = [each["findings"] for each in workflow["backends"] if each["backend"] == backend]
    return found


def test_each_feature_has_its_cell_with_node_and_line(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py:good", "--to", "argo", "--json")
    assert (result.code, result.err) == (0, "")
    found = {(each["code"], each["node"]): each for each in findings(result)}
    cells = {cell.feature: cell for cell in registry.backend("argo").capabilities}
    assert {code for code, _ in found} == {
        "workflow-inputs",
        "workflow-outputs",
        "failure-policy-immediately",
        "container-work",
        "sub-workflow",
        "task-retries",
        "task-resources",
    }
    for (code, _), each in found.items():
        assert (each["level"], each["message"]) == (cells[code].level.value, cells[code].how)
    retries = next(each for (code, _), each in found.items() if code == "task-retries")
    assert (retries["file"], retries["line"]) == ("analyzed.py", LINES["asks"])
    assert retries["level"] == Level.EMULATED.value


def test_a_refusal_is_said_by_the_datum_with_the_way_out(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py:bad", "--to", "local,argo", "--json")
    cell = next(cell for cell in registry.backend("local").capabilities if cell.feature == "pod-containers")
    (refused,) = [each for each in findings(result, "local") if each["level"] == "refused"]
    assert result.code == 1
    assert (refused["message"], refused["hint"]) == (cell.how, cell.workaround)
    assert (refused["node"], refused["line"]) == ("n1", LINES["pods"])
    assert result.document["translatable"] is False


def test_what_only_the_translation_finds_is_found(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py:unwritable", "--to", "argo", "--json")
    (refused,) = [each for each in findings(result) if each["level"] == "refused"]
    assert refused["code"] == "InvalidForArgo"
    assert "No_Kubernetes_Name" in refused["message"]
    assert refused["line"] == LINES["secretive"]
    assert result.code == 1


def test_compile_errors_are_all_there_with_their_lines(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py:broken", "--to", "argo,local", "--json")
    (workflow,) = result.document["workflows"]
    assert {each["code"] for each in workflow["errors"]} >= {"MismatchingTypes", "ParameterNotBound"}
    assert all(each["file"] == "analyzed.py" and each["line"] for each in workflow["errors"])
    assert result.code == 1
    assert not any(each["translatable"] for each in workflow["backends"])


def test_a_field_that_no_back_end_keeps_hides_nothing_else(analyze: Analyze, tmp_path: Path) -> None:
    """The cells are shown beside what is wrong on every back end."""

    def with_port(task: Any) -> None:
        if task.template.id.name.endswith("plain"):
            task.template.container.ports.add(container_port=80)

    package = _package(analyze, tmp_path, with_port)
    result = analyze(f"{package}:analyzed.bad", "--to", "local", "--json")
    (workflow,) = result.document["workflows"]
    assert {each["code"] for each in workflow["errors"]} == {"UnsupportedField"}
    assert {"container-work", "pod-containers"} <= {each["code"] for each in findings(result, "local")}


def test_a_task_type_that_nothing_handles_hides_nothing_else(analyze: Analyze, tmp_path: Path) -> None:
    def of_no_type(task: Any) -> None:
        if task.template.id.name.endswith("plain"):
            task.template.type = "no-such-type"

    package = _package(analyze, tmp_path, of_no_type)
    result = analyze(f"{package}:analyzed.bad", "--to", "local", "--json")
    (workflow,) = result.document["workflows"]
    assert [each["code"] for each in workflow["errors"]] == ["UnknownTaskType"]
    assert [each["node"] for each in findings(result, "local") if each["code"] == "pod-work"] == ["n1"]
    assert [each["code"] for each in findings(result, "local") if each["level"] == "refused"] == ["pod-containers"]


def _package(analyze: Analyze, folder: Path, change: Callable[[Any], None]) -> str:
    from jetbridge.package import package_bytes, read_package

    analyze("flows/analyzed.py:bad", "-o", "bad.tgz", verb="package")
    package = read_package(Path("bad.tgz"))
    for task in package.tasks:
        change(task)
    (folder / "changed.tgz").write_bytes(package_bytes([*package.tasks, *package.workflows, *package.launch_plans]))
    return "changed.tgz"


def test_a_package_is_one_page(analyze: Analyze) -> None:
    for name in ("good", "bad"):
        analyze(f"flows/analyzed.py:{name}", "-o", f"{name}.tgz", verb="package")
    one = analyze("bad.tgz", "--to", "argo,local")
    many = analyze("good.tgz", "--to", "argo,local")
    assert one.out.startswith("analyzed.bad\n  argo ")
    assert many.code == 0
    rows = [line.split("  ") for line in many.out.splitlines()[1:]]
    assert [row[0] for row in rows[: rows.index([""])]] == ["analyzed.inner", "analyzed.good", "in all"]
    assert "analyzed.good: analyzed.py:" in many.out


def test_a_file_without_a_name_is_looked_at_as_a_whole(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py", "--to", "argo", "--json")
    ends = {each["name"]: each["translatable"] for each in result.document["workflows"]}
    assert ends == {
        "analyzed.inner": True,
        "analyzed.good": True,
        "analyzed.bad": True,
        "analyzed.broken": False,
        "analyzed.unwritable": False,
    }
    assert result.code == 1


def test_sarif_has_a_rule_for_each_feature_and_the_lines_below_this_folder(analyze: Analyze) -> None:
    log = analyze("flows/analyzed.py", "--to", "argo,local", "--format", "sarif").document
    assert not list(_validator().iter_errors(log))
    (run,) = log["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {each["ruleId"] for each in run["results"]}
    assert {each["level"] for each in run["results"]} == {"error", "note"}
    (retries,) = [
        each for each in run["results"] if each["ruleId"] == "task-retries" and "good" in json.dumps(each["locations"])
    ]
    assert retries["level"] == "note"
    assert retries["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "flows/analyzed.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": LINES["asks"]},
    }
    assert {each["level"] for each in run["results"] if each["ruleId"] == "pod-containers"} == {"error"}


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["--to", "argon"], "Did you mean 'argo'"),
        (["--to", ","], "no back end is named"),
        (["--to", "argo", "--target", "argo=9"], "'9' is not a version"),
        (["--to", "argo", "--target", "airflow=3.0"], "not of the form"),
        (["--to", "argo", "--target", "argo=3.7", "--target", "argo=4.0"], "two versions of argo"),
        (["--to", "argo", "--containers", "pod"], "is an option of airflow"),
        (["--to", "argo", "--json", "--format", "sarif"], "exclude each other"),
    ],
)
def test_wrong_usage_ends_with_two(analyze: Analyze, argv: list[str], says: str) -> None:
    result = analyze("flows/analyzed.py:good", *argv)
    assert result.code == 2
    assert says in result.err


def test_a_version_is_looked_at(analyze: Analyze) -> None:
    result = analyze("flows/analyzed.py:good", "--to", "argo", "--target", "argo=4.0")
    assert "argo 4.0  can be translated" in result.out


def test_the_guides_example_is_what_is_printed(analyze: Analyze, tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
    ((command, printed),) = re.findall(r"```console\n\$ jetbridge analyze ([^\n]*)\n(.*?)```", GUIDE, re.S)
    (tmp_path / "scoring.py").write_text(code)
    result = analyze(*command.split())
    assert result.out == printed
    assert result.code == 1


def _validator() -> Any:
    return Draft202012Validator(SARIF)


TEXT = {"type": "string", "minLength": 1}
MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": TEXT}, "additionalProperties": False}
SARIF = {
    "$comment": "The parts of SARIF 2.1.0 that are written, as sections 3.13 to 3.30 of the standard have them.",
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "additionalProperties": False,
                    "properties": {"driver": {"$ref": "#/$defs/driver"}},
                },
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "driver": {
            "type": "object",
            "required": ["name"],
            "additionalProperties": False,
            "properties": {
                "name": TEXT,
                "version": TEXT,
                "rules": {"type": "array", "uniqueItems": True, "items": {"$ref": "#/$defs/rule"}},
            },
        },
        "rule": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {"id": TEXT, "shortDescription": MESSAGE},
        },
        "result": {
            "type": "object",
            "required": ["message", "ruleId", "level", "locations"],
            "additionalProperties": False,
            "properties": {
                "ruleId": TEXT,
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": MESSAGE,
                "locations": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/location"}},
            },
        },
        "location": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "physicalLocation": {
                    "type": "object",
                    "required": ["artifactLocation", "region"],
                    "additionalProperties": False,
                    "properties": {
                        "artifactLocation": {
                            "type": "object",
                            "required": ["uri"],
                            "additionalProperties": False,
                            "properties": {"uri": {"type": "string", "format": "uri-reference"}, "uriBaseId": TEXT},
                        },
                        "region": {
                            "type": "object",
                            "required": ["startLine"],
                            "additionalProperties": False,
                            "properties": {"startLine": {"type": "integer", "minimum": 1}},
                        },
                    },
                },
                "logicalLocations": {
                    "type": "array",
                    "uniqueItems": True,
                    "items": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"fullyQualifiedName": TEXT},
                    },
                },
            },
        },
    },
}


def test_a_package_in_sum(analyze: Analyze) -> None:
    document = analyze("flows/analyzed.py", "--to", "argo,local", "--json").document
    totals = document["totals"]
    assert list(totals) == ["argo 3.7", "local 1"]
    assert all(sum(found.values()) == len(document["workflows"]) for found in totals.values())
    assert totals["argo 3.7"]["has errors"] == sum(bool(each["errors"]) for each in document["workflows"])
    lines = analyze("flows/analyzed.py", "--to", "argo,local").out.splitlines()
    moved = [totals[engine]["as it is"] + totals[engine]["emulated"] for engine in totals]
    (last,) = (line for line in lines if line.startswith("in all"))
    assert re.findall(r"(\d+) of 5 move", last) == [str(count) for count in moved]


def test_markdown_is_the_same_page_with_tables(analyze: Analyze) -> None:
    page = analyze("flows/analyzed.py", "--to", "argo,local", "--format", "markdown").out
    assert page.startswith("# 5 workflows and launch plans\n\n|  | as it is | emulated | refused | has errors |\n")
    assert "| analyzed.bad | emulated | refused |" in page
    assert "## Refused" in page
    assert "    - *Way out:* " in page
    one = analyze("flows/analyzed.py:good", "--to", "argo", "--format", "markdown").out
    assert one.startswith("# analyzed.good\n\n- **argo 3.7** can be translated")


def test_markdown_holds_no_markup_of_a_users() -> None:
    problem = Problem(code="X", message="<b>*a*</b> | `b`\n# c", where="")
    page = as_markdown([Analysis(name="a_b", errors=(problem,), verdicts=())])
    assert page.startswith("# a\\_b")
    assert "\\<b\\>\\*a\\*\\</b\\> \\| \\`b\\` \\# c" in page


RAW = """\
from jetbridge import ContainerTask, kwtypes, workflow

count = ContainerTask("count", "box:1", ["sh", "-c", "wc -c /var/flyte/inputs/text"], inputs=kwtypes(text=str))


@workflow
def counted(text: str = "a") -> None:
    count(text=text)
"""


def test_images_that_are_not_ours_need_no_option_to_be_looked_at(analyze: Analyze, tmp_path: Path) -> None:
    (tmp_path / "flows" / "raw_flow.py").write_text(RAW)
    result = analyze("flows/raw_flow.py:counted", "--to", "argo,airflow")
    assert (result.code, result.err) == (0, "")
    assert result.out.count("raw-container: the pod of an image that is not ours") == 2
