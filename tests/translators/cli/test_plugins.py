"""`jetbridge plugins`, and the options that hold for a plan."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from jetbridge.cli.main import main
from jetbridge.errors import MissingLibraryError, UsageError
from jetbridge.store import open_store
from jetbridge_translators import registry
from jetbridge_translators.cli import pod_templates
from jetbridge_translators.cli.planning import planning_of
from jetbridge_translators.cli.record import read_record
from jetbridge_translators.planning import Planning, read_planning

TEMPLATE = {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "default"}]}}
FLOW = """
from jetbridge import task, workflow

@task
def one() -> int:
    return 1

@workflow
def flow() -> int:
    return one()
"""


def pod_template(name: str) -> dict[str, object]:
    return {"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": name}, "template": TEMPLATE}


def test_what_is_installed_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["plugins"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for name in (*registry.task_types(), *registry.backend_names(), "jetbridge-plugins 0.1.0"):
        assert name in text


def test_machines_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["plugins", "--json"])
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)["task_types"]}
    assert tuple(found) == registry.task_types()
    assert found["python-task"]["backends"]["local"][0]["level"] == "native"


def test_a_broken_plugin_fails_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "odd-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.4\nName: odd\nVersion: 1\nRequires-Dist: nope; extra == 'all'\n"
    )
    (info / "entry_points.txt").write_text("[jetbridge.plan]\nodd = odd_plugin:X\n")
    (tmp_path / "odd_plugin.py").write_text("import nope\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    with pytest.raises(SystemExit) as ended:
        main(["plugins"])
    assert ended.value.code == 1
    assert (
        "needs 'nope', which is not installed (odd 1)\n  Install it: pip install 'odd[all]'" in capsys.readouterr().out
    )


def test_pod_templates_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(pod_template("one")))
    (tmp_path / "list.json").write_text(
        json.dumps({"kind": "List", "items": [pod_template("two"), pod_template("three")]})
    )
    (tmp_path / "more.yaml").write_text(
        "---\nkind: PodTemplate\nmetadata: {name: four}\ntemplate:\n  spec: {nodeSelector: {a: b}}\n---\n"
    )
    files = [str(tmp_path / name) for name in ("one.json", "list.json", "more.yaml")]
    found = planning_of({"pod_templates": files, "as_container": ("ray", "ray")})
    assert found.as_container == ("ray",)
    assert list(found.pod_templates) == ["one", "two", "three", "four"]
    assert found.pod_templates["one"] == TEMPLATE
    assert found.pod_templates["four"] == {"spec": {"nodeSelector": {"a": "b"}}}
    assert read_planning(json.loads(json.dumps(found.tree()))) == found
    assert Planning().over(found) == found
    assert found.over(Planning(as_container=("dask",))) == found


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "cannot be read"),
        ("a.json", json.dumps({"kind": "Pod", "metadata": {"name": "x"}, "template": {}}), "no PodTemplate"),
        ("a.json", json.dumps({**pod_template("x"), "template": None}), "no PodTemplate"),
        ("a.json", "[1]", "no PodTemplate"),
        ("a.yaml", "a: [", "is no YAML"),
        ("a.yaml", "kind: PodTemplate\nmetadata: {}\ntemplate: {}\n", "no PodTemplate"),
        ("a.json", json.dumps({"items": [pod_template("x"), pod_template("x")]}), "two PodTemplates 'x'"),
    ],
)
def test_a_file_with_something_else_is_refused(name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(UsageError, match=message) as caught:
        planning_of({"pod_templates": [str(tmp_path / name)]})
    assert caught.value.hint


def test_a_missing_file_and_a_missing_library_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        planning_of({"pod_templates": [str(tmp_path / "none.yaml")]})
    (tmp_path / "a.yaml").write_text("{}")
    monkeypatch.setitem(sys.modules, "yaml", None)
    with pytest.raises(MissingLibraryError) as caught:
        pod_templates.read_pod_templates([str(tmp_path / "a.yaml")])
    assert "pip install pyyaml" in caught.value.hint


def test_a_run_keeps_what_it_was_planned_with(tmp_path: Path) -> None:
    (tmp_path / "flow.py").write_text(FLOW)
    (tmp_path / "one.json").write_text(json.dumps(pod_template("one")))
    options = [
        "--store",
        str(tmp_path / "store"),
        "--as-container",
        "ray",
        "--pod-templates",
        str(tmp_path / "one.json"),
    ]
    with pytest.raises(SystemExit) as ended:
        main(["run", f"{tmp_path / 'flow.py'}:flow", *options])
    assert ended.value.code == 0
    (root,) = (tmp_path / "store").iterdir()
    record = read_record(open_store(), str(root))
    assert record.settings.planning == Planning(as_container=("ray",), pod_templates={"one": TEMPLATE})
