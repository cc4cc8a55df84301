"""A plugin's own Argo template for its task type."""

from __future__ import annotations

import hera.workflows.models as m
import pytest

from jetbridge.errors import RegistryError
from jetbridge_translators import registry
from jetbridge_translators.base import Lower, LowerContext
from jetbridge_translators.plan.model import Step
from tests.translators.argo.files import leaf
from tests.translators.argo.plans import STRING, penguins, plan, step


def _own_template(given: Step, context: LowerContext) -> object:
    return m.Template(suspend=m.SuspendTemplate(duration="1s"), metadata=m.Metadata(labels={"tags": given.id}))


def _install(monkeypatch: pytest.MonkeyPatch, override: Lower) -> None:
    def lowering(backend_name: str, task_type: str) -> Lower | None:
        return override if (backend_name, task_type) == ("argo", "python-task") else None

    monkeypatch.setattr(registry, "lowering", lowering)


def test_the_plugin_s_template_gets_name_and_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, _own_template)
    made = leaf(penguins())
    assert made["name"] == "load"
    assert made["suspend"] == {"duration": "1s"}
    assert [item["name"] for item in made["inputs"]["parameters"]] == ["run-root", "node-path", "path"]


def test_anything_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, lambda given, context: {"name": STRING})
    with pytest.raises(RegistryError, match="the Argo override of task type 'python-task' gave a dict"):
        leaf(plan(step("n0")))
