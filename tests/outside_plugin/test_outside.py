"""A task type and a back end from another distribution: really installed, and checked by the conformance kit alone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.cluster.paths import default_paths
from tests.cluster.uv import uv_program

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
GUIDES = ROOT / "docs" / "guide"


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of processes that have the package: a folder into which uv has built and installed it."""
    site = tmp_path_factory.mktemp("site")
    uv = uv_program(default_paths())
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", sys.executable, "--target", site, "--no-deps", HERE], check=True
    )
    return {**os.environ, "PYTHONPATH": str(site), "JETBRIDGE_SHELL_GOLDENS": str(HERE / "golden")}


def python(installed: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], env=installed, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def jetbridge(installed: dict[str, str], *arguments: str) -> str:
    return python(installed, "-c", "from jetbridge.cli.main import main; main()", *arguments)


def kit(installed: dict[str, str], request: pytest.FixtureRequest, wanted: str) -> str:
    """What the kit says of the selected tests; all must pass, or fail where the capability data refuses."""
    update = ["--update-goldens"] if request.config.getoption("--update-goldens") else []
    text = python(
        installed,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "tests/conformance",
        "-k",
        wanted,
        *update,
    )
    summary = text.splitlines()[-1]
    assert "skipped" not in summary, text
    return summary


def test_the_kit_accepts_the_task_type_on_every_back_end(
    installed: dict[str, str], request: pytest.FixtureRequest
) -> None:
    """T0 to T4: plans, files of every back end, their graphs, and runs on this machine and as a script.

    But for the graph in Airflow's files: its reader knows a task by the entrypoint's arguments, which an operator of
    the plugin's own does not have.
    """
    wanted = "(flows-greeted or flows-broken) and not (graph_of_the_plan and airflow)"
    passed = re.search(r"(\d+) passed", kit(installed, request, wanted))
    assert passed is not None
    assert int(passed[1]) >= 12


def test_the_kit_accepts_the_back_end(installed: dict[str, str], request: pytest.FixtureRequest) -> None:
    """The kit's own cases, on a back end that it has never heard of."""
    cases = "graphs or values-every_kind or values-hostile or sub_workflows or failing-raises or asked-secrets"
    checks = "files_are_valid or broken_file or says_how"
    summary = kit(installed, request, f"script and ({cases} or {checks}) and not drawn")
    assert int(re.findall(r"(\d+) passed", summary)[0]) >= 20
    assert "xfailed" in summary, "what the back end's own data refuses"


def test_the_commands_know_both(installed: dict[str, str], tmp_path: Path) -> None:
    found = {each["name"]: each for each in json.loads(jetbridge(installed, "plugins", "--json"))["task_types"]}
    assert (found["shell"]["owner"], found["shell"]["version"]) == ("jetbridge-shell", "0.1.0")
    assert {name: each[0]["level"] for name, each in found["shell"]["backends"].items()} == {
        "airflow": "native",
        "argo": "native",
        "local": "native",
        "script": "native",
    }
    assert found["spark"]["backends"]["script"][0]["level"] == "refused"
    target = "jetbridge_shell.flows:greeted"
    said = json.loads(
        jetbridge(installed, "compare", target, "--on", "local,script", "--store", str(tmp_path), "--json")
    )
    assert set(said["equal"].values()) == {True}
    assert said["runs"][1]["outputs"]["o2"] == "{{glad}}"


def test_without_the_package_its_tasks_are_refused(installed: dict[str, str], tmp_path: Path) -> None:
    package = tmp_path / "shell.tgz"
    jetbridge(installed, "package", f"{installed['PYTHONPATH']}/jetbridge_shell/flows.py", "-o", str(package))
    bare = {name: value for name, value in installed.items() if name != "PYTHONPATH"}
    command = [
        sys.executable,
        "-c",
        "from jetbridge.cli.main import main; main()",
        "analyze",
        f"{package}:jetbridge_shell.flows.greeted",
    ]
    done = subprocess.run([*command, "--to", "argo"], env=bare, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nothing installed handles the task type 'shell'" in done.stdout
    assert "--as-container shell" in done.stdout


def test_no_shared_file_names_it() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.toml"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    elsewhere = [
        name
        for name in tracked.stdout.split()
        if not name.startswith("tests/outside_plugin/")
        and re.search(r"jetbridge_shell|jetbridge-shell", (ROOT / name).read_text())
    ]
    assert elsewhere == []


PLUGINS = tuple(
    folder.name
    for folder in sorted((ROOT / "plugins" / "src" / "jetbridge_plugins").iterdir())
    if (folder / "plan.py").exists()
)


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_costs_its_folder_and_entry_points(plugin: str) -> None:
    """Outside its folder a plugin is only named where entry points are, and by plugins that build on it."""
    module = re.compile(rf"\bjetbridge_plugins[./]{plugin}\b")
    sources = [*(ROOT / "sdk" / "src").rglob("*.py"), *(ROOT / "translators" / "src").rglob("*.py")]
    assert [str(path) for path in sources if module.search(path.read_text())] == []
    manifest = tomllib.loads((ROOT / "plugins" / "pyproject.toml").read_text())
    points = [value for group in manifest["project"]["entry-points"].values() for value in group.values()]
    assert any(module.search(point) for point in points)


def blocks(guide: str) -> dict[str, str]:
    """The files that a guide shows, each below its name."""
    text = (GUIDES / guide).read_text()
    found = re.findall(r"^`([\w./-]+)`:\n\n```(?:python|toml)\n(.*?)^```", text, re.S | re.M)
    assert len(found) == len(re.findall(r"^```(?:python|toml)", text, re.M)), "a block has no file name"
    return dict(found)


@pytest.mark.parametrize("guide", ["write-a-plugin.md", "write-a-back-end.md"])
def test_a_guide_shows_the_files_that_run_here(guide: str) -> None:
    shown = blocks(guide)
    assert len(shown) >= 2
    for name, text in shown.items():
        assert text == (HERE / name).read_text(), f"{name} of {guide}"


def test_the_guides_name_real_verbs(installed: dict[str, str]) -> None:
    help_text = jetbridge(installed, "--help")
    for guide in ("write-a-plugin.md", "write-a-back-end.md"):
        verbs = re.findall(r"^\$ jetbridge (\w+)", (GUIDES / guide).read_text(), re.M)
        assert verbs
        assert all(f"  {verb} " in help_text for verb in verbs)


def test_doctor_looks_at_it_too(installed: dict[str, str], tmp_path: Path) -> None:
    told = json.loads(jetbridge(installed, "doctor", "--on", "script", "--store", str(tmp_path), "--json"))
    assert [(each["what"], each["state"]) for each in told["parts"]["script"]] == [("sh", "ok")]
